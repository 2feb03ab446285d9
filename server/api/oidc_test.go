package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"fourmaps/server/auth"
	"fourmaps/server/store"
)

// issuer is an OpenID Connect issuer that lets in whom it is told to.
type issuer struct {
	*httptest.Server
	t   *testing.T
	key *ecdsa.PrivateKey
	mu  sync.Mutex
	// what the next token says
	name, subject, nonce, challenge string
	broken                          func(claims map[string]any)
}

func newIssuer(t *testing.T) *issuer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{t: t, key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.answer(w, map[string]any{"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"ES256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		i.answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("/token", i.token)
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		i.t.Error(err)
	}
}

// token exchanges the code, for who proves to have begun (PKCE).
func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	proof := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if r.FormValue("code") != "the-code" || base64.RawURLEncoding.EncodeToString(proof[:]) != i.challenge {
		w.WriteHeader(http.StatusBadRequest)
		i.answer(w, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{"iss": i.URL, "aud": "fourmaps", "sub": i.subject, "nonce": i.nonce, "preferred_username": i.name,
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()}
	if i.broken != nil {
		i.broken(claims)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.key, KeyID: "k"}}, nil)
	if err != nil {
		i.t.Error(err)
		return
	}
	body, _ := json.Marshal(claims)
	signed, err := signer.Sign(body)
	if err != nil {
		i.t.Error(err)
		return
	}
	word, _ := signed.CompactSerialize()
	i.answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": word})
}

// through goes to the issuer and comes back: the place to go on to and the session's cookie.
func (i *issuer) through(r *running, name, subject string) (place, session string) {
	i.t.Helper()
	status, h, body := r.send("GET", "/api/session/oidc?next=/risk%3Farea%3D990101", nil, "Cookie", "")
	if status != 302 {
		i.t.Fatalf("%d %s", status, body)
	}
	there, err := url.Parse(h.Get("Location"))
	if err != nil || !strings.HasPrefix(h.Get("Location"), i.URL+"/authorize?") || there.Query().Get("redirect_uri") != r.url+"/api/session/oidc/return" {
		i.t.Fatalf("%s %v", h.Get("Location"), err)
	}
	i.mu.Lock()
	i.name, i.subject, i.nonce, i.challenge = name, subject, there.Query().Get("nonce"), there.Query().Get("code_challenge")
	i.mu.Unlock()
	pending, _, _ := strings.Cut(h.Get("Set-Cookie"), ";")
	status, h, body = r.send("GET", "/api/session/oidc/return?"+url.Values{"code": {"the-code"}, "state": {there.Query().Get("state")}}.Encode(), nil, "Cookie", pending)
	if status != 303 {
		i.t.Fatalf("%d %s", status, body)
	}
	for _, cookie := range h.Values("Set-Cookie") {
		if strings.HasPrefix(cookie, auth.CookieName+"=") {
			session, _, _ = strings.Cut(cookie, ";")
		}
	}
	return h.Get("Location"), session
}

// withOIDC makes the server know an issuer.
func withOIDC(address string) func(*apiOptions) {
	return func(o *apiOptions) {
		o.Auth = auth.New(auth.Options{Store: o.Store, Log: o.Log, Now: time.Now, Cost: cheap,
			OIDC: auth.OIDCOptions{Issuer: address, ClientID: "fourmaps", ClientSecret: "s", Label: "统一认证", Claim: "preferred_username"}})
	}
}

func TestSingleSignOn(t *testing.T) {
	i := newIssuer(t)
	r := start(t, withOIDC(i.URL))
	r.account("wang", "viewer")
	r.sql(`UPDATE account SET oidc_name = 'wang.jianguo' WHERE name = 'wang'`)
	place, session := i.through(r, "wang.jianguo", "subject-1")
	if place != "/risk?area=990101" || session == "" {
		t.Fatalf("%q %q", place, session)
	}
	if status, _, body := r.send("GET", "/api/me", nil, "Cookie", session); status != 200 || !strings.Contains(body, `"means":"oidc"`) {
		t.Errorf("%d %s", status, body)
	}
	for name, c := range map[string]struct {
		name, subject, code string
		broken              func(map[string]any)
	}{
		"somebody without an account":           {"li", "subject-2", "no_account", nil},
		"the name given to somebody else":       {"wang.jianguo", "subject-2", "no_account", nil},
		"a word for another server":             {"wang.jianguo", "subject-1", "wrong_password", func(c map[string]any) { c["aud"] = "another" }},
		"a word of another issuer":              {"wang.jianguo", "subject-1", "wrong_password", func(c map[string]any) { c["iss"] = "http://evil.example" }},
		"an old word":                           {"wang.jianguo", "subject-1", "wrong_password", func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() }},
		"the word of another sign-in (a nonce)": {"wang.jianguo", "subject-1", "wrong_password", func(c map[string]any) { c["nonce"] = "another" }},
	} {
		i.broken = c.broken
		if place, session := i.through(r, c.name, c.subject); session != "" || place != "/?sign_in="+c.code {
			t.Errorf("%s: %q, signed in: %v", name, place, session != "")
		}
	}
	i.broken = nil
	r.sql(`UPDATE account SET disabled_at = now() WHERE name = 'wang'`)
	if place, session := i.through(r, "wang.jianguo", "subject-1"); session != "" || place != "/?sign_in=account_disabled" {
		t.Errorf("a disabled account: %q", place)
	}
}

// TestSingleSignOnIsNoTrap: without the browser's own beginning nothing is finished, and no link leads elsewhere.
func TestSingleSignOnIsNoTrap(t *testing.T) {
	i := newIssuer(t)
	r := start(t, withOIDC(i.URL))
	_, h, _ := r.send("GET", "/api/session/oidc/return?code=the-code&state=x", nil, "Cookie", "")
	if h.Get("Location") != "/?sign_in=wrong_password" {
		t.Errorf("a sign-in that somebody else began: %q", h.Get("Location"))
	}
	for _, next := range []string{"//evil.example", "https://evil.example/", `/\evil.example`, "javascript:alert(1)", ""} {
		_, h, _ := r.send("GET", "/api/session/oidc?"+url.Values{"next": {next}}.Encode(), nil, "Cookie", "")
		kept, _, _ := strings.Cut(strings.TrimPrefix(h.Get("Set-Cookie"), "fourmaps_oidc="), ";")
		text, _ := base64.RawURLEncoding.DecodeString(kept)
		if !strings.Contains(string(text), `"next":"/"`) {
			t.Errorf("%q is kept as %s", next, text)
		}
	}
}

// TestTheServerStartsWithoutItsIssuer, says that it is away, and finds it later.
func TestTheServerStartsWithoutItsIssuer(t *testing.T) {
	i := newIssuer(t)
	address := i.URL
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	r := start(t, withOIDC(gone.URL))
	if status, _, body := r.send("GET", "/api/session/oidc", nil, "Cookie", ""); status != 502 || !strings.Contains(body, "oidc_unavailable") {
		t.Errorf("%d %s", status, body)
	}
	who := auth.New(auth.Options{Store: (*store.Store)(nil), Cost: cheap, OIDC: auth.OIDCOptions{Issuer: address, ClientID: "fourmaps", Claim: "sub"}})
	if _, _, err := who.StartOIDC(t.Context(), "http://localhost/back", "/"); err != nil {
		t.Errorf("an issuer that is there: %v", err)
	}
}
