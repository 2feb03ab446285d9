package store_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// TestWhyUnavailableTellsTheReasonAndNothingElse asks databases that cannot answer, each in its own way.
func TestWhyUnavailableTellsTheReasonAndNothingElse(t *testing.T) {
	there, err := url.Parse(storetest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	nowhere := *there
	nowhere.Path = "/secret_database"
	for name, c := range map[string]struct{ address, want string }{
		"nothing listens":        {"postgres://secret_user:secret_word@127.0.0.1:1/secret_database", "nothing answers"},
		"no such socket":         {"postgres:///secret_database?host=/nonexistent/secret&user=secret_user", "nothing answers"},
		"a database that is not": {nowhere.String(), "does not exist"},
	} {
		s, err := store.Open(t.Context(), store.Options{URL: c.address})
		if err != nil {
			t.Fatal(err)
		}
		why := store.WhyUnavailable(s.Ping(t.Context()))
		s.Close()
		if !strings.Contains(why, c.want) || strings.Contains(why, "secret") {
			t.Errorf("%s: %q", name, why)
		}
	}
	if why := store.WhyUnavailable(context.DeadlineExceeded); !strings.Contains(why, "in time") {
		t.Errorf("a silent database: %q", why)
	}
}
