package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"fourmaps/server/cluster"
)

// server is the scratch cluster as this test program sees it.
type server struct {
	cluster *cluster.Cluster
	folder  string
}

// connection is made once for a test program.
type connection struct {
	mu       sync.Mutex
	server   *server
	template string
}

// current is the one thing that the tests of a program share.
var current connection

// shared gives the running scratch cluster and the name of its migrated template.
func shared(ctx context.Context) (*server, string, error) {
	current.mu.Lock()
	defer current.mu.Unlock()
	if current.server != nil {
		return current.server, current.template, nil
	}
	s, template, err := connect(ctx)
	if err != nil {
		return nil, "", err
	}
	go s.stayAwake()
	current.server, current.template = s, template
	return s, template, nil
}

// connect starts or joins the cluster and makes the template, while no other test program does.
func connect(ctx context.Context) (*server, string, error) {
	folder, err := scratchFolder()
	if err != nil {
		return nil, "", err
	}
	unlock, err := lock(folder + ".lock")
	if err != nil {
		return nil, "", err
	}
	defer unlock()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, "", err
	}
	if err := touch(folder); err != nil {
		return nil, "", err
	}
	c, err := start(ctx, folder)
	if err != nil {
		return nil, "", err
	}
	s := &server{cluster: c, folder: folder}
	if err := s.watch(); err != nil {
		return nil, "", err
	}
	template, err := s.makeTemplate(ctx)
	return s, template, err
}

// start makes the cluster anew if its files, which are never synced, did not survive a crash of the machine.
func start(ctx context.Context, folder string) (*cluster.Cluster, error) {
	options := cluster.Options{Folder: folder, Scratch: true}
	c, err := cluster.StartDetached(ctx, options)
	var problem *cluster.Problem
	if !errors.As(err, &problem) || problem.Code != cluster.StartFailed {
		return c, err
	}
	if err := os.RemoveAll(filepath.Join(folder, "postgres")); err != nil {
		return nil, err
	}
	return cluster.StartDetached(ctx, options)
}

// scratchFolder is the same for all test programs of a checkout and a user.
func scratchFolder() (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(root))
	return filepath.Join(os.TempDir(), fmt.Sprintf("fourmaps-test-%d-%s", os.Geteuid(), hex.EncodeToString(sum[:4]))), nil
}

// moduleRoot walks up to the folder of go.mod; go test runs each program in its package's folder.
func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := folder; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", errors.New("no go.mod above " + folder)
		}
	}
}

func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		file.Close()
		return nil, err
	}
	return func() { file.Close() }, nil
}

// touch tells the watchdog that the cluster is in use.
func touch(folder string) error {
	path := filepath.Join(folder, "used")
	now := time.Now()
	if err := os.Chtimes(path, now, now); err == nil {
		return nil
	}
	return os.WriteFile(path, nil, 0o644)
}

func (s *server) stayAwake() {
	for range time.Tick(10 * time.Second) {
		touch(s.folder)
	}
}
