package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
)

// Upload is a file as it came, in a temporary file, and what is to be kept of it.
type Upload struct {
	Content
	Sent       [32]byte // SHA-256 of what came
	file       *os.File // what is kept of it
	thumbnails map[int][]byte
}

// Receive reads an upload to its end and makes of it what is kept. What is not taken is a *Refused. Who gets an Upload
// closes it.
func (k *Keeper) Receive(ctx context.Context, from io.Reader) (*Upload, error) {
	head := make([]byte, headBytes)
	n, err := io.ReadFull(from, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("reading an upload: %w", err)
	}
	head = head[:n]
	kind, mediaType, err := kindOf(head)
	if err != nil {
		return nil, err
	}
	u := &Upload{Content: Content{Kind: kind, Type: mediaType}}
	most := k.limits.Document
	if kind == Photo {
		most = k.limits.Photo
	}
	if u.file, err = os.CreateTemp(k.folder, "fourmaps-upload-"); err != nil {
		return nil, fmt.Errorf("making a file for an upload: %w", err)
	}
	if err := k.fill(ctx, u, io.MultiReader(bytes.NewReader(head), from), most); err != nil {
		u.Close()
		return nil, err
	}
	return u, nil
}

// fill copies the upload to the disk and looks at it there.
func (k *Keeper) fill(ctx context.Context, u *Upload, from io.Reader, most int64) error {
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(u.file, sum), io.LimitReader(from, most+1))
	if err != nil {
		return fmt.Errorf("reading an upload: %w", err)
	}
	if n > most {
		return tooLarge(u.Kind, most)
	}
	u.Sent = [32]byte(sum.Sum(nil))
	u.Bytes, u.SHA256 = n, u.Sent
	if u.Kind == Document {
		u.Type, err = documentType(u.Type, u.file, n)
		return err
	}
	return k.photo(ctx, u)
}

// photo exchanges the photo as it came for the photo as it is kept.
func (k *Keeper) photo(ctx context.Context, u *Upload) error {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	room := 2 * u.Bytes
	if err := k.data.Acquire(waiting, room); err != nil {
		return ErrBusy
	}
	defer k.data.Release(room)
	data := make([]byte, u.Bytes)
	if _, err := u.file.ReadAt(data, 0); err != nil {
		return fmt.Errorf("reading an upload: %w", err)
	}
	d, err := k.develop(ctx, u.Type, data)
	if err != nil {
		return err
	}
	u.Type, u.Width, u.Height, u.thumbnails = d.mediaType, d.width, d.height, d.thumbnails
	u.TakenAt, u.Position = d.exif.takenAt, d.exif.position
	u.Bytes, u.SHA256 = int64(len(d.data)), sha256.Sum256(d.data)
	if err := u.file.Truncate(0); err != nil {
		return fmt.Errorf("writing a photo: %w", err)
	}
	if _, err := u.file.WriteAt(d.data, 0); err != nil {
		return fmt.Errorf("writing a photo: %w", err)
	}
	return nil
}

// Close removes the temporary file.
func (u *Upload) Close() {
	u.file.Close()
	os.Remove(u.file.Name())
}

// Keep stores what is to be kept. The same content again is the same again, and does no harm.
func (k *Keeper) Keep(ctx context.Context, u *Upload) error {
	for edge, data := range u.thumbnails {
		if err := k.Put(ctx, ThumbnailKey(u.SHA256, edge), bytes.NewReader(data), int64(len(data)), typeJPEG); err != nil {
			return err
		}
	}
	return k.Put(ctx, Key(u.SHA256), io.NewSectionReader(u.file, 0, u.Bytes), u.Bytes, u.Type)
}

// Forget removes a content and its thumbnails.
func (k *Keeper) Forget(ctx context.Context, sum [32]byte) error {
	for _, edge := range sizes {
		if err := k.Remove(ctx, ThumbnailKey(sum, edge)); err != nil {
			return err
		}
	}
	return k.Remove(ctx, Key(sum))
}
