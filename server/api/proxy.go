package api

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"

	"github.com/labstack/echo/v4"
)

// proxies are the addresses of reverse proxies whose word on the client is taken.
type proxies []netip.Prefix

func newProxies(texts []string) (proxies, error) {
	var out proxies
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			address, err := netip.ParseAddr(text)
			if err != nil {
				return nil, fmt.Errorf("reading the address of a proxy: %w", err)
			}
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		out = append(out, prefix)
	}
	return out, nil
}

// extractor gives the client's address: that of the connection, or what a trusted proxy says.
func (p proxies) extractor() echo.IPExtractor {
	if len(p) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, prefix := range p {
		options = append(options, echo.TrustIPRange(&net.IPNet{IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen())}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// local tells whether a request comes from the server's own machine: from a loopback address, without a proxy between.
func (p proxies) local(r *http.Request) bool {
	for _, header := range [...]string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"} {
		if len(r.Header[header]) > 0 {
			return false
		}
	}
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && address.Addr().Unmap().IsLoopback()
}

// secure tells whether the browser speaks TLS with us, or with a trusted proxy in front.
func (p proxies) secure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || r.Header.Get("X-Forwarded-Proto") != "https" {
		return false
	}
	for _, prefix := range p {
		if prefix.Contains(address.Addr().Unmap()) {
			return true
		}
	}
	return false
}
