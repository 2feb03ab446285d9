package api_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fourmaps/server/api"
)

func TestPlainHTTPLeadsToTLS(t *testing.T) {
	handler := api.NewRedirect([]string{"maps.county.example"}, func(name string) bool { return name == "10.1.2.3" || name == "fd00::7" }, "8443", func() []byte { return []byte("certificate") })
	for _, c := range []struct {
		name, method, host, path string
		status                   int
		to                       string
	}{
		{"a page", "GET", "maps.county.example", "/risk?area=990101", 308, "https://maps.county.example:8443/risk?area=990101"},
		{"an address with a port", "GET", "10.1.2.3:80", "/", 308, "https://10.1.2.3:8443/"},
		{"an address of version 6", "GET", "[fd00::7]:80", "/", 308, "https://[fd00::7]:8443/"},
		{"a name of somebody else", "GET", "evil.example", "/", 421, ""},
		{"a path that looks like a host", "GET", "10.1.2.3", "//evil.example/x", 308, "https://10.1.2.3:8443//evil.example/x"},
		{"a password", "POST", "10.1.2.3", "/api/session", 403, ""},
		{"the authority's certificate", "GET", "10.1.2.3", "/ca.crt", 200, ""},
		{"the authority's certificate for somebody else", "GET", "evil.example", "/ca.crt", 421, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "http://"+c.host+c.path, strings.NewReader(""))
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != c.status || w.Header().Get("Location") != c.to {
				t.Errorf("%d to %q, want %d to %q", w.Code, w.Header().Get("Location"), c.status, c.to)
			}
		})
	}
}

// TestTheRedirectFollowsTheCertificate: a name that comes with a renewed certificate is led to https without a new start,
// one that went with the old is not.
func TestTheRedirectFollowsTheCertificate(t *testing.T) {
	proven := "old.example"
	handler := api.NewRedirect(nil, func(name string) bool { return name == proven }, "", func() []byte { return nil })
	status := func(host string) int {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", "http://"+host+"/risk", nil))
		return w.Code
	}
	if a, b := status("old.example:80"), status("new.example"); a != 308 || b != 421 {
		t.Errorf("before: %d, %d", a, b)
	}
	proven = "new.example"
	if a, b := status("old.example"), status("NEW.example.:80"); a != 421 || b != 308 {
		t.Errorf("after: %d, %d", a, b)
	}
}

func TestAuthorityIsOfferedToEverybody(t *testing.T) {
	r := start(t, func(o *apiOptions) { o.Authority = func() []byte { return []byte{0x30, 0x82} } })
	r.cookie = ""
	status, header, body := r.get("/ca.crt")
	if status != 200 || header.Get("Content-Type") != "application/x-x509-ca-cert" || string(body) != "\x30\x82" {
		t.Errorf("%d %s %q", status, header.Get("Content-Type"), body)
	}
	if status, _, _ := start(t).get("/ca.crt"); status != 404 {
		t.Errorf("without an authority: %d", status)
	}
}

func TestBrowsersAreBoundToTLSOnlyWhereThatIsSet(t *testing.T) {
	for name, c := range map[string]struct {
		hsts   time.Duration
		secure bool
		want   string
	}{
		"not set":              {0, true, ""},
		"set, over TLS":        {24 * time.Hour, true, "max-age=86400"},
		"set, over plain http": {24 * time.Hour, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, func(o *apiOptions) { o.HSTS, o.Proxies = c.hsts, []string{"127.0.0.1"} })
			proto := "http"
			if c.secure {
				proto = "https"
			}
			status, header, _ := r.get("/healthz", "X-Forwarded-Proto", proto)
			if got := header.Get("Strict-Transport-Security"); got != c.want || status != 200 {
				t.Errorf("%d %q, want %q", status, got, c.want)
			}
		})
	}
}
