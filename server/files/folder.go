package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Folder keeps contents as files of a local folder.
type Folder struct{ path string }

// HalfPrefix begins the names of files that are not whole yet; backups pass over them.
const HalfPrefix = ".half-"

// keepHalf is after how long a file that is not whole is what a killed server left: nothing is written for so long.
const keepHalf = 24 * time.Hour

// NewFolder keeps contents below a folder, which is made when it is missing.
func NewFolder(path string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder for files: %w", err)
	}
	RemoveLeftovers(path, HalfPrefix, time.Now().Add(-keepHalf))
	return &Folder{path}, nil
}

// RemoveLeftovers removes the files right in a folder whose names begin so and that nobody wrote since: a killed server
// left them. What cannot be removed now is tried again at the next start.
func RemoveLeftovers(folder, prefix string, before time.Time) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return // it is not there yet
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !strings.HasPrefix(e.Name(), prefix) {
			continue
		}
		if info, err := e.Info(); err == nil && info.ModTime().Before(before) {
			_ = os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}

// Place is the folder.
func (f *Folder) Place() string { return f.path }

// Check writes a file and removes it.
func (f *Folder) Check(context.Context) error {
	probe, err := os.CreateTemp(f.path, HalfPrefix)
	if err != nil {
		return fmt.Errorf("writing in the folder for files: %w", err)
	}
	probe.Close()
	return os.Remove(probe.Name())
}

func (f *Folder) at(key string) string { return filepath.Join(f.path, filepath.FromSlash(key)) }

// Put writes beside the place and renames, so that nobody sees half a file.
func (f *Folder) Put(_ context.Context, key string, from io.ReadSeeker, size int64, _ string) error {
	path := f.at(key)
	folder := filepath.Dir(path)
	if err := os.Mkdir(folder, 0o700); err == nil {
		err = syncFolder(f.path)
		if err != nil {
			return fmt.Errorf("storing a file: %w", err)
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("storing a file: %w", err)
	}
	half, err := os.CreateTemp(f.path, HalfPrefix) // where the next start finds it, should this one be killed
	if err != nil {
		return fmt.Errorf("storing a file: %w", err)
	}
	defer os.Remove(half.Name()) // it has another name when all went well
	defer half.Close()
	n, err := io.Copy(half, from)
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	if err == nil {
		err = half.Sync()
	}
	if err == nil {
		err = os.Rename(half.Name(), path)
	}
	if err == nil {
		err = syncFolder(folder)
	}
	if err != nil {
		return fmt.Errorf("storing a file: %w", err)
	}
	return nil
}

// syncFolder makes a new name in a folder durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// Get opens a file.
func (f *Folder) Get(_ context.Context, key string) (io.ReadSeekCloser, error) {
	file, err := os.Open(f.at(key))
	if err != nil {
		return nil, fmt.Errorf("opening a file: %w", err)
	}
	return file, nil
}

// Remove removes a file.
func (f *Folder) Remove(_ context.Context, key string) error {
	if err := os.Remove(f.at(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing a file: %w", err)
	}
	return nil
}
