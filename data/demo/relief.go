package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"iter"
	"math"

	"fourmaps/data/demo/terrain"

	"github.com/paulmach/orb"
)

// The relief is a pyramid of terrain-RGB tiles (mapbox encoding: metres = -10000 + (R·65536 + G·256
// + B) / 10) of 256 pixels in the XYZ scheme of Web Mercator.
const (
	ReliefMinZoom = 6
	ReliefMaxZoom = 12
	reliefPixels  = 256
)

// ReliefTile is one tile of the relief.
type ReliefTile struct {
	Z, X, Y int
	PNG     []byte
}

// Elevation of a point of WGS 84, m above sea level. Beyond the map the ground goes on mirrored and
// evens out, so that shading shows no edge.
func (d *District) Elevation(p orb.Point) float64 { return d.land.elevation(local(p)) }

func (l *land) elevation(p orb.Point) float64 {
	x, beyondX := mirror(p[0], l.X0, -l.X0)
	y, beyondY := mirror(p[1], l.Y0, -l.Y0)
	q := l.bend.toRaster(orb.Point{x, y})
	h := l.cubic(q[0], q[1])
	if beyond := max(beyondX, beyondY); beyond > 0 {
		h += float64((220 - h) * terrain.Smoothstep(0, 24000, beyond))
	}
	return h
}

// mirror folds v back into lo..hi and says how far outside it was.
func mirror(v, lo, hi float64) (in, beyond float64) {
	switch {
	case v < lo:
		return min(hi, float64(2*lo)-v), lo - v
	case v > hi:
		return max(lo, float64(2*hi)-v), v - hi
	}
	return v, 0
}

// cubic interpolates the heights smoothly, so that shading shows no facets.
//
//go:norace
func (l *land) cubic(x, y float64) float64 {
	fx, fy := (x-l.X0)/l.Cell-0.5, (y-l.Y0)/l.Cell-0.5
	c, r := math.Floor(fx), math.Floor(fy)
	u, v := weights(fx-c), weights(fy-r)
	sum := 0.0
	for j := range 4 {
		row := max(0, min(l.H-1, int(r)+j-1)) * l.W
		line := 0.0
		for i := range 4 {
			line += float64(u[i] * l.height[row+max(0, min(l.W-1, int(c)+i-1))])
		}
		sum += float64(v[j] * line)
	}
	return sum
}

// weights of a cubic B-spline: smooth in slope and curvature.
//
//go:norace
func weights(t float64) [4]float64 {
	s := 1 - t
	return [4]float64{s * s * s / 6, (float64(3*t*t*t) - float64(6*t*t) + 4) / 6, (float64(3*s*s*s) - float64(6*s*s) + 4) / 6, t * t * t / 6}
}

// Relief makes all tiles of the relief, from the lowest zoom up.
func (d *District) Relief() iter.Seq2[ReliefTile, error] {
	return func(yield func(ReliefTile, error) bool) {
		for _, t := range d.reliefTiles() {
			var err error
			t.PNG, err = d.reliefPNG(t.Z, t.X, t.Y)
			if !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// reliefTiles lists the tiles that cover the map, without pictures.
func (d *District) reliefTiles() []ReliefTile {
	sw, ne := geographic(orb.Point{d.land.X0, d.land.Y0}), geographic(orb.Point{-d.land.X0, -d.land.Y0})
	var out []ReliefTile
	for z := ReliefMinZoom; z <= ReliefMaxZoom; z++ {
		x0, y0 := tileOf(orb.Point{sw[0], ne[1]}, z)
		x1, y1 := tileOf(orb.Point{ne[0], sw[1]}, z)
		for x := int(x0); x <= int(x1); x++ {
			for y := int(y0); y <= int(y1); y++ {
				out = append(out, ReliefTile{Z: z, X: x, Y: y})
			}
		}
	}
	return out
}

// tileOf is the place of a point of WGS 84 among the tiles of a zoom, with fractions.
func tileOf(p orb.Point, z int) (x, y float64) {
	n := math.Exp2(float64(z))
	sin := math.Sin(p[1] * math.Pi / 180)
	return (p[0] + 180) / 360 * n, (0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)) * n
}

//go:norace
func (d *District) reliefPNG(z, x, y int) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, reliefPixels, reliefPixels))
	n := math.Exp2(float64(z))
	for py := range reliefPixels {
		lat := math.Atan(math.Sinh(math.Pi*(1-2*(float64(y)+(float64(py)+0.5)/reliefPixels)/n))) * 180 / math.Pi
		for px := range reliefPixels {
			lon := float64((float64(x)+(float64(px)+0.5)/reliefPixels)/n*360) - 180
			v := uint32(math.Round((d.land.elevation(local(orb.Point{lon, lat})) + 10000) * 10))
			o := img.PixOffset(px, py)
			img.Pix[o], img.Pix[o+1], img.Pix[o+2], img.Pix[o+3] = uint8(v>>16), uint8(v>>8), uint8(v), 255
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		return nil, fmt.Errorf("write relief tile %d/%d/%d: %w", z, x, y, err)
	}
	return b.Bytes(), nil
}
