package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func order(folder string, names ...string) Order {
	return Order{Folder: filepath.Join(folder, "tls"), Authority: filepath.Join(folder, "authority"), Names: names, Now: time.Now()}
}

func makeOne(t *testing.T, o Order) *Made {
	t.Helper()
	made, err := Make(o)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// serve answers requests over TLS with the files of a folder until the test ends.
func serve(t *testing.T, s *Served) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{TLSConfig: s.Config(), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) })}
	go server.ServeTLS(listener, "", "")
	t.Cleanup(func() { server.Close() })
	return listener.Addr().String()
}

// trusting is a browser that has installed the authority.
func trusting(ca *x509.Certificate, name string) *http.Client {
	pool := x509.NewCertPool()
	pool.AddCert(ca)
	return &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{ForceAttemptHTTP2: true, DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: name}}}
}

func open(t *testing.T, folder string, now func() time.Time) *Served {
	t.Helper()
	s, err := Open(filepath.Join(folder, ServerFile), filepath.Join(folder, ServerKeyFile), slog.New(slog.DiscardHandler), now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPhonesThatTrustTheAuthorityReachTheServerByEachName(t *testing.T) {
	folder := t.TempDir()
	made := makeOne(t, order(folder, "maps.county.example", "10.1.2.3", "fd00::7"))
	address := serve(t, open(t, filepath.Join(folder, "tls"), time.Now))
	for _, name := range []string{"maps.county.example", "10.1.2.3", "fd00::7", "localhost", "127.0.0.1"} {
		answer, err := trusting(made.Authority, name).Get("https://" + address)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if answer.ProtoMajor != 2 {
			t.Errorf("%s: %s, want HTTP/2", name, answer.Proto)
		}
	}
	if _, err := trusting(made.Authority, "bank.example").Get("https://" + address); err == nil {
		t.Error("the server passed for another name")
	}
	old := trusting(made.Authority, "localhost")
	old.Transport.(*http.Transport).TLSClientConfig.MaxVersion = tls.VersionTLS11
	if _, err := old.Get("https://" + address); err == nil {
		t.Error("the server speaks TLS 1.1")
	}
}

func TestAuthorityIsOfNoUseForOtherNames(t *testing.T) {
	folder := t.TempDir()
	makeOne(t, order(folder, "maps.county.example"))
	authority, err := readAuthority(filepath.Join(folder, "authority"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		ok   bool
	}{{"maps.county.example", true}, {"phone.maps.county.example", true}, {"192.168.7.8", true}, {"bank.example", false}, {"8.8.8.8", false}, {"county.example", false}} {
		_, err := Make(order(folder, c.name))
		var told *Error
		if c.ok != (err == nil) || err != nil && !errors.As(err, &told) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	// Even who has stolen the key cannot pass for another: phones look at the limits.
	all := *authority.Certificate
	all.PermittedDNSDomains = append(slices.Clone(all.PermittedDNSDomains), "bank.example")
	forged, _, err := (&Authority{Certificate: &all, key: authority.key}).issue(Names{Hosts: []string{"bank.example"}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(authority.Certificate)
	if _, err := forged.Verify(x509.VerifyOptions{Roots: pool, DNSName: "bank.example"}); err == nil {
		t.Error("a certificate for another name passes")
	}
}

func TestRenewedCertificateIsTakenUpWithTheNextHandshake(t *testing.T) {
	folder := t.TempDir()
	first := makeOne(t, order(folder, "10.1.2.3"))
	now := time.Now()
	served := open(t, filepath.Join(folder, "tls"), func() time.Time { return now })
	address := serve(t, served)
	client := trusting(first.Authority, "10.1.2.3")
	serial := func() string {
		t.Helper()
		answer, err := client.Get("https://" + address)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		return answer.TLS.PeerCertificates[0].SerialNumber.String()
	}
	if serial() != first.Server.SerialNumber.String() {
		t.Fatal("another certificate is served than was made")
	}
	renewed := makeOne(t, order(folder)) // no names: the same again
	if renewed.NewAuthority || !slices.Equal(NamesOf(renewed.Server).Texts(), NamesOf(first.Server).Texts()) {
		t.Errorf("the renewal changed more than the certificate: %v", NamesOf(renewed.Server).Texts())
	}
	now = now.Add(2 * lookAgain)
	if serial() != renewed.Server.SerialNumber.String() {
		t.Error("the renewed certificate is not served")
	}
	os.WriteFile(filepath.Join(folder, "tls", ServerFile), []byte("half a file"), 0o644)
	now = now.Add(2 * lookAgain)
	if serial() != renewed.Server.SerialNumber.String() {
		t.Error("a broken file took the certificate away")
	}
}

// TestNamesAreThoseOfTheCertificateInUse, wildcards among them, without a new start.
func TestNamesAreThoseOfTheCertificateInUse(t *testing.T) {
	folder := t.TempDir()
	makeOne(t, order(folder, "10.1.2.3", "maps.county.example"))
	now := time.Now()
	served := open(t, filepath.Join(folder, "tls"), func() time.Time { return now })
	is := func(want bool, names ...string) {
		t.Helper()
		for _, name := range names {
			if served.For(name) != want {
				t.Errorf("for %s: %v", name, !want)
			}
		}
	}
	is(true, "10.1.2.3", "maps.county.example", "MAPS.county.example", "127.0.0.1", "::1")
	is(false, "10.1.2.4", "other.county.example", "county.example", "", "maps.county.example.evil.example")
	other := order(folder, "10.1.2.4", "other.county.example")
	other.NewAuthority = true
	makeOne(t, other)
	now = now.Add(2 * lookAgain)
	is(true, "10.1.2.4", "other.county.example")
	is(false, "10.1.2.3", "maps.county.example")
}

func TestKeysAreForTheirOwnerOnly(t *testing.T) {
	folder := t.TempDir()
	makeOne(t, order(folder, "10.1.2.3"))
	for path, want := range map[string]fs.FileMode{"authority": 0o700, "authority/ca.key": 0o600, "tls/server.key": 0o600, "tls/server.crt": 0o644, "tls/ca.crt": 0o644} {
		info, err := os.Stat(filepath.Join(folder, path))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", path, info.Mode().Perm(), err, want)
		}
	}
	if entries, _ := os.ReadDir(filepath.Join(folder, "tls")); len(entries) != 3 {
		t.Errorf("there are %d files for the server: the authority's key must not be among them", len(entries))
	}
	if der := open(t, filepath.Join(folder, "tls"), time.Now).Authority(); der == nil {
		t.Error("phones get no authority to install")
	}
}

func TestCertificateIsGoodForAsLongAsPhonesTake(t *testing.T) {
	made := makeOne(t, order(t.TempDir(), "10.1.2.3"))
	if life := made.Server.NotAfter.Sub(made.Server.NotBefore); life > 825*24*time.Hour || life < 800*24*time.Hour {
		t.Errorf("it is good for %v", life)
	}
	late := order(t.TempDir(), "10.1.2.3")
	makeOne(t, late)
	late.Now = late.Now.AddDate(authorityYears, 0, -10)
	if _, err := Make(late); err == nil || !strings.Contains(err.Error(), "--new-authority") {
		t.Errorf("an authority that ends issues on: %v", err)
	}
	late.NewAuthority = true
	if made := makeOne(t, late); !made.NewAuthority {
		t.Error("no new authority was made")
	}
}

func TestFilesThatCannotBeUsedAreToldInOneSentence(t *testing.T) {
	folder := t.TempDir()
	makeOne(t, order(folder, "10.1.2.3"))
	other := t.TempDir()
	makeOne(t, order(other, "10.1.2.3"))
	junk := filepath.Join(folder, "junk.pem")
	os.WriteFile(junk, []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 0o600)
	cert, key := filepath.Join(folder, "tls", ServerFile), filepath.Join(folder, "tls", ServerKeyFile)
	for name, c := range map[string]struct{ cert, key, says string }{
		"no certificate file":  {filepath.Join(folder, "none.crt"), key, "none.crt cannot be read: no such file"},
		"no key file":          {cert, filepath.Join(folder, "none.key"), "none.key cannot be read: no such file"},
		"a folder":             {folder, key, "cannot be read"},
		"no certificate in it": {key, key, "holds no PEM certificate"},
		"a broken certificate": {junk, key, "holds no PEM certificate"},
		"the key of another":   {cert, filepath.Join(other, "tls", ServerKeyFile), "is not the PEM private key"},
		"no key in it":         {cert, cert, "is not the PEM private key"},
	} {
		_, err := Open(c.cert, c.key, slog.New(slog.DiscardHandler), time.Now)
		var told *Error
		if !errors.As(err, &told) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") || told.Zh == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	os.WriteFile(filepath.Join(folder, "authority", "ca.key"), []byte("no key"), 0o600)
	if _, err := Make(order(folder, "10.1.2.3")); err == nil || !strings.Contains(err.Error(), "ca.key cannot be used") {
		t.Errorf("a broken authority: %v", err)
	}
}

func TestNamesAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"Maps.County.Example": "maps.county.example", "10.1.2.3": "10.1.2.3", "[fd00::7]": "fd00::7", "FD00::07": "fd00::7", " server1 ": "server1",
		"https://maps": "", "maps:8443": "", "一网四图.example": "", "": "", "a..b": "", "-a": "", "*.county.example": "", strings.Repeat("a", 64): "",
	} {
		names, err := ParseNames([]string{text})
		if (err == nil) != (want != "") || err == nil && !slices.Contains(names.Texts(), want) {
			t.Errorf("%q gives %v, %v; want %q", text, names.Texts(), err, want)
		}
	}
	if _, err := Make(order(t.TempDir())); err == nil || !strings.Contains(err.Error(), "Say by which host names") {
		t.Errorf("without names: %v", err)
	}
}
