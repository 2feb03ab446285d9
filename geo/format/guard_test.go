package format

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestGuard(t *testing.T) {
	for plain, guarded := range map[string]string{
		"": "", "水库": "水库", "'": "'", "'a": "'a", "a=b": "a=b", " a": " a",
		"=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "＝1": "'＝1", " =1": "' =1",
		"'=1": "''=1", "' +1": "'' +1",
	} {
		if got := Guarded(plain); got != guarded {
			t.Errorf("%q is guarded as %q, want %q", plain, got, guarded)
		}
		if got := Unguarded(guarded); got != plain {
			t.Errorf("%q is read as %q, want %q", guarded, got, plain)
		}
	}
}

// TestGuardIsUndone: no text is changed by going out and coming back, and none that goes out begins like a formula.
func TestGuardIsUndone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`['= +@\t-]{0,6}.{0,3}`)).Draw(t, "text")
		out := Guarded(s)
		if got := Unguarded(out); got != s {
			t.Fatalf("%q comes back as %q", s, got)
		}
		if strings.ContainsAny(out[:min(1, len(out))], "=+-@\t\r\n") {
			t.Fatalf("%q goes out as %q", s, out)
		}
	})
}
