package cluster

import (
	"bufio"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

const keptLines = 40

// process is one run of the program postgres, a child of this one.
type process struct {
	cmd *exec.Cmd
	// exited is closed when the process has ended and err is set.
	exited chan struct{}
	err    error
	said   *said
}

// startProcess runs postgres in a process group of its own, so that Ctrl-C in the terminal reaches only the server,
// which ends its work first and the database after it.
func startProcess(cmd *exec.Cmd, o owner, log *slog.Logger) (*process, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = write, write
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: o.credential, Setpgid: true}
	endWithParent(cmd.SysProcAttr)
	p := &process{cmd: cmd, exited: make(chan struct{}), said: &said{}}
	started := make(chan error, 1)
	go p.run(started)
	err = <-started
	write.Close()
	if err != nil {
		read.Close()
		return nil, err
	}
	go p.said.follow(read, log)
	return p, nil
}

// run starts the process and waits for it on one thread: the signal at the parent's death is sent when the thread
// that made the child ends.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		runtime.UnlockOSThread()
		return
	}
	p.err = p.cmd.Wait()
	close(p.exited)
}

func (p *process) ended() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// said remembers the last lines that the database wrote and passes them to the log.
type said struct {
	mu    sync.Mutex
	lines []string
}

func (s *said) follow(from io.ReadCloser, log *slog.Logger) {
	defer from.Close()
	scanner := bufio.NewScanner(from)
	scanner.Buffer(nil, megabyte)
	for scanner.Scan() {
		line := strings.TrimSpace(scanner.Text())
		if line == "" {
			continue
		}
		if !aboutClient(line) {
			s.add(line)
		}
		logLine(log, line)
	}
}

func (s *said) add(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
	if len(s.lines) > keptLines {
		s.lines = s.lines[1:]
	}
}

func (s *said) last() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.lines...)
}

// logLine gives a line of PostgreSQL the level that it has for the server's operator.
func logLine(log *slog.Logger, line string) {
	switch {
	case strings.HasPrefix(line, "PANIC:"):
		log.Error("database", "line", line)
	case aboutClient(line):
		log.Debug("database", "line", line)
	case strings.HasPrefix(line, "FATAL:"), strings.HasPrefix(line, "WARNING:"):
		log.Warn("database", "line", line)
	default:
		log.Debug("database", "line", line)
	}
}

// aboutClient tells whether the line is about one connection only: that it came too early or was ended.
func aboutClient(line string) bool {
	return strings.HasPrefix(line, "FATAL:  the database system is ") || strings.HasPrefix(line, "FATAL:  terminating connection")
}
