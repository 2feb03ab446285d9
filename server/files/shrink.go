package files

import (
	"image"
	"image/color"
	"image/draw"
)

// strip is how many rows of the original are looked at in one piece.
const strip = 16

// shrink makes an image whose longest edge is at most edge pixels, each pixel the mean of those that it stands for, over
// white. It needs memory for the small image and a strip of the large one only.
func shrink(img image.Image, edge int) *image.RGBA {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	tw, th := fit(w, h, edge)
	out := image.NewRGBA(image.Rect(0, 0, tw, th))
	white := image.NewUniform(color.White)
	rows := image.NewRGBA(image.Rect(0, 0, w, strip))
	sums := newSums(w, tw)
	line := 0 // of the small image
	for top := 0; top < h; top += strip {
		n := min(strip, h-top)
		draw.Draw(rows, rows.Bounds(), white, image.Point{}, draw.Src)
		draw.Draw(rows, image.Rect(0, 0, w, n), img, image.Pt(b.Min.X, b.Min.Y+top), draw.Over)
		for i := range n {
			// Row y of h covers the lines from y/h to (y+1)/h of the small image.
			from, to := float32(top+i)*float32(th)/float32(h), float32(top+i+1)*float32(th)/float32(h)
			row := rows.Pix[i*rows.Stride:][:w*4]
			if next := float32(line + 1); to < next || line == th-1 {
				sums.add(row, to-from)
			} else {
				sums.add(row, next-from)
				sums.write(out.Pix[line*out.Stride:])
				line++
				sums.add(row, to-next)
			}
		}
	}
	if line < th {
		sums.write(out.Pix[line*out.Stride:])
	}
	return out
}

// fit is the size whose longest edge is at most edge.
func fit(w, h, edge int) (int, int) {
	longest := max(w, h)
	if longest <= edge {
		return w, h
	}
	return max(1, (w*edge+longest/2)/longest), max(1, (h*edge+longest/2)/longest)
}

// sums adds weighted rows up, one cell for each pixel of a small row.
type sums struct {
	wide, small int
	rgb         []float32 // three a cell
	weight      float32
}

func newSums(wide, small int) *sums {
	return &sums{wide: wide, small: small, rgb: make([]float32, 3*small)}
}

// add adds a row of the original with a weight.
func (s *sums) add(row []byte, weight float32) {
	if weight <= 0 {
		return
	}
	s.weight += weight
	if s.small == s.wide {
		for x := range s.wide {
			s.cell(x, row[x*4:], weight)
		}
		return
	}
	each := float32(s.small) / float32(s.wide)
	for x := range s.wide {
		from, to := float32(x)*each, float32(x+1)*each
		cell := min(int(from), s.small-1)
		if next := float32(cell + 1); to > next && cell+1 < s.small {
			s.cell(cell, row[x*4:], weight*(next-from))
			s.cell(cell+1, row[x*4:], weight*(to-next))
		} else {
			s.cell(cell, row[x*4:], weight*(to-from))
		}
	}
}

func (s *sums) cell(i int, pixel []byte, weight float32) {
	c := s.rgb[i*3:][:3]
	c[0] += weight * float32(pixel[0])
	c[1] += weight * float32(pixel[1])
	c[2] += weight * float32(pixel[2])
}

// write gives the mean colours, and begins anew. Each small pixel has had a weight of about s.weight in all.
func (s *sums) write(dst []byte) {
	scale := float32(0)
	if s.weight > 0 {
		scale = 1 / s.weight
	}
	for i := range s.small {
		for k := range 3 {
			dst[i*4+k] = uint8(min(255, s.rgb[i*3+k]*scale+.5))
		}
		dst[i*4+3] = 255
	}
	clear(s.rgb)
	s.weight = 0
}
