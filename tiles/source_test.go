package tiles

import (
	"bytes"
	"maps"
	"net/url"
	"slices"
	"testing"

	"fourmaps/geo/layer"
)

func TestTileCarriesDeclaredFieldsAndNoOthers(t *testing.T) {
	w := deafWorld(t)
	w.exec(`INSERT INTO response_force (id, name, name_en, nature, capabilities, headcount, leader, leader_phone, geom)
		VALUES ('01900000-0000-7000-8000-000000000001', '长桥镇救援队', 'Changqiao Team', 'fire_rescue', '{fire,search}', 12, 'Li', '000-1', ST_SetSRID(ST_MakePoint(113, 28), 4326))`)
	l := w.read(around(113, 28, 12), "response_force")["response_force"]
	if len(l.features) != 1 {
		t.Fatalf("%d features", len(l.features))
	}
	f := l.features[0]
	want := map[string]bool{"id": true, "name": true, "name_en": true}
	for _, d := range layer.ResponseForce.Fields {
		if d.Tile {
			want[d.Name] = true
		}
	}
	for key := range f.props {
		if !want[key] {
			t.Errorf("the tile carries %s", key)
		}
	}
	if f.props["id"] != "01900000-0000-7000-8000-000000000001" || f.props["name"] != "长桥镇救援队" || f.props["name_en"] != "Changqiao Team" || f.props["nature"] != "fire_rescue" {
		t.Errorf("fields are %v", f.props)
	}
	if want["capabilities"] && f.props["capabilities"] != "fire,search" {
		t.Errorf("capabilities are %v", f.props["capabilities"])
	}
	if fid := value[int64](w, "SELECT fid FROM response_force"); !f.hasID || f.id != uint64(fid) {
		t.Errorf("the id is %d, the row's fid %d", f.id, fid)
	}
	if l.extent != 4096 {
		t.Errorf("the extent is %d", l.extent)
	}
}

func TestNoSensitiveFieldIsInAnyStatement(t *testing.T) {
	for _, l := range layer.All {
		for z := range MaxZoom + 1 {
			for _, name := range newStatement(l, uint8(z)).names {
				if f, ok := l.Field(name); ok && f.Sensitive {
					t.Errorf("layer %s carries %s at zoom %d", l.Name, name, z)
				}
			}
		}
	}
}

func TestEverySetOfLayersMakesATileAtEveryZoom(t *testing.T) {
	w := deafWorld(t)
	w.sites(20, 112.9, 27.9, 113.1, 28.1)
	var names []string
	for _, l := range layer.All {
		names = append(names, l.Name)
	}
	for z := uint8(0); z <= MaxZoom; z++ {
		w.read(around(113, 28, z), names...)
		for _, n := range names {
			w.read(around(113, 28, z), n)
		}
	}
}

func TestPointNearTheEdgeIsInTheNeighbourToo(t *testing.T) {
	w := deafWorld(t)
	id := around(113, 28, 12)
	edge := id.Bound().Max[0]
	unit := (id.Bound().Max[0] - id.Bound().Min[0]) / extent
	w.site("inside the buffer", edge-60*unit, 28)
	w.site("outside the buffer", edge-70*unit, 28)
	east := ID{id.Z, id.X + 1, id.Y}
	l := w.read(east, "material_site")["material_site"]
	if l == nil || len(l.features) != 1 || l.features[0].props["name"] != "inside the buffer" {
		t.Fatalf("the neighbour holds %+v", l)
	}
	if x := l.features[0].parts[0][0][0]; x > -59 || x < -61 {
		t.Errorf("the point lies at %d", x)
	}
	if n := len(w.read(id, "material_site")["material_site"].features); n != 2 {
		t.Errorf("its own tile holds %d points", n)
	}
}

func TestPolygonsWindAsVectorTilesWant(t *testing.T) {
	w := deafWorld(t)
	// a square with a hole and a second square, wound the wrong way round on purpose
	w.exec(`INSERT INTO water (kind, geom) VALUES ('lake', ST_GeomFromText('MULTIPOLYGON(
		((113 28, 113 28.02, 113.02 28.02, 113.02 28, 113 28), (113.005 28.005, 113.01 28.005, 113.01 28.01, 113.005 28.01, 113.005 28.005)),
		((113.03 28, 113.03 28.01, 113.04 28.01, 113.04 28, 113.03 28)))', 4326))`)
	for _, z := range []uint8{8, 9, 10, 11, 12, 14} {
		l := w.read(around(113.0201, 28.005, z), "water")["water"] // the reader checks the winding
		if l == nil || len(l.features) != 1 {
			t.Fatalf("at zoom %d the tile holds %+v", z, l)
		}
		holes := 0
		for _, ring := range l.features[0].parts {
			if ringArea(ring) < 0 {
				holes++
			}
		}
		if z == 12 && holes != 1 {
			t.Errorf("at zoom %d there are %d holes", z, holes)
		}
	}
}

func TestSmallAreaOfTheFourMapsBecomesAPointAndIsNotLost(t *testing.T) {
	w := deafWorld(t)
	w.exec(`INSERT INTO material_site (name, kind, geom) VALUES ('yard', 'depot', ST_Buffer(ST_SetSRID(ST_MakePoint(113, 28), 4326), 0.0002))`)
	for z, kind := range map[uint8]uint64{6: 1, 16: 3} {
		l := w.read(around(113, 28, z), "material_site")["material_site"]
		if l == nil || len(l.features) != 1 || l.features[0].kind != kind {
			t.Errorf("at zoom %d the tile holds %+v, want one feature of type %d", z, l, kind)
		}
	}
}

func TestTileIsTheSameEachTime(t *testing.T) {
	w := deafWorld(t)
	w.sites(400, 112.9, 27.9, 113.1, 28.1)
	for _, z := range []uint8{8, 11} {
		first := w.bytes(around(113, 28, z), "material_site")
		w.exec(`UPDATE material_site SET search = search || ' x'`) // moves every row within the table
		if !bytes.Equal(first, w.bytes(around(113, 28, z), "material_site")) {
			t.Errorf("at zoom %d the same rows gave other bytes", z)
		}
	}
}

func TestDeletedRowsAreInNoTile(t *testing.T) {
	w := deafWorld(t)
	w.site("gone", 113, 28)
	w.exec(`UPDATE material_site SET deleted_at = now()`)
	for _, z := range []uint8{6, 12, 16} {
		if body := w.bytes(around(113, 28, z), "material_site"); len(body) > 0 {
			t.Errorf("at zoom %d it is still there", z)
		}
	}
}

func TestLowZoomsLeaveOutSmallRoadsAndMergeAlikeOnes(t *testing.T) {
	w := deafWorld(t)
	w.exec(`INSERT INTO road (name, class, oneway, speed_kmh, cost_s, reverse_cost_s, length_m, source_node, target_node, component, geom)
		SELECT 'G1', class, 'both', 60, 1, 1, 1000, i, i + 1, 1,
			ST_MakeLine(ST_SetSRID(ST_MakePoint(113 + i * 0.01, y), 4326), ST_SetSRID(ST_MakePoint(113.01 + i * 0.01, y), 4326))
		FROM generate_series(0, 9) i, (VALUES ('trunk', 28), ('track', 28.01)) c(class, y)`)
	classes := func(z uint8) map[any]int {
		n := map[any]int{}
		if l := w.read(around(113.05, 28.0001, z), "road")["road"]; l != nil {
			for _, f := range l.features {
				n[f.props["class"]]++
				if _, has := f.props["id"]; has != (z >= 13) {
					t.Errorf("at zoom %d a road has an id: %v", z, has)
				}
			}
		}
		return n
	}
	if n := classes(9); n["track"] != 0 || n["trunk"] != 1 {
		t.Errorf("at zoom 9 the tile holds %v", n)
	}
	if n := classes(12); n["trunk"] != 1 || n["track"] != 1 {
		t.Errorf("at zoom 12 the tile holds %v", n)
	}
	if n := classes(13); n["trunk"] < 4 || n["track"] < 4 {
		t.Errorf("at zoom 13 the tile holds %v", n)
	}
}

// Two areas side by side keep one border at every zoom: each border point of one is a border point of the other.
func TestSharedBordersStaySharedWhenSimplified(t *testing.T) {
	w := deafWorld(t)
	w.exec(`WITH border AS (
			SELECT ST_MakeLine(array_agg(ST_MakePoint(113 + 0.01 * sin(i * 1.7) + 0.003 * cos(i * 5.1), 28 + i * 0.0005) ORDER BY i)) AS line FROM generate_series(0, 200) i),
		cut AS (SELECT (ST_Dump(ST_Split(ST_SetSRID(ST_MakeEnvelope(112.9, 28, 113.1, 28.1), 4326), ST_SetSRID(line, 4326)))).geom FROM border)
		INSERT INTO area (name, code, level, geom) SELECT 'Area', '4301' || lpad((row_number() OVER ())::text, 2, '0'), 'county', geom FROM cut`)
	if n := value[int](w, "SELECT count(*) FROM area"); n != 2 {
		t.Fatalf("%d areas", n)
	}
	for _, column := range []string{"geom_low", "geom_mid"} {
		gap := value[float64](w, "SELECT ST_Area(ST_SymDifference(ST_Union(ST_MakeValid("+column+")), ST_Envelope(ST_Union(ST_MakeValid("+column+"))))) FROM area")
		overlap := value[float64](w, "SELECT ST_Area(ST_Intersection(ST_MakeValid(a."+column+"), ST_MakeValid(b."+column+"))) FROM area a, area b WHERE a.code < b.code")
		if gap > 1e-3 || overlap > 1e-3 {
			t.Errorf("%s leaves gaps of %g m² and overlaps of %g m²", column, gap, overlap)
		}
	}
}

func TestFilteredTileHoldsTheRowsOfTheFilter(t *testing.T) {
	w := deafWorld(t)
	w.sites(90, 112.99, 27.99, 113.01, 28.01)
	filter := func(query string) layer.Filter {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		f, err := layer.ParseFilter(&layer.MaterialSite, q)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for query, want := range map[string]int{"kind=depot": 30, "kind=depot,shelter": 60, "q=site1": 11, "bbox=112.9,27.9,113.1,28.0": 45} {
		for _, z := range []uint8{8, 10} {
			body, err := w.Source.Filtered(t.Context(), filter(query), around(113, 28, z))
			if err != nil {
				t.Fatal(query, err)
			}
			l := mustRead(t, body)["material_site"]
			if l == nil || rowsIn(l) != want {
				t.Errorf("%s at zoom %d: want %d rows, got %+v", query, z, want, l)
			}
		}
	}
	body, err := w.Source.Filtered(t.Context(), filter("kind=vehicle_vessel"), around(113, 28, 10))
	if err != nil || len(body) > 0 {
		t.Errorf("a filter that selects nothing gave %d bytes, %v", len(body), err)
	}
}

// rowsIn counts rows, those in groups too.
func rowsIn(l *mvtLayer) int {
	n := 0
	for _, f := range l.features {
		if many, grouped := f.props["point_count"].(int64); grouped {
			n += int(many)
		} else {
			n++
		}
	}
	return n
}

func TestChoicesHaveNoLowestZoomWhereRowsAreGrouped(t *testing.T) {
	for _, l := range layer.All {
		for _, f := range l.Fields {
			for _, o := range f.Choices {
				if o.MinZoom > 0 && l.Cluster {
					t.Errorf("%s.%s %s: a group would count rows that are not shown", l.Name, f.Name, o.Value)
				}
				if o.MinZoom > l.MaxZoom {
					t.Errorf("%s.%s %s is never shown", l.Name, f.Name, o.Value)
				}
			}
		}
	}
}

// What a declaration promises of its table is there: cells, simplified copies.
func TestTablesHaveWhatDeclarationsPromise(t *testing.T) {
	w := deafWorld(t)
	for _, l := range layer.All {
		if have := value[bool](w, "SELECT to_regclass($1) IS NOT NULL", l.Name+"_cell"); have != l.Cluster {
			t.Errorf("%s: cluster is %v, but cells: %v", l.Name, l.Cluster, have)
		}
		have := value[bool](w, "SELECT count(*) = 2 FROM pg_attribute WHERE attrelid = $1::regclass AND attname IN ('geom_low', 'geom_mid')", l.Name)
		if have != (l.Bands > 0) {
			t.Errorf("%s: bands is %v, but copies: %v", l.Name, l.Bands, have)
		}
	}
	if len(slices.Collect(maps.Keys(w.Source.parts))) != len(layer.All) {
		t.Error("a layer has no statement")
	}
}
