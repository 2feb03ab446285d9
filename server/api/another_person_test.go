package api_test

import (
	"testing"

	"fourmaps/server/store/storetest"
)

// TestKeptWritesAreTakenFromTheirPersonOnly: a phone sends later, and somebody else may have signed in meanwhile.
func TestKeptWritesAreTakenFromTheirPersonOnly(t *testing.T) {
	r := start(t)
	var me struct {
		Person struct {
			ID string `json:"id"`
		} `json:"person"`
	}
	r.json("/api/me", &me)
	for name, c := range map[string]struct {
		header string
		want   int
	}{"the same": {me.Person.ID, 200}, "somebody else": {"019537b0-0000-7000-8000-000000000001", 403}, "no id": {"wang", 403}} {
		if status, _, body := r.get("/api/layers", "Fourmaps-Person", c.header); status != c.want {
			t.Errorf("%s: %d, want %d: %s", name, status, c.want, body)
		}
	}
	r.cookie = storetest.SignIn(t, r.pool, "staff", "")
	if status, _, _ := r.get("/api/layers", "Fourmaps-Person", me.Person.ID); status != 403 {
		t.Errorf("another session: %d", status)
	}
}
