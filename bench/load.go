package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// load is what wrk measured.
type load struct {
	perSecond float64
	p99       time.Duration
	failed    int // answers other than 2xx and 3xx, and broken connections
}

// script makes wrk ask for the paths in turn, each of its threads beginning elsewhere.
const script = `
local paths, n, i = {}, 0, 0
local threads = 0
function setup(thread) thread:set("offset", threads * 37); threads = threads + 1 end
function init(args)
  for line in io.lines(args[1]) do n = n + 1; paths[n] = wrk.format("GET", line, { ["Accept-Encoding"] = args[2], ["Host"] = wrk.host, ["Cookie"] = args[3] }) end
  i = offset
end
function request() i = i + 1; return paths[i % n + 1] end
`

var (
	rateLine   = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	slowLine   = regexp.MustCompile(`99%\s+([\d.]+)(us|ms|s|m)`)
	errorLine  = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
	socketLine = regexp.MustCompile(`Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)`)
)

// wrk asks a server for the paths as fast as it answers, as browsers do: compressed.
func (b *bench) wrk(ctx context.Context, address string, paths []string, during time.Duration) (load, error) {
	return b.wrkAs(ctx, "gzip", address, paths, during)
}

// wrkAs asks for an encoding; "identity" is what servers are asked for that do not compress.
func (b *bench) wrkAs(ctx context.Context, encoding, address string, paths []string, during time.Duration) (load, error) {
	list := filepath.Join(b.folder, "paths.txt")
	if err := os.WriteFile(list, []byte(strings.Join(paths, "\n")+"\n"), 0o600); err != nil {
		return load{}, fmt.Errorf("writing the list of addresses: %w", err)
	}
	lua := filepath.Join(b.folder, "wrk.lua")
	if err := os.WriteFile(lua, []byte(script), 0o600); err != nil {
		return load{}, fmt.Errorf("writing wrk's script: %w", err)
	}
	out, err := exec.CommandContext(ctx, "wrk", "-t2", "-c32", "--latency", "--timeout", "60s",
		"-d", fmt.Sprintf("%.0fs", max(1, during.Seconds())), "-s", lua, "http://"+address, "--", list, encoding, cookie()).CombinedOutput()
	if err != nil {
		return load{}, fmt.Errorf("wrk (apt-get install wrk): %w: %s", err, out)
	}
	return readWrk(string(out))
}

func readWrk(out string) (l load, err error) {
	m := rateLine.FindStringSubmatch(out)
	if m == nil {
		return load{}, fmt.Errorf("wrk said nothing of its rate: %s", out)
	}
	if l.perSecond, err = strconv.ParseFloat(m[1], 64); err != nil {
		return load{}, fmt.Errorf("reading wrk's rate: %w", err)
	}
	if m := slowLine.FindStringSubmatch(out); m != nil {
		if l.p99, err = time.ParseDuration(m[1] + m[2]); err != nil {
			return load{}, fmt.Errorf("reading wrk's latency: %w", err)
		}
	}
	if m := errorLine.FindStringSubmatch(out); m != nil {
		l.failed, _ = strconv.Atoi(m[1]) // digits only
	}
	if m := socketLine.FindStringSubmatch(out); m != nil {
		for _, n := range m[1:] {
			v, _ := strconv.Atoi(n) // digits only
			l.failed += v
		}
	}
	return l, nil
}
