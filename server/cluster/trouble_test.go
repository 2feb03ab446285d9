package cluster

import (
	"errors"
	"strings"
	"testing"
)

// TestTroubleTellsNoSecrets: what everybody may read names no folder and repeats nothing that PostgreSQL said.
func TestTroubleTellsNoSecrets(t *testing.T) {
	for want, err := range map[string]error{
		"disk of the database is full": diskFull("/srv/secret", errors.New("secret")),
		"does not stop":                stillRunning(4711),
		"log says why":                 startFailed(`FATAL: could not open "/srv/secret"`, errors.New("secret")),
		"does not start":               errors.New("secret"),
	} {
		if got := trouble(err); !strings.Contains(got, want) || strings.Contains(got, "secret") || strings.Contains(got, "4711") {
			t.Errorf("%v: %q", err, got)
		}
	}
}
