package api_test

import (
	"testing"

	"fourmaps/server/store/storetest"
)

// TestAnImportThatCollidesIsTriedAgain: the database gives an import up for somebody who saves, twice; the person hears
// nothing of it, and the rows are there once.
func TestAnImportThatCollidesIsTriedAgain(t *testing.T) {
	r := startWithAreas(t)
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	staff := storetest.SignIn(t, r.pool, "staff", "990101001")
	d, _ := r.upload(201, "避难场所台账.csv", []byte(ledgerOfStores), "&layer=material_site", staff)
	d = r.choose(d, fields{"choices": fields{"mapping": r.proposed(d, "material_site"), "crs": "wgs84"}}, staff)
	r.sql(`CREATE SEQUENCE collision`) // which no rollback takes back
	r.sql(`CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF nextval('collision') <= 2 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = 'deadlock_detected'; END IF; RETURN NULL; END $$`)
	r.sql(`CREATE TRIGGER collide AFTER INSERT ON material_site FOR EACH STATEMENT EXECUTE FUNCTION collide()`)
	if d = r.apply(d, false, 200, staff); d.State != "applied" || r.stored("material_site") != 2 {
		t.Errorf("%+v, %d rows", d, r.stored("material_site"))
	}
}
