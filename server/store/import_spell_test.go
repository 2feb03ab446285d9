package store_test

import (
	"fmt"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// searchIsRight is how many rows of risk points have the search text that they should have, and how many another.
func searchIsRight(t *testing.T, s *store.Store) (right, wrong int) {
	t.Helper()
	const text = "search = search_text(ARRAY[name, name_en, address, responsible_unit])"
	if err := s.Pool().QueryRow(t.Context(), "SELECT count(*) FILTER (WHERE "+text+"), count(*) FILTER (WHERE NOT "+text+") FROM risk_point").Scan(&right, &wrong); err != nil {
		t.Fatal(err)
	}
	return right, wrong
}

// TestManyPhrasesAreSpelledAsOne: what imports spell all at once is what a row's trigger spells.
func TestManyPhrasesAreSpelledAsOne(t *testing.T) {
	pool := storetest.New(t)
	pieces := []string{"长", "重", "号", "大", "桥", "朝", "乐", "行", "没", "镇", "村", "A", "z", "7", "－", "　", " ", "，", "é", "𠮷", "🚒", "\"", "{", "\\", "'"}
	rapid.Check(t, func(r *rapid.T) {
		var rows [][]string
		for range rapid.IntRange(1, 6).Draw(r, "rows") {
			row := make([]string, 3)
			for i := range row {
				for range rapid.IntRange(0, 9).Draw(r, "length") {
					row[i] += rapid.SampledFrom(pieces).Draw(r, "piece")
				}
			}
			rows = append(rows, row)
		}
		var bad string
		err := pool.QueryRow(t.Context(), `
			WITH rows AS (SELECT n, (SELECT array_agg(nullif(p, '') ORDER BY ord) FROM jsonb_array_elements_text(row) WITH ORDINALITY AS e(p, ord)) AS phrases
				FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS a(row, n))
			SELECT coalesce(string_agg(format('%s: %s, not %s', r.phrases, t.sealed, search_text(r.phrases)), '; '), '')
			FROM rows r LEFT JOIN search_texts((SELECT array_agg(phrases ORDER BY n) FROM rows)) t USING (n)
			WHERE t.sealed IS DISTINCT FROM search_seal(r.phrases, search_text(r.phrases)) || search_text(r.phrases)`, rows).Scan(&bad)
		if err != nil || bad != "" {
			r.Fatal(bad, err)
		}
	})
}

// TestImportedRowsAreFound: new ones, changed ones whose name changed and whose name did not, and again by SQL.
func TestImportedRowsAreFound(t *testing.T) {
	s := store.New(storetest.New(t))
	points := func(name string, level string) store.Batch {
		return store.Batch{Layer: &layer.RiskPoint, Columns: []string{"origin_key", "name", "address", "risk_level", "kind", "geom"}, Rows: given([][]any{
			{"1", name, "长桥镇", level, "bridge", orb.Point{110, 25}}, {"2", "长桥 水库", nil, level, "reservoir", orb.Point{110.1, 25}}, {"3", "No. 3", "桥头村", "low", "bridge", orb.Point{110.2, 25}}})}
	}
	how := store.Import{Origin: "ledger", Actor: "tester"}
	for n, b := range []store.Batch{points("重庆桥", "low"), points("大桥", "major"), points("大桥", "low")} {
		if _, err := s.ImportLayer(t.Context(), b, how); err != nil {
			t.Fatal(err)
		}
		if right, wrong := searchIsRight(t, s); right != 3 || wrong != 0 {
			t.Errorf("import %d: %d rows are right, %d wrong", n, right, wrong)
		}
	}
	exec(t, s.Pool(), `UPDATE risk_point SET address = '行头村', responsible_unit = '水利局'`)
	if right, wrong := searchIsRight(t, s); right != 3 || wrong != 0 {
		t.Errorf("by SQL: %d rows are right, %d wrong", right, wrong)
	}
}

// TestNobodyElseSetsASearchText: by SQL neither a text, nor one that was sealed for other phrases, nor a forged seal.
func TestNobodyElseSetsASearchText(t *testing.T) {
	s := store.New(storetest.New(t))
	sealed := `(SELECT sealed FROM search_texts(ARRAY[ARRAY['另一个', NULL, NULL, NULL]]::text[]))`
	for n, search := range []string{"'没有'", sealed, `E'\x01' || repeat('0', 32) || '没有'`} {
		exec(t, s.Pool(), fmt.Sprintf(`INSERT INTO risk_point (origin_key, name, risk_level, kind, geom, search) VALUES ('%d', '桥', 'low', 'bridge', 'SRID=4326;POINT(110 25)', %s)`, n, search))
		exec(t, s.Pool(), fmt.Sprintf(`UPDATE risk_point SET search = %s`, search))
		exec(t, s.Pool(), fmt.Sprintf(`UPDATE risk_point SET name = name || '头', search = %s`, search))
		exec(t, s.Pool(), fmt.Sprintf(`UPDATE risk_point SET risk_level = 'major', search = %s`, search))
		if right, wrong := searchIsRight(t, s); right != n+1 || wrong != 0 {
			t.Errorf("%s: %d rows are right, %d wrong", search, right, wrong)
		}
	}
}

// TestRowThatCameWithoutTriggersIsSpelt: replication and a restore of data alone bring rows whose text is still empty.
func TestRowThatCameWithoutTriggersIsSpelt(t *testing.T) {
	s := store.New(storetest.New(t))
	exec(t, s.Pool(), `BEGIN; SET LOCAL session_replication_role = replica;
		INSERT INTO risk_point (origin_key, name, risk_level, kind, geom) VALUES ('a', '桥', 'low', 'bridge', 'SRID=4326;POINT(110 25)'); COMMIT`)
	exec(t, s.Pool(), `UPDATE risk_point SET risk_level = 'major'`)
	if right, wrong := searchIsRight(t, s); right != 1 || wrong != 0 {
		t.Errorf("%d rows are right, %d wrong", right, wrong)
	}
}

// TestTriggersAreNotCompiled: where PostgreSQL compiles plans, as it does by default, one changed row took a second.
func TestTriggersAreNotCompiled(t *testing.T) {
	pool := storetest.New(t)
	var compiled string
	err := pool.QueryRow(t.Context(), `SELECT coalesce(string_agg(proname, ', '), '') FROM pg_proc
		WHERE proname IN ('record_change', 'record_cells') AND NOT coalesce('jit=off' = ANY (proconfig), false)`).Scan(&compiled)
	if err != nil || compiled != "" {
		t.Errorf("%s: jit is not off; %v", compiled, err)
	}
	opened, err := store.Open(t.Context(), store.Options{URL: pool.Config().ConnString()})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	var jit string
	if err := opened.Pool().QueryRow(t.Context(), `SHOW jit`).Scan(&jit); err != nil || jit != "off" {
		t.Errorf("jit is %q, %v", jit, err)
	}
}

// TestHistoryKeepsWhatItKept: the image of a row is all that people know of it, of points as of polygons with bands.
func TestHistoryKeepsWhatItKept(t *testing.T) {
	pool := storetest.New(t)
	exec(t, pool, `INSERT INTO area (code, level, name, origin_key, geom) VALUES ('99', 'province', '某省', 'a', 'SRID=4326;POLYGON((110 25, 111 25, 111 26, 110 25))')`)
	exec(t, pool, addPoint, "a")
	exec(t, pool, `UPDATE area SET name = '省'`)
	exec(t, pool, `UPDATE risk_point SET name = '桥', geom = 'SRID=4326;LINESTRING(110 25, 110.5 25.5)'`)
	for _, table := range []string{"area", "risk_point"} {
		var same int
		var keys string
		err := pool.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE h.after = history_image(to_jsonb(r)) AND h.before ->> 'name' <> h.after ->> 'name' AND h.before ? 'geom'),
			coalesce(string_agg(DISTINCT k, ', '), '') FROM history h JOIN `+table+` r ON r.id = h.id AND r.version = h.version
			LEFT JOIN LATERAL (SELECT k FROM jsonb_object_keys(h.before) AS k WHERE NOT h.after ? k OR k IN ('anchor', 'geom_3857', 'geom_low', 'search')) d ON true`).Scan(&same, &keys)
		if err != nil || same != 1 || keys != "" {
			t.Errorf("%s: %d images are as they should be; %q, %v", table, same, keys, err)
		}
	}
}
