package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// changedError tells that a file is no longer what the list of the backup says.
type changedError struct {
	path string
	err  error
}

func (e *changedError) Error() string { return fmt.Sprintf("%s changed meanwhile: %v", e.path, e.err) }

func (e *changedError) Unwrap() error { return e.err }

// list describes the dump and the kept files, with their sums.
func (in Installation) list(dump string) ([]Entry, error) {
	first, err := describeFile(dumpName, dump)
	if err != nil {
		return nil, err
	}
	entries := []Entry{first}
	for _, kept := range Kept() {
		files, err := listFolder(filepath.Join(in.Folder, kept), filesPrefix+kept)
		if err != nil {
			return nil, fmt.Errorf("listing the files of the installation: %w", err)
		}
		entries = append(entries, files...)
	}
	return entries, nil
}

// halfPrefix begins the names of files that the server is still writing (files.HalfPrefix): they get another name, or go.
const halfPrefix = ".half-"

// listFolder describes every file below a folder, which may itself be a link; links to files count as the files.
// Anything else is refused: a backup that leaves something out without a word is worse than none.
func listFolder(folder, name string) ([]Entry, error) {
	root, err := filepath.EvalSymlinks(folder)
	if _, missing := os.Lstat(folder); errors.Is(missing, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var entries []Entry
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return noteGone(path, err)
		}
		if d.IsDir() || strings.HasPrefix(d.Name(), halfPrefix) {
			return nil
		}
		if err := wantFile(path, d); err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		entry, err := describeFile(name+"/"+filepath.ToSlash(relative), path)
		entries = append(entries, entry)
		return err
	})
	return entries, err
}

// wantFile refuses what is neither a file nor a link to one.
func wantFile(path string, d fs.DirEntry) error {
	if d.Type().IsRegular() {
		return nil
	}
	if info, err := os.Stat(path); d.Type() == fs.ModeSymlink && err == nil && info.Mode().IsRegular() {
		return nil
	}
	return notAFile(path)
}

func describeFile(name, path string) (Entry, error) {
	file, err := os.Open(path)
	if err != nil {
		return Entry{}, noteGone(path, fmt.Errorf("reading %s: %w", path, err))
	}
	defer file.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, file)
	if err != nil {
		return Entry{}, fmt.Errorf("reading %s: %w", path, err)
	}
	return Entry{Name: name, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

// copyIn puts a file into the archive and checks on the way that it still is what was listed.
func copyIn(archive *tar.Writer, entry Entry, source string, at time.Time) error {
	file, err := os.Open(source)
	if err != nil {
		return noteGone(source, err)
	}
	defer file.Close()
	if err := archive.WriteHeader(header(entry.Name, entry.Bytes, at)); err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(archive, sum), io.LimitReader(file, entry.Bytes))
	if err != nil {
		return err
	}
	if n < entry.Bytes {
		return &changedError{source, errors.New("it became shorter")}
	}
	if more, _ := file.Read(make([]byte, 1)); more > 0 {
		return &changedError{source, errors.New("it became longer")}
	}
	if hex.EncodeToString(sum.Sum(nil)) != entry.SHA256 {
		return &changedError{source, errors.New("its content is another")}
	}
	return nil
}

// noteGone tells a file that vanished between two looks from one that cannot be read.
func noteGone(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &changedError{path, err}
	}
	return err
}
