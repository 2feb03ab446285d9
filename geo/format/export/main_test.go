package export_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain lets properties be checked on few files of many rows, unless more are asked for (-rapid.checks): it is rows that
// differ, and what takes time is the making of a file.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		if err := flag.Set("rapid.checks", "8"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}
