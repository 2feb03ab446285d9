// Command bench measures what the product promises of its speed, freshness and memory, against a bare handler in the
// same run: tiles warm and cold (a, b), a layer of a million rows (c), GeoJSON (d), freshness under edits (e), memory (f), a ledger (g).
//
// It needs wrk and a built program, makes a database of its own in a temporary folder, and leaves nothing behind.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// options of one run.
type options struct {
	program string        // the built server
	cases   string        // which of a to g
	time    time.Duration // of one measurement
	rows    int           // of the large layer
	edits   int           // of case e
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "stand-in" { // started by this program itself, see standin.go
		exit(standIn(os.Args[2:]))
	}
	var o options
	flag.StringVar(&o.program, "program", "bin/fourmaps", "the built server")
	flag.StringVar(&o.cases, "cases", "abcdefg", "which cases to measure")
	flag.DurationVar(&o.time, "time", 8*time.Second, "of one measurement")
	flag.IntVar(&o.rows, "rows", 1_000_000, "of the large layer")
	flag.IntVar(&o.edits, "edits", 10_000, "of case e")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exit(run(ctx, o))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// run measures all cases asked for and prints one table.
func run(ctx context.Context, o options) error {
	b, err := newBench(ctx, o)
	if err != nil {
		return err
	}
	defer b.close()
	b.head()
	for _, c := range []struct {
		letters string
		measure func(context.Context) error
	}{
		{"abdef", b.district},
		{"c", b.million},
		{"g", b.ledger},
	} {
		if !strings.ContainsAny(o.cases, c.letters) {
			continue
		}
		if err := c.measure(ctx); err != nil {
			return err
		}
	}
	return b.verdict()
}
