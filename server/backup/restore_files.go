package backup

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// beforeRestore ends the name under which a replaced folder or database stays until the next restore.
const beforeRestore = "_before_restore"

// refuseHeldFiles protects kept folders in which something lies.
func (in Installation) refuseHeldFiles() error {
	for _, kept := range Kept() {
		folder := filepath.Join(in.Folder, kept)
		held, err := holdsFiles(folder)
		if err != nil {
			return fmt.Errorf("looking at the files of the installation: %w", err)
		}
		if held {
			return filesNotEmpty(folder)
		}
	}
	return nil
}

func holdsFiles(folder string) (bool, error) {
	opened, err := os.Open(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer opened.Close()
	names, err := opened.Readdirnames(1)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return len(names) > 0, err
}

// unpackBeside writes the backup's files next to the folders that they will replace and gives the folder they are in.
func (in Installation) unpackBeside(file string) (string, error) {
	fresh := filepath.Join(in.Folder, "restoring")
	err := os.RemoveAll(fresh)
	if err == nil {
		err = unpackFiles(file, fresh)
	}
	if err != nil {
		return fresh, noteDiskFull(fresh, fmt.Errorf("unpacking the files: %w", err))
	}
	return fresh, nil
}

// placeFiles exchanges the kept folders that the backup has. Those it has nothing for stay as they are.
// When that fails the unpacked files stay: another restore would cost the copy of the database before this one.
func (in Installation) placeFiles(fresh string) error {
	for _, kept := range Kept() {
		from, to := filepath.Join(fresh, kept), filepath.Join(in.Folder, kept)
		if _, err := os.Lstat(from); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := placeFolder(from, to); err != nil {
			return filesNotPlaced(from, to, err)
		}
	}
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("removing the folder of the unpacked files: %w", err)
	}
	return syncFolder(in.Folder)
}

// placeFolder renames from to to. What was there stays as a copy, or comes back when the renaming fails.
func placeFolder(from, to string) error {
	before := to + beforeRestore
	// An empty folder is no copy worth losing an older one for.
	err := syscall.Rmdir(to)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		if err := os.RemoveAll(before); err != nil {
			return err
		}
		if err := os.Rename(to, before); err != nil {
			return err
		}
		if err := os.Rename(from, to); err != nil {
			return errors.Join(err, os.Rename(before, to))
		}
		return nil
	}
	return os.Rename(from, to)
}

// unpackFiles writes the files of an archive whose names Read has checked.
func unpackFiles(file, folder string) error {
	opened, err := os.Open(file)
	if err != nil {
		return err
	}
	defer opened.Close()
	archive := tar.NewReader(opened)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !(Entry{Name: header.Name}).isKeptFile() {
			continue
		}
		path := filepath.Join(folder, filepath.FromSlash(strings.TrimPrefix(header.Name, filesPrefix)))
		if err := writeFile(path, archive); err != nil {
			return err
		}
	}
}

func writeFile(path string, from io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.Copy(file, from); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return file.Close()
}
