package api

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/singleflight"

	"fourmaps/server/store"
)

const product = "One Network, Four Maps 一网四图"

// recount is for how long the counts hold while changes are not heard.
const recount = time.Second

// installation answers GET /api/installation: which district this is and how much is in it.
func (s *server) installation(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	found, err := s.counted(c.Request().Context())
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, struct {
		Product string    `json:"product"`
		Version string    `json:"version"`
		Time    time.Time `json:"time"`
		Relief  bool      `json:"relief"` // there are elevation tiles
		store.Installation
	}{product, s.Version, s.Now().UTC(), s.hasRelief(c.Request().Context()), found})
}

func (s *server) hasRelief(ctx context.Context) bool {
	return s.Tiles != nil && s.Tiles.Basemap != nil && s.Tiles.Basemap.HasRelief(ctx)
}

// counts are what was last counted. Every screen asks for it after every change, and counting reads all tables.
type counts struct {
	flights singleflight.Group
	mu      sync.Mutex
	known   bool
	seq     int64     // of the feed, before the rows were counted
	at      time.Time // when
	found   store.Installation
}

// counted counts the rows, once for all who ask between two changes.
func (s *server) counted(ctx context.Context) (store.Installation, error) {
	feed := s.Feed.State()
	if found, ok := s.counts.get(feed.Seq, feed.Connected); ok {
		return found, nil
	}
	key := strconv.FormatInt(feed.Seq, 10)
	if !feed.Connected {
		key += time.Now().Format(" 15:04:05") // who asks later may know of a change that was not heard
	}
	counting := context.WithoutCancel(ctx) // others wait for it too; the store limits its time
	found, err, _ := s.counts.flights.Do(key, func() (any, error) {
		began := time.Now()
		found, err := s.Store.Installation(counting)
		if err == nil {
			s.counts.put(feed.Seq, began, found)
		}
		return found, err
	})
	return found.(store.Installation), err
}

func (k *counts) get(seq int64, heard bool) (store.Installation, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	valid := k.known && k.seq == seq && (heard || time.Since(k.at) < recount)
	return k.found, valid
}

// put keeps the newest counts: an older counting may end later.
func (k *counts) put(seq int64, began time.Time, found store.Installation) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.known || began.After(k.at) {
		k.known, k.seq, k.at, k.found = true, seq, began, found
	}
}
