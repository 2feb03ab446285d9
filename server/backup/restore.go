package backup

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"fourmaps/server/cluster"
	"fourmaps/server/store/schema"
)

// Restore brings a backup back. It is built up beside the present database and takes its place only when it is whole,
// so that a failed restore changes nothing. A database that holds data is replaced only with force; it stays as
// <name>_before_restore until the next restore. So it is with the kept folders of files.
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
	if !force {
		if err := in.refuseHeldFiles(); err != nil {
			return Manifest{}, err
		}
	}
	// The files are unpacked first: a full disk is then met while nothing has changed.
	fresh, err := in.unpackBeside(file)
	if err == nil {
		err = in.restoreInto(ctx, target, manifest, file)
	}
	if err != nil {
		os.RemoveAll(fresh)
		return Manifest{}, err
	}
	return manifest, in.placeFiles(fresh)
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

// feedLeap is by how much the change feed's numbers leap over those of both databases. The old one may go on changing
// until it is replaced, and a screen that saw those changes must still take what follows for new.
const feedLeap = 1_000_000

// continueFeed lets the numbers of the change feed go on far after the old database's and announces every layer for
// reloading: screens that saw the old rows must not believe that nothing has happened.
func continueFeed(ctx context.Context, address string, last int64) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("connecting to the restored database: %w", err)
	}
	defer conn.Close(ctx)
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, statement := range []string{
			`SELECT setval('change_seq', greatest($1, (SELECT last_value FROM change_seq)) + ` + strconv.Itoa(feedLeap) + `)`,
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
