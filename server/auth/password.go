package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost says how dear it is to try one password (argon2id).
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
}

// NormalCost is above what OWASP asks for (19 MiB, 2 passes) and takes about 0.1 s on a small server. It is not the
// 64 MiB of RFC 9106, because the whole server is to live in 200 MB while two people sign in at once.
var NormalCost = Cost{MemoryKiB: 32 << 10, Passes: 3}

const (
	hashBytes = 32
	saltBytes = 16
	lanes     = 1 // one lane each: the processors are shared by those who sign in at once
)

// Hash makes what is stored of a password, with a salt of its own: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func (c Cost) Hash(password string) string {
	var salt [saltBytes]byte
	_, _ = rand.Read(salt[:]) // never fails
	return fmt.Sprintf("%s$%s$%s", c.prefix(), encode(salt[:]), encode(c.key(password, salt[:])))
}

func (c Cost) prefix() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d", argon2.Version, c.MemoryKiB, c.Passes, lanes)
}

func (c Cost) key(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(plain(password)), salt, c.Passes, c.MemoryKiB, lanes, hashBytes)
}

func encode(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

// plain is a password as it is compared: NFKC, so that digits and letters of full width, as Chinese input methods write
// them, are the ones that were meant.
func plain(password string) string { return norm.NFKC.String(password) }

var errHashForm = errors.New("the stored password is not of a form that this program knows")

// Matches tells whether a password is the one that was hashed, in a time that depends on the hash's own cost only.
func Matches(password, hash string) (bool, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 {
		return false, errHashForm
	}
	var c Cost
	var version, p int
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &c.MemoryKiB, &c.Passes, &p); err != nil || version != argon2.Version || p != lanes {
		return false, errHashForm
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, errHashForm
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, errHashForm
	}
	return subtle.ConstantTimeCompare(c.key(password, salt), want) == 1, nil
}

// outdated tells whether a hash was made at another cost.
func (c Cost) outdated(hash string) bool { return !strings.HasPrefix(hash, c.prefix()+"$") }

// TemporaryPassword makes a password that somebody is told once and changes at the first sign-in. It has 60 bits and no
// characters that are mistaken for each other.
func TemporaryPassword() string {
	const letters = "abcdefghijkmnpqrstuvwxyz23456789" // 32
	var drawn [12]byte
	_, _ = rand.Read(drawn[:]) // never fails
	var out strings.Builder
	for i, b := range drawn {
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(letters[b%32])
	}
	return out.String()
}
