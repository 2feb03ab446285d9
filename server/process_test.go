package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// built is the program as users have it, made once for all tests of this package.
var built = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "fourmaps-built-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "fourmaps")
	out, err := exec.Command("go", "build", "-o", file, "fourmaps/server").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return file, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if file, err := built(); err == nil {
		os.RemoveAll(filepath.Dir(file))
	}
	os.Exit(code)
}

// dataFolder is a data folder that the database user can reach, which those of t.TempDir are not for root.
func dataFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "fourmaps-server-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

// running is a server that a test has started.
type running struct {
	t       *testing.T
	cmd     *exec.Cmd
	folder  string
	root    string // such as http://127.0.0.1:40001/
	took    time.Duration
	log     *lockedBuffer
	waited  sync.Once
	waitErr error
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// program prepares a command line of the built program, away from the settings of whoever runs the tests.
func programCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	file, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(file, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "LANG=en_US.UTF-8"}
	cmd.Dir = os.TempDir()
	return cmd
}

// startServer starts `fourmaps serve` and waits until it says where.
func startServer(t *testing.T, folder string, args ...string) *running {
	t.Helper()
	cmd := programCommand(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", folder, "--log-format", "text"}, args...)...)
	s := &running{t: t, cmd: cmd, folder: folder, log: &lockedBuffer{}}
	cmd.Stderr = s.log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.end(syscall.SIGKILL) })
	root := make(chan string, 1)
	go findRoot(out, root)
	select {
	case s.root = <-root:
	case <-time.After(90 * time.Second):
	}
	if s.root == "" {
		t.Fatalf("the server does not become ready:\n%s", s.log)
	}
	s.took = time.Since(began)
	return s
}

// findRoot gives the first address that the server prints, or nothing when its output ends.
func findRoot(out io.Reader, root chan<- string) {
	defer close(root)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if word, _, _ := strings.Cut(strings.TrimSpace(lines.Text()), " "); strings.HasPrefix(word, "http://") || strings.HasPrefix(word, "https://") {
			root <- word
			io.Copy(io.Discard, out)
			return
		}
	}
}

// end sends a signal and waits for the process.
func (s *running) end(signal syscall.Signal) error {
	s.waited.Do(func() {
		s.cmd.Process.Signal(signal)
		s.waitErr = s.cmd.Wait()
	})
	return s.waitErr
}

func (s *running) status(path string) int {
	client := http.Client{Timeout: 5 * time.Second}
	answer, err := client.Get(s.root + path)
	if err != nil {
		return 0
	}
	answer.Body.Close()
	return answer.StatusCode
}

// connect opens the server's private database, as psql would.
func (s *running) connect() *pgx.Conn {
	s.t.Helper()
	conn, err := pgx.Connect(s.t.Context(), fmt.Sprintf("host=%s/run port=5432 user=fourmaps dbname=fourmaps", s.folder))
	if err != nil {
		s.t.Fatalf("connecting to the private database: %v", err)
	}
	s.t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func (s *running) addPlace(name string) {
	s.t.Helper()
	_, err := s.connect().Exec(s.t.Context(), `INSERT INTO place (kind, name, geom) VALUES ('village', $1, 'SRID=4326;POINT(113 23)')`, name)
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *running) places() string {
	s.t.Helper()
	var names string
	if err := s.connect().QueryRow(s.t.Context(), `SELECT coalesce(string_agg(name, ' ' ORDER BY name), '') FROM place`).Scan(&names); err != nil {
		s.t.Fatal(err)
	}
	return names
}

// postmaster is the process number of the server's private database.
func (s *running) postmaster() int {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.folder, "postgres", "postmaster.pid"))
	if err != nil {
		s.t.Fatal(err)
	}
	var pid int
	fmt.Sscan(string(text), &pid)
	return pid
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// runProgram executes a command to its end.
func runProgram(t *testing.T, cmd *exec.Cmd) (output string, code int) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}
