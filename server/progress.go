package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// progress draws a bar for whoever watches a terminal, and nothing elsewhere.
type progress struct {
	to    io.Writer
	drawn time.Time
	width int // of what stands on the line now
}

func (p *program) newProgress() *progress {
	if !isTerminal(p.err) {
		return &progress{}
	}
	return &progress{to: p.err}
}

// show draws how much of what is done. A total of 0 is unknown.
func (b *progress) show(what string, done, total int64) {
	if b.to == nil || time.Since(b.drawn) < 100*time.Millisecond && done < total {
		return
	}
	b.drawn = time.Now()
	line := fmt.Sprintf("%-28s %d", what, done)
	if total > 0 {
		share := min(1, float64(done)/float64(total))
		const cells = 30
		full := int(share * cells)
		line = fmt.Sprintf("%-28s [%s%s] %3.0f %%", what, strings.Repeat("#", full), strings.Repeat(" ", cells-full), share*100)
	}
	fmt.Fprintf(b.to, "\r%-*s", b.width, line)
	b.width = len(line)
}

// end clears the line.
func (b *progress) end() {
	if b.to != nil && b.width > 0 {
		fmt.Fprintf(b.to, "\r%*s\r", b.width, "")
		b.width = 0
	}
}
