package storetest

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"syscall"

	"fourmaps/data"
	"fourmaps/server/store/schema"
)

// makeTemplate gives the database that every test's own is copied from. Its name says which migrations made it, so that
// a changed migration makes a new one. The caller holds the lock of the scratch folder.
func (s *server) makeTemplate(ctx context.Context) (string, error) {
	version, err := fingerprint()
	if err != nil {
		return "", err
	}
	name := "template_" + version
	existing, err := s.names(ctx, "template_")
	if err != nil {
		return "", err
	}
	if slices.Contains(existing, name) {
		return name, s.dropAbandoned(ctx)
	}
	half := "half_" + version
	for _, statement := range []string{`DROP DATABASE IF EXISTS ` + half + ` WITH (FORCE)`, `CREATE DATABASE ` + half} {
		if err := s.run(ctx, statement); err != nil {
			return "", err
		}
	}
	if err := schema.Migrate(ctx, s.cluster.URL(half), slog.New(slog.DiscardHandler)); err != nil {
		return "", err
	}
	if err := s.run(ctx, fmt.Sprintf(`ALTER DATABASE %s RENAME TO %s`, half, name)); err != nil {
		return "", err
	}
	return name, s.dropAbandoned(ctx)
}

// dropAbandoned removes the databases of test programs that were killed.
func (s *server) dropAbandoned(ctx context.Context) error {
	names, err := s.names(ctx, "test_")
	if err != nil {
		return err
	}
	for _, name := range names {
		var pid int
		if _, err := fmt.Sscanf(strings.TrimPrefix(name, "test_"), "%d_", &pid); err != nil || syscall.Kill(pid, 0) == nil {
			continue
		}
		if err := s.run(ctx, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`); err != nil {
			return err
		}
	}
	return nil
}

// fingerprint sums up everything that a migrated database is made from.
func fingerprint() (string, error) {
	sum := sha256.New()
	for _, files := range []embed.FS{data.Migrations, data.Dictionaries} {
		err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := files.ReadFile(path)
			fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("reading the migrations: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}
