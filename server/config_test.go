package main

import (
	"strings"
	"testing"
)

// TestConnectionsAreAllThatTheServerOpens: what is shared out is never more than what the operator allows.
func TestConnectionsAreAllThatTheServerOpens(t *testing.T) {
	for _, c := range []struct{ all, useful, rows, tiles int }{
		{4, 6, 1, 2}, {5, 6, 2, 2}, {16, 6, 9, 6}, {24, 6, 17, 6}, {24, 34, 11, 12}, {100, 130, 49, 50},
	} {
		config := config{Connections: int64(c.all)}
		if rows, tiles := config.shareConnections(c.useful); rows != c.rows || tiles != c.tiles || rows+tiles+1 > c.all {
			t.Errorf("of %d connections rows get %d and tiles %d, want %d and %d", c.all, rows, tiles, c.rows, c.tiles)
		}
	}
}

// TestSettingsOutOfRangeAreRefused: before anything is started.
func TestSettingsOutOfRangeAreRefused(t *testing.T) {
	for flag, c := range map[string]struct{ value, complaint string }{
		"--connections": {"3", "at least 4"}, "--statement-timeout": {"1m", "between 100ms and 25s"}, "--demo": {"maybe", "none of"},
		"--cache-bytes": {"-5", "no size"},
	} {
		out, code := runProgram(t, programCommand(t, "serve", "--listen", "127.0.0.1:0", flag, c.value, "--data", t.TempDir()))
		if code != 1 || !strings.Contains(out, c.complaint) {
			t.Errorf("%s %s: exit %d: %s", flag, c.value, code, out)
		}
	}
}
