package main

import (
	"errors"
	"fmt"
	"runtime"
	"time"
)

// head prints what is measured and on what.
func (b *bench) head() {
	fmt.Printf("%s, %d processors shared by database, server and wrk (2 threads, 32 connections, %v a measurement)\n\n",
		time.Now().Format("2006-01-02 15:04"), runtime.NumCPU(), b.o.time)
	fmt.Printf("%-4s %-58s %22s  %-26s %s\n", "case", "what", "measured", "asked for", "")
}

// line prints one result; met says whether it is what was asked for.
func (b *bench) line(letter, what, measured, asked string, met bool) {
	mark := "ok"
	if !met {
		mark = "MISSED"
		b.missed = append(b.missed, letter+" "+what)
	}
	if asked == "" {
		mark = ""
	}
	fmt.Printf("%-4s %-58s %22s  %-26s %s\n", letter, what, measured, asked, mark)
}

// note prints one figure that nothing is asked of.
func (b *bench) note(what, measured string) { b.line("", what, measured, "", true) }

func (b *bench) verdict() error {
	fmt.Println()
	if len(b.missed) > 0 {
		return errors.New("some figures were missed; on a machine with other work, measure again")
	}
	fmt.Println("All figures are met.")
	return nil
}

func rate(l load) string {
	return fmt.Sprintf("%.0f/s, p99 %v", l.perSecond, l.p99.Round(100*time.Microsecond))
}
