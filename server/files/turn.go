package files

import (
	"image"
	"image/draw"
)

// turn applies an EXIF orientation (2 to 8) to an image, so that it stands upright. The samples of a JPEG photo stay what
// they are.
func turn(img image.Image, orientation int) image.Image {
	switch img := img.(type) {
	case *image.YCbCr:
		if ratio, ok := turnedRatio(img.SubsampleRatio, orientation); ok {
			return turnYCbCr(img, ratio, orientation)
		}
	case *image.Gray:
		b := img.Bounds()
		w, h := turnedSize(b.Dx(), b.Dy(), orientation)
		out := image.NewGray(image.Rect(0, 0, w, h))
		turnPlane(out.Pix, out.Stride, img.Pix, img.Stride, b.Dx(), b.Dy(), 1, orientation)
		return out
	}
	b := img.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Bounds(), img, b.Min, draw.Src)
	w, h := turnedSize(b.Dx(), b.Dy(), orientation)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	turnPlane(out.Pix, out.Stride, flat.Pix, flat.Stride, b.Dx(), b.Dy(), 4, orientation)
	return out
}

// lying tells whether an orientation exchanges width and height.
func lying(orientation int) bool { return orientation >= 5 }

func turnedSize(w, h, orientation int) (int, int) {
	if lying(orientation) {
		return h, w
	}
	return w, h
}

// turnedRatio is the ratio of samples after turning; not every one has a turned counterpart.
func turnedRatio(r image.YCbCrSubsampleRatio, orientation int) (image.YCbCrSubsampleRatio, bool) {
	if !lying(orientation) {
		return r, true
	}
	switch r {
	case image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420:
		return r, true
	case image.YCbCrSubsampleRatio422:
		return image.YCbCrSubsampleRatio440, true
	case image.YCbCrSubsampleRatio440:
		return image.YCbCrSubsampleRatio422, true
	}
	return r, false
}

func turnYCbCr(img *image.YCbCr, ratio image.YCbCrSubsampleRatio, orientation int) image.Image {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	tw, th := turnedSize(w, h, orientation)
	out := image.NewYCbCr(image.Rect(0, 0, tw, th), ratio)
	turnPlane(out.Y, out.YStride, img.Y, img.YStride, w, h, 1, orientation)
	cw, ch := chromaSize(w, h, img.SubsampleRatio)
	turnPlane(out.Cb, out.CStride, img.Cb, img.CStride, cw, ch, 1, orientation)
	turnPlane(out.Cr, out.CStride, img.Cr, img.CStride, cw, ch, 1, orientation)
	return out
}

func chromaSize(w, h int, r image.YCbCrSubsampleRatio) (int, int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return (w + 1) / 2, h
	case image.YCbCrSubsampleRatio420:
		return (w + 1) / 2, (h + 1) / 2
	case image.YCbCrSubsampleRatio440:
		return w, (h + 1) / 2
	case image.YCbCrSubsampleRatio411:
		return (w + 3) / 4, h
	case image.YCbCrSubsampleRatio410:
		return (w + 3) / 4, (h + 1) / 2
	}
	return w, h
}

// turnPlane copies w × h samples of n bytes to where the orientation wants them.
func turnPlane(dst []byte, dstStride int, src []byte, srcStride, w, h, n, orientation int) {
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(dst[ty*dstStride+tx*n:][:n], src[y*srcStride+x*n:][:n])
		}
	}
}
