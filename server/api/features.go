package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/store"
	"fourmaps/tiles"
)

// How many rows one page has.
const (
	normalLimit = 1000
	mostRows    = 10000
)

// features answers GET /api/layers/{layer}/features.
func (s *server) features(c echo.Context) error {
	key := addressKey(c)
	if a := s.cache.Get(key); a != nil { // it was kept under an address that was understood
		return send(c, a)
	}
	l, err := askedLayer(c)
	if err != nil {
		return err
	}
	asked, err := askedList(c, l)
	if err != nil {
		return err
	}
	if asked.Filter.Timed() {
		key += s.Now().UTC().Format(" 2006-01-02T15:04") // rows become due without being changed
	}
	address := c.Request().URL // the context belongs to another request once this one has left and another waits for the rows
	return s.cached(c, key, l, func(ctx context.Context) (tiles.Content, error) {
		page, err := s.Store.List(ctx, asked, s.Now())
		if err != nil {
			return tiles.Content{}, err
		}
		return stamped(typeGeoJSON, collection(address, asked, page)), nil
	})
}

// askedList reads filter, sort, limit and cursor.
func askedList(c echo.Context, l *layer.Layer) (q store.List, err error) {
	values, err := layer.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return q, err
	}
	if q.Filter, err = layer.ParseFilter(l, values, "limit", "cursor", "sort", "lang"); err != nil {
		return q, err
	}
	if q.Limit, err = askedNumber(c, "limit", normalLimit, 1, mostRows); err != nil {
		return q, err
	}
	if q.Sort, err = askedSort(c.QueryParam("sort"), l); err != nil {
		return q, err
	}
	q.After, err = readCursor(c.QueryParam("cursor"), q)
	return q, err
}

func askedSort(text string, l *layer.Layer) (store.Sort, error) {
	text = strings.TrimSpace(text)
	name, descending := strings.CutPrefix(text, "-")
	if text == "" || name == "id" {
		return store.Sort{Descending: descending}, nil
	}
	f, ok := l.Field(name)
	if !ok || !f.Filter {
		return store.Sort{}, &layer.ParameterError{Parameter: "sort", Code: "bad_value", Text: layer.Text{
			Zh: fmt.Sprintf("不能按“%.40s”排序", name), En: fmt.Sprintf("rows cannot be sorted by %.40q", name)}}
	}
	return store.Sort{Field: f, Descending: descending}, nil
}

// collection ends a page's FeatureCollection.
func collection(address *url.URL, q store.List, page store.Page) []byte {
	out := append(page.Features, ']')
	if page.Box != nil {
		out = fmt.Appendf(out, `,"bbox":%s`, page.Box)
	}
	out = fmt.Appendf(out, `,"numberMatched":%d,"numberReturned":%d`, page.Matched, page.Returned)
	links := []link{{Rel: "self", Type: typeGeoJSON, Href: address.RequestURI()}}
	if page.Next != nil {
		cursor := writeCursor(q, *page.Next)
		out = fmt.Appendf(out, `,"next":%q`, cursor)
		links = append(links, link{Rel: "next", Type: typeGeoJSON, Href: withCursor(address, cursor)})
	}
	written, err := json.Marshal(links)
	if err != nil {
		written = []byte("[]") // strings can always be written
	}
	return fmt.Appendf(out, `,"links":%s,"timeStamp":%q}`, written, page.At.UTC().Format(time.RFC3339Nano))
}

// link leads to a related answer (RFC 8288).
type link struct {
	Rel  string `json:"rel"`
	Type string `json:"type"`
	Href string `json:"href"`
}

func withCursor(address *url.URL, cursor string) string {
	query := address.Query()
	query.Set("cursor", cursor)
	return address.Path + "?" + query.Encode()
}

// feature answers GET /api/layers/{layer}/features/{id}: one row with all its fields and lists; without the sensitive ones
// for who may not see them in the row's area.
func (s *server) feature(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	l, err := askedLayer(c)
	if err != nil {
		return err
	}
	id, err := askedID(c)
	if err != nil {
		return err
	}
	who, err := s.session(c)
	if err != nil {
		return err
	}
	row, err := s.Store.Feature(c.Request().Context(), l, id, func(area *uuid.UUID) bool { return who.On(auth.SensitiveRead, area) })
	if err != nil {
		return err
	}
	etag := fmt.Sprintf(`"%d"`, row.Version)
	if row.Masked {
		etag = fmt.Sprintf(`"%d-masked"`, row.Version) // the same version looks otherwise to who may see all of it
	}
	h := c.Response().Header()
	h.Set("ETag", etag)
	h.Set(echo.HeaderCacheControl, "no-store") // it carries what only some may see
	if names(c.Request().Header.Get("If-None-Match"), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, typeGeoJSON, row.JSON)
}

// names tells whether an If-None-Match header holds etag, compared weakly (RFC 9110, 13.1.2).
func names(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.TrimPrefix(part, "W/") == etag {
			return true
		}
	}
	return false
}
