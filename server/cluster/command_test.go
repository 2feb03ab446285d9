package cluster

import "testing"

func TestForLibpqHidesThePassword(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"address", "postgres://li:geheim@db/map?sslmode=require", "postgres://li@db/map?sslmode=require"},
		{"password as parameter", "postgres:///map?host=db&password=geheim", "postgres:///map?host=db"},
		{"pool settings", "postgres://db/map?pool_max_conns=4", "postgres://db/map"},
		{"words", "host=db password='ge \\' heim' dbname=map", "host=db dbname=map"},
		{"socket", "postgres:///map?host=%2Frun%2Fpg", "postgres:///map?host=%2Frun%2Fpg"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got, err := forLibpq(c.in); err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}
