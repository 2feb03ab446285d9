package main

import (
	"strings"
	"testing"

	"fourmaps/server/store/storetest"
)

func TestRemovingNoDemonstrationSaysSo(t *testing.T) {
	cmd := programCommand(t, "demo", "--remove", "--database-url", storetest.URL(t), "--log-level", "error")
	if out, code := runProgram(t, cmd); code != 0 || strings.TrimSpace(out) != "There is no demonstration district." {
		t.Errorf("exit %d: %s", code, out)
	}
}
