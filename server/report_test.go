package main

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"fourmaps/server/store/storetest"
)

func TestSentences(t *testing.T) {
	cases := []struct {
		name             string
		err              error
		english, chinese string
	}{
		{"full disk", fmt.Errorf("importing: %w", &pgconn.PgError{Code: "53100"}), "disk of the database is full", "磁盘已满"},
		{"file on a full disk", fmt.Errorf("writing: %w", syscall.ENOSPC), "disk is full", "磁盘已满"},
		{"missing right", &pgconn.PgError{Code: "42501", Message: "permission denied to create extension \"postgis\""}, "CREATE EXTENSION postgis", "CREATE EXTENSION postgis"},
		{"no connection left", &pgconn.PgError{Code: "53300"}, "no connection left", "连接数已用完"},
		{"address in use", explainListen("127.0.0.1:80", syscall.EADDRINUSE), "127.0.0.1:80 is in use", "已被占用"},
		{"low port", explainListen("127.0.0.1:80", syscall.EACCES), "above 1023", "1024"},
		{"anything else", errors.New("the moon is full"), "the moon is full", "the moon is full"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			chinese, english := sentences(c.err)
			if !strings.Contains(english, c.english) || !strings.Contains(chinese, c.chinese) || strings.Contains(english+chinese, "%!") {
				t.Errorf("got %q / %q", english, chinese)
			}
		})
	}
}

// refusing is a database server that answers every connection with one error.
func refusing(t *testing.T, code, message string) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			backend := pgproto3.NewBackend(conn, conn)
			if _, err := backend.ReceiveStartupMessage(); err == nil {
				backend.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: message})
				backend.Flush()
			}
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

func TestRefusedConnectionIsOneSentence(t *testing.T) {
	cases := []struct{ name, code, want string }{
		{"wrong password", "28P01", "The password of the database user li is wrong: check DATABASE_URL."},
		{"not let in", "28000", "does not let the user li in"},
		{"no such database", "3D000", "The database map does not exist"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			url := fmt.Sprintf("postgres://li:geheim@%s/map?sslmode=disable", refusing(t, c.code, "no"))
			out, code := runProgram(t, programCommand(t, "serve", "--listen", "127.0.0.1:0", "--database-url", url, "--log-level", "error"))
			if code != 1 || !strings.Contains(out, c.want) || strings.Count(strings.TrimSpace(out), "\n") > 0 {
				t.Errorf("exit %d: %s", code, out)
			}
			if strings.Contains(out, "geheim") {
				t.Errorf("the password is printed: %s", out)
			}
		})
	}
}

func TestDatabaseOfANewerProgramIsOneSentence(t *testing.T) {
	url := storetest.URL(t)
	if _, err := storetest.Connect(t, url).Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`); err != nil {
		t.Fatal(err)
	}
	out, code := runProgram(t, programCommand(t, "serve", "--listen", "127.0.0.1:0", "--database-url", url, "--log-level", "error"))
	if code != 1 || !strings.Contains(out, "upgraded by a newer program") || strings.Count(strings.TrimSpace(out), "\n") > 0 {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestChineseTerminalGetsChinese(t *testing.T) {
	cmd := programCommand(t, "serve", "--listen", "127.0.0.1:0", "--database-url", "postgres://%zz")
	cmd.Env = append(cmd.Env, "LC_ALL=zh_CN.UTF-8")
	out, code := runProgram(t, cmd)
	if code != 1 || !strings.Contains(out, "格式不正确") {
		t.Errorf("exit %d: %s", code, out)
	}
}
