package intake_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/geo/format"
	"fourmaps/geo/layer"
	"fourmaps/server/intake"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// units imports a table of command units whose columns are called as their targets, and gives the problems by key.
func units(t *testing.T, pool *pgxpool.Pool, table string, how ...func(*intake.Options)) (intake.Report, map[string]string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "units.csv")
	if err := os.WriteFile(file, []byte(table), 0o644); err != nil {
		t.Fatal(err)
	}
	header, _, _ := strings.Cut(table, "\n")
	var mapping format.Mapping
	for column := range strings.SplitSeq(header, ",") {
		mapping = append(mapping, format.Pair{Column: column, Field: column})
	}
	lines := strings.Split(table, "\n")
	told := map[string]string{}
	o := intake.Options{
		Layer:  &layer.CommandUnit,
		File:   file,
		Ingest: format.IngestOptions{Mapping: mapping, CRS: 4326},
		Import: store.Import{Origin: "units", Actor: "tester"},
		Rejected: func(p format.Problem) {
			key, _, _ := strings.Cut(lines[p.Row-1], ",")
			told[key] = p.Code
		},
	}
	for _, f := range how {
		f(&o)
	}
	report, err := intake.Import(t.Context(), store.New(pool), o)
	if err != nil {
		t.Fatal(err)
	}
	if sum := int64(report.Rejected) + report.Stored.New + report.Stored.Changed + report.Stored.Same; int64(report.Read) != sum {
		t.Errorf("read %d, but new, changed, same and rejected are %d", report.Read, sum)
	}
	return report, told
}

// district writes a county, 16 townships and 334 villages in any order; parent gives what a row calls the one above it.
func district(parent func(key, name string) string) string {
	county, name := "C", func(level string, i int) string { return fmt.Sprintf("第%d%s指挥站", i, level) }
	rows := []string{county + ",某县指挥部,headquarters,county,"}
	for i := range 16 {
		rows = append(rows, fmt.Sprintf("T%d,%s,station,township,%s", i, name("镇", i), parent(county, "某县指挥部")))
	}
	for i := range 334 {
		rows = append(rows, fmt.Sprintf("V%d,%s,village_post,village,%s", i, name("村", i), parent(fmt.Sprintf("T%d", i%16), name("镇", i%16))))
	}
	rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return "key,name,kind,level,parent_id\n" + strings.Join(rows, "\n") + "\n"
}

func TestTreeInOneFile(t *testing.T) {
	for name, parent := range map[string]func(key, name string) string{
		"by key":  func(key, _ string) string { return key },
		"by name": func(_, name string) string { return name },
		"by name in full-width digits": func(_, name string) string {
			return strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r - '0' + '０'
				}
				return r
			}, name)
		},
	} {
		t.Run(name, func(t *testing.T) {
			pool := storetest.New(t)
			first, told := units(t, pool, district(parent))
			if first.Stored.New != 351 || len(told) > 0 {
				t.Fatalf("new %d, told %v", first.Stored.New, told)
			}
			var levels []int
			if err := pool.QueryRow(t.Context(), `
				WITH RECURSIVE tree AS (
					SELECT id, 0 AS depth FROM command_unit WHERE parent_id IS NULL
					UNION ALL SELECT u.id, depth + 1 FROM command_unit u JOIN tree t ON u.parent_id = t.id)
				SELECT array_agg(n ORDER BY depth) FROM (SELECT depth, count(*)::int AS n FROM tree GROUP BY depth) d`).Scan(&levels); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(levels, []int{1, 16, 334}) {
				t.Errorf("units by depth: %v", levels)
			}
			again, _ := units(t, pool, district(parent)) // in another order
			if again.Stored.Same != 351 {
				t.Errorf("again: %+v", again.Stored)
			}
		})
	}
}

func TestTreeRejectsRowByRow(t *testing.T) {
	pool := storetest.New(t)
	deep := func() string { // 22 units one below the other: the last two lie too deep
		var b strings.Builder
		for i := range 22 {
			fmt.Fprintf(&b, "D%d,深%d,station,township,%s\n", i, i, map[bool]string{true: fmt.Sprintf("D%d", i-1)}[i > 0])
		}
		return b.String()
	}
	report, told := units(t, pool, "key,name,kind,level,parent_id\n"+
		"A,甲,headquarters,county,\n"+
		"B,乙,station,township,甲\n"+
		"C1,圈一,station,township,圈三\n"+
		"C2,圈二,station,township,圈一\n"+
		"C3,圈三,station,township,圈二\n"+
		"C4,圈外,station,township,圈三\n"+
		"S,自己,station,township,S\n"+
		"N,无上级,station,township,没有的\n"+
		"N1,其下,station,township,N\n"+
		"W,坏行,volcano,township,甲\n"+
		"W1,坏行之下,station,township,坏行\n"+
		"E1,同名,station,township,甲\n"+
		"E2,同名,station,township,甲\n"+
		"E3,指同名,station,township,同名\n"+
		"E4,指编号,station,township,E2\n"+deep())
	want := map[string]string{
		"C1": "reference_circle", "C2": "reference_circle", "C3": "reference_circle", "C4": "reference_rejected", "S": "reference_circle",
		"N": "reference_missing", "N1": "reference_rejected", "W": "choice_unknown", "W1": "reference_rejected", "E3": "reference_ambiguous",
		"D20": "reference_deep", "D21": "reference_deep",
	}
	if fmt.Sprint(told) != fmt.Sprint(want) {
		t.Errorf("told %v,\nwant %v", told, want)
	}
	if report.Stored.New != 5+20 {
		t.Errorf("%+v", report.Stored)
	}
}

// TestTreeMeetsWhatIsStored: rows of before are found too, and a circle that closes through them is refused for its row alone.
func TestTreeMeetsWhatIsStored(t *testing.T) {
	pool := storetest.New(t)
	const header = "key,name,kind,level,parent_id\n"
	units(t, pool, header+"A,甲,headquarters,county,\nB,乙,station,township,A\nC,丙,village_post,village,B\n")
	report, told := units(t, pool, header+"A,甲,headquarters,county,C\nE,戊,village_post,village,乙\n")
	if told["A"] != "reference_circle" || report.Stored.New != 1 || report.Stored.Changed != 0 {
		t.Errorf("told %v, %+v", told, report.Stored)
	}
	// a row that moves, a name that moves to another row, and a bad new state of a row under which another one hangs
	report, told = units(t, pool, header+"B,乙乙,station,township,甲\nE,乙,station,township,甲\nC,丙,village_post,village,乙\nA,甲,volcano,county,\n")
	if fmt.Sprint(told) != "map[A:choice_unknown]" || report.Stored.Changed != 3 {
		t.Errorf("told %v, %+v", told, report.Stored)
	}
	var above string
	if err := pool.QueryRow(t.Context(), `SELECT p.origin_key FROM command_unit u JOIN command_unit p ON p.id = u.parent_id WHERE u.origin_key = 'C'`).Scan(&above); err != nil || above != "E" {
		t.Errorf("丙 lies below %s, %v", above, err)
	}
}

// TestTreeFollowsWhatTheDatabaseRejects: what hangs under a row that the store leaves out is left out with it.
func TestTreeFollowsWhatTheDatabaseRejects(t *testing.T) {
	pool := storetest.New(t)
	report, _ := units(t, pool, "key,name,kind,level,parent_id,lon,lat\nA,极,headquarters,county,,110,86\nB,其下,station,township,A,,\nC,再下,village_post,village,B,110,25\nD,别处,station,township,,110,25\n")
	if report.Rejected != 3 || report.Stored.New != 1 {
		t.Errorf("%+v", report)
	}
}

// TestTreeLosesWhatIsGone: nothing comes to hang under a row that this same import removes.
func TestTreeLosesWhatIsGone(t *testing.T) {
	pool := storetest.New(t)
	const header = "key,name,kind,level,parent_id\n"
	units(t, pool, header+"A,甲,headquarters,county,\nB,乙,station,township,A\n")
	report, told := units(t, pool, header+"C,丙,station,township,甲\nB,乙,station,township,\n", func(o *intake.Options) { o.Import.RemoveGone = true })
	if told["C"] != "reference_missing" || report.Stored.Removed != 1 {
		t.Errorf("told %v, %+v", told, report.Stored)
	}
}
