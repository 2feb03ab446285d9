package files

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"time"

	"golang.org/x/image/webp"
)

// Qualities of JPEG: of a photo that has to be turned, and of thumbnails.
const (
	turnedQuality    = 92
	thumbnailQuality = 82
)

// mostEdge is the longest edge of a photo in pixels.
const mostEdge = 30_000

// patience is how long a photo waits for the memory that others use.
const patience = 30 * time.Second

// developed is a photo as it is kept.
type developed struct {
	mediaType     string
	data          []byte
	width, height int
	exif          exif
	thumbnails    map[int][]byte // JPEG, by longest edge
}

// ErrBusy means that too many photos are being looked at: the same upload may succeed later.
var ErrBusy = fmt.Errorf("too many photos are being looked at")

// develop reads a photo, takes its metadata off, turns it upright and makes its thumbnails.
func (k *Keeper) develop(ctx context.Context, mediaType string, data []byte) (developed, error) {
	p, err := pictureOf(mediaType, data)
	if err != nil {
		return developed{}, err
	}
	if p.exif.orientation != 1 {
		p.memory *= 2
	}
	if p.memory > pixelMemory || p.width > mostEdge || p.height > mostEdge {
		return developed{}, refuse("too_many_pixels", "照片的像素过多（%d×%d）", "the photo has too many pixels (%d×%d)", p.width, p.height)
	}
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := k.memory.Acquire(waiting, p.memory); err != nil {
		return developed{}, ErrBusy
	}
	defer k.memory.Release(p.memory)
	return p.develop(mediaType)
}

func (p picture) develop(mediaType string) (developed, error) {
	img, err := decode(mediaType, p.clean)
	if err != nil {
		return developed{}, err
	}
	if b := img.Bounds(); b.Dx() != p.width || b.Dy() != p.height {
		return developed{}, damaged("its size is not what it says")
	}
	d := developed{mediaType: mediaType, data: p.clean, width: p.width, height: p.height, exif: p.exif, thumbnails: map[int][]byte{}}
	if p.exif.orientation != 1 {
		img = turn(img, p.exif.orientation)
		d.width, d.height = turnedSize(p.width, p.height, p.exif.orientation)
		if d.mediaType, d.data, err = encodeTurned(mediaType, img, p.icc); err != nil {
			return developed{}, err
		}
	}
	for i := len(sizes) - 1; i >= 0; i-- {
		img = shrink(img, sizes[i]) // the small one is made of the larger one
		if d.thumbnails[sizes[i]], err = encodeJPEG(img, thumbnailQuality, p.icc); err != nil {
			return developed{}, err
		}
	}
	return d, nil
}

// decode reads the pixels. A decoder that panics on a broken file has found it broken.
func decode(mediaType string, data []byte) (img image.Image, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			img, err = nil, damaged(fmt.Sprint(problem))
		}
	}()
	switch mediaType {
	case typeJPEG:
		img, err = jpeg.Decode(bytes.NewReader(data))
	case typePNG:
		img, err = png.Decode(bytes.NewReader(data))
	default:
		img, err = webp.Decode(bytes.NewReader(data))
	}
	if err != nil {
		return nil, damaged(err.Error())
	}
	return img, nil
}

// encodeTurned writes a photo whose pixels were turned. WebP cannot be written here; it becomes JPEG.
func encodeTurned(mediaType string, img image.Image, icc [][]byte) (string, []byte, error) {
	if mediaType == typePNG {
		var out bytes.Buffer
		if err := png.Encode(&out, img); err != nil {
			return "", nil, fmt.Errorf("writing a turned photo: %w", err)
		}
		return typePNG, out.Bytes(), nil
	}
	data, err := encodeJPEG(img, turnedQuality, icc)
	return typeJPEG, data, err
}

// encodeJPEG writes JPEG with a colour profile, and nothing else.
func encodeJPEG(img image.Image, quality int, icc [][]byte) ([]byte, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("writing a photo: %w", err)
	}
	if len(icc) == 0 {
		return out.Bytes(), nil
	}
	with := append(make([]byte, 0, out.Len()+profileBytes(icc)), out.Bytes()[:2]...)
	for _, segment := range icc {
		with = append(with, segment...)
	}
	return append(with, out.Bytes()[2:]...), nil
}
