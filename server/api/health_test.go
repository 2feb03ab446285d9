package api_test

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"

	"fourmaps/server/api"
	"fourmaps/server/store/storetest"
)

// TestReadinessSaysWhyTheDatabaseIsDown: in the words of who runs it, or else in those of the error, one sentence.
func TestReadinessSaysWhyTheDatabaseIsDown(t *testing.T) {
	address := storetest.URL(t)
	way, through := newWire(t, address)
	var why atomic.Value
	why.Store("the disk of the database is full")
	r := startOver(t, through, func(o *api.Options) { o.Trouble = func() string { return why.Load().(string) } })
	detail := func() string {
		var said struct {
			Checks map[string]struct {
				OK     bool
				Detail string
			}
		}
		_, _, body := r.get("/readyz")
		if err := json.Unmarshal(body, &said); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		if said.Checks["database"].OK != (said.Checks["database"].Detail == "") {
			t.Errorf("%s", body)
		}
		return said.Checks["database"].Detail
	}
	if got := detail(); got != "" {
		t.Errorf("a database that answers: %q", got)
	}
	way.set(true)
	r.eventually("the server says why", func() bool { return detail() == why.Load() })
	why.Store("")
	if got := detail(); got == "" || strings.ContainsAny(got, "/@\n") {
		t.Errorf("without word from who runs it: %q", got)
	}
}
