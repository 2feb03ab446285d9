package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"fourmaps/server/store"
)

// OIDCOptions name an OpenID Connect issuer with which people may sign in. Without an Issuer there is none.
type OIDCOptions struct {
	Issuer       string // address, such as https://login.county.example/realms/staff
	ClientID     string
	ClientSecret string
	Label        string // on the button
	Claim        string // what the issuer calls a person: preferred_username, email …
}

// oidcClient finds the issuer when it is first needed, so that a server starts without it.
type oidcClient struct {
	OIDCOptions
	mu       sync.Mutex
	provider *oidc.Provider
}

func newOIDCClient(o OIDCOptions) *oidcClient {
	if o.Issuer == "" {
		return nil
	}
	return &oidcClient{OIDCOptions: o}
}

// ErrNoOIDC means that sign-in by OIDC is not configured, or that the issuer does not answer.
var ErrNoOIDC = errors.New("sign-in by OIDC is not to be had")

// discovery is how long the issuer may take to say where it is what.
const discovery = 10 * time.Second

func (o *oidcClient) find(ctx context.Context) (*oidc.Provider, error) {
	if o == nil {
		return nil, ErrNoOIDC
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider != nil {
		return o.provider, nil
	}
	ctx, cancel := context.WithTimeout(ctx, discovery)
	defer cancel()
	provider, err := oidc.NewProvider(ctx, o.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoOIDC, err)
	}
	o.provider = provider
	return provider, nil
}

func (o *oidcClient) config(provider *oidc.Provider, back string) oauth2.Config {
	return oauth2.Config{ClientID: o.ClientID, ClientSecret: o.ClientSecret, Endpoint: provider.Endpoint(), RedirectURL: back,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
}

// Pending is what the browser keeps between going to the issuer and coming back.
type Pending struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // PKCE
	Next     string `json:"next"`     // path to go on to
}

// StartOIDC gives the issuer's address to send the browser to. back is our own address that it comes back to.
func (a *Auth) StartOIDC(ctx context.Context, back, next string) (address string, p Pending, err error) {
	provider, err := a.oidc.find(ctx)
	if err != nil {
		return "", Pending{}, err
	}
	p = Pending{State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier(), Next: next}
	config := a.oidc.config(provider, back)
	return config.AuthCodeURL(p.State, oidc.Nonce(p.Nonce), oauth2.S256ChallengeOption(p.Verifier)), p, nil
}

func random() string {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// FinishOIDC begins a session for whom the issuer sent back with a code.
func (a *Auth) FinishOIDC(ctx context.Context, back string, p Pending, state, code string, from Client) (value string, s *Session, err error) {
	provider, err := a.oidc.find(ctx)
	if err != nil {
		return "", nil, err
	}
	if p.State == "" || subtle.ConstantTimeCompare([]byte(p.State), []byte(state)) != 1 {
		return "", nil, ErrWrong
	}
	ctx, cancel := context.WithTimeout(ctx, discovery)
	defer cancel()
	name, subject, err := a.oidc.identity(ctx, provider, back, p, code)
	if err != nil {
		return "", nil, err
	}
	c, err := a.Store.CredentialsByOIDC(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil, ErrNoAccount
	}
	if err != nil {
		return "", nil, err
	}
	if c.OIDCSubject != "" && c.OIDCSubject != subject { // the name was given to somebody else
		return "", nil, ErrNoAccount
	}
	if err := a.admissible(c, from); err != nil {
		return "", nil, err
	}
	if c.OIDCSubject == "" {
		if err := a.Store.BindOIDC(ctx, c.AccountID, subject); err != nil {
			return "", nil, err
		}
	}
	return a.begin(ctx, c, "oidc", from)
}

// identity exchanges the code for the issuer's word on who it is: the name by the claim, and issuer and subject.
func (o *oidcClient) identity(ctx context.Context, provider *oidc.Provider, back string, p Pending, code string) (name, subject string, err error) {
	config := o.config(provider, back)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(p.Verifier))
	if err != nil {
		var refused *oauth2.RetrieveError
		if errors.As(err, &refused) {
			return "", "", fmt.Errorf("%w: the issuer refuses the code: %s", ErrWrong, refused.ErrorCode)
		}
		return "", "", fmt.Errorf("%w: exchanging the code: %w", ErrNoOIDC, err)
	}
	raw, _ := token.Extra("id_token").(string)
	word, err := provider.Verifier(&oidc.Config{ClientID: o.ClientID}).Verify(ctx, raw)
	if err != nil {
		return "", "", fmt.Errorf("%w: %w", ErrWrong, err)
	}
	if subtle.ConstantTimeCompare([]byte(word.Nonce), []byte(p.Nonce)) != 1 {
		return "", "", fmt.Errorf("%w: the nonce is another", ErrWrong)
	}
	var claims map[string]any
	if err := word.Claims(&claims); err != nil {
		return "", "", fmt.Errorf("%w: reading the claims: %w", ErrWrong, err)
	}
	name, _ = claims[o.Claim].(string)
	if verified, said := claims["email_verified"].(bool); o.Claim == "email" && said && !verified {
		name = ""
	}
	if name == "" {
		return "", "", ErrNoAccount
	}
	return name, word.Issuer + " " + word.Subject, nil
}

// OIDCLabel is what the button for sign-in by OIDC says; "" for none.
func (a *Auth) OIDCLabel() string {
	if a.oidc == nil {
		return ""
	}
	return a.oidc.Label
}
