package api

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"
)

const (
	typeJSON    = "application/json"
	typeGeoJSON = "application/geo+json"
)

// answer is a ready body that may be sent many times; it is compressed when first asked for in that form.
type answer struct {
	contentType string
	etag        string // with its quotes
	plain       []byte
	gzip, br    compressed
}

type compressed struct {
	once sync.Once
	body []byte
}

// smallest is the size in bytes below which compression is not worth it.
const smallest = 1024

// newAnswer makes an answer whose ETag follows from content, which is what the body says apart from when it was made.
func newAnswer(contentType string, body, content []byte) *answer {
	return &answer{contentType: contentType, etag: fmt.Sprintf(`W/"%016x"`, xxhash.Sum64(content)), plain: body}
}

// send writes the answer, or 304 when the client has it already.
func (a *answer) send(c echo.Context, cacheControl string) error {
	h := c.Response().Header()
	h.Set("ETag", a.etag)
	h.Set(echo.HeaderCacheControl, cacheControl)
	h.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if matches(c.Request().Header.Get("If-None-Match"), a.etag) {
		return c.NoContent(http.StatusNotModified)
	}
	encoding, body := a.choose(c.Request().Header.Get(echo.HeaderAcceptEncoding))
	if encoding != "" {
		h.Set(echo.HeaderContentEncoding, encoding)
	}
	return c.Blob(http.StatusOK, a.contentType, body)
}

// choose gives the smallest form that the client takes.
func (a *answer) choose(accepts string) (encoding string, body []byte) {
	if len(a.plain) < smallest {
		return "", a.plain
	}
	if takes(accepts, "br") {
		a.br.once.Do(func() { a.br.body = brotliOf(a.plain) })
		return "br", a.br.body
	}
	if takes(accepts, "gzip") {
		a.gzip.once.Do(func() { a.gzip.body = gzipOf(a.plain) })
		return "gzip", a.gzip.body
	}
	return "", a.plain
}

// takes tells whether an Accept-Encoding header names an encoding and does not refuse it (q=0).
func takes(accepts, encoding string) bool {
	for part := range strings.SplitSeq(accepts, ",") {
		name, q, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.000") && q != "q=0.0" && q != "q=0.00"
		}
	}
	return false
}

// matches tells whether an If-None-Match header holds etag, compared weakly (RFC 9110, 13.1.2).
func matches(header, etag string) bool {
	if header == "" {
		return false
	}
	if strings.TrimSpace(header) == "*" {
		return true
	}
	etag = strings.TrimPrefix(etag, "W/")
	for part := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(part), "W/") == etag {
			return true
		}
	}
	return false
}

// Writers are dear to make and cheap to use again.
var (
	gzipWriters   = sync.Pool{New: func() any { w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed+1); return w }}
	brotliWriters = sync.Pool{New: func() any { return brotli.NewWriterLevel(nil, 3) }}
)

func gzipOf(plain []byte) []byte {
	w := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(w)
	out := bytes.NewBuffer(make([]byte, 0, len(plain)/5))
	w.Reset(out)
	_, _ = w.Write(plain) // writing to memory does not fail
	_ = w.Close()
	return out.Bytes()
}

func brotliOf(plain []byte) []byte {
	w := brotliWriters.Get().(*brotli.Writer)
	defer brotliWriters.Put(w)
	out := bytes.NewBuffer(make([]byte, 0, len(plain)/5))
	w.Reset(out)
	_, _ = w.Write(plain) // writing to memory does not fail
	_ = w.Close()
	return out.Bytes()
}
