package cluster

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// dataFolder makes a data folder that the database user can reach, which those of t.TempDir are not for root.
func dataFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "fourmaps-cluster-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

func start(t *testing.T, folder string) *Cluster {
	t.Helper()
	return startWith(t, Options{Folder: folder, Scratch: true})
}

func startWith(t *testing.T, options Options) *Cluster {
	t.Helper()
	began := time.Now()
	c, err := Start(t.Context(), options)
	if err != nil {
		t.Fatalf("starting: %v", err)
	}
	t.Cleanup(func() { c.Stop(context.Background()) })
	t.Logf("started in %v", time.Since(began).Round(time.Millisecond))
	return c
}

// makeRow makes a table with one row that must survive.
func makeRow(t *testing.T, c *Cluster, word string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.URL(DatabaseName))
	if err != nil {
		t.Fatalf("connecting: %v", err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), `CREATE TABLE kept (word text); INSERT INTO kept VALUES ('`+word+`')`); err != nil {
		t.Fatalf("making a row: %v", err)
	}
}

func ask(t *testing.T, c *Cluster, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.URL(DatabaseName))
	if err != nil {
		t.Fatalf("connecting: %v", err)
	}
	defer conn.Close(t.Context())
	var value string
	if err := conn.QueryRow(t.Context(), sql).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

func TestClusterKeepsRowsOverARestart(t *testing.T) {
	folder := dataFolder(t)
	c := start(t, folder)
	makeRow(t, c, "留")
	if err := c.Stop(t.Context()); err != nil {
		t.Fatalf("stopping: %v", err)
	}
	c = start(t, folder)
	if got := ask(t, c, `SELECT word FROM kept`); got != "留" {
		t.Errorf("after the restart the row is %q", got)
	}
	if got := ask(t, c, `SELECT current_setting('listen_addresses') || current_setting('server_encoding')`); got != "UTF8" {
		t.Errorf("listen_addresses and encoding are %q", got)
	}
}

func TestSecondServerOnTheFolderIsRefused(t *testing.T) {
	folder := dataFolder(t)
	c := start(t, folder)
	_, err := Start(t.Context(), Options{Folder: folder})
	wantProblem(t, err, AlreadyRunning)

	joined, err := Open(t.Context(), Options{Folder: folder})
	if err != nil {
		t.Fatalf("joining: %v", err)
	}
	if !joined.Joined() {
		t.Error("the second process believes that it runs the cluster")
	}
	ask(t, joined, `SELECT 'x'`)
	joined.Stop(t.Context())
	ask(t, c, `SELECT 'x'`)
}

func TestKilledDatabaseIsStartedAgain(t *testing.T) {
	// Not a scratch cluster: what was committed must survive the kill.
	c := startWith(t, Options{Folder: dataFolder(t)})
	makeRow(t, c, "here")
	pid, _ := readPostmaster(filepath.Join(c.data, "postmaster.pid"))
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "trouble is told", func() bool { return c.Trouble() != "" })
	eventually(t, "the database is back", func() bool { return c.Trouble() == "" })
	if got := ask(t, c, `SELECT word FROM kept`); got != "here" {
		t.Errorf("after the restart the row is %q", got)
	}
}

func TestLeftoverDatabaseIsStopped(t *testing.T) {
	folder := dataFolder(t)
	left, err := StartDetached(t.Context(), Options{Folder: folder, Scratch: true})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := readPostmaster(filepath.Join(left.data, "postmaster.pid"))
	c := start(t, folder)
	after, _ := readPostmaster(filepath.Join(c.data, "postmaster.pid"))
	if before == after || alive(before) && isPostmaster(before, c.data) {
		t.Errorf("the leftover database %d still runs; the new one is %d", before, after)
	}
}

func TestReusedProcessNumberDoesNotStopTheStart(t *testing.T) {
	folder := dataFolder(t)
	c := start(t, folder)
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	// This test's own process stands for the stranger that got the number.
	text := "1234567\n" + c.data + "\n0\n5432\n" + c.socket + "\n\n"
	text = strings.Replace(text, "1234567", strconv.Itoa(os.Getppid()), 1)
	if err := c.owner.write(filepath.Join(c.data, "postmaster.pid"), text); err != nil {
		t.Fatal(err)
	}
	start(t, folder)
}

func TestFolderOfAnotherMajorVersion(t *testing.T) {
	folder := dataFolder(t)
	c := start(t, folder)
	c.Stop(t.Context())
	if err := c.owner.write(filepath.Join(c.data, "PG_VERSION"), "12\n"); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Folder: folder})
	problem := wantProblem(t, err, OtherMajor)
	for _, part := range []string{"PostgreSQL 12", "fourmaps backup", "fourmaps restore"} {
		if !strings.Contains(problem.English, part) || !strings.Contains(problem.Chinese, part) {
			t.Errorf("%q is missing in %q / %q", part, problem.English, problem.Chinese)
		}
	}
}

func TestDeepFolderGetsAShortSocket(t *testing.T) {
	folder := dataFolder(t)
	deep := filepath.Join(folder, strings.Repeat("深", 30), strings.Repeat("d", 40))
	if os.Geteuid() == 0 {
		os.Chmod(folder, 0o755)
	}
	c := start(t, deep)
	if c.socket == socketFolderBelow(deep) {
		t.Fatalf("the socket path %s has %d bytes", socketFile(c.socket), len(socketFile(c.socket)))
	}
	c.Stop(t.Context())
	if _, err := os.Stat(c.socket); !os.IsNotExist(err) {
		t.Errorf("the socket's folder %s is left behind", c.socket)
	}
}

func TestRootsPrivateFolderIsExplained(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("the case does not exist here: only root hands the database to another user, whom a folder can keep out")
	}
	private := dataFolder(t) // mode 0700, owned by root
	inside := filepath.Join(private, "var")
	_, err := Start(t.Context(), Options{Folder: inside})
	wantProblem(t, err, Unreachable)
	if CanEnter(inside) {
		t.Error("CanEnter says that the database user can enter root's private folder")
	}
}

func wantProblem(t *testing.T, err error, code string) *Problem {
	t.Helper()
	var problem *Problem
	if !errors.As(err, &problem) || problem.Code != code {
		t.Fatalf("got %v, want the problem %s", err, code)
	}
	if problem.Chinese == "" || problem.English == "" || strings.Contains(problem.English+problem.Chinese, "%!") {
		t.Errorf("badly made sentences: %q / %q", problem.English, problem.Chinese)
	}
	t.Log(problem.English)
	return problem
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
