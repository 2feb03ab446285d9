// Package certificate is TLS for installations without a public certificate: a private certificate authority, the
// server's certificate that it issues, and certificate files that are read again when they change.
package certificate

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
)

// Error says in one sentence why a certificate cannot be made or used.
type Error struct {
	Zh, En string
	Err    error
}

func (e *Error) Error() string { return e.En }

func (e *Error) Unwrap() error { return e.Err }

// Sentences gives what to tell a person, in Chinese and in English.
func (e *Error) Sentences() (chinese, english string) { return e.Zh, e.En }

// Names are what a certificate is good for.
type Names struct {
	Hosts []string // DNS names in lower case
	IPs   []net.IP
}

// hostName is a DNS name; Chinese names are written in their xn-- form.
var hostName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

// ParseNames sorts texts into host names and addresses. The names of the machine itself always come with them.
func ParseNames(texts []string) (Names, error) {
	n := Names{Hosts: []string{"localhost"}, IPs: []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback}}
	seen := map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}
	for _, text := range texts {
		text = strings.ToLower(strings.Trim(strings.TrimSpace(text), "[]"))
		ip := net.ParseIP(text)
		if ip == nil && (len(text) > 253 || !hostName.MatchString(text)) {
			return Names{}, &Error{
				Zh: fmt.Sprintf("“%s”不是主机名或 IP 地址（不要带 https:// 和端口，中文域名请写 xn-- 形式）。", text),
				En: fmt.Sprintf("%q is neither a host name nor an IP address (write no https:// and no port, and names in Chinese in their xn-- form).", text),
			}
		}
		if ip != nil {
			text = ip.String()
			if v4 := ip.To4(); v4 != nil {
				ip = v4
			}
		}
		if seen[text] {
			continue
		}
		seen[text] = true
		if ip != nil {
			n.IPs = append(n.IPs, ip)
		} else {
			n.Hosts = append(n.Hosts, text)
		}
	}
	return n, nil
}

// Texts are all names, as people write them.
func (n Names) Texts() []string {
	out := append([]string{}, n.Hosts...)
	for _, ip := range n.IPs {
		out = append(out, ip.String())
	}
	return out
}

// NamesOf are the names that a certificate is good for.
func NamesOf(c *x509.Certificate) Names {
	return Names{Hosts: c.DNSNames, IPs: c.IPAddresses}
}

// Fingerprint is the SHA-256 sum of a certificate as phones and PCs show it, to be compared before it is trusted.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(parts, ":")
}

func encodeCertificate(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func encodeKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("writing a private key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

var errNotPEM = errors.New("no PEM block of the kind that is expected")

// parseCertificate reads the first certificate of a PEM text.
func parseCertificate(text []byte) (*x509.Certificate, error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			return x509.ParseCertificate(block.Bytes)
		}
	}
	return nil, errNotPEM
}

func parseKey(text []byte) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errNotPEM
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	ours, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errNotPEM
	}
	return ours, nil
}
