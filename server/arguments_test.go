package main

import (
	"bytes"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"
)

// TestArgumentsThatNothingTakesAreRefused: before anything is started.
func TestArgumentsThatNothingTakesAreRefused(t *testing.T) {
	for _, command := range []string{"serve", "demo", "migrate", "ready", "version"} {
		out, code := runProgram(t, programCommand(t, command, "extra"))
		if want := "fourmaps: `fourmaps " + command + "` takes no argument \"extra\""; code != 1 || !strings.HasPrefix(out, want) {
			t.Errorf("%s: exit %d: %s", command, code, out)
		}
	}
}

func TestOnlyThePrivateDatabaseStopsWithTheServer(t *testing.T) {
	for private, want := range map[bool]string{true: "Ctrl-C stops the server and its database.\n", false: "Ctrl-C stops the server.\n"} {
		var out bytes.Buffer
		p := &program{out: &out, log: slog.New(slog.DiscardHandler)}
		p.announce(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}, nil, time.Second, private)
		if !strings.HasSuffix(out.String(), want) {
			t.Errorf("private %v: %s", private, out.String())
		}
	}
}
