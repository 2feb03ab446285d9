package store_test

import (
	"log/slog"
	"testing"

	"fourmaps/server/store"
	"fourmaps/server/store/schema"
	"fourmaps/server/store/storetest"
)

// TestAnotherDictionarySpellsRowsAnew: rows written under an older dictionary are found by the spelling of the new one,
// and nobody is told that they changed.
func TestAnotherDictionarySpellsRowsAnew(t *testing.T) {
	url := storetest.URL(t)
	pool := storetest.Connect(t, url)
	exec(t, pool, `UPDATE pinyin SET readings = '{xyz}' WHERE character = '桥'`)
	exec(t, pool, addPoint, "a")
	exec(t, pool, `UPDATE risk_point SET name = '长桥', address = '桥头'`)
	exec(t, pool, `COMMENT ON TABLE pinyin IS 'another file'`)
	if n := found(t, pool, "changqiao"); n != 0 {
		t.Fatalf("%d rows are found before", n)
	}
	_, before, err := store.ChangeRange(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Migrate(t.Context(), url, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"changqiao", "qiaotou", "qt"} {
		if n := found(t, pool, q); n != 1 {
			t.Errorf("%q finds %d rows", q, n)
		}
	}
	_, after, err := store.ChangeRange(t.Context(), pool)
	if err != nil || after != before {
		t.Errorf("the feed went from %d to %d, %v", before, after, err)
	}
}
