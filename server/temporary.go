package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// useTemporary lets all temporary files of the server lie in one folder of the installation, those of libraries too, and
// removes what a killed server left there: pieces of ledgers with telephone numbers in them. alone says that no other
// server can have this folder; otherwise only what is a day old goes.
func useTemporary(folder string, alone bool, now time.Time) error {
	folder = filepath.Join(folder, "temporary")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("making the folder for temporary files: %w", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("looking for temporary files: %w", err)
	}
	for _, e := range entries {
		if info, err := e.Info(); alone || err == nil && info.ModTime().Before(now.Add(-24*time.Hour)) {
			if err := os.RemoveAll(filepath.Join(folder, e.Name())); err != nil {
				return fmt.Errorf("removing temporary files: %w", err)
			}
		}
	}
	for _, name := range []string{"TMPDIR", "TMP"} { // of Unix and of Windows
		if err := os.Setenv(name, folder); err != nil {
			return fmt.Errorf("naming the folder for temporary files: %w", err)
		}
	}
	return nil
}
