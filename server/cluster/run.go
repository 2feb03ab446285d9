package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	firstDelay = 200 * time.Millisecond
	lastDelay  = 10 * time.Second
)

// errHeld means that processes of a killed database have yet to end; a moment later the start works.
var errHeld = errors.New("processes of the database that was killed are still ending")

// launch starts postgres and returns when it answers. It waits for the remains of a killed one.
func (c *Cluster) launch(ctx context.Context) error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := c.tryLaunch(ctx)
		if !errors.Is(err, errHeld) || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(firstDelay):
		}
	}
}

func (c *Cluster) tryLaunch(ctx context.Context) error {
	if err := c.stopLeftover(ctx); err != nil {
		return err
	}
	p, err := startProcess(c.command(), c.owner, c.log)
	if err != nil {
		return startFailed(err.Error(), err)
	}
	if err := c.awaitAnswer(ctx, p); err != nil {
		c.end(ctx, p)
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current, c.trouble = p, ""
	return nil
}

// command has on its line only what must hold whatever the configuration says.
func (c *Cluster) command() *exec.Cmd {
	cmd := exec.Command(c.installation.Program("postgres"), "-D", c.data,
		"-c", "listen_addresses=", "-c", "port="+socketPort,
		"-c", "unix_socket_directories="+c.socket, "-c", "unix_socket_permissions=0700",
		"-c", "logging_collector=off", "-c", "log_destination=stderr")
	cmd.Dir = c.data
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	return cmd
}

// awaitAnswer waits until the database takes connections, however long it must recover, or until the process p ends.
func (c *Cluster) awaitAnswer(ctx context.Context, p *process) error {
	for {
		attempt, cancel := context.WithTimeout(ctx, 5*time.Second)
		conn, err := pgx.Connect(attempt, c.URL(MaintenanceName))
		if err == nil {
			conn.Close(attempt)
		}
		cancel()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("waiting for the database: %w", ctx.Err())
		case p != nil && p.ended():
			return c.explainExit(p)
		}
		time.Sleep(30 * time.Millisecond)
	}
}

func (c *Cluster) explainExit(p *process) error {
	// The last lines may still be on their way through the pipe.
	time.Sleep(50 * time.Millisecond)
	lines := p.said.last()
	if stillHeld(lines) {
		return errHeld
	}
	err := p.err
	if err == nil {
		err = errors.New("it ended at once")
	}
	return explain(c.options.Folder, lines, err)
}

// keepRunning starts the database again whenever it ends by itself, with growing pauses.
func (c *Cluster) keepRunning() {
	defer close(c.done)
	for {
		select {
		case <-c.stopping:
			return
		case <-c.current.exited:
		}
		if !c.restart() {
			return
		}
	}
}

// restart returns false when the cluster is to stop.
func (c *Cluster) restart() bool {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-c.stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	c.setTrouble("the database ended unexpectedly and is being restarted")
	c.log.Error("the database ended unexpectedly; starting it again", "reason", telling(append([]string{"no reason given"}, c.current.said.last()...)))
	for delay := firstDelay; ; delay = min(2*delay, lastDelay) {
		err := c.launch(ctx)
		if err == nil {
			c.log.Info("the database runs again")
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		c.setTrouble(trouble(err))
		c.log.Error("the database does not start; trying again", "error", err, "after", delay)
		select {
		case <-c.stopping:
			return false
		case <-time.After(delay):
		}
	}
}

// trouble is what may be told to everybody who asks whether the server is ready: no path and nothing that PostgreSQL
// said, which the log has.
func trouble(err error) string {
	var problem *Problem
	if errors.As(err, &problem) {
		switch problem.Code {
		case DiskFull:
			return "the disk of the database is full"
		case StillRunning:
			return "a database left by an earlier run does not stop"
		}
	}
	return "the database does not start; the server's log says why"
}

func (c *Cluster) setTrouble(sentence string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trouble = sentence
}

// Stop shuts the database down: open transactions are rolled back, everything committed is on disk.
// In a process that only joined, it does nothing.
func (c *Cluster) Stop(ctx context.Context) error {
	if c.Joined() {
		return nil
	}
	var err error
	c.stopOnce.Do(func() {
		close(c.stopping)
		<-c.done
		err = c.halt(ctx)
		c.lock.Close()
	})
	return err
}

func (c *Cluster) halt(ctx context.Context) error {
	c.mu.Lock()
	p := c.current
	c.mu.Unlock()
	err := c.end(ctx, p)
	if c.socket != socketFolderBelow(c.options.Folder) {
		os.Remove(c.socket)
	}
	return err
}

// end asks for a fast shutdown and, when ctx runs out, for an immediate one, from which the next start recovers.
func (c *Cluster) end(ctx context.Context, p *process) error {
	if p.ended() {
		return nil
	}
	p.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-p.exited:
		return nil
	case <-ctx.Done():
	case <-time.After(30 * time.Second):
	}
	p.cmd.Process.Signal(syscall.SIGQUIT)
	select {
	case <-p.exited:
	case <-time.After(10 * time.Second):
		p.cmd.Process.Kill()
		<-p.exited
	}
	return errors.New("the database did not shut down in time and was stopped at once")
}
