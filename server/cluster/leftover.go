package cluster

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopLeftover ends a database that outlived a killed server. The caller holds the folder's lock, so nobody else uses it.
func (c *Cluster) stopLeftover(ctx context.Context) error {
	path := filepath.Join(c.data, "postmaster.pid")
	pid, rest := readPostmaster(path)
	if pid == 0 || !alive(pid) {
		clearSocket(c.socket)
		return nil
	}
	if !isPostmaster(pid, c.data) {
		c.log.Info("the process number in postmaster.pid belongs to another program now", "pid", pid)
		clearSocket(c.socket)
		// PostgreSQL ignores its parent's number here and still checks the shared memory named in the other lines.
		return c.owner.write(path, strconv.Itoa(os.Getpid())+"\n"+rest)
	}
	c.log.Warn("stopping the database that an earlier run left", "pid", pid)
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, 30 * time.Second}, {syscall.SIGQUIT, 10 * time.Second}} {
		if err := syscall.Kill(pid, step.signal); err != nil && alive(pid) {
			return fmt.Errorf("stopping the database left by an earlier run: %w", err)
		}
		if waitGone(ctx, pid, c.data, step.wait) {
			clearSocket(c.socket)
			return nil
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return stillRunning(pid)
}

// readPostmaster gives the process number in PostgreSQL's own lock file and the lines after it; 0 if there is none.
func readPostmaster(path string) (pid int, rest string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, ""
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	pid, err = strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		return 0, ""
	}
	return pid, rest
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// isPostmaster tells whether the process works in the data folder. Numbers are reused, above all after a restart of the machine.
func isPostmaster(pid int, folder string) bool {
	if runtime.GOOS != "linux" {
		return true
	}
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		return false
	}
	if real, err := filepath.EvalSymlinks(folder); err == nil {
		folder = real
	}
	return cwd == folder
}

func waitGone(ctx context.Context, pid int, folder string, limit time.Duration) bool {
	deadline := time.Now().Add(limit)
	for alive(pid) && isPostmaster(pid, folder) {
		if ctx.Err() != nil || time.Now().After(deadline) {
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
	return true
}
