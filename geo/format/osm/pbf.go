package osm

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/encoding/protowire"
)

// Limits of the format (https://wiki.openstreetmap.org/wiki/PBF_Format).
const (
	maxBlobHeader = 64 << 10
	maxBlob       = 32 << 20
)

// pbf is an .osm.pbf file.
type pbf struct {
	file io.ReaderAt
	size int64
}

// blob is one compressed piece of the file.
type blob struct {
	kind string
	data []byte
	end  int64 // offset of the next one
}

// decoded is a blob's content, or why there is none.
type decoded struct {
	block block
	end   int64
	err   error
}

// pass decodes blobs on all cores and visits them in the order of the file.
func (p *pbf) pass(ctx context.Context, want kinds, visit func(*block, int64) error) error {
	group, ctx := errgroup.WithContext(ctx)
	workers := max(1, runtime.GOMAXPROCS(0))
	type job struct {
		blob blob
		done chan decoded
	}
	jobs := make(chan job)
	queue := make(chan chan decoded, 2*workers)
	group.Go(func() error {
		defer close(jobs)
		defer close(queue)
		return p.eachBlob(func(b blob) error {
			j := job{b, make(chan decoded, 1)}
			select {
			case queue <- j.done:
			case <-ctx.Done():
				return ctx.Err()
			}
			select {
			case jobs <- j:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	for range workers {
		group.Go(func() error {
			for j := range jobs {
				d := decoded{end: j.blob.end}
				d.err = j.blob.decode(want, &d.block)
				j.done <- d
			}
			return nil
		})
	}
	group.Go(func() error {
		for done := range queue {
			select {
			case d := <-done:
				if d.err != nil {
					return fmt.Errorf("block before byte %d: %w", d.end, d.err)
				}
				if err := visit(&d.block, d.end); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return group.Wait()
}

// eachBlob reads the file's blobs one after the other; a file that ends inside one is an error.
func (p *pbf) eachBlob(f func(blob) error) error {
	r := bufio.NewReaderSize(io.NewSectionReader(p.file, 0, p.size), 1<<20)
	var offset int64
	for {
		var size [4]byte
		if _, err := io.ReadFull(r, size[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return truncated(offset, err)
		}
		n := binary.BigEndian.Uint32(size[:])
		if n > maxBlobHeader {
			return fmt.Errorf("block header of %d bytes at byte %d is over the format's limit", n, offset)
		}
		header := make([]byte, n)
		if _, err := io.ReadFull(r, header); err != nil {
			return truncated(offset, err)
		}
		kind, dataSize, err := blobHeader(header)
		if err != nil {
			return fmt.Errorf("block header at byte %d: %w", offset, err)
		}
		if dataSize < 0 || dataSize > maxBlob {
			return fmt.Errorf("block of %d bytes at byte %d is over the format's limit", dataSize, offset)
		}
		if int64(dataSize) > p.size-offset { // before memory is taken for it
			return truncated(offset, io.ErrUnexpectedEOF)
		}
		data := make([]byte, dataSize)
		if _, err := io.ReadFull(r, data); err != nil {
			return truncated(offset, err)
		}
		offset += 4 + int64(n) + int64(dataSize)
		if err := f(blob{kind, data, offset}); err != nil {
			return err
		}
	}
}

func truncated(offset int64, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the file ends in the middle of the block at byte %d: it is truncated", offset)
	}
	return fmt.Errorf("read block at byte %d: %w", offset, err)
}

func blobHeader(b []byte) (kind string, size int32, err error) {
	err = eachField(b, func(n protowire.Number, v uint64, data []byte) error {
		switch n {
		case 1:
			kind = string(data)
		case 3:
			size = int32(v)
		}
		return nil
	})
	return kind, size, err
}

// decode unpacks a blob and reads its elements.
func (b blob) decode(want kinds, into *block) error {
	switch b.kind {
	case "OSMData":
		raw, err := b.unpack()
		if err != nil {
			return err
		}
		return decodeBlock(raw, want, into)
	case "OSMHeader":
		raw, err := b.unpack()
		if err != nil {
			return err
		}
		return checkHeader(raw)
	}
	return nil // the format tells readers to skip what they do not know
}

// checkHeader refuses files that need an ability which this reader lacks.
func checkHeader(raw []byte) error {
	return eachField(raw, func(n protowire.Number, _ uint64, data []byte) error {
		if n != 4 {
			return nil
		}
		switch feature := string(data); feature {
		case "OsmSchema-V0.6", "DenseNodes":
			return nil
		default:
			return fmt.Errorf("the file needs the feature %.40q, which this reader does not have", feature)
		}
	})
}

// unpack gives a blob's content, which the format limits to 32 MiB.
func (b blob) unpack() ([]byte, error) {
	var (
		raw, deflated, zstandard []byte
		size                     = -1
		other                    string
	)
	err := eachField(b.data, func(n protowire.Number, v uint64, data []byte) error {
		switch n {
		case 1:
			raw = data
		case 2:
			size = int(int32(v))
		case 3:
			deflated = data
		case 4:
			other = "LZMA"
		case 6:
			other = "LZ4"
		case 7:
			zstandard = data
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case raw != nil:
		return raw, nil
	case other != "":
		return nil, fmt.Errorf("it is compressed with %s; convert the file with osmium to zlib", other)
	case size < 0 || size > maxBlob:
		return nil, fmt.Errorf("unpacked size %d is over the format's limit", size)
	case deflated != nil:
		return inflate(deflated, size)
	case zstandard != nil:
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlob))
		if err != nil {
			return nil, err
		}
		defer d.Close()
		out, err := d.DecodeAll(zstandard, nil)
		if err != nil {
			return nil, fmt.Errorf("unpack: %w", err)
		}
		return out, nil
	}
	return nil, errors.New("it has no data")
}

func inflate(data []byte, size int) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	defer r.Close()
	var out bytes.Buffer
	out.Grow(min(size, 20*len(data)) + bytes.MinRead) // no more than such data usually unpacks to, whatever it says
	if _, err := out.ReadFrom(io.LimitReader(r, int64(size)+1)); err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	if out.Len() != size {
		return nil, fmt.Errorf("unpacked size is not the %d that it says", size)
	}
	return out.Bytes(), nil
}
