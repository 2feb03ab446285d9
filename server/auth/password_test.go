package auth

import (
	"errors"
	"strings"
	"testing"
	"time"
)

var cheap = Cost{MemoryKiB: 64, Passes: 1}

func TestHashesMatchTheirPasswordOnly(t *testing.T) {
	hash := cheap.Hash("风调雨顺国泰民安2026")
	for password, want := range map[string]bool{
		"风调雨顺国泰民安2026": true, "风调雨顺国泰民安２０２６": true, // digits of full width
		"风调雨顺国泰民安2027": false, "": false, "风调雨顺国泰民安2026 ": false,
	} {
		if ok, err := Matches(password, hash); err != nil || ok != want {
			t.Errorf("%q: %v %v", password, ok, err)
		}
	}
	if first, second := cheap.Hash("a"), cheap.Hash("a"); first == second {
		t.Error("two hashes of one password are alike: there is no salt")
	}
	if cheap.outdated(hash) || !NormalCost.outdated(hash) {
		t.Error("the cost of a hash is not told")
	}
	for _, broken := range []string{"", "$argon2id$v=19$m=1", "$argon2id$v=18$m=64,t=1,p=1$aaaa$aaaa", "$argon2id$v=19$m=64,t=1,p=1$*$aaaa"} {
		if _, err := Matches("a", broken); !errors.Is(err, errHashForm) {
			t.Errorf("%q: %v", broken, err)
		}
	}
}

func TestWeakPasswordsAreRefused(t *testing.T) {
	for password, code := range map[string]string{
		"short9":                       "password_too_short",
		strings.Repeat("a1", 101):      "password_too_long",
		"wang.jianguowang.jianguo":     "password_holds_name",
		"wang.jianguo1":                "password_holds_name",
		"WANG.JIANGUO":                 "password_holds_name",
		"1234567890":                   "password_common",
		"aaaaaaaaaaaa":                 "password_common",
		"abababababab":                 "password_common",
		"qwertyuiop":                   "password_common",
		"poiuytrewq":                   "password_common",
		"password2026":                 "password_common",
		"Admin123456":                  "password_common",
		"woaini5201314":                "password_common",
		"5201314520!!":                 "password_common",
		"wang.jianguo likes dumplings": "",
		"西山水库夜巡十二点":                    "password_too_short",
		"西山水库夜巡十二点半":                   "",
		"blue kettle 7 rivers":         "",
	} {
		err := CheckPassword(password, "Wang.JianGuo")
		var weak *WeakPasswordError
		if code == "" && err == nil || errors.As(err, &weak) && weak.Code == code {
			continue
		}
		t.Errorf("%q: %v, want %q", password, err, code)
	}
	for range 100 {
		if err := CheckPassword(TemporaryPassword(), "wang"); err != nil {
			t.Fatal("a temporary password is refused:", err)
		}
	}
}

func TestWaitsGrowToALimit(t *testing.T) {
	for failures, want := range map[int]time.Duration{1: 0, 4: 0, 5: 30 * time.Second, 6: time.Minute, 7: 2 * time.Minute, 9: 8 * time.Minute, 10: 15 * time.Minute, 1000000: 15 * time.Minute} {
		if got := waitAfter(failures, freeByName); got != want {
			t.Errorf("after %d failures %v, want %v", failures, got, want)
		}
	}
}

// BenchmarkPassword is what a sign-in costs.
func BenchmarkPassword(b *testing.B) {
	hash := NormalCost.Hash("blue kettle 7 rivers")
	for b.Loop() {
		if ok, err := Matches("blue kettle 7 rivers", hash); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
