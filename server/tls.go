package main

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"fourmaps/server/api"
	"fourmaps/server/certificate"
)

// certificate opens the files by which the server speaks TLS: those that are set, or those that `fourmaps certificate`
// made; nil for none.
func (p *program) certificate() (*certificate.Served, error) {
	cert, key := p.config.TLSCert, p.config.TLSKey
	if (cert == "") != (key == "") {
		return nil, &told{
			chinese: "FOURMAPS_TLS_CERT 和 FOURMAPS_TLS_KEY 必须同时设置。",
			english: "FOURMAPS_TLS_CERT and FOURMAPS_TLS_KEY must be set together.",
		}
	}
	if cert == "" {
		folder, err := p.config.dataFolder()
		if err != nil {
			return nil, err
		}
		cert, key = filepath.Join(folder, "tls", certificate.ServerFile), filepath.Join(folder, "tls", certificate.ServerKeyFile)
		if _, err := os.Stat(cert); errors.Is(err, fs.ErrNotExist) {
			return nil, p.refuseWithoutTLS()
		}
	}
	return certificate.Open(cert, key, p.log, time.Now)
}

// refuseWithoutTLS refuses settings that would do nothing.
func (p *program) refuseWithoutTLS() error {
	if p.config.HTTPRedirect == "" && p.config.HSTS == 0 {
		return nil
	}
	return &told{
		chinese: "FOURMAPS_HTTP_REDIRECT 和 FOURMAPS_HSTS 需要 TLS：请先设置证书，或运行 `fourmaps certificate 主机名`。",
		english: "FOURMAPS_HTTP_REDIRECT and FOURMAPS_HSTS need TLS: set a certificate, or run `fourmaps certificate NAME` first.",
	}
}

func tlsConfig(served *certificate.Served) *tls.Config {
	if served == nil {
		return nil
	}
	return served.Config()
}

// serveOver answers over TLS where the server has a certificate.
func serveOver(server *http.Server, listener net.Listener) error {
	if server.TLSConfig == nil {
		return server.Serve(listener)
	}
	return server.ServeTLS(listener, "", "")
}

// certifiedBy tells by which names browsers may ask beside those that are set: those that the certificate proves to be ours.
func certifiedBy(served *certificate.Served) func(name string) bool {
	if served == nil {
		return nil
	}
	return served.For
}

func authorityOf(served *certificate.Served) func() []byte {
	if served == nil {
		return nil
	}
	return served.Authority
}

// watchCertificate tells every day of a certificate that is about to end.
func watchCertificate(ctx context.Context, served *certificate.Served) {
	if served == nil {
		return
	}
	daily := time.NewTicker(24 * time.Hour)
	defer daily.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-daily.C:
			served.Warn()
		}
	}
}

// redirecting is the server on the address of plain http.
type redirecting struct{ server *http.Server }

func (r redirecting) close() {
	if r.server != nil {
		r.server.Close()
	}
}

// redirect starts to lead plain http to https, where that is wanted.
func (p *program) redirect(served *certificate.Served, secure net.Addr) (redirecting, error) {
	if served == nil || p.config.HTTPRedirect == "" {
		return redirecting{}, nil
	}
	listener, err := listen(p.config.HTTPRedirect)
	if err != nil {
		return redirecting{}, explainListen(p.config.HTTPRedirect, err)
	}
	port := ""
	if tcp, ok := secure.(*net.TCPAddr); ok && tcp.Port != 443 {
		port = strconv.Itoa(tcp.Port)
	}
	server := &http.Server{
		Handler:           api.NewRedirect(p.config.Hosts, served.For, port, served.Authority),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			p.log.Error("leading plain http to https has ended", "error", err)
		}
	}()
	p.log.Info("plain http leads to https", "address", listener.Addr().String())
	return redirecting{server}, nil
}
