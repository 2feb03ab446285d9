// Package backup writes an installation into one file and brings it back: the database as pg_dump's custom format and
// the installation's files, in a tar archive that begins with a manifest.
package backup

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"fourmaps/server/cluster"
	"fourmaps/server/store/schema"
)

// Names inside the archive.
const (
	manifestName = "manifest.json"
	dumpName     = "database.dump"
	filesPrefix  = "files/"
)

// Installation is what is backed up or restored.
type Installation struct {
	// URL is the address of the database.
	URL string
	// Bin is the folder of PostgreSQL's programs; empty means: look for them.
	Bin string
	// Folder is the data folder; of it, the subfolders listed in Kept belong to the backup.
	Folder string
	// Version is that of the running program.
	Version string
	Log     *slog.Logger
}

// Kept lists the subfolders of the data folder that hold what people put there.
func Kept() []string { return []string{"basemap", "files"} }

// Make writes a backup. The database may be in use: the backup shows it as it was at one moment. The file appears
// under its name only when it is whole and on disk.
func Make(ctx context.Context, in Installation, file string, now time.Time) (Manifest, error) {
	if err := checkPlace(file); err != nil {
		return Manifest{}, err
	}
	half := file + ".part"
	dump := file + ".part-database"
	defer os.Remove(half)
	defer os.Remove(dump)
	manifest, err := in.describe(ctx, now)
	if err != nil {
		return Manifest{}, err
	}
	if err := in.dump(ctx, manifest.postgreSQLMajor(), dump); err != nil {
		return Manifest{}, noteDiskFull(file, err)
	}
	if manifest.Entries, err = in.writeUnchanged(half, manifest, dump); err != nil {
		return Manifest{}, noteDiskFull(file, err)
	}
	if err := os.Rename(half, file); err != nil {
		return Manifest{}, fmt.Errorf("naming the backup: %w", err)
	}
	return manifest, syncFolder(filepath.Dir(file))
}

// describe asks the database what it is.
func (in Installation) describe(ctx context.Context, now time.Time) (Manifest, error) {
	conn, err := pgx.Connect(ctx, in.URL)
	if err != nil {
		return Manifest{}, fmt.Errorf("connecting to the database: %w", err)
	}
	defer conn.Close(ctx)
	m := Manifest{Format: format, Program: in.Version, MadeAt: now.UTC().Truncate(time.Second)}
	if m.Schema, err = schema.VersionOf(ctx, conn); err != nil {
		return Manifest{}, err
	}
	err = conn.QueryRow(ctx, `
		SELECT current_setting('server_version_num')::int, coalesce((SELECT extversion FROM pg_extension WHERE extname = 'postgis'), '')`).
		Scan(&m.PostgreSQL, &m.PostGIS)
	if err != nil {
		return Manifest{}, fmt.Errorf("asking the database for its version: %w", err)
	}
	if m.Schema == 0 {
		return Manifest{}, errors.New("the database holds no installation of fourmaps: there is nothing to back up")
	}
	return m, nil
}

func (in Installation) dump(ctx context.Context, major int, to string) error {
	client, err := cluster.ClientFor(ctx, in.Bin, major)
	if err != nil {
		return err
	}
	// Created here, so that nobody else can read the dump while it grows.
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return notWritten(filepath.Dir(to), err)
	}
	defer file.Close()
	// Who was signed in then may have been signed out since: a restore must not bring that back.
	cmd, err := client.Command(ctx, "pg_dump", in.URL, "--format=custom", "--no-owner", "--no-privileges",
		"--exclude-table-data=session", "--exclude-table-data=sign_in_failure")
	if err != nil {
		return err
	}
	cmd.Stdout = file
	if err := run(cmd); err != nil {
		return fmt.Errorf("dumping the database: %w", err)
	}
	return nil
}

// attempts is how often a backup is written when files of the installation change under its hands.
const attempts = 3

// writeUnchanged lists and writes what belongs to the backup. The list with its sums comes first in the archive, so
// a file that changes after it was listed makes another attempt necessary.
func (in Installation) writeUnchanged(half string, manifest Manifest, dump string) ([]Entry, error) {
	var err error
	for range attempts {
		if manifest.Entries, err = in.list(dump); err == nil {
			err = write(half, manifest, in, dump)
		}
		var changed *changedError
		if !errors.As(err, &changed) {
			break
		}
		err = fileChanged(changed.path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("writing the backup: %w", err)
	}
	return manifest.Entries, nil
}

// write puts the manifest and what it lists into an archive and onto the disk.
func write(path string, manifest Manifest, in Installation, dump string) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	archive := tar.NewWriter(out)
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return err
	}
	if err := archive.WriteHeader(header(manifestName, int64(len(text)), manifest.MadeAt)); err != nil {
		return err
	}
	if _, err := archive.Write(text); err != nil {
		return err
	}
	for _, entry := range manifest.Entries {
		if err := copyIn(archive, entry, entry.source(in.Folder, dump), manifest.MadeAt); err != nil {
			return fmt.Errorf("%s: %w", entry.Name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return err
	}
	return out.Close()
}

func header(name string, size int64, at time.Time) *tar.Header {
	return &tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: at, Format: tar.FormatPAX}
}

// syncFolder makes new names in a folder durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("syncing the folder: %w", err)
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) {
		return fmt.Errorf("syncing the folder: %w", err)
	}
	return nil
}
