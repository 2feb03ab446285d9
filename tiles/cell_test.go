package tiles

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// cellRow is a row of a table of cells.
type cellRow struct{ Cell, N, Fids, Xs, Ys int64 }

func (w *world) cells(sql string) []cellRow {
	w.t.Helper()
	rows, err := w.pool.Query(w.t.Context(), sql)
	if err != nil {
		w.t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[cellRow])
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// checkCells compares the cells with what a rebuild makes of the rows.
func (w *world) checkCells(layer string) {
	w.t.Helper()
	query := fmt.Sprintf("SELECT cell, n, fids, xs, ys FROM %s_cell ORDER BY cell", layer)
	kept := w.cells(query)
	w.exec("SELECT rebuild_cells($1)", layer)
	made := w.cells(query)
	if !slices.Equal(kept, made) {
		w.t.Errorf("the kept cells (%d) are not those of a rebuild (%d)", len(kept), len(made))
	}
	if n := value[int](w, "SELECT count(*) FROM cell_pending"); n != 0 {
		w.t.Errorf("%d changes of cells are still waiting", n)
	}
}

func TestCellKeysAgreeWithTheDatabase(t *testing.T) {
	w := deafWorld(t)
	for range 200 {
		lon, lat := rand.Float64()*360-180, rand.Float64()*170-85
		id := around(lon, lat, cellLevels)
		got := value[int64](w, `SELECT cell_of(unit_x(p), unit_y(p)) FROM (SELECT ST_SetSRID(ST_MakePoint($1, $2), 4326) AS p) q`, lon, lat)
		if want := cellKey(cellLevels, id.X, id.Y); got != want {
			t.Fatalf("the cell of %g, %g is %d in the database, %d here", lon, lat, got, want)
		}
	}
}

func TestCellsStayExactUnderEveryKindOfEdit(t *testing.T) {
	w := deafWorld(t)
	w.sites(1100, 112, 27, 114, 29) // over 1,000: announced as a reload, but counted
	w.checkCells("material_site")
	for name, sql := range map[string]string{
		"move one":              `UPDATE material_site SET geom = ST_Translate(geom, 0.3, 0.1) WHERE fid = (SELECT min(fid) FROM material_site)`,
		"move all":              `UPDATE material_site SET geom = ST_Translate(geom, 0.0001, 0)`,
		"rename":                `UPDATE material_site SET name = name || 'x'`,
		"delete by state":       `UPDATE material_site SET deleted_at = now() WHERE fid % 7 = 0`,
		"delete":                `DELETE FROM material_site WHERE fid % 5 = 1`,
		"come back":             `UPDATE material_site SET deleted_at = NULL WHERE fid % 14 = 0`,
		"delete what is gone":   `DELETE FROM material_site WHERE deleted_at IS NOT NULL`,
		"become an area":        `UPDATE material_site SET geom = ST_Buffer(geom, 0.01) WHERE fid % 3 = 0`,
		"two statements":        `BEGIN; UPDATE material_site SET geom = ST_Translate(geom, 1, 0) WHERE fid % 2 = 0; UPDATE material_site SET geom = ST_Translate(geom, -1, 0) WHERE fid % 2 = 0; COMMIT`,
		"undone":                `BEGIN; DELETE FROM material_site; ROLLBACK`,
		"undone to a savepoint": `BEGIN; SAVEPOINT s; DELETE FROM material_site WHERE fid % 2 = 0; ROLLBACK TO s; UPDATE material_site SET geom = ST_Translate(geom, 0, 0.2) WHERE fid % 4 = 0; COMMIT`,
		"constraints at once":   `BEGIN; SET CONSTRAINTS ALL IMMEDIATE; UPDATE material_site SET geom = ST_Translate(geom, 0.2, 0) WHERE fid % 9 = 0; DELETE FROM material_site WHERE fid % 11 = 0; COMMIT`,
	} {
		w.exec(sql)
		w.checkCells("material_site")
		if t.Failed() {
			t.Fatalf("after: %s", name)
		}
	}
	w.exec("DELETE FROM material_site")
	w.checkCells("material_site")
	if n := value[int](w, "SELECT count(*) FROM material_site_cell"); n != 0 {
		t.Errorf("%d cells are left of no rows", n)
	}
}

func TestParallelEditsOfTheSameCellsNeitherBlockForGoodNorLoseCounts(t *testing.T) {
	w := deafWorld(t)
	w.sites(300, 112.99, 27.99, 113.01, 28.01)
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(g)))
			for range 60 {
				// each transaction touches several rows in another order: row by row upserts of cells would deadlock
				err := pgx.BeginFunc(context.Background(), w.pool, func(tx pgx.Tx) error {
					for k := range 3 {
						if _, err := tx.Exec(context.Background(), `UPDATE material_site SET geom = ST_SetSRID(ST_MakePoint($1, $2), 4326) WHERE fid = $3`,
							112.9+r.Float64()*0.2, 27.9+r.Float64()*0.2, int64(g*37+1)%37*8+int64(k)+1); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Errorf("an edit failed: %v", err)
				}
			}
		})
	}
	group.Wait()
	w.checkCells("material_site")
}

// Every row is in exactly one feature of the tiles of a zoom, singly or in a group; no tile is large.
func TestGroupsCountEveryRowOnce(t *testing.T) {
	w := deafWorld(t)
	const all = 4000
	w.sites(all, 112.6, 27.6, 113.4, 28.4)
	for z := uint8(4); z <= 16; z += 3 {
		total, grouped := 0, false
		low, high := around(112.6, 28.4, z), around(113.4, 27.6, z)
		if z > 10 {
			low, high = around(112.95, 28.05, z), around(113.05, 27.95, z)
		}
		for x := low.X; x <= high.X; x++ {
			for y := low.Y; y <= high.Y; y++ {
				body := w.bytes(ID{z, x, y}, "material_site")
				if len(body) > 100_000 {
					t.Errorf("tile %d/%d/%d is %d bytes large", z, x, y, len(body))
				}
				l := mustRead(t, body)["material_site"]
				if l == nil {
					continue
				}
				for _, f := range l.features {
					p := f.parts[0][0]
					if p[0] < 0 || p[0] >= extent || p[1] < 0 || p[1] >= extent {
						continue // the neighbour's
					}
					if many, ok := f.props["point_count"].(int64); ok {
						total, grouped = total+int(many), true
						if f.hasID || f.props["id"] != nil {
							t.Error("a group has an id")
						}
					} else {
						total++
						if !f.hasID || f.props["id"] == nil {
							t.Error("a single row has no id")
						}
					}
				}
			}
		}
		if z <= 10 && total != all {
			t.Errorf("at zoom %d the tiles count %d rows of %d", z, total, all)
		}
		if grouped != (z < 13) {
			t.Errorf("at zoom %d rows are grouped: %v", z, grouped)
		}
	}
}

// What a tile shows of a group at its edge is what the neighbour shows of it.
func TestNeighboursShowTheSameGroups(t *testing.T) {
	w := deafWorld(t)
	edge := around(113, 28, 7).Bound().Max[0] // of zoom 8 too
	w.sites(3000, edge-0.04, 27, edge+0.04, 29)
	for _, z := range []uint8{7, 8} {
		id := around(edge-1e-6, 28, z)
		groups := func(x uint32, shift int64) map[[3]int64]bool {
			out := map[[3]int64]bool{}
			for _, f := range w.read(ID{z, x, id.Y}, "material_site")["material_site"].features {
				p := f.parts[0][0]
				if q := p[0] + shift; q > extent-buffer && q < extent+buffer && p[1] > 0 && p[1] < extent {
					n, _ := f.props["point_count"].(int64)
					out[[3]int64{q, p[1], n}] = true
				}
			}
			return out
		}
		left, right := groups(id.X, 0), groups(id.X+1, extent)
		if len(left) == 0 || len(left) != len(right) {
			t.Fatalf("zoom %d: %d groups on the left, %d on the right", z, len(left), len(right))
		}
		for g := range left {
			if !right[g] {
				t.Errorf("zoom %d: the right tile lacks %v", z, g)
			}
		}
	}
}

// Deep tiles and filtered ones group while asking; they must find the groups that the kept cells give.
func TestCountedGroupsAreTheKeptGroups(t *testing.T) {
	w := deafWorld(t)
	w.sites(3000, 112.8, 27.8, 113.2, 28.2)
	for _, z := range []uint8{5, 8, 9} {
		kept := w.read(around(113, 28, z), "material_site")["material_site"]
		st := newStatement(mustLayer(t, "material_site"), z)
		st.filtered = true
		parts := []part{st.groups()}
		counted, _, err := w.Source.ask(t.Context(), parts, arguments(around(113, 28, z), parts, false))
		if err != nil {
			t.Fatal(err)
		}
		other := mustRead(t, counted)["material_site"]
		if len(kept.features) == 0 || len(kept.features) != len(other.features) || rowsIn(kept) != rowsIn(other) {
			t.Errorf("zoom %d: %d features of %d rows kept, %d of %d counted", z, len(kept.features), rowsIn(kept), len(other.features), rowsIn(other))
		}
	}
}
