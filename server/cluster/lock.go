package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lockFolder lets one process at a time own the data folder. The kernel gives the lock back when the process
// ends, however it ends.
func lockFolder(folder string) (*os.File, error) {
	path := filepath.Join(folder, "server.lock")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the lock of the data folder: %w", noteFolder(folder, err))
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		defer file.Close()
		pid, _ := os.ReadFile(path)
		return nil, alreadyRunning(folder, strings.TrimSpace(string(pid)))
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	if err := writePID(file); err != nil {
		file.Close()
		return nil, fmt.Errorf("writing the lock of the data folder: %w", noteDiskFull(folder, err))
	}
	return file, nil
}

func writePID(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(file, "%d\n", os.Getpid())
	return err
}
