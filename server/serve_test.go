package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fourmaps/server/store/storetest"
)

func TestServerKeepsRowsOverEveryKindOfEnd(t *testing.T) {
	folder := dataFolder(t)
	s := startServer(t, folder, "--demo", "no")
	s.addPlace("甲")

	// The servers belong to the whole test, not to the step that starts them.
	whole := t
	t.Run("kill -9 of the server", func(t *testing.T) {
		s.end(syscall.SIGKILL)
		s = startAgain(whole, folder)
		wantPlaces(t, s, "甲")
		s.addPlace("乙")
	})
	t.Run("kill -9 of the database", func(t *testing.T) {
		killed := s.postmaster()
		syscall.Kill(killed, syscall.SIGKILL)
		eventually(t, "readiness tells of it", func() bool { return s.status("readyz") == 503 })
		eventually(t, "the database is back", func() bool { return s.status("readyz") == 200 })
		if s.postmaster() == killed {
			t.Error("the database was not started again")
		}
		wantPlaces(t, s, "乙 甲")
		s.addPlace("丙")
	})
	t.Run("kill -9 of both", func(t *testing.T) {
		syscall.Kill(s.postmaster(), syscall.SIGKILL)
		s.end(syscall.SIGKILL)
		s = startAgain(whole, folder)
		wantPlaces(t, s, "丙 乙 甲")
		s.addPlace("丁")
	})
	t.Run("SIGTERM", func(t *testing.T) {
		database := s.postmaster()
		if err := s.end(syscall.SIGTERM); err != nil {
			t.Errorf("the server ended with %v:\n%s", err, s.log)
		}
		if syscall.Kill(database, 0) == nil {
			t.Error("the database runs on after the server")
		}
		if s.status("healthz") != 0 {
			t.Error("the server still answers")
		}
		s = startAgain(whole, folder)
		wantPlaces(t, s, "丁 丙 乙 甲")
	})
}

// startAgain is a second start: it must be ready within five seconds.
func startAgain(t *testing.T, folder string) *running {
	t.Helper()
	s := startServer(t, folder, "--demo", "no")
	if s.took > 5*time.Second {
		t.Errorf("the second start took %v", s.took)
	}
	t.Logf("ready again after %v", s.took.Round(time.Millisecond))
	return s
}

func wantPlaces(t *testing.T, s *running, want string) {
	t.Helper()
	if got := s.places(); got != want {
		t.Errorf("the places are %q, want %q", got, want)
	}
}

func TestKilledServerTakesItsDatabaseWithIt(t *testing.T) {
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("only Linux tells a process that its parent has died; elsewhere the next start stops the leftover, which another test shows")
	}
	s := startServer(t, dataFolder(t), "--demo", "no")
	database := s.postmaster()
	s.end(syscall.SIGKILL)
	eventually(t, "the database has ended", func() bool { return syscall.Kill(database, 0) != nil })
}

func TestAddressInUse(t *testing.T) {
	s := startServer(t, dataFolder(t), "--demo", "no")
	address := strings.Trim(strings.TrimPrefix(s.root, "http://"), "/")
	out, code := runProgram(t, programCommand(t, "serve", "--listen", address, "--data", dataFolder(t)))
	if code != 1 || !strings.Contains(out, "The address "+address+" is in use") {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestSecondServerOnOneFolder(t *testing.T) {
	folder := dataFolder(t)
	startServer(t, folder, "--demo", "no")
	out, code := runProgram(t, programCommand(t, "serve", "--listen", "127.0.0.1:0", "--data", folder))
	if code != 1 || !strings.Contains(out, "Another fourmaps server") || strings.Count(strings.TrimSpace(out), "\n") > 0 {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestBackupAndRestoreBesideTheServer(t *testing.T) {
	folder := dataFolder(t)
	s := startServer(t, folder, "--demo", "no")
	s.addPlace("长桥村")
	storetest.SignIn(t, s.connect(), "viewer", "")
	os.MkdirAll(filepath.Join(folder, "basemap"), 0o755)
	os.WriteFile(filepath.Join(folder, "basemap", "county.pmtiles"), []byte("tiles"), 0o644)
	file := filepath.Join(t.TempDir(), "county.fourmaps")
	if out, code := runProgram(t, programCommand(t, "backup", "--data", folder, file)); code != 0 {
		t.Fatalf("backup: exit %d: %s", code, out)
	}
	s.addPlace("到此为止")

	out, code := runProgram(t, programCommand(t, "restore", "--data", folder, file))
	if code != 1 || !strings.Contains(out, "already holds data") {
		t.Errorf("restore over data: exit %d: %s", code, out)
	}
	if out, code := runProgram(t, programCommand(t, "restore", "--force", "--data", folder, file)); code != 0 {
		t.Fatalf("restore by force: exit %d: %s", code, out)
	}
	wantPlaces(t, s, "长桥村")
	var people, sessions int
	if err := s.connect().QueryRow(t.Context(), `SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM session)`).Scan(&people, &sessions); err != nil || people != 1 || sessions != 0 {
		t.Errorf("restored: %d accounts, %d sessions, %v; want the account, signed out", people, sessions, err)
	}
	eventually(t, "the server is ready with the restored database", func() bool { return s.status("readyz") == 200 })

	fresh := dataFolder(t)
	if out, code := runProgram(t, programCommand(t, "restore", "--data", fresh, file)); code != 0 {
		t.Fatalf("restore on a new machine: exit %d: %s", code, out)
	}
	text, err := os.ReadFile(filepath.Join(fresh, "basemap", "county.pmtiles"))
	if err != nil || string(text) != "tiles" {
		t.Errorf("the basemap file is %q, %v", text, err)
	}
	wantPlaces(t, startServer(t, fresh, "--demo", "no"), "长桥村")
}

func TestPsqlReachesThePrivateDatabase(t *testing.T) {
	folder := dataFolder(t)
	startServer(t, folder, "--demo", "no")
	out, code := runProgram(t, programCommand(t, "psql", "--data", folder, "--", "-Atc", "SELECT 6 * 7"))
	if code != 0 || strings.TrimSpace(out) != "42" {
		t.Errorf("exit %d: %s", code, out)
	}
}
