package backup

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"fourmaps/server/cluster"
	"fourmaps/server/store/schema"
)

// Restore brings a backup back. It is built up beside the present database and takes its place only when it is whole,
// so that a failed restore changes nothing. A database that holds data is replaced only with force; it stays as
// <name>_before_restore until the next restore.
func Restore(ctx context.Context, in Installation, file string, force bool) (Manifest, error) {
	manifest, err := Read(file)
	if err != nil {
		return Manifest{}, err
	}
	program, err := schema.Version()
	if err != nil {
		return Manifest{}, err
	}
	if manifest.Schema > program {
		return Manifest{}, newerBackup(manifest, program)
	}
	target, err := lookAt(ctx, in.URL)
	if err != nil {
		return Manifest{}, err
	}
	if manifest.postgreSQLMajor() > target.major {
		return Manifest{}, newerServer(manifest, target.major)
	}
	if target.used && !force {
		return Manifest{}, notEmpty()
	}
	if err := in.restoreInto(ctx, target, manifest, file); err != nil {
		return Manifest{}, err
	}
	return manifest, in.restoreFiles(file)
}

// restoreInto fills a fresh database and swaps it with the present one.
func (in Installation) restoreInto(ctx context.Context, target target, manifest Manifest, file string) error {
	maintenance, err := target.maintenance(ctx)
	if err != nil {
		return err
	}
	defer maintenance.Close(context.WithoutCancel(ctx))
	fresh := target.name + "_restoring"
	if err := target.makeFresh(ctx, maintenance, fresh); err != nil {
		return err
	}
	err = in.fill(ctx, target, manifest, fresh, file)
	if err == nil {
		err = target.swap(ctx, maintenance, fresh)
	}
	if err != nil {
		drop(context.WithoutCancel(ctx), maintenance, fresh)
		return err
	}
	return nil
}

// fill restores the dump in one transaction, migrates it to the program's version and carries the feed of changes on.
func (in Installation) fill(ctx context.Context, target target, manifest Manifest, fresh, file string) error {
	address, err := target.address(fresh)
	if err != nil {
		return err
	}
	if err := in.pgRestore(ctx, manifest, address, file); err != nil {
		return explainRestore(fmt.Errorf("restoring the database: %w", err))
	}
	if err := schema.Migrate(ctx, address, in.Log); err != nil {
		return fmt.Errorf("migrating the restored database: %w", err)
	}
	return continueFeed(ctx, address, target.feed)
}

func (in Installation) pgRestore(ctx context.Context, manifest Manifest, address, file string) error {
	client, err := cluster.ClientFor(ctx, in.Bin, manifest.postgreSQLMajor())
	if err != nil {
		return err
	}
	archive, closeArchive, err := openEntry(file, dumpName)
	if err != nil {
		return err
	}
	defer closeArchive()
	cmd, err := client.Command(ctx, "pg_restore", address,
		"--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--format=custom")
	if err != nil {
		return err
	}
	cmd.Stdin = archive
	return run(cmd)
}

// openEntry gives the content of one entry of the archive.
func openEntry(file, name string) (io.Reader, func() error, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the backup: %w", err)
	}
	archive := tar.NewReader(opened)
	for {
		header, err := archive.Next()
		if err != nil {
			opened.Close()
			return nil, nil, fmt.Errorf("looking for %s in the backup: %w", name, err)
		}
		if header.Name == name {
			return archive, opened.Close, nil
		}
	}
}

// restoreFiles replaces the kept folders by those of the backup.
func (in Installation) restoreFiles(file string) error {
	fresh := filepath.Join(in.Folder, "restoring")
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("restoring the files: %w", err)
	}
	defer os.RemoveAll(fresh)
	if err := unpackFiles(file, fresh); err != nil {
		return noteDiskFull(fresh, fmt.Errorf("restoring the files: %w", err))
	}
	for _, kept := range Kept() {
		to := filepath.Join(in.Folder, kept)
		if err := os.RemoveAll(to); err != nil {
			return fmt.Errorf("restoring the files: %w", err)
		}
		err := os.Rename(filepath.Join(fresh, kept), to)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("restoring the files: %w", err)
		}
	}
	return nil
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

// continueFeed lets the numbers of the change feed go on after the old database's and announces every layer for
// reloading: screens that saw the old rows must not believe that nothing has happened.
func continueFeed(ctx context.Context, address string, last int64) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("connecting to the restored database: %w", err)
	}
	defer conn.Close(ctx)
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, statement := range []string{
			`SELECT setval('change_seq', greatest($1, (SELECT last_value FROM change_seq)))`,
			`INSERT INTO change_pending (layer, kind)
				SELECT c.relname, 'reload' FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
				WHERE t.tgname = c.relname || '_record_truncate'`,
			`INSERT INTO change_commit (tx) VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING`,
		} {
			var args []any
			if strings.Contains(statement, "$1") {
				args = append(args, last)
			}
			if _, err := tx.Exec(ctx, statement, args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("continuing the feed of changes: %w", err)
	}
	return nil
}
