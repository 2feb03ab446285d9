// Command preview draws the demonstration district as a picture, to judge how it looks.
//
//	go run ./data/demo/preview [-seed 1] [-at lon,lat] [-width km] out.png
package main

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log"
	"math"
	"os"
	"time"

	"fourmaps/data/demo"

	"github.com/paulmach/orb"
)

func main() {
	seed := flag.Int64("seed", 1, "seed of the district")
	at := flag.String("at", "112.5,28.0", "middle of the picture, longitude and latitude")
	wide := flag.Float64("width", 60, "width of the picture, km")
	points := flag.Bool("points", true, "draw the points of the four maps")
	flag.Parse()
	start := time.Now()
	d, err := demo.Generate(*seed)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("generated in", time.Since(start))
	c := canvas{img: image.NewRGBA(image.Rect(0, 0, 1400, 1200)), km: *wide}
	if _, err := fmt.Sscanf(*at, "%f,%f", &c.lon, &c.lat); err != nil {
		log.Fatal(err)
	}
	c.draw(d, *points)
	out, err := os.Create(flag.Arg(0))
	if err != nil {
		log.Fatal(err)
	}
	if err := png.Encode(out, c.img); err != nil {
		log.Fatal(err)
	}
	if err := out.Close(); err != nil {
		log.Fatal(err)
	}
}

// canvas is a picture in an equirectangular projection.
type canvas struct {
	img          *image.RGBA
	lon, lat, km float64
}

func (c *canvas) pixel(p orb.Point) (x, y float64) {
	s := float64(c.img.Rect.Dx()) / c.km
	return float64(c.img.Rect.Dx())/2 + (p[0]-c.lon)*98.362*s, float64(c.img.Rect.Dy())/2 - (p[1]-c.lat)*110.85*s
}

func (c *canvas) point(x, y float64) orb.Point {
	s := float64(c.img.Rect.Dx()) / c.km
	return orb.Point{c.lon + (x-float64(c.img.Rect.Dx())/2)/98.362/s, c.lat - (y-float64(c.img.Rect.Dy())/2)/110.85/s}
}

func rgb(v uint32) color.RGBA { return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }

func (c *canvas) draw(d *demo.District, points bool) {
	ground := map[string]uint32{"forest": 0xb5cfa3, "farmland": 0xeee8cc, "orchard": 0xd3dfae, "scrub": 0xc9d3ac, "grass": 0xd6dcb0, "residential": 0xe2d7cf,
		"commercial": 0xf0cfc0, "industrial": 0xd6c9dc, "public": 0xdcd6e6, "park": 0xb9dfae, "quarry": 0xbfb4aa}
	for _, u := range d.Landuses {
		c.fill(u.Geom.(orb.Polygon), rgb(ground[u.Kind]))
	}
	c.shade(d)
	for _, w := range d.Waters {
		if p, ok := w.Geom.(orb.Polygon); ok {
			c.fill(p, rgb(0x7fb2d9))
		}
	}
	for _, w := range d.Waters {
		if l, ok := w.Geom.(orb.LineString); ok {
			c.line(l, w.Width/1000*float64(c.img.Rect.Dx())/c.km, rgb(0x7fb2d9))
		}
	}
	for _, b := range d.Buildings {
		c.fill(b.Geom.(orb.Polygon), rgb(0xb09a8c))
	}
	roads := []struct {
		class string
		wide  float64
		col   uint32
	}{{"track", 0.6, 0xa08c6c}, {"residential", 0.8, 0xffffff}, {"unclassified", 1, 0xffffff}, {"tertiary", 1.4, 0xfff3b0}, {"secondary", 1.8, 0xffdf7a}, {"primary", 2.2, 0xffb45e}, {"trunk", 2.8, 0xf08a4b}, {"motorway", 2.4, 0xd9534f}}
	zoom := math.Max(1, math.Min(3, 40/c.km))
	for _, casing := range []float64{1.2, 0} {
		for _, s := range roads {
			for _, r := range d.Roads {
				if r.Class != s.class || (casing > 0 && c.km > 25 && s.wide < 1.5) {
					continue
				}
				col := rgb(s.col)
				if casing > 0 {
					col = rgb(0x8a7f76)
					if r.Bridge {
						col = rgb(0x202020)
					}
				}
				if r.Tunnel {
					col.A = 90
				}
				c.line(r.Geom.(orb.LineString), s.wide*zoom+casing, col)
			}
		}
	}
	border := map[string]color.RGBA{"village": {150, 90, 150, 90}, "township": {150, 40, 160, 255}, "county": {120, 0, 140, 255}}
	for _, level := range []string{"village", "township", "county"} {
		for _, a := range d.Areas {
			if a.Level == level {
				for _, r := range a.Geom.(orb.Polygon) {
					c.line(orb.LineString(r), map[string]float64{"village": 0.8, "township": 1.6, "county": 3}[level], border[level])
				}
			}
		}
	}
	for _, p := range d.Places {
		size := map[string]float64{"county": 6, "town": 4, "village": 1.5, "suburb": 3, "peak": 2, "hamlet": 1}[p.Kind]
		c.dot(p.Geom.(orb.Point), size, rgb(0x222222))
	}
	if points {
		c.points(d)
	}
}

func (c *canvas) points(d *demo.District) {
	at := func(g orb.Geometry) orb.Point {
		switch g := g.(type) {
		case orb.LineString:
			return g[len(g)/2]
		case orb.Point:
			return g
		}
		return orb.Point{}
	}
	for _, s := range d.Sites {
		c.dot(at(s.Geom), 3, rgb(0x2fa56b))
	}
	for _, f := range d.Forces {
		c.dot(at(f.Geom), 3, rgb(0x2f6fd6))
	}
	levels := map[string]uint32{"major": 0xf2383a, "larger": 0xff9426, "general": 0xffe27a, "low": 0x4d9dff}
	for _, r := range d.Risks {
		c.dot(at(r.Geom), 5.5, rgb(0x000000))
		c.dot(at(r.Geom), 4.5, rgb(levels[r.Level]))
	}
}

// shade darkens slopes that look away from the north-west.
func (c *canvas) shade(d *demo.District) {
	step := c.km * 1000 / float64(c.img.Rect.Dx())
	h := func(x, y float64) float64 { return d.Elevation(c.point(x, y)) }
	for y := range c.img.Rect.Dy() {
		for x := range c.img.Rect.Dx() {
			fx, fy := float64(x), float64(y)
			dx, dy := (h(fx+1, fy)-h(fx-1, fy))/(2*step), (h(fx, fy-1)-h(fx, fy+1))/(2*step)
			s := (0.5*dx - 0.5*dy + 0.707) / math.Sqrt(dx*dx+dy*dy+1) / 0.707
			k := math.Max(0.35, math.Min(1.12, 0.45+0.55*s))
			p := c.img.RGBAAt(x, y)
			c.img.SetRGBA(x, y, color.RGBA{mul(p.R, k), mul(p.G, k), mul(p.B, k), 255})
		}
	}
}

func mul(v uint8, k float64) uint8 { return uint8(math.Min(255, float64(v)*k)) }

// fill paints a polygon by scan lines, even-odd.
func (c *canvas) fill(p orb.Polygon, col color.RGBA) {
	lo, hi := math.Inf(1), math.Inf(-1)
	rings := make([][][2]float64, len(p))
	for k, r := range p {
		for _, q := range r {
			x, y := c.pixel(q)
			rings[k] = append(rings[k], [2]float64{x, y})
			lo, hi = math.Min(lo, y), math.Max(hi, y)
		}
	}
	for y := max(0, int(lo)); y <= min(c.img.Rect.Dy()-1, int(hi)); y++ {
		fy := float64(y) + 0.5
		var xs []float64
		for _, r := range rings {
			for k := range len(r) - 1 {
				a, b := r[k], r[k+1]
				if (a[1] > fy) != (b[1] > fy) {
					xs = append(xs, a[0]+(b[0]-a[0])*(fy-a[1])/(b[1]-a[1]))
				}
			}
		}
		sortFloats(xs)
		for k := 0; k+1 < len(xs); k += 2 {
			for x := max(0, int(xs[k]+0.5)); x < min(c.img.Rect.Dx(), int(xs[k+1]+0.5)); x++ {
				c.img.SetRGBA(x, y, col)
			}
		}
	}
}

func sortFloats(v []float64) {
	for i := 1; i < len(v); i++ {
		for j := i; j > 0 && v[j] < v[j-1]; j-- {
			v[j], v[j-1] = v[j-1], v[j]
		}
	}
}

// line draws with round pens of a width in pixels.
func (c *canvas) line(l orb.LineString, wide float64, col color.RGBA) {
	for k := range len(l) - 1 {
		ax, ay := c.pixel(l[k])
		bx, by := c.pixel(l[k+1])
		n := math.Hypot(bx-ax, by-ay)/math.Max(0.5, wide/4) + 1
		for t := 0.0; t <= 1; t += 1 / n {
			c.disc(ax+(bx-ax)*t, ay+(by-ay)*t, wide/2, col)
		}
	}
}

func (c *canvas) dot(p orb.Point, r float64, col color.RGBA) {
	x, y := c.pixel(p)
	c.disc(x, y, r, col)
}

func (c *canvas) disc(x, y, r float64, col color.RGBA) {
	if x < -20 || y < -20 || x > float64(c.img.Rect.Dx())+20 || y > float64(c.img.Rect.Dy())+20 {
		return
	}
	for py := int(y - r - 1); py <= int(y+r+1); py++ {
		for px := int(x - r - 1); px <= int(x+r+1); px++ {
			cover := math.Max(0, math.Min(1, r+0.5-math.Hypot(float64(px)+0.5-x, float64(py)+0.5-y)))
			if cover <= 0 || !(image.Point{px, py}).In(c.img.Rect) {
				continue
			}
			a := cover * float64(col.A) / 255
			p := c.img.RGBAAt(px, py)
			c.img.SetRGBA(px, py, color.RGBA{blend(p.R, col.R, a), blend(p.G, col.G, a), blend(p.B, col.B, a), 255})
		}
	}
}

func blend(a, b uint8, t float64) uint8 { return uint8(float64(a)*(1-t) + float64(b)*t) }
