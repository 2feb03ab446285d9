package intake_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/geo/format"
	"fourmaps/geo/layer"
	"fourmaps/server/intake"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// places imports a table of named places, removing what is no longer in it.
func places(t *testing.T, pool *pgxpool.Pool, table string) intake.Report {
	t.Helper()
	file := filepath.Join(t.TempDir(), "places.csv")
	if err := os.WriteFile(file, []byte("key,name,kind,lon,lat\n"+table), 0o644); err != nil {
		t.Fatal(err)
	}
	mapping, err := format.ParseMapping([]string{"key=key", "name=name", "kind=kind", "lon=lon", "lat=lat"})
	if err != nil {
		t.Fatal(err)
	}
	report, err := intake.Import(t.Context(), store.New(pool), intake.Options{
		Layer: &layer.Place, File: file, Ingest: format.IngestOptions{Mapping: mapping, CRS: 4326},
		Import: store.Import{Origin: "places", Actor: "tester", RemoveGone: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func standing(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	var keys string
	if err := pool.QueryRow(t.Context(), `SELECT coalesce(string_agg(origin_key, ' ' ORDER BY origin_key), '') FROM place WHERE deleted_at IS NULL`).Scan(&keys); err != nil {
		t.Fatal(err)
	}
	return keys
}

const fourPlaces = "A,甲村,village,110,25\nB,乙村,village,110,25\nC,丙村,village,110,25\nD,丁村,village,110,25\n"

// TestRejectedRowIsNotGone: a row with a mistake in it is still in the file, so what is stored of it stays.
func TestRejectedRowIsNotGone(t *testing.T) {
	pool := storetest.New(t)
	places(t, pool, fourPlaces)
	// B has a mistake that reading finds, C one that the database finds, D is no longer there
	report := places(t, pool, "A,甲村,village,110,25\nB,乙村,volcano,110,25\nC,丙村,village,110,86\n")
	if got := standing(t, pool); got != "A B C" {
		t.Errorf("%s stand, %+v", got, report)
	}
	if report.Stored.Gone != 1 || report.Stored.Removed != 1 || report.Rejected != 2 {
		t.Errorf("%+v", report)
	}
}

// TestNothingIsRemovedWhileAKeyIsUnknown: a row whose key cannot be read may be any of those that are missing.
func TestNothingIsRemovedWhileAKeyIsUnknown(t *testing.T) {
	for name, bad := range map[string]string{"no key": ",乙村,village,110,25\n", "broken quotes": "B,乙\"村,village,110,25\n"} {
		t.Run(name, func(t *testing.T) {
			pool := storetest.New(t)
			places(t, pool, fourPlaces)
			report := places(t, pool, "A,甲村,village,110,25\n"+bad)
			if got := standing(t, pool); got != "A B C D" {
				t.Errorf("%s stand", got)
			}
			if report.Stored.Removed != 0 || len(report.Notes) == 0 || !strings.Contains(report.Notes[len(report.Notes)-1].En, "nothing was removed") {
				t.Errorf("%+v", report)
			}
		})
	}
}

// TestRejectedAreaIsNotGone: areas are told by their code.
func TestRejectedAreaIsNotGone(t *testing.T) {
	pool := storetest.New(t)
	file := filepath.Join(t.TempDir(), "areas.csv")
	for _, table := range []string{"code,name,population\n440307000,某区,1\n440307001000,长桥镇,2\n440307002000,短桥镇,3\n", "code,name,population\n440307000,某区,1\n440307001000,长桥镇,many\n"} {
		if err := os.WriteFile(file, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := intake.ImportAreas(t.Context(), store.New(pool), intake.Options{
			File: file, Ingest: format.IngestOptions{Mapping: format.Mapping{{Column: "code", Field: "code"}, {Column: "name", Field: "name"}, {Column: "population", Field: "population"}}},
			Import: store.Import{Origin: "areas", Actor: "tester", RemoveGone: true},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var codes string
	if err := pool.QueryRow(t.Context(), `SELECT string_agg(code, ' ' ORDER BY code) FROM area WHERE deleted_at IS NULL`).Scan(&codes); err != nil || codes != "440307 440307001" {
		t.Errorf("%s stand, %v", codes, err)
	}
}

// TestBadAreaIsRejectedAlone: a code that is none or comes twice blocks its own row and no other.
func TestBadAreaIsRejectedAlone(t *testing.T) {
	pool := storetest.New(t)
	file := filepath.Join(t.TempDir(), "areas.csv")
	if err := os.WriteFile(file, []byte("code,name\n440307000,某区\n440307,又一个\n44030,短码\n44030X,字母\n440307001,长桥镇\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var told []string
	report, err := intake.ImportAreas(t.Context(), store.New(pool), intake.Options{
		File: file, Ingest: format.IngestOptions{Mapping: format.Mapping{{Column: "code", Field: "code"}, {Column: "name", Field: "name"}}},
		Import:   store.Import{Origin: "areas", Actor: "tester"},
		Rejected: func(p format.Problem) { told = append(told, fmt.Sprintf("%d %s %s", p.Row, p.Column, p.Code)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(told, ", "), "3 code key_twice, 4 code code_invalid, 5 code code_invalid"; got != want || report.Stored.New != 2 || report.Rejected != 3 {
		t.Errorf("told %s, want %s; %+v", got, want, report)
	}
}
