package demo

import (
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"testing"
	"time"
)

func TestLookAtLand(t *testing.T) {
	t0 := time.Now()
	l := newLand(1)
	t.Log("land", time.Since(t0))
	img := image.NewRGBA(image.Rect(0, 0, l.W, l.H))
	lo, hi := 1e9, -1e9
	for i := range l.height {
		lo, hi = min(lo, l.height[i]), max(hi, l.height[i])
		c, r := i%l.W, i/l.W
		if c == 0 || r == 0 || c == l.W-1 || r == l.H-1 {
			continue
		}
		dx := (l.height[i+1] - l.height[i-1]) / 200
		dy := (l.height[i+l.W] - l.height[i-l.W]) / 200
		s := (1*(-dx)*-0.6 + dy*-0.6*1 + 0.6) / math.Sqrt(dx*dx+dy*dy+1) / 0.75
		v := math.Max(0, math.Min(1, s*0.8))
		e := l.height[i] / 900
		col := color.RGBA{uint8(v * (120 + 110*e)), uint8(v * (170 + 20*e)), uint8(v * (110 + 60*e)), 255}
		if a := l.flow.Area[i] / 1e6; a > 2 {
			col = color.RGBA{60, 110, 220, 255}
			if a > 100 {
				col = color.RGBA{0, 40, 200, 255}
			}
		}
		img.Set(c, l.H-1-r, col)
	}
	t.Log(lo, hi)
	f, _ := os.Create("/tmp/demo_land.png")
	png.Encode(f, img)
	f.Close()
}
