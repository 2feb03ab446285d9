package tiles

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"sync"

	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// meshCells is into how many cells a side of a tile is divided: at their corners the shift from WGS 84 to GCJ-02 is
// computed, between them it is interpolated. Over an eighth of a tile the shift bends by much less than a pixel.
const meshCells = 8

const largestSide = 1024 // pixels of a tile that is decoded

// corrected gives a tile of a GCJ-02 source, moved to where it belongs: each of its pixels is looked up in the tiles that
// hold its GCJ-02 place.
func (f rasterFetcher) corrected(ctx context.Context, s *rasterSource, t ID) (rasterImage, error) {
	mesh, reach := gcj02Mesh(t)
	sources, side, opaque, err := f.fetchRange(ctx, s, t.Z, reach)
	if err != nil || sources == nil {
		return rasterImage{}, err
	}
	out := image.NewNRGBA(image.Rect(0, 0, side, side))
	for py := range side {
		for px := range side {
			x, y := mesh.at((float64(px)+0.5)/float64(side), (float64(py)+0.5)/float64(side))
			out.SetNRGBA(px, py, sources.sample(x, y))
		}
	}
	var body bytes.Buffer
	if opaque {
		err = jpeg.Encode(&body, out, &jpeg.Options{Quality: 88})
	} else {
		err = png.Encode(&body, out)
	}
	if err != nil {
		return rasterImage{}, fmt.Errorf("writing a corrected tile: %w", err)
	}
	mediaType := "image/png"
	if opaque {
		mediaType = "image/jpeg"
	}
	return rasterImage{mediaType, body.Bytes()}, nil
}

// shiftMesh holds, for the corners of a tile's mesh, where they lie in the source: in tiles of the same zoom.
type shiftMesh [meshCells + 1][meshCells + 1][2]float64

// gcj02Mesh computes the mesh of a tile and the tiles that it reaches.
func gcj02Mesh(t ID) (m shiftMesh, reach span) {
	n := float64(uint32(1) << t.Z)
	west, north, east, south := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i := range m {
		for j := range m[i] {
			x, y := float64(t.X)+float64(j)/meshCells, float64(t.Y)+float64(i)/meshCells
			p := orb.Point{x/n*360 - 180, latitude(y / n)}
			if shifted, err := geo.FromWGS84(p, geo.GCJ02); err == nil { // outside its rectangle GCJ-02 is WGS 84
				p = shifted
			}
			sx, sy := square(p)
			m[i][j] = [2]float64{sx * n, sy * n}
			west, east = math.Min(west, sx*n), math.Max(east, sx*n)
			north, south = math.Min(north, sy*n), math.Max(south, sy*n)
		}
	}
	tile := func(v float64) uint32 { return uint32(math.Max(0, math.Min(n-1, math.Floor(v)))) }
	const hair = 1e-6 // of a tile: an edge does not reach the neighbour
	return m, span{tile(west + hair), tile(north + hair), tile(east - hair), tile(south - hair)}
}

// at gives the place in the source of a point of the tile, both 0 to 1.
func (m *shiftMesh) at(u, v float64) (x, y float64) {
	i, j := min(int(v*meshCells), meshCells-1), min(int(u*meshCells), meshCells-1)
	fu, fv := u*meshCells-float64(j), v*meshCells-float64(i)
	mix := func(k int) float64 {
		return (m[i][j][k]*(1-fu)+m[i][j+1][k]*fu)*(1-fv) + (m[i+1][j][k]*(1-fu)+m[i+1][j+1][k]*fu)*fv
	}
	return mix(0), mix(1)
}

// mosaic is the source's tiles side by side.
type mosaic struct {
	image *image.NRGBA
	reach span
	side  int // pixels of a tile
}

// fetchRange gets the tiles of a range. opaque tells that none of them can be seen through; sources is nil where the
// source has none of them.
func (f rasterFetcher) fetchRange(ctx context.Context, s *rasterSource, z uint8, reach span) (sources *mosaic, side int, opaque bool, err error) {
	type piece struct {
		x, y  uint32
		image image.Image
		err   error
	}
	pieces := make([]piece, 0, 4)
	for x := reach.west; x <= reach.east; x++ {
		for y := reach.north; y <= reach.south; y++ {
			pieces = append(pieces, piece{x: x, y: y})
		}
	}
	if len(pieces) > 16 {
		return nil, 0, false, fmt.Errorf("a corrected tile needs %d tiles of its source", len(pieces))
	}
	var group sync.WaitGroup
	for i := range pieces {
		group.Go(func() {
			p := &pieces[i]
			raw, err := f.raw(ctx, s, ID{z, p.x, p.y})
			if err == nil && len(raw.body) > 0 {
				if p.image, err = decode(raw.body); err != nil {
					err = unavailable(s, whyNoImage)
				}
			}
			p.err = err
		})
	}
	group.Wait()
	opaque = true
	for _, p := range pieces {
		switch {
		case p.err != nil:
			return nil, 0, false, p.err
		case p.image == nil:
			opaque = false
		case side == 0:
			side = p.image.Bounds().Dx()
		}
	}
	if side == 0 {
		return nil, 0, false, nil
	}
	whole := image.NewNRGBA(image.Rect(0, 0, side*int(reach.east-reach.west+1), side*int(reach.south-reach.north+1)))
	for _, p := range pieces {
		if p.image == nil {
			continue
		}
		if b := p.image.Bounds(); b.Dx() != side || b.Dy() != side {
			return nil, 0, false, unavailable(s, whyUneven)
		}
		corner := image.Pt(side*int(p.x-reach.west), side*int(p.y-reach.north))
		draw.Draw(whole, image.Rectangle{corner, corner.Add(image.Pt(side, side))}, p.image, p.image.Bounds().Min, draw.Src)
	}
	return &mosaic{whole, reach, side}, side, opaque && whole.Opaque(), nil
}

func decode(body []byte) (image.Image, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("reading a raster tile: %w", err)
	}
	if config.Width > largestSide || config.Height > largestSide {
		return nil, fmt.Errorf("a raster tile is %d × %d pixels large", config.Width, config.Height)
	}
	decoded, _, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("reading a raster tile: %w", err)
	}
	return decoded, nil
}

// sample gives the colour at a place in tiles, mixed from the four pixels around it.
func (m *mosaic) sample(x, y float64) color.NRGBA {
	px := (x-float64(m.reach.west))*float64(m.side) - 0.5
	py := (y-float64(m.reach.north))*float64(m.side) - 0.5
	x0, y0 := math.Floor(px), math.Floor(py)
	fx, fy := px-x0, py-y0
	b := m.image.Bounds()
	at := func(x, y float64) (r, g, bl, a float64) {
		c := m.image.NRGBAAt(min(max(int(x), 0), b.Max.X-1), min(max(int(y), 0), b.Max.Y-1))
		a = float64(c.A)
		return float64(c.R) * a, float64(c.G) * a, float64(c.B) * a, a
	}
	var sum [4]float64
	for _, corner := range [4][3]float64{{x0, y0, (1 - fx) * (1 - fy)}, {x0 + 1, y0, fx * (1 - fy)}, {x0, y0 + 1, (1 - fx) * fy}, {x0 + 1, y0 + 1, fx * fy}} {
		r, g, bl, a := at(corner[0], corner[1])
		w := corner[2]
		sum[0] += r * w
		sum[1] += g * w
		sum[2] += bl * w
		sum[3] += a * w
	}
	if sum[3] == 0 {
		return color.NRGBA{}
	}
	return color.NRGBA{uint8(sum[0]/sum[3] + 0.5), uint8(sum[1]/sum[3] + 0.5), uint8(sum[2]/sum[3] + 0.5), uint8(sum[3] + 0.5)}
}
