package tiles

import (
	"sync"
	"time"

	"fourmaps/geo/layer"
)

// A source that does not answer is left alone for a while: a browser asks with six connections at a time, and if each of
// its tiles waited for the time-out, nothing else of the map would come through.
const (
	failuresToPause = 3 // in a row
	sourcePause     = 10 * time.Second
)

// health remembers which sources fail.
type health struct {
	mu      sync.Mutex
	failing map[string]*failing
}

// failing is a source that failed when it was last asked.
type failing struct {
	silences int       // how often in a row it did not answer at all
	until    time.Time // when it may be asked again, if that was too often
	why      string    // last
}

// asks tells whether the source may be asked now. After a pause one request tries while the others still are refused.
func (h *health) asks(source string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.failing[source]
	if f == nil || f.silences < failuresToPause {
		return true
	}
	if now.Before(f.until) {
		return false
	}
	f.until = now.Add(sourcePause)
	return true
}

// well notes that the source answered as it should.
func (h *health) well(source string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.failing, source)
}

// failed notes why the source did not; silent means that it did not answer at all. It tells whether that is news.
func (h *health) failed(source string, why layer.Text, silent bool, now time.Time) (news bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.failing[source]
	if f == nil {
		f = &failing{}
		h.failing[source] = f
	}
	if silent {
		f.silences++
		f.until = now.Add(sourcePause)
	} else {
		f.silences = 0
	}
	news = f.why != why.En
	f.why = why.En
	return news
}

// turns bound how many requests each source gets at a time; one that is slow does not keep the others waiting.
type turns struct {
	mu      sync.Mutex
	sources map[string]chan struct{}
}

const turnsOfSource = 8

func (t *turns) of(source string) chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.sources[source]
	if c == nil {
		c = make(chan struct{}, turnsOfSource)
		t.sources[source] = c
	}
	return c
}
