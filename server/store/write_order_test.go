package store_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"fourmaps/geo/layer"
)

// TestARowAndTheOneAboveItAreHeldInOneOrder: whichever of two units is put below the other, the one with the smaller id is
// held first. A write that waits for it does not hold the other meanwhile, so two that wait for each other cannot be.
func TestARowAndTheOneAboveItAreHeldInOneOrder(t *testing.T) {
	d := newDesk(t)
	unit := func(name string) uuid.UUID {
		w, err := d.s.Create(t.Context(), entry(t, &layer.CommandUnit, `{"properties":{"name":"`+name+`","kind":"office","level":"county"}}`, true), d.how)
		if err != nil {
			t.Fatal(err)
		}
		return w.ID
	}
	first, last := unit("甲"), unit("乙")
	if bytes.Compare(first[:], last[:]) > 0 {
		first, last = last, first
	}
	below := func(id, above uuid.UUID) error {
		_, err := d.s.Patch(t.Context(), id, 1, entry(t, &layer.CommandUnit, fmt.Sprintf(`{"properties":{"parent_id":%q}}`, above), false), d.how)
		return err
	}
	other, err := d.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback(t.Context()) }()
	if _, err := other.Exec(t.Context(), `SELECT 1 FROM command_unit WHERE id = $1 FOR UPDATE`, first); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- below(last, first) }()
	for d.number(`SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	if _, err := other.Exec(t.Context(), `SELECT 1 FROM command_unit WHERE id = $1 FOR UPDATE NOWAIT`, last); err != nil {
		t.Errorf("the write holds its own row while it waits for the one above: %v", err)
	}
	if err := other.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestAWriteThatCollidesIsTriedAgain, but not for ever.
func TestAWriteThatCollidesIsTriedAgain(t *testing.T) {
	d := newDesk(t)
	exec(t, d.pool, `CREATE SEQUENCE collision; CREATE TABLE collide_until (n bigint); INSERT INTO collide_until VALUES (5);
		CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF nextval('collision') <= (SELECT n FROM collide_until) THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = 'deadlock_detected'; END IF; RETURN NULL; END $$;
		CREATE TRIGGER collide AFTER INSERT ON material_site FOR EACH STATEMENT EXECUTE FUNCTION collide()`)
	if w := d.mustCreate(siteAt(110.1, 25.1, "")); w.Version != 1 {
		t.Errorf("%+v", w)
	}
	exec(t, d.pool, `UPDATE collide_until SET n = 1000000`)
	if _, err := d.create(siteAt(110.12, 25.1, "")); err == nil {
		t.Error("a write that always collides succeeds")
	}
	if n := d.number(`SELECT count(*) FROM material_site`); n != 1 {
		t.Errorf("%d rows", n)
	}
}
