package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"fourmaps/server/store"
)

// CookieName is the cookie that holds a session's token.
const CookieName = "fourmaps_session"

// How long a session lasts. A duty room works in shifts of 12 and 24 hours with the maps open, and an open screen counts
// as use, so 12 hours of nothing means that nobody is there; after 30 days everybody proves again who they are.
const (
	IdleLimit = 12 * time.Hour
	LongLimit = 30 * 24 * time.Hour
)

// noteUseEvery is how exactly the database knows when a session was used last.
const noteUseEvery = 5 * time.Minute

// Session is one browser in which an account is signed in, with the rights that hold now. Other rights make another
// Session of the same ID.
type Session struct {
	*Principal
	ID      uuid.UUID
	Means   string // password or oidc
	Expires time.Time
	token   store.TokenHash
	use     *use
	ended   chan struct{}
	once    *sync.Once
}

// use is when a session was used; it outlives changes of rights.
type use struct {
	lately atomic.Bool  // since the last look at the clock
	seen   atomic.Int64 // Unix seconds
	stored atomic.Int64 // Unix seconds, as the database knows it
}

// Use notes that the session is in use. Who calls it often pays nothing: the clock is looked at elsewhere.
func (s *Session) Use() {
	if !s.use.lately.Load() {
		s.use.lately.Store(true)
	}
}

// Ended is closed when the session ended or its rights changed: what was opened with them, such as a stream, ends.
func (s *Session) Ended() <-chan struct{} { return s.ended }

func (s *Session) end() { s.once.Do(func() { close(s.ended) }) }

func newSession(row store.Session, p *Principal) *Session {
	s := &Session{Principal: p, ID: row.ID, Means: row.Means, Expires: row.ExpiresAt, token: row.Token, use: &use{}, ended: make(chan struct{}), once: &sync.Once{}}
	s.use.seen.Store(row.SeenAt.Unix())
	s.use.stored.Store(row.SeenAt.Unix())
	return s
}

// with gives the session other rights.
func (s *Session) with(p *Principal) *Session {
	other := *s
	other.Principal, other.ended, other.once = p, make(chan struct{}), &sync.Once{}
	return &other
}

const tokenBytes = 32

// newToken draws a token and gives the cookie's value and what is stored of it.
func newToken() (value string, hash store.TokenHash) {
	var b [tokenBytes]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:]), sha256.Sum256(b[:])
}

// tokenIn finds the token in a Cookie header.
func tokenIn(header string) (store.TokenHash, bool) {
	for part := range strings.SplitSeq(header, ";") {
		value, ok := strings.CutPrefix(strings.TrimSpace(part), CookieName+"=")
		if !ok {
			continue
		}
		b, err := base64.RawURLEncoding.DecodeString(value)
		if err == nil && len(b) == tokenBytes {
			return sha256.Sum256(b), true
		}
	}
	return store.TokenHash{}, false
}
