package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"fourmaps/server/store"
)

// mostCookies is how many different Cookie headers are known by heart. A session has one or two, as long as no other
// cookies change beside it; when there are more, all are forgotten and read again.
const mostCookies = 8192

// Known finds the session of a Cookie header that was asked with before. It looks at memory only and makes nothing.
func (a *Auth) Known(cookie string) *Session {
	a.mu.RLock()
	s := a.byCookie[cookie]
	a.mu.RUnlock()
	if s != nil {
		s.Use()
	}
	return s
}

// Find finds the session of a Cookie header, nil for none. What is not in memory is looked for in the database.
func (a *Auth) Find(ctx context.Context, cookie string) (*Session, error) {
	if s := a.Known(cookie); s != nil {
		return s, nil
	}
	token, ok := tokenIn(cookie)
	if !ok {
		return nil, nil
	}
	a.mu.RLock()
	s := a.byToken[token]
	a.mu.RUnlock()
	if s == nil {
		var err error
		if s, err = a.fetch(ctx, token); s == nil || err != nil {
			return nil, err
		}
	}
	s.Use()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byToken[token] == s { // not ended meanwhile
		if len(a.byCookie) >= mostCookies {
			clear(a.byCookie)
		}
		a.byCookie[cookie] = s
	}
	return s, nil
}

// fetch reads a session that another server began, or that was idle here. Few look at once: whoever sends invented tokens
// waits for others who do.
func (a *Auth) fetch(ctx context.Context, token store.TokenHash) (*Session, error) {
	select {
	case a.fetching <- struct{}{}:
		defer func() { <-a.fetching }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for range 3 {
		generation := a.readings()
		row, err := a.Store.SessionByToken(ctx, token, a.Now(), a.Now().Add(-IdleLimit))
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		s, err := a.admit(ctx, row, generation)
		if !errors.Is(err, errMeanwhile) {
			return s, err
		}
	}
	return nil, errMeanwhile
}

// errMeanwhile: rights were read between looking for a session and taking it into memory, so that it may have ended.
var errMeanwhile = errors.New("the rights changed meanwhile")

func (a *Auth) readings() int64 {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.generation
}

// admit takes a stored session into memory. An account that is not known yet was made by another server just now.
// generation is that in which the session was seen in the database.
func (a *Auth) admit(ctx context.Context, row store.Session, generation int64) (*Session, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.principals[row.AccountID]
	if p == nil {
		a.mu.Unlock()
		err := a.Renew(ctx, a.Store.Pool())
		a.mu.Lock()
		if err != nil {
			return nil, err
		}
		return a.byToken[row.Token], nil
	}
	if a.generation != generation {
		return nil, errMeanwhile
	}
	s := a.byToken[row.Token]
	if s == nil {
		s = newSession(row, p)
		a.byToken[row.Token] = s
		a.admitted[row.ID] = a.generation
	}
	return s, nil
}

// Renew reads anew who may do what and who is signed in. The feed calls it when it begins to hear, and whenever people
// or areas changed; sessions that are gone, and those with other rights, end what they have open.
func (a *Auth) Renew(ctx context.Context, from store.Rower) error {
	a.renewing.Lock()
	defer a.renewing.Unlock()
	a.mu.Lock()
	a.generation++ // a session admitted from now on may be missing in what is read
	began := a.generation
	a.mu.Unlock()
	now := a.Now()
	rights, err := store.LoadRights(ctx, from, now, now.Add(-IdleLimit))
	if err != nil {
		return err
	}
	a.areas.paths.Store(&rights.Areas)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.setPrincipals(rights)
	a.setSessions(rights.Sessions, began)
	return nil
}

func (a *Auth) setPrincipals(rights store.Rights) {
	roles := make(map[string]Set, len(rights.Roles))
	for role, names := range rights.Roles {
		for _, name := range names {
			roles[role] |= SetOf(Permission(name))
		}
	}
	a.roles = roles
	principals := make(map[uuid.UUID]*Principal, len(rights.Accounts))
	for id, account := range rights.Accounts {
		principals[id] = newPrincipal(account, roles, &a.areas)
	}
	a.principals = principals
}

// setSessions makes the sessions in memory those that were read, and those that were begun since the reading began.
func (a *Auth) setSessions(rows []store.Session, began int64) {
	old := a.byToken
	a.byToken = make(map[store.TokenHash]*Session, len(rows))
	clear(a.byCookie)
	for _, row := range rows {
		p := a.principals[row.AccountID]
		if p == nil {
			continue
		}
		s := old[row.Token]
		if s == nil {
			s = newSession(row, p)
		}
		a.byToken[row.Token] = s
	}
	for token, s := range old {
		if a.byToken[token] == nil && a.admitted[s.ID] >= began {
			a.byToken[token] = s
		}
	}
	for id, generation := range a.admitted {
		if generation < began {
			delete(a.admitted, id)
		}
	}
	for token, s := range old {
		a.rejudge(token, s)
	}
}

// rejudge ends a session that is gone or whose account may do other things now.
func (a *Auth) rejudge(token store.TokenHash, s *Session) {
	kept := a.byToken[token]
	p := a.principals[s.AccountID]
	switch {
	case kept == nil || p == nil:
		delete(a.byToken, token)
		s.end()
	case p.sameRights(s.Principal):
		s2 := *s // the name or the post may have changed
		s2.Principal = p
		a.byToken[token] = &s2
	default:
		a.byToken[token] = s.with(p)
		s.end()
	}
}

// forget ends a session in this server at once; others hear of it.
func (a *Auth) forget(s *Session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.byToken, s.token)
	clear(a.byCookie)
	s.end()
}

// sweepEvery is how often the clock is looked at for all sessions.
const sweepEvery = 20 * time.Second

// Run looks at the clock until ctx ends: it notes which sessions were used and ends those that are over.
func (a *Auth) Run(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := a.Sweep(ctx); err != nil && ctx.Err() == nil {
				a.Log.Warn("the use of sessions was not noted", "error", err)
			}
		}
	}
}

// Sweep notes when sessions were used, and ends those that are over or idle.
func (a *Auth) Sweep(ctx context.Context) error {
	now := a.Now()
	var ids []uuid.UUID
	var at []time.Time
	a.mu.Lock()
	for token, s := range a.byToken {
		if s.use.lately.Swap(false) {
			s.use.seen.Store(now.Unix())
		}
		seen := s.use.seen.Load()
		if !now.Before(s.Expires) || now.Sub(time.Unix(seen, 0)) >= IdleLimit { // another server may know of a later use: it is looked up again then
			delete(a.byToken, token)
			clear(a.byCookie)
			s.end()
			continue
		}
		if seen-s.use.stored.Load() >= int64(noteUseEvery/time.Second) {
			s.use.stored.Store(seen)
			ids, at = append(ids, s.ID), append(at, time.Unix(seen, 0))
		}
	}
	a.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	if err := a.Store.SawSessions(ctx, ids, at); err != nil {
		return fmt.Errorf("noting the use of %d sessions: %w", len(ids), err)
	}
	return nil
}
