package auth

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Lengths of passwords, in characters. There are no rules about kinds of characters: they make passwords worse (NIST SP
// 800-63B).
const (
	LeastPassword = 10
	MostPassword  = 200
)

// WeakPasswordError says why a password is not taken.
type WeakPasswordError struct{ Code, Zh, En string }

// Error gives the English sentence.
func (e *WeakPasswordError) Error() string { return e.En }

// Sentences gives what to tell a person, in Chinese and in English.
func (e *WeakPasswordError) Sentences() (chinese, english string) { return e.Zh, e.En }

// CheckPassword refuses a new password that is too short, too long, made of the account's name, or among those that are
// tried first.
func CheckPassword(password, account string) error {
	word := strings.ToLower(plain(password))
	n := utf8.RuneCountInString(word)
	switch {
	case n < LeastPassword:
		return &WeakPasswordError{"password_too_short", fmt.Sprintf("密码至少 %d 个字符", LeastPassword),
			fmt.Sprintf("a password has at least %d characters", LeastPassword)}
	case n > MostPassword:
		return &WeakPasswordError{"password_too_long", fmt.Sprintf("密码最多 %d 个字符", MostPassword),
			fmt.Sprintf("a password has at most %d characters", MostPassword)}
	case holdsName(word, AccountName(account)):
		return &WeakPasswordError{"password_holds_name", "密码不能由用户名构成", "the password may not be made of the account's name"}
	case isCommon(word):
		return &WeakPasswordError{"password_common", "这个密码太常见，容易被猜到", "this password is too common and easily guessed"}
	}
	return nil
}

// AccountName is an account's name as it is stored and compared: NFKC, lower case, without blanks around it.
func AccountName(typed string) string {
	return strings.ToLower(norm.NFKC.String(strings.TrimSpace(typed)))
}

// holdsName: a name, however often, adds little to a password, and little else is no password.
func holdsName(word, name string) bool {
	return name != "" && strings.Contains(word, name) && utf8.RuneCountInString(strings.ReplaceAll(word, name, "")) < 6
}

// isCommon finds what guessers try first: few different characters, runs, and the passwords met most often, also with
// digits or signs after them.
func isCommon(word string) bool {
	if different(word) < 5 || isRun(word) {
		return true
	}
	base := strings.TrimRight(word, "!@#.?*")
	for _, common := range commonest {
		if base == common || word == common {
			return true
		}
	}
	core := strings.Trim(base, "0123456789")
	for _, stem := range commonStems {
		if core == stem {
			return true
		}
	}
	return false
}

func different(word string) int {
	seen := map[rune]bool{}
	for _, r := range word {
		seen[r] = true
	}
	return len(seen)
}

// isRun: each character follows the one before in the alphabet, the digits or the rows of the keyboard.
func isRun(word string) bool {
	for _, row := range []string{"01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1234567890qwertyuiop", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm"} {
		if strings.Contains(row, word) || strings.Contains(reversed(row), word) {
			return true
		}
	}
	return false
}

func reversed(text string) string {
	out := []byte(text)
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return string(out)
}

// commonStems are words that, with any digits around them, are no password.
var commonStems = []string{"password", "passw0rd", "p@ssword", "p@ssw0rd", "admin", "administrator", "root", "user", "guest", "test", "welcome", "letmein",
	"iloveyou", "qwerty", "qwert", "asdf", "asdfgh", "zxcvbn", "abc", "abcd", "abcde", "abcdef", "aa", "aaa", "qq", "wang", "zhang", "liu", "chen", "woaini",
	"wo", "love", "yingji", "anquan", "mima", "fourmaps", "yiwangsitu", "china", "zhongguo", "qwe", "asd", "zxc", "q", "a", "z", "w"}

// commonest are passwords of ten characters and more that leaked lists, Chinese ones too, have near their top.
var commonest = []string{"5201314520", "1314520520", "woaini1314", "woaini5201314", "1qaz2wsx3edc", "1q2w3e4r5t", "q1w2e3r4t5", "1q2w3e4r5t6y", "qweasdzxc123",
	"147258369147", "1472583690", "1234512345", "1122334455", "1111122222", "0987654321", "qwer123456", "qwert12345", "asdf123456", "zxcv123456", "abc123456789",
	"a1b2c3d4e5", "a123456789", "z123456789", "qq123456789", "123456789a", "123456789q", "123456789abc", "1234qwerasdf", "1234qwerasdfzxcv", "qazwsxedc123",
	"123qweasdzxc", "iloveyou1314", "dearbook123", "xiazhili123", "passwordpassword", "adminadmin", "changeme123", "changeme1234", "correcthorsebatterystaple"}
