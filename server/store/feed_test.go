package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

const addPoint = `INSERT INTO risk_point (origin_key, name, risk_level, kind, geom) VALUES ($1, '点', 'low', 'mine', 'SRID=4326;POINT(110 25)')`

func exec(t testing.TB, on *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := on.Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("%.80s: %v", sql, err)
	}
}

func parse(name, parameter, value string) (layer.Filter, error) {
	l, _ := layer.ByName(name)
	return layer.ParseFilter(l, url.Values{parameter: {value}})
}

// TestNumbersAreCommitOrder lets transactions of random length overlap while a reader asks for what came after the
// last number it saw: nothing may become visible behind its back.
func TestNumbersAreCommitOrder(t *testing.T) {
	pool := storetest.New(t)
	const writers, each = 6, 15
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for i := range each {
				err := pgx.BeginFunc(context.Background(), pool, func(tx pgx.Tx) error {
					if _, err := tx.Exec(context.Background(), addPoint, fmt.Sprint(w, "-", i)); err != nil {
						return err
					}
					time.Sleep(rand.N(20 * time.Millisecond)) // numbers are not given here, but at the commit
					_, err := tx.Exec(context.Background(), addPoint, fmt.Sprint(w, "-", i, "b"))
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	finished := make(chan struct{})
	go func() { wait.Wait(); close(finished) }()
	seen, last, done := 0, int64(0), false
	for !done {
		select {
		case <-finished:
			done = true // one more look
		default:
		}
		changes, err := store.ChangesAfter(t.Context(), pool, last, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			last = c.Seq
			seen++
		}
	}
	if want := writers * each * 2; seen != want {
		t.Errorf("the reader saw %d changes of %d: some became visible behind its back", seen, want)
	}
}

func TestManyChangesAreOneReload(t *testing.T) {
	pool := storetest.New(t)
	for _, c := range []struct {
		rows  int
		kinds map[string]int
	}{
		{1000, map[string]int{"insert": 1000}},
		{1001, map[string]int{"reload": 1}},
	} {
		exec(t, pool, `TRUNCATE change`)
		exec(t, pool, `INSERT INTO place (origin_key, name, kind, geom) SELECT $1 || i, '地', 'hamlet', ST_SetSRID(ST_MakePoint(110 + i / 10000.0, 25), 4326) FROM generate_series(1, $2::int) i`, fmt.Sprint(c.rows, "-"), c.rows)
		changes, err := store.ChangesAfter(t.Context(), pool, 0, 5000)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, change := range changes {
			got[change.Kind]++
		}
		if fmt.Sprint(got) != fmt.Sprint(c.kinds) {
			t.Errorf("%d rows: %v, want %v", c.rows, got, c.kinds)
		}
	}
	// one transaction with many small statements over two layers
	exec(t, pool, `TRUNCATE change`)
	exec(t, pool, `DO $$ BEGIN FOR i IN 1..600 LOOP
		INSERT INTO place (origin_key, name, kind, geom) VALUES ('x' || i, '地', 'hamlet', 'SRID=4326;POINT(111 26)');
		INSERT INTO water (origin_key, kind, geom) VALUES ('x' || i, 'river', 'SRID=4326;LINESTRING(111 26, 112 27)');
	END LOOP; END $$`)
	changes, err := store.ChangesAfter(t.Context(), pool, 0, 5000)
	if err != nil || len(changes) != 2 || changes[0].Kind != "reload" || changes[1].Kind != "reload" {
		t.Fatalf("%+v %v", changes, err)
	}
	if box := changes[1].NewBox; len(box) != 4 || box[2] != 112 {
		t.Errorf("the box around the change is %v", box)
	}
}

func TestHistoryTellsWhoAndWhat(t *testing.T) {
	pool := storetest.New(t)
	exec(t, pool, addPoint, "a")
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `SELECT set_config('fourmaps.actor', '王某', true), set_config('fourmaps.source', 'entry', true)`)
		if err == nil {
			_, err = tx.Exec(t.Context(), `UPDATE risk_point SET risk_level = 'major'`)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	exec(t, pool, `UPDATE risk_point SET risk_level = 'major'`) // nothing new: no version, no change, no history
	exec(t, pool, `UPDATE risk_point SET deleted_at = now()`)
	rows, err := pool.Query(t.Context(), `SELECT version, kind, actor, source, coalesce(before ->> 'risk_level', ''), coalesce(after ->> 'risk_level', '') FROM history ORDER BY seq`)
	if err != nil {
		t.Fatal(err)
	}
	type entry struct {
		Version                            int
		Kind, Actor, Source, Before, After string
	}
	got, err := pgx.CollectRows(rows, pgx.RowToStructByPos[entry])
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[1] != (entry{2, "update", "王某", "entry", "low", "major"}) || got[2].Kind != "delete" || got[2].Version != 3 {
		t.Errorf("%+v", got)
	}
	if _, err := pool.Exec(t.Context(), `DELETE FROM history`); err == nil {
		t.Error("history could be deleted")
	}
}

// TestSearchIsKeptForRowsChangedBySQL looks for rows in Chinese, pinyin and initials after plain SQL.
func TestSearchIsKeptForRowsChangedBySQL(t *testing.T) {
	pool := storetest.New(t)
	exec(t, pool, addPoint, "a")
	exec(t, pool, `UPDATE risk_point SET name = '长桥 水库', address = '白沙乡桥头村12号', responsible_unit = '水利局'`)
	for _, q := range []string{"长桥水库", "桥 水", "changqiao", "zhangqiao", "cqsk", "CQSK", "baisha", "桥头村12", "slj", "shuiliju"} {
		if n := found(t, pool, q); n != 1 {
			t.Errorf("%q finds %d rows", q, n)
		}
	}
	exec(t, pool, `UPDATE risk_point SET name = '青山矿'`)
	for q, want := range map[string]int{"changqiao": 0, "qingshan": 1, "qsk": 1, "%": 0, "_": 0, `\`: 0} {
		if n := found(t, pool, q); n != want {
			t.Errorf("after the change %q finds %d rows, want %d", q, n, want)
		}
	}
}

func found(t *testing.T, pool *pgxpool.Pool, q string) int {
	t.Helper()
	f, err := parse("risk_point", "q", q)
	if err != nil {
		t.Fatal(err)
	}
	page, err := store.New(pool).List(t.Context(), store.List{Filter: f, Limit: 10}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return page.Returned
}

func TestOldChangesGoButTheNewestStays(t *testing.T) {
	s := store.New(storetest.New(t))
	for _, key := range []string{"a", "b", "c"} {
		exec(t, s.Pool(), addPoint, key)
	}
	n, err := s.DropChangesBefore(t.Context(), time.Now().Add(time.Hour))
	if err != nil || n != 2 {
		t.Fatalf("removed %d, %v", n, err)
	}
	oldest, newest, err := store.ChangeRange(t.Context(), s.Pool())
	if err != nil || oldest != 3 || newest != 3 {
		t.Errorf("the feed holds %d to %d, %v", oldest, newest, err)
	}
}
