package api

import (
	"net"
	"net/http"
	"strings"

	"fourmaps/geo/layer"
)

// hostNames are the names by which the server may be asked. A page from elsewhere whose
// name was made to point at this machine (DNS rebinding) must not read it: its requests carry that other name.
type hostNames struct {
	set       map[string]bool        // in lower case
	certified func(name string) bool // whether the certificate that is served now proves a name to be ours; nil for none
}

func newHostNames(more []string, certified func(name string) bool) hostNames {
	names := hostNames{map[string]bool{"localhost": true, "::1": true}, certified}
	for _, name := range more {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
			names.set[strings.Trim(name, "[]")] = true
		}
	}
	return names
}

// allow tells whether host, as the Host header has it, is one of the names.
func (n hostNames) allow(host string) bool {
	name := host
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		name = host[:i]
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	if name == "127.0.0.1" || n.set[name] {
		return true
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if n.set[name] || strings.HasSuffix(name, ".localhost") {
		return true
	}
	if ip := net.ParseIP(name); ip != nil && ip.IsLoopback() {
		return true
	}
	return n.certified != nil && n.certified(name)
}

var errHost = &refusal{status: http.StatusMisdirectedRequest, code: "host_not_allowed", text: layer.Text{
	Zh: "服务器不以这个主机名提供服务；如需允许，请在 FOURMAPS_HOSTS 中加入",
	En: "the server does not answer to this host name; add it to FOURMAPS_HOSTS to allow it"}}
