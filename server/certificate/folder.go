package certificate

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Names of files. The authority's key lies in a folder of its own, which can be kept elsewhere.
const (
	ServerFile    = "server.crt"
	ServerKeyFile = "server.key"
	AuthorityFile = "ca.crt" // beside a server's certificate: offered to phones
	authorityKey  = "ca.key"
)

// Order is what `fourmaps certificate` is asked to make.
type Order struct {
	Folder       string   // of the server's files
	Authority    string   // folder of the authority's files
	Names        []string // none: those of the present certificate
	NewAuthority bool     // although there is one
	Now          time.Time
}

// Made says what was made.
type Made struct {
	Server, Authority *x509.Certificate
	NewAuthority      bool
}

// Make issues a certificate, making the authority first if there is none. A running server takes it up by itself.
func Make(o Order) (*Made, error) {
	names, err := o.names()
	if err != nil {
		return nil, err
	}
	out := &Made{}
	authority, err := readAuthority(o.Authority)
	if o.NewAuthority || errors.Is(err, fs.ErrNotExist) {
		out.NewAuthority = true
		authority, err = newAuthority(names, o.Now)
	}
	if err != nil {
		return nil, err
	}
	server, key, err := authority.issue(names, o.Now)
	if err != nil {
		return nil, err
	}
	out.Server, out.Authority = server, authority.Certificate
	if out.NewAuthority {
		if err := authority.write(o.Authority); err != nil {
			return nil, err
		}
	}
	text, err := encodeKey(key)
	if err != nil {
		return nil, err
	}
	ca := encodeCertificate(authority.Certificate.Raw)
	return out, writeAll(o.Folder, 0o755, []file{
		{ServerKeyFile, text, 0o600}, {AuthorityFile, ca, 0o644},
		{ServerFile, append(encodeCertificate(server.Raw), ca...), 0o644},
	})
}

// names are those asked for, or those of the certificate that is renewed.
func (o Order) names() (Names, error) {
	if len(o.Names) > 0 {
		return ParseNames(o.Names)
	}
	text, err := os.ReadFile(filepath.Join(o.Folder, ServerFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Names{}, &Error{
			Zh: "请写出浏览器访问本服务器所用的主机名或 IP 地址，例如：fourmaps certificate 10.1.2.3 maps.county.example",
			En: "Say by which host names or IP addresses browsers ask for this server, such as: fourmaps certificate 10.1.2.3 maps.county.example",
		}
	}
	if err != nil {
		return Names{}, fmt.Errorf("reading the present certificate: %w", err)
	}
	present, err := parseCertificate(text)
	if err != nil {
		return Names{}, unreadable(filepath.Join(o.Folder, ServerFile), err)
	}
	return ParseNames(NamesOf(present).Texts())
}

func readAuthority(folder string) (*Authority, error) {
	text, err := os.ReadFile(filepath.Join(folder, authorityKey))
	if err != nil {
		return nil, fmt.Errorf("reading the authority's key: %w", err)
	}
	key, err := parseKey(text)
	if err != nil {
		return nil, unreadable(filepath.Join(folder, authorityKey), err)
	}
	text, err = os.ReadFile(filepath.Join(folder, AuthorityFile))
	if err != nil {
		return nil, unreadable(filepath.Join(folder, AuthorityFile), err)
	}
	certificate, err := parseCertificate(text)
	if err != nil {
		return nil, unreadable(filepath.Join(folder, AuthorityFile), err)
	}
	if !key.PublicKey.Equal(certificate.PublicKey) {
		return nil, unreadable(filepath.Join(folder, authorityKey), errors.New("it is not the key of ca.crt beside it"))
	}
	return &Authority{Certificate: certificate, key: key}, nil
}

func (a *Authority) write(folder string) error {
	key, err := encodeKey(a.key)
	if err != nil {
		return err
	}
	return writeAll(folder, 0o700, []file{{authorityKey, key, 0o600}, {AuthorityFile, encodeCertificate(a.Certificate.Raw), 0o644}})
}

func unreadable(path string, err error) *Error {
	return &Error{
		Zh:  fmt.Sprintf("文件 %s 不能用：%v。", path, err),
		En:  fmt.Sprintf("The file %s cannot be used: %v.", path, err),
		Err: err,
	}
}

type file struct {
	name string
	text []byte
	mode fs.FileMode
}

// writeAll writes files whole or not at all, one after the other. They belong to whom the folder's parent belongs to, so
// that a server that does not run as root can read what root has made.
func writeAll(folder string, mode fs.FileMode, files []file) error {
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil { // the data folder, which the database enters too
		return fmt.Errorf("making the folder above %s: %w", folder, err)
	}
	if err := os.Mkdir(folder, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("making the folder %s: %w", folder, err)
	}
	above, err := os.Stat(filepath.Dir(folder))
	if err != nil {
		return fmt.Errorf("looking at the folder above %s: %w", folder, err)
	}
	if err := giveTo(folder, above); err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(folder, f.name)
		if present, err := os.ReadFile(path); err == nil && bytes.Equal(present, f.text) {
			continue
		}
		if err := writeWhole(path, f, above); err != nil {
			return err
		}
	}
	return nil
}

func writeWhole(path string, f file, owner fs.FileInfo) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".new-*") // made with 0600
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			os.Remove(temporary.Name())
		}
	}()
	_, err = temporary.Write(f.text)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Chmod(temporary.Name(), f.mode); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := giveTo(temporary.Name(), owner); err != nil {
		return err
	}
	if err := os.Rename(temporary.Name(), path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
