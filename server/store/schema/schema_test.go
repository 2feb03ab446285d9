package schema_test

import (
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"fourmaps/server/store/schema"
	"fourmaps/server/store/storetest"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestMigrateFromNothingByTwoServersAtOnce(t *testing.T) {
	url := storetest.Empty(t)
	errs := make([]error, 2)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { errs[i] = schema.Migrate(t.Context(), url, quiet()) })
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	got, err := schema.VersionOf(t.Context(), conn)
	want, _ := schema.Version()
	if err != nil || got != want || want == 0 {
		t.Errorf("the database has version %d (%v), the program %d", got, err, want)
	}
	var spelling string
	if err := conn.QueryRow(t.Context(), `SELECT pinyin_of('长桥')`).Scan(&spelling); err != nil || !strings.Contains(spelling, "changqiao") {
		t.Errorf("长桥 is spelled %q (%v)", spelling, err)
	}
}

func TestDatabaseOfANewerProgramIsRefused(t *testing.T) {
	url := storetest.URL(t)
	pool := storetest.Connect(t, url)
	if _, err := pool.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`); err != nil {
		t.Fatal(err)
	}
	err := schema.Migrate(t.Context(), url, quiet())
	var newer *schema.NewerError
	if !errors.As(err, &newer) || newer.Database != 99999 {
		t.Fatalf("got %v, want a NewerError", err)
	}
	chinese, english := newer.Sentences()
	for _, sentence := range []string{chinese, english} {
		if !strings.Contains(sentence, "99999") || strings.Contains(sentence, "%!") {
			t.Errorf("badly made sentence %q", sentence)
		}
	}
}

func TestMissingPostGISIsSaid(t *testing.T) {
	for _, e := range []*schema.NoPostGISError{{Server: 150018}, {Server: 140002, PostGIS: "3.3.2"}, {Server: 160001, PostGIS: "3.2.0"}} {
		chinese, english := e.Sentences()
		if chinese == "" || strings.Contains(chinese+english, "%!") {
			t.Errorf("badly made sentences %q / %q", chinese, english)
		}
	}
}

func TestVersionOfAnEmptyDatabaseIsZero(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), storetest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if got, err := schema.VersionOf(t.Context(), conn); got != 0 || err != nil {
		t.Errorf("got version %d, %v", got, err)
	}
}
