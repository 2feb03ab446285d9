package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"fourmaps/server/store"
)

// Why a sign-in is refused.
var (
	ErrWrong     = errors.New("the name or the password is wrong")
	ErrDisabled  = errors.New("the account is disabled")
	ErrDemoAway  = errors.New("accounts of the demonstration work on the server's own machine only")
	ErrBusy      = errors.New("too many sign in at once")
	ErrNoAccount = errors.New("no account belongs to this identity")
)

// LockedError means that sign-ins failed so often that no further one is looked at for a while.
type LockedError struct{ Wait time.Duration }

// Error gives the English sentence.
func (e *LockedError) Error() string {
	return fmt.Sprintf("too many failures: wait %v", e.Wait.Round(time.Second))
}

// Client is where a sign-in comes from.
type Client struct {
	Address string
	Agent   string // what the browser calls itself
	Local   bool   // on the server's own machine
}

// SignIn checks a name and a password and begins a session. The value is for the cookie.
func (a *Auth) SignIn(ctx context.Context, name, password string, from Client) (value string, s *Session, err error) {
	c, err := a.check(ctx, AccountName(name), password, from)
	if err != nil {
		return "", nil, err
	}
	return a.begin(ctx, c, "password", from)
}

// patience is how long a sign-in waits for its turn.
const patience = 15 * time.Second

// check counts an attempt, then looks at it: the password of an unknown or disabled account takes as long as any.
func (a *Auth) check(ctx context.Context, name, password string, from Client) (store.Credentials, error) {
	if len(password) > 8*MostPassword || len(name) > 8*64 {
		return store.Credentials{}, ErrWrong
	}
	leave, err := a.takeTurn(ctx)
	if err != nil {
		return store.Credentials{}, err
	}
	defer leave()
	byName, byAddress := NameKey(name), NameKey(from.Address)
	wait, err := a.Store.CountAttempt(ctx, []store.Attempt{
		{Kind: "name", Key: byName, Wait: func(n int) time.Duration { return waitAfter(n, freeByName) }},
		{Kind: "address", Key: byAddress, Wait: func(n int) time.Duration { return waitAfter(n, freeByAddress) }},
	}, a.Now(), forgetAfter)
	if err != nil {
		return store.Credentials{}, err
	}
	if wait > 0 {
		return store.Credentials{}, &LockedError{Wait: wait}
	}
	c, err := a.Store.CredentialsByName(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Credentials{}, err
	}
	if err := a.compare(ctx, c, password); err != nil {
		return store.Credentials{}, err
	}
	if err := a.Store.ForgiveAttempt(ctx, byName, byAddress); err != nil {
		return store.Credentials{}, err
	}
	return c, a.admissible(c, from)
}

// NameKey is the key under which failures of a name, or an address, are counted. People type passwords where names belong.
func NameKey(name string) []byte {
	sum := sha256.Sum256([]byte(name))
	return sum[:]
}

func (a *Auth) compare(ctx context.Context, c store.Credentials, password string) error {
	if c.PasswordHash == "" {
		_, _ = Matches(password, a.dummy) // for the time it takes
		return ErrWrong
	}
	ok, err := Matches(password, c.PasswordHash)
	if err != nil {
		return fmt.Errorf("checking the password of %s: %w", c.AccountID, err)
	}
	if !ok {
		return ErrWrong
	}
	if a.Cost.outdated(c.PasswordHash) {
		return a.Store.Rehash(ctx, c.AccountID, c.PasswordHash, a.Cost.Hash(password))
	}
	return nil
}

func (a *Auth) admissible(c store.Credentials, from Client) error {
	switch {
	case c.Disabled:
		return ErrDisabled
	case c.Demo && !from.Local && !a.DemoAnywhere:
		return ErrDemoAway
	}
	return nil
}

// takeTurn waits until few enough passwords are being checked; each takes 32 MiB and a processor.
func (a *Auth) takeTurn(ctx context.Context) (leave func(), err error) {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case a.hashing <- struct{}{}:
		return func() { <-a.hashing }, nil
	case <-limit.C:
		return nil, ErrBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// begin makes a session.
func (a *Auth) begin(ctx context.Context, c store.Credentials, means string, from Client) (string, *Session, error) {
	value, token := newToken()
	id, err := uuid.NewV7()
	if err != nil {
		return "", nil, fmt.Errorf("making an id: %w", err)
	}
	now := a.Now()
	row := store.Session{ID: id, Token: token, AccountID: c.AccountID, Means: means, Address: from.Address, Agent: from.Agent,
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(LongLimit)}
	if err := a.Store.AddSession(ctx, row); err != nil {
		return "", nil, err
	}
	s, err := a.fetch(ctx, token)
	if err == nil && s == nil {
		err = ErrDisabled // between the check and now
	}
	return value, s, err
}

// SignOut ends a session.
func (a *Auth) SignOut(ctx context.Context, s *Session) error {
	err := a.Store.EndSession(ctx, s.PersonID, s.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	a.forget(s)
	return nil
}

// ChangePassword replaces the password of whoever asks, and ends the other sessions. A wrong present one counts as a
// failed sign-in.
func (a *Auth) ChangePassword(ctx context.Context, s *Session, present, next string, from Client) error {
	if err := CheckPassword(next, s.AccountName); err != nil {
		return err
	}
	if s.HasPassword {
		if _, err := a.check(ctx, s.AccountName, present, from); err != nil {
			return err
		}
	}
	if plain(present) == plain(next) {
		return &WeakPasswordError{"password_same", "新密码与旧密码相同", "the new password is the old one"}
	}
	hash, err := a.hash(ctx, next)
	if err != nil {
		return err
	}
	if err := a.Store.SetPassword(ctx, store.Actor{Name: s.AccountName, Source: "account"}, s.PersonID, hash, false, s.ID, a.Now()); err != nil {
		return err
	}
	return a.Renew(ctx, a.Store.Pool())
}

// hash makes the stored form of a password, in turn with those being checked.
func (a *Auth) hash(ctx context.Context, password string) (string, error) {
	leave, err := a.takeTurn(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return a.Cost.Hash(password), nil
}

// NewTemporaryPassword makes a password that is told once, and its stored form.
func (a *Auth) NewTemporaryPassword(ctx context.Context) (password, hash string, err error) {
	password = TemporaryPassword()
	hash, err = a.hash(ctx, password)
	return password, hash, err
}
