// Package files knows photos and documents: what they are by their content, what of them is kept, and where it is kept.
//
// A photo loses what it says about its taker (EXIF, XMP, IPTC, anything behind its end) before it is kept; when and where
// it was taken is read first. Content is immutable and has the SHA-256 of itself as its key.
package files

import (
	"fmt"
	"os"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/sync/semaphore"

	"fourmaps/geo/layer"
)

// Kind tells what people can do with a file.
type Kind string

// The kinds. A photo has thumbnails, a document is only handed out whole.
const (
	Photo    Kind = "photo"
	Document Kind = "document"
)

// Sizes are the longest edges of the thumbnails, in pixels.
var sizes = [...]int{320, 1280}

// Sizes lists the longest edges of the thumbnails of every photo, in pixels.
func Sizes() []int { return sizes[:] }

// Limits are the largest files that are taken, in bytes. A zero value takes the default.
type Limits struct{ Photo, Document int64 }

// Defaults of the limits.
const (
	NormalPhoto    = 20 << 20
	NormalDocument = 50 << 20
)

// pixelMemory is how many bytes all photos that are looked at in one moment may take; one that alone takes more is refused.
// A baseline photo of 24 million pixels takes about 60 MB, one of 108 million 350 MB.
const pixelMemory = 384 << 20

// dataMemory is how many bytes the files themselves may take of all photos that are looked at, or wait for that, in one
// moment: each lies in memory as it came and as it is kept.
const dataMemory = 160 << 20

// Options say where files are kept. Blobs is needed.
type Options struct {
	Blobs  Blobs
	Folder string // for uploads on their way; default the system's temporary folder
	Limits Limits
}

// Keeper takes uploads in, makes of them what is kept, and keeps it.
type Keeper struct {
	Blobs
	folder string
	limits Limits
	memory *semaphore.Weighted // of pixels
	data   *semaphore.Weighted // of the files themselves; taken before the other
}

// New makes a keeper.
func New(o Options) (*Keeper, error) {
	if o.Limits.Photo <= 0 {
		o.Limits.Photo = NormalPhoto
	}
	if o.Limits.Document <= 0 {
		o.Limits.Document = NormalDocument
	}
	if o.Folder != "" {
		if err := os.MkdirAll(o.Folder, 0o700); err != nil {
			return nil, fmt.Errorf("making the folder for uploads: %w", err)
		}
	}
	return &Keeper{Blobs: o.Blobs, folder: o.Folder, limits: o.Limits, memory: semaphore.NewWeighted(pixelMemory),
		data: semaphore.NewWeighted(max(dataMemory, 2*o.Limits.Photo))}, nil
}

// Limits are the largest files that are taken.
func (k *Keeper) Limits() Limits { return k.limits }

// Content describes what is kept of an upload.
type Content struct {
	Kind     Kind
	Type     string // media type, found in the content
	Bytes    int64
	SHA256   [32]byte
	Width    int // of a photo as it is looked at, pixels
	Height   int
	TakenAt  *time.Time // by the camera's clock; nil when the photo does not say
	Position *orb.Point // WGS 84, from EXIF; nil when the photo does not say
}

// Refused means that a file is not taken, and why. Code is for programs.
type Refused struct {
	Code string // type_not_taken, damaged, too_large, too_many_pixels
	Text layer.Text
}

// Error gives the English sentence.
func (r *Refused) Error() string { return r.Text.En }

func refuse(code, zh, en string, args ...any) error {
	return &Refused{code, layer.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}}
}

// damaged refuses a photo that cannot be read. What exactly was found is for the log.
func damaged(what string) error {
	return fmt.Errorf("%w (%s)", refuse("damaged", "照片不完整或已损坏，无法读取", "the photo is truncated or damaged and cannot be read"), what)
}
