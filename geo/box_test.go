package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
)

func TestParseBox(t *testing.T) {
	cases := []struct {
		in   string
		want []orb.Bound
	}{
		{"113.9,22.5,114.2,22.7", []orb.Bound{box(113.9, 22.5, 114.2, 22.7)}},
		{" 113.9 , 22.5 , 114.2 , 22.7 ", []orb.Bound{box(113.9, 22.5, 114.2, 22.7)}},
		{"113.9,22.5,0,114.2,22.7,100", []orb.Bound{box(113.9, 22.5, 114.2, 22.7)}},
		{"170,-20,-170,20", []orb.Bound{box(170, -20, 180, 20), box(-180, -20, -170, 20)}},
		{"-180,-90,180,90", []orb.Bound{box(-180, -90, 180, 90)}},
		{"1,2,1,2", []orb.Bound{box(1, 2, 1, 2)}},
	}
	for _, c := range cases {
		got, err := ParseBox(c.in)
		if err != nil || len(got) != len(c.want) {
			t.Errorf("%q: got %v, %v", c.in, got, err)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%q: got %v, want %v", c.in, got, c.want)
			}
		}
	}
}

func TestParseBoxRefuses(t *testing.T) {
	for _, in := range []string{"", "1,2,3", "1,2,3,4,5", "NaN,1,2,3", "1,2,Inf,3", "1,-Inf,2,3", "181,0,182,1",
		"0,-91,1,0", "0,10,1,5", "a,b,c,d", "1;2;3;4", "1e309,0,1,1", "0,0,1,1 OR 1=1"} {
		_, err := ParseBox(in)
		var bad *InputError
		if !asInput(err, &bad) || bad.Code != "bad_bbox" {
			t.Errorf("%q: got %v", in, err)
		}
	}
}

func FuzzParseBox(f *testing.F) {
	for _, s := range []string{"1,2,3,4", "170,-20,-170,20", "NaN,1,2,3", "1,2,0,3,4,9", "0x1p-2,0,1,1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		boxes, err := ParseBox(s)
		if err != nil {
			return
		}
		if len(boxes) < 1 || len(boxes) > 2 {
			t.Fatalf("%d boxes", len(boxes))
		}
		for _, b := range boxes {
			if !(b.Min[0] >= -180 && b.Max[0] <= 180 && b.Min[1] >= -90 && b.Max[1] <= 90 && b.Min[0] <= b.Max[0] && b.Min[1] <= b.Max[1]) {
				t.Fatalf("%q gave %v", s, b)
			}
		}
	})
}

func TestPadMetres(t *testing.T) {
	b := PadMetres(box(114, 22, 115, 23), 20000)
	for _, c := range []struct {
		name string
		a, b orb.Point
	}{
		{"south", orb.Point{114, b.Min[1]}, orb.Point{114, 22}},
		{"north", orb.Point{114, b.Max[1]}, orb.Point{114, 23}},
		{"west at the north edge", orb.Point{b.Min[0], b.Max[1]}, orb.Point{114, b.Max[1]}},
		{"east at the south edge", orb.Point{b.Max[0], b.Min[1]}, orb.Point{115, b.Min[1]}},
	} {
		if d := Distance(c.a, c.b); d < 20000 || d > 20600 {
			t.Errorf("%s: padded by %.0f m, want 20 to 20.6 km", c.name, d)
		}
	}
	if world := PadMetres(box(-180, -90, 180, 90), 1e6); world != box(-180, -90, 180, 90) {
		t.Errorf("the world became %v", world)
	}
	if pole := PadMetres(box(0, 89.99, 1, 90), 10000); math.Abs(pole.Max[0]-pole.Min[0]) < 359 {
		t.Errorf("at the pole: %v", pole)
	}
}
