package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestServerSpeaksTLSAfterOneCommand: certificate, start, phone.
func TestServerSpeaksTLSAfterOneCommand(t *testing.T) {
	folder := dataFolder(t)
	if out, code := runProgram(t, programCommand(t, "certificate", "--data", folder, "maps.county.example")); code != 0 || !strings.Contains(out, "https://maps.county.example/ca.crt") && !strings.Contains(out, "https://maps.county.example:8080/ca.crt") {
		t.Fatalf("exit %d: %s", code, out)
	}
	plain := freeAddress(t)
	s := startServer(t, folder, "--demo", "no", "--http-redirect", plain, "--hsts", "24h")
	if !strings.HasPrefix(s.root, "https://127.0.0.1:") {
		t.Fatalf("the server announces %s", s.root)
	}
	browser := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get("http://" + plain + "/ca.crt")
	if err != nil {
		t.Fatal(err)
	}
	der, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	ca, parseErr := x509.ParseCertificate(der)
	if err != nil || parseErr != nil {
		t.Fatalf("the phone cannot read the authority: %v, %v", err, parseErr)
	}
	if answer, err := browser.Get("http://" + plain + "/risk"); err != nil || answer.StatusCode != 308 || answer.Header.Get("Location") != s.root+"risk" {
		t.Errorf("plain http leads to %v, %v", answer, err)
	}

	pool := x509.NewCertPool()
	pool.AddCert(ca)
	browser.Transport = &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "maps.county.example"}}
	request, _ := http.NewRequest("POST", s.root+"api/session", strings.NewReader(`{"name":"nobody","password":"wrong"}`))
	request.Host = "maps.county.example" // allowed by the certificate, without another setting
	request.Header.Set("Content-Type", "application/json")
	answer, err = browser.Do(request)
	if err != nil || answer.StatusCode != 401 || answer.ProtoMajor != 2 || answer.Header.Get("Strict-Transport-Security") != "max-age=86400" {
		t.Errorf("signing in over TLS: %v, %v", answer, err)
	}
	address := strings.Trim(strings.TrimPrefix(s.root, "https://"), "/")
	if out, code := runProgram(t, programCommand(t, "ready", "--listen", address)); code != 0 {
		t.Errorf("ready: exit %d: %s", code, out)
	}

	before, _ := os.ReadFile(filepath.Join(folder, "authority", "ca.crt"))
	if out, code := runProgram(t, programCommand(t, "certificate", "--data", folder)); code != 0 || !strings.Contains(out, "phones need nothing") {
		t.Errorf("renewing: exit %d: %s", code, out)
	}
	if after, _ := os.ReadFile(filepath.Join(folder, "authority", "ca.crt")); string(after) != string(before) {
		t.Error("the renewal made another authority")
	}
	first := answer.TLS.PeerCertificates[0].SerialNumber
	eventually(t, "the renewed certificate is served", func() bool {
		conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool, ServerName: "maps.county.example"})
		if err != nil {
			return false
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.Cmp(first) != 0
	})
	if err := s.end(syscall.SIGTERM); err != nil {
		t.Errorf("the server ended with %v:\n%s", err, s.log)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestWrongCertificatesAreToldBeforeAnythingStarts(t *testing.T) {
	folder := t.TempDir()
	junk := filepath.Join(folder, "junk.pem")
	os.WriteFile(junk, []byte("junk"), 0o600)
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"a certificate without a key": {[]string{"serve", "--tls-cert", junk}, "must be set together"},
		"no such file":                {[]string{"serve", "--tls-cert", junk + "x", "--tls-key", junk}, "junk.pemx cannot be read"},
		"junk":                        {[]string{"serve", "--tls-cert", junk, "--tls-key", junk}, "holds no PEM certificate"},
		"a redirect without TLS":      {[]string{"serve", "--http-redirect", "127.0.0.1:0"}, "need TLS"},
		"HSTS without TLS":            {[]string{"serve", "--hsts", "1h"}, "need TLS"},
		"a negative time":             {[]string{"serve", "--hsts", "-1h"}, "negative"},
		"an address as a name":        {[]string{"certificate", "https://maps"}, "neither a host name nor an IP address"},
		"no names":                    {[]string{"certificate"}, "Say by which host names"},
	} {
		out, code := runProgram(t, programCommand(t, append(c.args, "--data", filepath.Join(folder, "data"))...))
		if code != 1 || !strings.Contains(out, c.says) || strings.Count(strings.TrimSpace(out), "\n") > 0 {
			t.Errorf("%s: exit %d: %s", name, code, out)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "data")); err == nil {
		t.Error("something was made before the mistake was told")
	}
}
