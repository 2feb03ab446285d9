package intake_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
	"fourmaps/server/intake"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// held is an import that is stored, and whose siting check waits for somebody who holds the findings until let go.
type held struct {
	s     *store.Store
	desk  *intake.Desk
	who   intake.Importer
	draft store.Draft
	ended <-chan struct{}
	log   *bytes.Buffer // to be read when the work has ended
	letGo func()
}

func holdSites(t *testing.T) held {
	s := store.New(storetest.New(t))
	h := held{s: s, who: person(t, s), log: &bytes.Buffer{}}
	h.desk = intake.NewDesk(s, slog.New(slog.NewTextHandler(h.log, nil)))
	t.Cleanup(h.desk.Close)
	const near = "编号,名称,风险等级,类别,经度,纬度,受威胁人数\nF,烟花库,重大,烟花爆竹,110.15,25.2,1\nW,废品站,低,废品回收点,110.152,25.2,1\n"
	h.draft = brought(t, s, h.desk, h.who, "a.csv", []byte(near), &layer.RiskPoint, risksBy("a"))
	tx, err := s.Pool().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.letGo = func() { _ = tx.Rollback(t.Context()) }
	t.Cleanup(h.letGo)
	if _, err := tx.Exec(t.Context(), "LOCK TABLE siting_finding IN SHARE ROW EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	if h.ended, err = h.desk.Apply(t.Context(), h.draft.ID, h.who, h.draft.Revision, false); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		var waits bool
		err := s.Pool().QueryRow(t.Context(), "SELECT count(*) > 0 FROM pg_locks WHERE relation = 'siting_finding'::regclass AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").Scan(&waits)
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("the siting check does not begin: %v", err)
		}
		if waits {
			break
		}
	}
	if d, err := s.Draft(t.Context(), h.who.Person, h.draft.ID); err != nil || d.State != store.DraftApplied {
		t.Fatalf("%s %v", d.State, err)
	}
	return h
}

// TestDropEndsTheSitingCheckOfAnImport: whoever discards an import does not wait until all its sites are looked at.
func TestDropEndsTheSitingCheckOfAnImport(t *testing.T) {
	h := holdSites(t)
	dropped := make(chan struct{})
	go func() {
		defer close(dropped)
		h.desk.Drop(h.draft.ID)
	}()
	select {
	case <-dropped:
	case <-time.After(10 * time.Second):
		h.letGo()
		<-dropped
		t.Fatal("Drop waits for the siting check")
	}
	if n := rowsOf(t, h.s, "a"); n != 2 {
		t.Errorf("%d rows are left of an import that was stored", n)
	}
	if log := h.log.String(); strings.Contains(log, "level=WARN") || strings.Contains(log, "level=ERROR") || !strings.Contains(log, "broken off") {
		t.Error(log)
	}
}

// TestSitesOfADraftThatIsGone: another server has deleted the draft; the findings are kept, and nobody is told otherwise.
func TestSitesOfADraftThatIsGone(t *testing.T) {
	h := holdSites(t)
	if err := h.s.DiscardDraft(t.Context(), h.who.Person, h.draft.ID); err != nil {
		t.Fatal(err)
	}
	h.letGo()
	<-h.ended
	findings, err := h.s.Pool().Query(t.Context(), "SELECT state FROM siting_finding")
	if err != nil {
		t.Fatal(err)
	}
	if states, err := pgx.CollectRows(findings, pgx.RowTo[string]); err != nil || len(states) != 1 || states[0] != "open" {
		t.Errorf("%v %v", states, err)
	}
	if h.log.Len() > 0 {
		t.Error(h.log.String())
	}
}
