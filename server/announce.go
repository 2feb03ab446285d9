package main

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"fourmaps/server/certificate"
)

// views are the maps as the frontend knows them in its addresses.
var views = []struct{ name, chinese, english string }{
	{"all", "四图合一", "all four maps"},
	{"risk", "风险隐患图", "risk and hidden dangers"},
	{"material", "物资装备图", "material and equipment"},
	{"force", "防控力量图", "response forces"},
	{"command", "指挥调度图", "command and dispatch"},
}

// announce prints the addresses of the maps for whoever started the program, and what ends with it.
func (p *program) announce(address net.Addr, served *certificate.Served, took time.Duration, private bool) {
	root := rootURL(address, served != nil)
	fmt.Fprintf(p.out, "\n一网四图 One Network, Four Maps %s · ready after %.1f s\n\n", buildVersion(), took.Seconds())
	for _, view := range views {
		at := root
		if view.name != "all" {
			at += "?" + url.Values{"map": {view.name}}.Encode()
		}
		fmt.Fprintf(p.out, "  %-40s %s %s\n", at, view.chinese, view.english)
	}
	stops := "the server"
	if private {
		stops += " and its database"
	}
	fmt.Fprintf(p.out, "\nCtrl-C stops %s.\n", stops)
	if served == nil && !isLoopback(address) {
		p.log.Warn("without TLS (`fourmaps certificate NAME`, or a proxy in front) passwords travel readable to everybody on the line", "address", address.String())
	}
}

// rootURL is an address that works in a browser on this machine.
func rootURL(address net.Addr, secure bool) string {
	scheme := "http://"
	if secure {
		scheme = "https://"
	}
	tcp, ok := address.(*net.TCPAddr)
	if !ok {
		return scheme + address.String() + "/"
	}
	host := tcp.IP.String()
	if tcp.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + net.JoinHostPort(host, strconv.Itoa(tcp.Port)) + "/"
}

func isLoopback(address net.Addr) bool {
	tcp, ok := address.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
