package files

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
)

// Blobs keeps contents under keys. A content never changes under its key, so putting it twice is putting it once.
type Blobs interface {
	// Put stores size bytes; when it returns they are there whole, and outlive a crash.
	Put(ctx context.Context, key string, from io.ReadSeeker, size int64, mediaType string) error
	// Get opens a content for reading at any place; an unknown key is fs.ErrNotExist.
	Get(ctx context.Context, key string) (io.ReadSeekCloser, error)
	// Remove removes a content; an unknown key is no error.
	Remove(ctx context.Context, key string) error
	// Check tells whether contents can be stored.
	Check(ctx context.Context) error
	// Place says where this is, for logs.
	Place() string
}

// Key is where a content is kept: spread over 256 folders by the first byte of its sum.
func Key(sum [32]byte) string {
	name := hex.EncodeToString(sum[:])
	return name[:2] + "/" + name
}

// ThumbnailKey is where the thumbnail of a photo is kept, by its longest edge.
func ThumbnailKey(sum [32]byte, edge int) string { return fmt.Sprintf("%s.%d.jpg", Key(sum), edge) }
