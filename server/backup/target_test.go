package backup

import "testing"

func TestAddressOfAnotherDatabase(t *testing.T) {
	cases := []struct{ in, want string }{
		{"postgres://li@db/map?sslmode=require", "postgres://li@db/other?sslmode=require"},
		{"postgres:///map?host=%2Frun%2Fpg", "postgres:///other?host=%2Frun%2Fpg"},
		{"postgres://db/map?options=-c%20role%3Dli&application_name=a+b", "postgres://db/other?application_name=a%2Bb&options=-c%20role%3Dli"},
		{"host=db dbname=map", "host=db  dbname=other"},
	}
	for _, c := range cases {
		if got, err := (target{url: c.in}).address("other"); err != nil || got != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.in, got, err, c.want)
		}
	}
}
