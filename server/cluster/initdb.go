package cluster

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// freeNeeded is what a new cluster and the demonstration district take, in bytes.
const freeNeeded = 300 * megabyte

func clusterFolder(folder string) string { return filepath.Join(folder, "postgres") }

// majorOf reads which major version made the cluster, 0 when there is none yet.
func majorOf(folder string) (int, error) {
	text, err := os.ReadFile(filepath.Join(folder, "PG_VERSION"))
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the version of the database folder: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("reading the version of the database folder: %w", err)
	}
	return major, nil
}

// holdsFiles tells whether anything is in a folder, which then cannot take the place of a new one.
func holdsFiles(folder string) bool {
	inside, err := os.ReadDir(folder)
	return err == nil && len(inside) > 0
}

// create makes a new cluster. It is made beside its place and renamed, so that a half-made one is never taken for whole.
func (c *Cluster) create(ctx context.Context) error {
	if free := freeBytes(c.options.Folder); free < freeNeeded {
		return diskFull(c.options.Folder, fmt.Errorf("%d MB are free", free/megabyte))
	}
	half := c.data + ".new"
	if err := os.RemoveAll(half); err != nil {
		return fmt.Errorf("removing a half-made database: %w", err)
	}
	if err := c.owner.makeFolder(half); err != nil {
		return fmt.Errorf("making the database folder: %w", err)
	}
	if err := c.initdb(ctx, half); err != nil {
		return err
	}
	if err := c.owner.write(filepath.Join(half, "pg_hba.conf"), "local all all peer map=fourmaps\n"); err != nil {
		return err
	}
	if err := os.Rename(half, c.data); err != nil {
		return fmt.Errorf("naming the new database folder: %w", err)
	}
	return nil
}

// initdb runs PostgreSQL's own program. The locale C.UTF-8 sorts alike on every machine; where the system lacks it,
// plain C does the same for what is compared here.
func (c *Cluster) initdb(ctx context.Context, folder string) error {
	var out []byte
	var err error
	for _, locale := range []string{"C.UTF-8", "C"} {
		args := []string{"-D", folder, "-U", roleName, "-E", "UTF8", "--locale=" + locale, "--auth=peer"}
		if c.options.Scratch {
			args = append(args, "--no-sync")
		} else {
			args = append(args, "--data-checksums")
		}
		cmd := exec.CommandContext(ctx, c.installation.Program("initdb"), args...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.owner.credential, Setpgid: true}
		if out, err = cmd.CombinedOutput(); err == nil {
			return appendInclude(c.owner, folder)
		}
		if !strings.Contains(string(out), "invalid locale") {
			break
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return explain(c.options.Folder, lastLines(string(out)), err)
}

func appendInclude(o owner, folder string) error {
	path := filepath.Join(folder, "postgresql.conf")
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return fmt.Errorf("reading the database's configuration: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		return fmt.Errorf("reading the database's configuration: %w", err)
	}
	return o.write(path, string(text)+"\ninclude_if_exists = 'fourmaps.conf'\n")
}

// writeSettings renews what the program decides: the settings and who may connect through the socket, namely the
// database's own user, the user who runs the server, and root.
func (c *Cluster) writeSettings() error {
	users := map[string]bool{"root": true, c.owner.name: true, userName(os.Geteuid()): true}
	var ident strings.Builder
	for _, name := range sortedKeys(users) {
		fmt.Fprintf(&ident, "fourmaps %q %s\n", name, roleName)
	}
	if err := c.owner.write(filepath.Join(c.data, "pg_ident.conf"), ident.String()); err != nil {
		return err
	}
	return c.owner.write(filepath.Join(c.data, "fourmaps.conf"), settings(machineMemory(), c.options.Scratch))
}

// write replaces a file of the database user at once, never half.
func (o owner) write(path, text string) error {
	half := path + ".new"
	if err := o.writeNew(half, text); err != nil {
		return fmt.Errorf("writing %s: %w", path, noteDiskFull(filepath.Dir(path), err))
	}
	if err := os.Rename(half, path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// writeNew makes a file that was not there before. The folder belongs to the database user: a link that was put there
// must not lead root to write, or give away, a file somewhere else.
func (o owner) writeNew(path, text string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		return err
	}
	if o.credential != nil {
		if err := file.Chown(o.uid, o.gid); err != nil {
			return err
		}
	}
	return file.Close()
}
