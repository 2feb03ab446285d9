package geo

import (
	"encoding/hex"
	"math"
	"testing"

	"github.com/paulmach/orb"
)

func TestRounded(t *testing.T) {
	in := orb.LineString{{114.123456789, 22.00000004}, {-1e-9, -0.00000005}}
	got := Rounded(in).(orb.LineString)
	if got[0] != (orb.Point{114.1234568, 22}) {
		t.Errorf("got %v", got[0])
	}
	if math.Signbit(got[1][0]) {
		t.Error("minus zero")
	}
	if in[0][0] != 114.123456789 {
		t.Error("the original was changed")
	}
	if p := Rounded(orb.Point{1.00000004, 2.00000006}); p != (orb.Point{1, 2.0000001}) {
		t.Errorf("point: %v", p)
	}
}

func TestWound(t *testing.T) {
	clockwise := orb.Ring{{0, 0}, {0, 4}, {4, 4}, {4, 0}, {0, 0}}
	hole := orb.Ring{{1, 1}, {2, 1}, {2, 2}, {1, 1}} // counter-clockwise
	in := orb.Collection{orb.MultiPolygon{{clockwise, hole}}, orb.Point{1, 1}}
	got := Wound(in).(orb.Collection)[0].(orb.MultiPolygon)[0]
	if got[0].Orientation() != orb.CCW || got[1].Orientation() != orb.CW {
		t.Errorf("outer %v, hole %v", got[0].Orientation(), got[1].Orientation())
	}
	if clockwise.Orientation() != orb.CW || hole.Orientation() != orb.CCW {
		t.Error("the original was changed")
	}
}

func TestLikelySwapped(t *testing.T) {
	district := box(113.9, 22.5, 114.3, 22.8)
	for _, c := range []struct {
		name string
		p    orb.Point
		want bool
	}{
		{"inside", orb.Point{114, 22.6}, false},
		{"swapped", orb.Point{22.6, 114}, true},
		{"elsewhere", orb.Point{116.4, 39.9}, false},
	} {
		if got := LikelySwapped(c.p, district); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

// The wanted bytes are PostGIS 3.3.2's ST_AsEWKB.
func TestEWKB(t *testing.T) {
	p := orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}
	b, err := EWKB(p)
	if err != nil {
		t.Fatal(err)
	}
	const want = "0103000020e6100000010000000400000000000000000000000000000000000000000000000000f03f0000000000000000000000000000f03f000000000000f03f00000000000000000000000000000000"
	if hex.EncodeToString(b) != want {
		t.Errorf("got %x", b)
	}
	back, srid, err := DecodeEWKB(b)
	if err != nil || srid != 4326 || !orb.Equal(back, p) {
		t.Errorf("read back %v, %d, %v", back, srid, err)
	}
	if null, err := EWKB(nil); null != nil || err != nil {
		t.Errorf("nil gave %x, %v", null, err)
	}
	if _, _, err := DecodeEWKB(b[:20]); err == nil {
		t.Error("half the bytes were accepted")
	}
}

func TestCheckValid(t *testing.T) {
	square := orb.Ring{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}
	cases := []struct {
		name string
		g    orb.Geometry
		code string // "" is valid
	}{
		{"point", orb.Point{114, 22}, ""},
		{"square", orb.Polygon{square}, ""},
		{"hole", orb.Polygon{square, {{1, 1}, {1, 2}, {2, 2}, {1, 1}}}, ""},
		{"hole touches in a point", orb.Polygon{square, {{0, 2}, {1, 1}, {1, 3}, {0, 2}}}, ""},
		{"repeated position", orb.Polygon{{{0, 0}, {4, 0}, {4, 0}, {4, 4}, {0, 0}}}, ""},
		{"two polygons", orb.MultiPolygon{{square}, {{{5, 5}, {6, 5}, {6, 6}, {5, 5}}}}, ""},
		{"line", orb.LineString{{0, 0}, {1, 1}}, ""},
		{"nil", nil, "geometry_missing"},
		{"no points", orb.MultiPoint{}, "geometry_empty"},
		{"no polygons", orb.MultiPolygon{}, "geometry_empty"},
		{"no rings", orb.Polygon{}, "geometry_empty"},
		{"NaN", orb.Point{math.NaN(), 1}, "coordinate_not_finite"},
		{"outside the world", orb.LineString{{0, 0}, {0, 91}}, "coordinate_out_of_range"},
		{"line of one place", orb.LineString{{1, 1}, {1, 1}}, "line_too_short"},
		{"empty line", orb.MultiLineString{{}}, "line_too_short"},
		{"two positions", orb.Polygon{{{0, 0}, {1, 0}, {0, 0}}}, "ring_too_short"},
		{"open", orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}, "ring_open"},
		{"flat", orb.Polygon{{{0, 0}, {1, 0}, {2, 0}, {0, 0}}}, "ring_flat"},
		{"bow tie", orb.Polygon{{{0, 0}, {4, 4}, {4, 0}, {0, 3}, {0, 0}}}, "self_intersection"},
		{"spike", orb.Polygon{{{0, 0}, {4, 0}, {4, 4}, {6, 6}, {4, 4}, {0, 4}, {0, 0}}}, "self_intersection"},
		{"figure of eight at a vertex", orb.Polygon{{{0, 0}, {2, 2}, {4, 0}, {4, 4}, {2, 2}, {0, 4}, {0, 0}}}, "self_intersection"},
		{"vertex on another edge", orb.Polygon{{{0, 0}, {4, 0}, {4, 4}, {2, 0}, {0, 4}, {0, 0}}}, "self_intersection"},
		{"hole crosses the shell", orb.Polygon{square, {{3, 1}, {5, 2}, {3, 3}, {3, 1}}}, "self_intersection"},
		{"hole shares an edge", orb.Polygon{square, {{0, 1}, {1, 2}, {0, 3}, {0, 1}}}, "self_intersection"},
		{"bad one in a collection", orb.Collection{orb.Point{1, 1}, orb.LineString{{1, 1}}}, "line_too_short"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := CheckValid(c.g)
			if c.code == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			var bad *InputError
			if !asInput(err, &bad) || bad.Code != c.code {
				t.Errorf("got %v, want code %s", err, c.code)
			}
		})
	}
}
