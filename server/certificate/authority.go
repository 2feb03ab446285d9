package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"time"
)

// How long what is made here is good for. Apple refuses certificates of servers that are good for more than 825 days.
const (
	authorityYears = 10
	serverLife     = 820 * 24 * time.Hour
	clockSkew      = 24 * time.Hour // phones whose clock is behind
)

// Authority is a private certificate authority.
type Authority struct {
	Certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// privateRanges are the addresses of intranets. An authority may always certify these, so that a server that moves there
// needs no new authority on every phone.
var privateRanges = []string{"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10"}

// newAuthority makes an authority that is good for these names, for what lies below them and for addresses of intranets,
// and for nothing else: phones that trust it are safe even if its key is stolen.
func newAuthority(names Names, now time.Time) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{Organization: []string{"一网四图 One Network, Four Maps"}, CommonName: "Four Maps CA " + mainName(names)},
		NotBefore:    now.Add(-clockSkew), NotAfter: now.AddDate(authorityYears, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         names.Hosts,
	}
	for _, text := range privateRanges {
		_, block, err := net.ParseCIDR(text)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", text, err)
		}
		template.PermittedIPRanges = append(template.PermittedIPRanges, block)
	}
	for _, ip := range names.IPs {
		bits := 8 * len(ip)
		template.PermittedIPRanges = append(template.PermittedIPRanges, &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)})
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("making the authority's certificate: %w", err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading the authority's certificate: %w", err)
	}
	return &Authority{Certificate: made, key: key}, nil
}

// mainName is the name that people know the server by: the first that is not the machine's own.
func mainName(names Names) string {
	if len(names.Hosts) > 1 {
		return names.Hosts[1]
	}
	for _, ip := range names.IPs {
		if !ip.IsLoopback() {
			return ip.String()
		}
	}
	return names.Hosts[0]
}

// refused tells which names the authority may not certify.
func (a *Authority) refused(names Names) []string {
	var out []string
	for _, host := range names.Hosts {
		if !slices.ContainsFunc(a.Certificate.PermittedDNSDomains, func(domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) }) {
			out = append(out, host)
		}
	}
	for _, ip := range names.IPs {
		if !slices.ContainsFunc(a.Certificate.PermittedIPRanges, func(block *net.IPNet) bool { return block.Contains(ip) }) {
			out = append(out, ip.String())
		}
	}
	return out
}

// issue makes a key and a certificate for a server.
func (a *Authority) issue(names Names, now time.Time) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	if names := a.refused(names); len(names) > 0 {
		return nil, nil, &Error{
			Zh: fmt.Sprintf("现有的私有 CA 不能为 %s 签发证书；请加 --new-authority 重新建立 CA（所有手机都要重新安装）。", strings.Join(names, "、")),
			En: fmt.Sprintf("The present authority may not certify %s; --new-authority makes another one, which every phone then has to install.", strings.Join(names, ", ")),
		}
	}
	if now.Add(30 * 24 * time.Hour).After(a.Certificate.NotAfter) {
		return nil, nil, &Error{
			Zh: "私有 CA 即将到期；请加 --new-authority 重新建立 CA（所有手机都要重新安装）。",
			En: "The authority is about to expire; --new-authority makes another one, which every phone then has to install.",
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("making a key: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return nil, nil, err
	}
	until := now.Add(serverLife - clockSkew)
	if until.After(a.Certificate.NotAfter) {
		until = a.Certificate.NotAfter
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: mainName(names)},
		NotBefore:    now.Add(-clockSkew), NotAfter: until,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:              names.Hosts, IPAddresses: names.IPs,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.Certificate, &key.PublicKey, a.key)
	if err != nil {
		return nil, nil, fmt.Errorf("making the server's certificate: %w", err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the server's certificate: %w", err)
	}
	return made, key, nil
}

// newSerial is 126 random bits, which no two certificates share.
func newSerial() (*big.Int, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 126))
	if err != nil {
		return nil, fmt.Errorf("making a serial number: %w", err)
	}
	return serial.Add(serial, big.NewInt(1)), nil
}
