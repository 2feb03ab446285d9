package storetest_test

import (
	"testing"
	"time"

	"fourmaps/server/store/storetest"
)

func TestEachTestHasItsOwnMigratedDatabase(t *testing.T) {
	began := time.Now()
	first := storetest.New(t)
	t.Logf("first after %v", time.Since(began).Round(time.Millisecond))
	began = time.Now()
	second := storetest.New(t)
	t.Logf("second after %v", time.Since(began).Round(time.Millisecond))
	ctx := t.Context()
	if _, err := first.Exec(ctx, `INSERT INTO place (kind, name, geom) VALUES ('village', '长桥村', 'SRID=4326;POINT(113 23)')`); err != nil {
		t.Fatal(err)
	}
	var search string
	if err := first.QueryRow(ctx, `SELECT search FROM place`).Scan(&search); err != nil {
		t.Fatal(err)
	}
	if want := "长桥村 changqiaocun cqc zhangqiaocun zqc"; search != want {
		t.Errorf("search is %q, want %q: is the dictionary in the template?", search, want)
	}
	var n int
	if err := second.QueryRow(ctx, `SELECT count(*) FROM place`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n != 0 {
		t.Errorf("the second database sees %d rows of the first", n)
	}
}

func TestEmptyHasNoTables(t *testing.T) {
	pool := storetest.Connect(t, storetest.Empty(t))
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n != 0 {
		t.Errorf("an empty database has %d relations", n)
	}
}
