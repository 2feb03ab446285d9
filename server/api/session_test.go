package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"fourmaps/server/auth"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// send asks with a JSON body (nil for none) and gives status, headers and body.
func (r *running) send(method, path string, v any, headers ...string) (int, http.Header, string) {
	r.t.Helper()
	var body io.Reader
	if v != nil {
		text, err := json.Marshal(v)
		if err != nil {
			r.t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, r.url+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept-Language", "en")
	request.Header.Set("Cookie", r.cookie)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer.StatusCode, answer.Header, string(text)
}

type fields map[string]any

const goodPassword = "blue kettle 7 rivers"

// account adds somebody with a password.
func (r *running) account(name, role string) {
	r.t.Helper()
	storetest.SignInAs(r.t, r.pool, name, role, "")
	r.sql(`UPDATE account SET password_hash = $2, password_at = now() WHERE name = $1`, name, cheap.Hash(goodPassword))
	r.eventually("the account is known", func() bool { return r.auth.Renew(r.t.Context(), r.pool) == nil })
}

// signIn signs in by password and gives the cookie.
func (r *running) signIn(name, password string) (status int, cookie, body string) {
	r.t.Helper()
	status, h, body := r.send("POST", "/api/session", fields{"name": name, "password": password}, "Cookie", "")
	cookie, _, _ = strings.Cut(h.Get("Set-Cookie"), ";")
	return status, cookie, body
}

func TestSignInAndOut(t *testing.T) {
	r := start(t)
	r.account("王建国", "viewer")
	status, h, body := r.send("POST", "/api/session", fields{"name": " 王建国 ", "password": goodPassword}, "Cookie", "")
	if status != 200 || !strings.Contains(body, `"layer.read"`) || h.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", status, body)
	}
	set := h.Get("Set-Cookie")
	for _, want := range []string{"fourmaps_session=", "Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=2592000"} {
		if !strings.Contains(set, want) {
			t.Errorf("the cookie %q lacks %s", set, want)
		}
	}
	if strings.Contains(set, "Secure") {
		t.Error("over plain http a Secure cookie would never come back")
	}
	cookie, _, _ := strings.Cut(set, ";")
	if status, _, body := r.send("GET", "/api/me", nil, "Cookie", "theme=dark; "+cookie); status != 200 || !strings.Contains(body, "王建国") {
		t.Errorf("%d %s", status, body)
	}
	if status, _, _ := r.send("DELETE", "/api/session", nil, "Cookie", cookie); status != 204 {
		t.Errorf("signing out: %d", status)
	}
	if status, _, body := r.send("GET", "/api/me", nil, "Cookie", cookie); status != 401 || !strings.Contains(body, "not_signed_in") {
		t.Errorf("after signing out: %d %s", status, body)
	}
}

func TestWrongSignInsTellNothing(t *testing.T) {
	r := start(t)
	r.account("wang", "viewer")
	r.account("gone", "viewer")
	r.sql(`UPDATE account SET disabled_at = now() WHERE name = 'gone'`)
	_, _, wrong := r.signIn("wang", "blue kettle 8 rivers")
	_, _, unknown := r.signIn("nobody", goodPassword)
	if strip(wrong) != strip(unknown) || !strings.Contains(wrong, "wrong_password") {
		t.Errorf("%s\n%s", wrong, unknown)
	}
	if status, _, body := r.signIn("gone", "blue kettle 8 rivers"); status != 401 || !strings.Contains(body, "wrong_password") {
		t.Errorf("a disabled account with a wrong password: %d %s", status, body)
	}
	if status, _, body := r.signIn("gone", goodPassword); status != 403 || !strings.Contains(body, "account_disabled") {
		t.Errorf("a disabled account: %d %s", status, body)
	}
}

// strip takes the request's id out of a problem.
func strip(body string) string {
	before, after, _ := strings.Cut(body, `"request_id":"`)
	_, after, _ = strings.Cut(after, `"`)
	return before + after
}

// TestGuessingIsLockedOut: many guesses at once get no more looks than one after the other, and the wait is told.
func TestGuessingIsLockedOut(t *testing.T) {
	r := start(t)
	r.account("wang", "viewer")
	var wait sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 20 {
		wait.Go(func() {
			status, _, _ := r.signIn("wang", "blue kettle 8 rivers")
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
	}
	wait.Wait()
	if statuses[401] != 5 || statuses[429] != 15 {
		t.Errorf("%v", statuses)
	}
	status, h, body := r.send("POST", "/api/session", fields{"name": "WANG", "password": goodPassword}, "Cookie", "")
	if status != 429 || !strings.Contains(body, "locked_out") || h.Get("Retry-After") == "" || h.Get("Retry-After") > "30" {
		t.Errorf("the right password while locked out: %d %v %s", status, h, body)
	}
	r.sql(`UPDATE sign_in_failure SET until = now()`)
	if status, _, body := r.signIn("wang", goodPassword); status != 200 {
		t.Errorf("after the wait: %d %s", status, body)
	}
	if status, _, _ := r.signIn("wang", "blue kettle 8 rivers"); status != 401 {
		t.Errorf("success does not forget the failures: %d", status)
	}
	r.sql(`UPDATE sign_in_failure SET failures = 40, until = now() + interval '1 minute' WHERE kind = 'address'`)
	if status, _, _ := r.signIn("somebody else", goodPassword); status != 429 {
		t.Errorf("an address that guesses on: %d", status)
	}
}

// TestManySignInsAtOnce: all get in, in turn.
func TestManySignInsAtOnce(t *testing.T) {
	r := start(t)
	r.account("wang", "viewer")
	var wait sync.WaitGroup
	for range 100 {
		wait.Go(func() {
			if status, _, body := r.signIn("wang", goodPassword); status != 200 {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	wait.Wait()
}

func TestOtherSitesCannotChangeAnything(t *testing.T) {
	r := start(t)
	for name, c := range map[string]struct {
		headers []string
		status  int
	}{
		"another site":            {[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		"a sister site":           {[]string{"Sec-Fetch-Site", "same-site"}, 403},
		"an origin of elsewhere":  {[]string{"Origin", "http://evil.example"}, 403},
		"no origin at all (null)": {[]string{"Origin", "null"}, 403},
		"our own page":            {[]string{"Sec-Fetch-Site", "same-origin", "Origin", r.url}, 204},
		"our own page over http":  {[]string{"Origin", r.url}, 204},
		"a program":               {nil, 204},
	} {
		cookie := storetest.SignIn(t, r.pool, "viewer", "")
		if status, _, body := r.send("DELETE", "/api/session", nil, append(c.headers, "Cookie", cookie)...); status != c.status {
			t.Errorf("%s: %d %s", name, status, body)
		}
		want := 401
		if c.status == 403 {
			want = 200
		}
		if status, _, _ := r.send("GET", "/api/me", nil, "Cookie", cookie); status != want {
			t.Errorf("%s: afterwards %d", name, status)
		}
	}
}

func TestChangingThePasswordEndsOtherSessions(t *testing.T) {
	r := start(t)
	r.account("wang", "viewer")
	_, here, _ := r.signIn("wang", goodPassword)
	_, there, _ := r.signIn("wang", goodPassword)
	change := func(present, next string) (int, string) {
		status, _, body := r.send("PUT", "/api/me/password", fields{"present": present, "next": next}, "Cookie", here)
		return status, body
	}
	if status, body := change("wrong", "green kettle 8 rivers"); status != 401 {
		t.Errorf("with a wrong present password: %d %s", status, body)
	}
	if status, body := change(goodPassword, "short"); status != 422 || !strings.Contains(body, "password_too_short") {
		t.Errorf("to a short one: %d %s", status, body)
	}
	if status, body := change(goodPassword, goodPassword); status != 422 || !strings.Contains(body, "password_same") {
		t.Errorf("to the same: %d %s", status, body)
	}
	if status, body := change(goodPassword, "green kettle 8 rivers"); status != 204 {
		t.Fatalf("%d %s", status, body)
	}
	if status, _, _ := r.send("GET", "/api/me", nil, "Cookie", here); status != 200 {
		t.Errorf("the session that changed it: %d", status)
	}
	if status, _, _ := r.send("GET", "/api/me", nil, "Cookie", there); status != 401 {
		t.Errorf("another session: %d", status)
	}
	if status, _, _ := r.signIn("wang", goodPassword); status != 401 {
		t.Errorf("the old password: %d", status)
	}
	if status, _, _ := r.signIn("wang", "green kettle 8 rivers"); status != 200 {
		t.Errorf("the new password: %d", status)
	}
}

// TestRevokedOnEveryServerWithinASecond has two servers on one database.
func TestRevokedOnEveryServerWithinASecond(t *testing.T) {
	r := start(t)
	other := second(t, r)
	person, cookie := storetest.SignInAs(t, r.pool, "wang", "viewer", "")
	permitted := func(on *running) bool {
		_, _, body := on.send("GET", "/api/me", nil, "Cookie", cookie)
		return strings.Contains(body, "layer.read")
	}
	within := func(what string, holds func() bool) {
		t.Helper()
		began := time.Now()
		r.eventually(what, holds)
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %v until %s", took, what)
		}
	}
	if !permitted(r) || !permitted(other) {
		t.Fatal("the session is not known on both servers")
	}
	r.sql(`DELETE FROM person_grant WHERE person_id = $1`, person)
	within("the right is gone on both", func() bool { return !permitted(r) && !permitted(other) })
	r.sql(`INSERT INTO person_grant (person_id, role) VALUES ($1, 'viewer')`, person)
	within("the right is back on both", func() bool { return permitted(r) && permitted(other) })
	if status, _, _ := r.send("DELETE", "/api/people/"+person+"/sessions", nil); status != 204 {
		t.Fatal(status)
	}
	within("the session ended on both", func() bool {
		a, _, _ := r.send("GET", "/api/me", nil, "Cookie", cookie)
		b, _, _ := other.send("GET", "/api/me", nil, "Cookie", cookie)
		return a == 401 && b == 401
	})
}

// second is another server on the database of r.
func second(t *testing.T, r *running) *running {
	t.Helper()
	return startOver(t, r.pool.Config().ConnString())
}

// TestIdleSessionsEnd moves the clock.
func TestIdleSessionsEnd(t *testing.T) {
	url := storetest.URL(t)
	s, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := time.Now()
	who := auth.New(auth.Options{Store: s, Now: func() time.Time { return now }, Cost: cheap})
	pool := storetest.Connect(t, url)
	cookie := storetest.SignIn(t, pool, "viewer", "")
	if _, err := pool.Exec(t.Context(), `UPDATE session SET expires_at = now() + interval '30 days'`); err != nil {
		t.Fatal(err)
	}
	known := func() bool {
		t.Helper()
		found, err := who.Find(t.Context(), cookie)
		if err != nil {
			t.Fatal(err)
		}
		return found != nil
	}
	for _, step := range []struct {
		after time.Duration
		want  bool
	}{{11 * time.Hour, true}, {11 * time.Hour, true}, {11 * time.Hour, true}, {13 * time.Hour, false}} {
		now = now.Add(step.after)
		if err := who.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := known(); got != step.want {
			t.Errorf("%v after its last use it is known: %v", step.after, got)
		}
		if err := who.Sweep(t.Context()); err != nil { // as every 20 s
			t.Fatal(err)
		}
	}
}

// TestDemoAccountsStayAtHome: from another machine, or through a proxy, they do not work unless that was set.
func TestDemoAccountsStayAtHome(t *testing.T) {
	r := start(t)
	r.account("demo-viewer", "viewer")
	r.sql(`UPDATE person SET origin = 'demo' WHERE name = 'demo-viewer'`)
	r.eventually("it is known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	status, cookie, _ := r.signIn("demo-viewer", goodPassword)
	if status != 200 {
		t.Fatal(status)
	}
	if status, _, body := r.send("GET", "/api/me", nil, "Cookie", cookie, "X-Forwarded-For", "10.1.2.3"); status != 403 || !strings.Contains(body, "demo_elsewhere") {
		t.Errorf("its cookie elsewhere: %d %s", status, body)
	}
	if status, _, body := r.send("POST", "/api/session", fields{"name": "demo-viewer", "password": goodPassword}, "Cookie", "", "X-Forwarded-For", "10.1.2.3"); status != 403 || !strings.Contains(body, "demo_elsewhere") {
		t.Errorf("signing in elsewhere: %d %s", status, body)
	}
	if _, _, body := r.send("GET", "/api/session", nil, "Cookie", ""); !strings.Contains(body, `"demo-viewer"`) {
		t.Errorf("at home the account is not offered: %s", body)
	}
	if _, _, body := r.send("GET", "/api/session", nil, "Cookie", "", "X-Forwarded-For", "10.1.2.3"); strings.Contains(body, "demo-viewer") {
		t.Errorf("elsewhere the account is offered: %s", body)
	}
}
