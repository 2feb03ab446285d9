package tiles

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/gzip"
)

// Content is what an answer says. An empty body is answered with 204.
type Content struct {
	Type   string // media type
	Body   []byte
	MaxAge int // seconds for which a client need not ask again; 0: it asks each time
	// Moment is how many bytes at the end of Body only tell when it was made. Answers that differ only there say the same:
	// their ETag is weak and equal.
	Moment int
}

// Answer is a ready answer: compressed once, with its headers made once. It never changes.
type Answer struct {
	body       []byte // gzip, or plain if that is not smaller
	plainSize  int
	compressed bool
	loose      bool // not compressed yet, since nobody keeps it: who takes gzip gets it compressed on the way
	// header values, put into each response as they are; nobody may change them
	contentType, etag, length, control []string
	tag                                string // the ETag without quotes and without the ending for the encoding
	weak                               bool   // the ETag is
}

// smallest is the size in bytes below which compression is not worth it.
const smallest = 256

// Header values that all answers share.
var (
	valueNoCache = []string{"no-cache"}
	valueVary    = []string{"Accept-Encoding"}
	valueGzip    = []string{"gzip"}
	valueBrotli  = []string{"br"}
)

// NewAnswer makes an answer ready for sending to many.
func NewAnswer(c Content) *Answer {
	a := looseAnswer(c)
	if a.loose {
		return a.zipped()
	}
	return a
}

// looseAnswer makes an answer for one reader, who may not want it compressed.
func looseAnswer(c Content) *Answer {
	a := &Answer{body: c.Body, plainSize: len(c.Body), contentType: []string{c.Type}, weak: c.Moment > 0,
		tag: strconv.FormatUint(xxhash.Sum64(c.Body[:len(c.Body)-c.Moment]), 36)}
	a.control = valueNoCache
	if c.MaxAge > 0 {
		a.control = []string{"private, max-age=" + strconv.Itoa(c.MaxAge)}
	}
	a.loose = len(c.Body) >= smallest && !strings.HasPrefix(c.Type, "image/") // images are compressed already
	a.measure()
	return a
}

// zipped gives the same answer compressed, if that makes it smaller.
func (a *Answer) zipped() *Answer {
	z := *a
	z.loose = false
	if zipped := gzipOf(a.body); len(zipped) < len(a.body) {
		z.body, z.compressed = zipped, true
	}
	z.measure()
	return &z
}

// measure makes the headers that depend on the form of the body.
func (a *Answer) measure() {
	a.etag = []string{a.tagFor(a.compressed, "gz")}
	a.length = []string{strconv.Itoa(len(a.body))}
}

// Empty tells whether there is nothing to send.
func (a *Answer) Empty() bool { return a.plainSize == 0 }

// ServeHTTP sends the answer, or 304 when the client has it already, or 204 when it is empty.
func (a *Answer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Cache-Control"] = a.control
	h["Vary"] = valueVary
	accepts := accepted(r.Header["Accept-Encoding"])
	switch {
	case a.compressed && !Takes(accepts, "gzip"):
		a.serveOther(w, r, accepts)
		return
	case a.loose && Takes(accepts, "gzip"):
		a = a.zipped()
	}
	h["Etag"] = a.etag
	if v := r.Header["If-None-Match"]; len(v) > 0 && a.matches(v) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if a.plainSize == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h["Content-Type"] = a.contentType
	h["Content-Length"] = a.length
	if a.compressed {
		h["Content-Encoding"] = valueGzip
	}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body) // a client that has left is told nothing
	}
}

// serveOther sends the answer to the rare client that does not take gzip.
func (a *Answer) serveOther(w http.ResponseWriter, r *http.Request, accepts string) {
	h := w.Header()
	br := Takes(accepts, "br")
	h["Etag"] = []string{a.tagFor(br, "br")}
	if v := r.Header["If-None-Match"]; len(v) > 0 && a.matches(v) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body, err := gunzip(a.body)
	if err != nil { // written by this program, kept in memory: cannot be
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if br {
		body = brotliOf(body)
		h["Content-Encoding"] = valueBrotli
	}
	h["Content-Type"] = a.contentType
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that has left is told nothing
	}
}

// tagFor gives the ETag of one encoding: other bytes, other tag, unless it is weak.
func (a *Answer) tagFor(encoded bool, ending string) string {
	if a.weak {
		return `W/"` + a.tag + `"`
	}
	if encoded {
		return `"` + a.tag + "-" + ending + `"`
	}
	return `"` + a.tag + `"`
}

// matches tells whether an If-None-Match header names this content in any encoding.
func (a *Answer) matches(header []string) bool {
	if len(header) == 1 && header[0] == a.etag[0] {
		return true
	}
	for _, line := range header {
		for part := range strings.SplitSeq(line, ",") {
			part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
			if part == "*" {
				return true
			}
			part = strings.TrimSuffix(strings.TrimPrefix(part, `"`), `"`)
			if rest, ok := strings.CutPrefix(part, a.tag); ok && (rest == "" || rest == "-gz" || rest == "-br") {
				return true
			}
		}
	}
	return false
}

// Writers are dear to make and cheap to use again.
var (
	gzipWriters   = sync.Pool{New: func() any { w, _ := gzip.NewWriterLevel(nil, 2); return w }}
	brotliWriters = sync.Pool{New: func() any { return brotli.NewWriterLevel(nil, 3) }}
)

func gzipOf(plain []byte) []byte {
	w := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(w)
	out := bytes.NewBuffer(make([]byte, 0, len(plain)/2))
	w.Reset(out)
	_, _ = w.Write(plain) // writing to memory does not fail
	_ = w.Close()
	return bytes.Clone(out.Bytes()) // no longer than it must be: it may stay for long
}

func brotliOf(plain []byte) []byte {
	w := brotliWriters.Get().(*brotli.Writer)
	defer brotliWriters.Put(w)
	var out bytes.Buffer
	w.Reset(&out)
	_, _ = w.Write(plain) // writing to memory does not fail
	_ = w.Close()
	return out.Bytes()
}

func gunzip(zipped []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return nil, fmt.Errorf("unpacking a tile: %w", err)
	}
	defer r.Close()
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("unpacking a tile: %w", err)
	}
	return plain, nil
}
