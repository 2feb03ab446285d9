package api

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
)

// pathAuthority is where phones get the certificate of the installation's private authority, before they trust it.
const pathAuthority = "/ca.crt"

// authority answers GET /ca.crt. The type lets phones offer to install it.
func (s *server) authority(c echo.Context) error {
	var der []byte
	if s.Authority != nil {
		der = s.Authority()
	}
	if der == nil {
		return &refusal{status: http.StatusNotFound, code: "no_authority", text: layer.Text{
			Zh: "本服务器没有私有 CA 证书", En: "this server has no private certificate authority"}}
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	return c.Blob(http.StatusOK, typeAuthority, der)
}

const typeAuthority = "application/x-x509-ca-cert"

// strictTransport is the value of Strict-Transport-Security; nil for none.
func strictTransport(d time.Duration) []string {
	if d <= 0 {
		return nil
	}
	return []string{fmt.Sprintf("max-age=%d", d/time.Second)}
}

// NewRedirect makes the handler of plain http beside TLS: it gives the authority's certificate and leads every page to
// https on the given port ("" for the usual one). What would send something is refused: it has travelled readable already,
// and shall not go on working. Which host names are ours say the settings and, at each request, the certificate in use.
func NewRedirect(hosts []string, certified func(name string) bool, port string, authority func() []byte) http.Handler {
	names := newHostNames(hosts, certified)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["X-Content-Type-Options"] = valueNosniff
		der := authority()
		switch {
		case !names.allow(r.Host):
			http.Error(w, errHost.text.Zh+" / "+errHost.text.En, http.StatusMisdirectedRequest)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			http.Error(w, "请使用 https / use https", http.StatusForbidden)
		case r.URL.Path == pathAuthority && der != nil:
			w.Header().Set("Content-Type", typeAuthority)
			w.Header().Set("Cache-Control", "no-cache")
			_, _ = w.Write(der) // who has gone away needs no answer
		default:
			http.Redirect(w, r, secureAddress(r, port), http.StatusPermanentRedirect)
		}
	})
}

func secureAddress(r *http.Request, port string) string {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
		if ip := net.ParseIP(name); ip != nil && ip.To4() == nil {
			host = "[" + name + "]"
		}
	}
	if port != "" {
		host += ":" + port
	}
	return (&url.URL{Scheme: "https", Host: host, Path: r.URL.Path, RawQuery: r.URL.RawQuery}).String()
}
