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
	out, code := runProgram(t, programCommand(t, "serve", "--listen", "127.0.0.1:0", "--connections", "3", "--data", t.TempDir()))
	if code != 1 || !strings.Contains(out, "at least 4") {
		t.Errorf("too few connections: exit %d: %s", code, out)
	}
}
