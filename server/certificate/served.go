package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// lookAgain is how often the files may be looked at; a handshake takes a millisecond, a look some microseconds.
const lookAgain = time.Second

// soon is how long before its end a certificate is spoken of in the log.
const soon = 45 * 24 * time.Hour

// Served is a certificate and its key in files, as the server presents them. Files that change are read again with the
// next handshake; while the new ones are broken the old ones are served.
type Served struct {
	cert, key string
	log       *slog.Logger
	now       func() time.Time

	mu      sync.Mutex
	present *tls.Certificate
	state   [2]stamp
	looked  time.Time
}

// stamp is what tells that a file is another one.
type stamp struct {
	changed time.Time
	size    int64
}

// Open reads a certificate, with those that lead to its authority after it, and its key; both PEM.
func Open(cert, key string, log *slog.Logger, now func() time.Time) (*Served, error) {
	s := &Served{cert: cert, key: key, log: log, now: now}
	state, err := s.look()
	if err != nil {
		return nil, err
	}
	if s.present, err = s.read(); err != nil {
		return nil, err
	}
	s.state, s.looked = state, now()
	s.warn()
	return s, nil
}

// Config is how the server speaks TLS: 1.2 and 1.3 with the suites of Go, HTTP/2 first.
func (s *Served) Config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return s.current(), nil },
	}
}

// For tells whether the certificate that is served now is for a host name or an address.
func (s *Served) For(name string) bool { return s.current().Leaf.VerifyHostname(name) == nil }

// Authority is the certificate of the private authority that phones install, DER; nil when no ca.crt lies beside the
// server's certificate.
func (s *Served) Authority() []byte {
	text, err := os.ReadFile(filepath.Join(filepath.Dir(s.cert), AuthorityFile))
	if err != nil {
		return nil
	}
	found, err := parseCertificate(text)
	if err != nil || !found.IsCA {
		return nil
	}
	return found.Raw
}

// current is the certificate of the files as they are now.
func (s *Served) current() *tls.Certificate {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if now.Sub(s.looked) < lookAgain {
		return s.present
	}
	s.looked = now
	state, err := s.look()
	if err == nil && state == s.state {
		return s.present
	}
	var renewed *tls.Certificate
	if err == nil {
		renewed, err = s.read()
	}
	if err != nil {
		s.log.Warn("the certificate files have changed and cannot be used; the old certificate is served", "error", err)
		return s.present
	}
	s.present, s.state = renewed, state
	s.log.Info("the certificate was renewed", "until", renewed.Leaf.NotAfter)
	s.warn()
	return s.present
}

// Warn says in the log when the certificate is about to end or has ended.
func (s *Served) Warn() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.warn()
}

func (s *Served) warn() {
	if until := s.present.Leaf.NotAfter; s.now().Add(soon).After(until) {
		s.log.Warn("the certificate ends soon or has ended: renew it (`fourmaps certificate` does, if it has made it)", "until", until, "file", s.cert)
	}
}

func (s *Served) look() (state [2]stamp, err error) {
	for i, path := range []string{s.cert, s.key} {
		info, err := os.Stat(path)
		if err != nil {
			return state, unusable(path, err)
		}
		state[i] = stamp{info.ModTime(), info.Size()}
	}
	return state, nil
}

func (s *Served) read() (*tls.Certificate, error) {
	cert, err := os.ReadFile(s.cert)
	if err != nil {
		return nil, unusable(s.cert, err)
	}
	key, err := os.ReadFile(s.key)
	if err != nil {
		return nil, unusable(s.key, err)
	}
	if _, err := parseCertificate(cert); err != nil {
		return nil, &Error{
			Zh:  fmt.Sprintf("文件 %s 里没有可用的 PEM 证书。", s.cert),
			En:  fmt.Sprintf("The file %s holds no PEM certificate that can be used.", s.cert),
			Err: err,
		}
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, &Error{
			Zh:  fmt.Sprintf("文件 %s 不是证书 %s 的 PEM 私钥（加密的私钥请先解密）。", s.key, s.cert),
			En:  fmt.Sprintf("The file %s is not the PEM private key of the certificate %s (an encrypted key has to be decrypted first).", s.key, s.cert),
			Err: err,
		}
	}
	if pair.Leaf == nil {
		if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return nil, unusable(s.cert, err)
		}
	}
	return &pair, nil
}

func unusable(path string, err error) error {
	why, zh := err, ""
	var at *fs.PathError
	if errors.As(err, &at) {
		why = at.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		zh = "没有这个文件"
	case errors.Is(err, fs.ErrPermission):
		zh = "没有读取权限"
	default:
		zh = why.Error()
	}
	return &Error{
		Zh:  fmt.Sprintf("无法读取证书文件 %s：%s。", path, zh),
		En:  fmt.Sprintf("The certificate file %s cannot be read: %v.", path, why),
		Err: err,
	}
}
