package auth

import (
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"fourmaps/server/store"
)

// Options are what the rules stand on. Store, Log and Now are needed.
type Options struct {
	Store *store.Store
	Log   *slog.Logger
	Now   func() time.Time
	Cost  Cost // of passwords; default NormalCost
	// DemoAnywhere lets the accounts of the demonstration, whose passwords everybody knows, sign in from other machines.
	DemoAnywhere bool
	OIDC         OIDCOptions
}

// Auth answers who asks and what they may do.
type Auth struct {
	Options
	oidc     *oidcClient // nil for none
	dummy    string      // the hash that a password is checked against when there is no such account
	hashing  chan struct{}
	fetching chan struct{}
	renewing sync.Mutex
	areas    areaIndex

	mu         sync.RWMutex
	roles      map[string]Set
	principals map[uuid.UUID]*Principal // by account
	byToken    map[store.TokenHash]*Session
	byCookie   map[string]*Session // by the whole Cookie header
	admitted   map[uuid.UUID]int64 // the generation in which sessions came that no reading has shown yet
	generation int64               // readings of all rights so far
}

// How many do what at once.
const (
	mostHashing  = 2 // passwords checked: 2 × 32 MiB
	mostFetching = 2 // sessions looked for in the database
)

// New makes the rules. Until Renew nobody is known.
func New(o Options) *Auth {
	if o.Cost == (Cost{}) {
		o.Cost = NormalCost
	}
	return &Auth{
		Options: o, oidc: newOIDCClient(o.OIDC), dummy: o.Cost.Hash(TemporaryPassword()),
		hashing: make(chan struct{}, mostHashing), fetching: make(chan struct{}, mostFetching),
		principals: map[uuid.UUID]*Principal{}, byToken: map[store.TokenHash]*Session{}, byCookie: map[string]*Session{}, admitted: map[uuid.UUID]int64{},
	}
}

// Role gives the permissions of a role; ok is false when there is none of that name.
func (a *Auth) Role(name string) (s Set, ok bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	s, ok = a.roles[name]
	return s, ok
}
