package api_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws fewer random cases than usual, since each of them asks a server and its database many times;
// -rapid.checks=1000 draws more.
func TestMain(m *testing.M) {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "rapid.checks" })
	if !chosen {
		if err := flag.Set("rapid.checks", "40"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
