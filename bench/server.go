package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"fourmaps/server/cluster"
)

// bench is one run.
type bench struct {
	o       options
	folder  string
	cluster *cluster.Cluster
	missed  []string
}

func newBench(ctx context.Context, o options) (*bench, error) {
	if _, err := exec.LookPath("wrk"); err != nil {
		return nil, errors.New("wrk is missing: apt-get install wrk")
	}
	if _, err := os.Stat(o.program); err != nil {
		return nil, fmt.Errorf("the server is not built (make build): %w", err)
	}
	folder, err := os.MkdirTemp("", "fourmaps-bench-")
	if err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	if err := os.Chmod(folder, 0o755); err != nil { // the database's user enters it
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	c, err := cluster.Start(ctx, cluster.Options{Folder: filepath.Join(folder, "data"), Log: quiet})
	if err != nil {
		return nil, fmt.Errorf("starting a database: %w", err)
	}
	return &bench{o: o, folder: folder, cluster: c}, nil
}

func (b *bench) close() {
	if err := b.cluster.Stop(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "bench: stopping the database:", err)
	}
	if err := os.RemoveAll(b.folder); err != nil {
		fmt.Fprintln(os.Stderr, "bench: tidying up:", err)
	}
}

// database makes a database and gives its address.
func (b *bench) database(ctx context.Context, name string) (string, error) {
	conn, err := pgx.Connect(ctx, b.cluster.URL(cluster.MaintenanceName))
	if err != nil {
		return "", fmt.Errorf("connecting: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", fmt.Errorf("making the database %s: %w", name, err)
	}
	return b.cluster.URL(name), nil
}

// process is a server that was started for measuring.
type process struct {
	command *exec.Cmd
	address string
}

func (p *process) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM) // if it has ended already, all the better
	_ = p.command.Wait()                          // its exit code says nothing here
}

// serve starts our server and waits until it is ready.
func (b *bench) serve(ctx context.Context, database string, cacheBytes int64) (*process, error) {
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("finding a free port: %w", err)
	}
	address := probe.Addr().String()
	if err := probe.Close(); err != nil {
		return nil, fmt.Errorf("finding a free port: %w", err)
	}
	command := exec.CommandContext(ctx, b.o.program, "serve", "--listen", address, "--database-url", database,
		"--cache-bytes", fmt.Sprint(cacheBytes), "--demo", "no", "--data", filepath.Join(b.folder, "served"), "--log-level", "info")
	log, err := os.Create(filepath.Join(b.folder, "server.log"))
	if err != nil {
		return nil, fmt.Errorf("making the server's log: %w", err)
	}
	defer log.Close()
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("starting the server: %w", err)
	}
	p := &process{command, address}
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if ctx.Err() != nil {
			break
		}
		if response, err := http.Get("http://" + address + "/readyz"); err == nil {
			_ = response.Body.Close() // nothing was read
			if response.StatusCode == http.StatusOK {
				if err := signIn(ctx, database); err != nil {
					p.stop()
					return nil, err
				}
				return p, nil
			}
		}
	}
	p.stop()
	said, _ := os.ReadFile(log.Name()) // best effort: it goes into an error
	return nil, fmt.Errorf("the server did not become ready: %s", said)
}

// standIn starts one of the servers that ours is compared with.
func (b *bench) standIn(ctx context.Context, kind, argument string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	command := exec.CommandContext(ctx, self, "stand-in", kind, argument)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting a stand-in: %w", err)
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("starting a stand-in: %w", err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the stand-in %s did not start: %w", kind, err)
	}
	return &process{command, strings.TrimSpace(address)}, nil
}

// memory gives the resident memory of a process and the highest it was, in megabytes.
func (p *process) memory() (now, peak float64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, 0, fmt.Errorf("reading the server's memory: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kb); n == 1 {
			now = kb / 1024
		}
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			peak = kb / 1024
		}
	}
	return now, peak, nil
}

// fetch asks for one path and gives the body, unpacked or as sent.
func (p *process) fetch(ctx context.Context, path string, packed bool) (body []byte, status int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+path, nil)
	if err != nil {
		return nil, 0, err
	}
	r.Header.Set("Cookie", cookie())
	r.Header.Set("Accept-Encoding", "identity")
	if packed {
		r.Header.Set("Accept-Encoding", "gzip")
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return body, response.StatusCode, err
}
