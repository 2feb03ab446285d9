package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// StartDetached starts a cluster that outlives this process, or joins it if it runs. It is for tests, whose programs
// come and go: the caller sees to it that one process at a time calls this, and that the cluster is stopped in the end.
func StartDetached(ctx context.Context, options Options) (*Cluster, error) {
	c, err := prepare(ctx, options)
	if err != nil {
		return nil, err
	}
	if pid, _ := readPostmaster(filepath.Join(c.data, "postmaster.pid")); pid != 0 && alive(pid) && isPostmaster(pid, c.data) {
		return c, c.awaitAnswer(ctx, nil)
	}
	if err := c.owner.makeFolder(c.socket); err != nil {
		return nil, fmt.Errorf("making the folder of the database's socket: %w", err)
	}
	if _, err := os.Stat(filepath.Join(c.data, "PG_VERSION")); os.IsNotExist(err) {
		if err := c.create(ctx); err != nil {
			return nil, err
		}
	}
	if err := c.writeSettings(); err != nil {
		return nil, err
	}
	clearSocket(c.socket)
	return c, c.control(ctx, "start", "-w", "-l", filepath.Join(c.data, "postgres.log"), "-o", shellWords(c.command().Args[3:]))
}

// ControlCommand gives the program and arguments that stop the cluster at once, and the credential to run it with.
func (c *Cluster) ControlCommand() (program []string, credential *syscall.Credential) {
	return []string{c.installation.Program("pg_ctl"), "-D", c.data, "-m", "immediate", "stop"}, c.owner.credential
}

// control runs pg_ctl; its output goes to a file because the database started by it keeps what it inherits open.
func (c *Cluster) control(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, c.installation.Program("pg_ctl"), append([]string{"-D", c.data}, args...)...)
	cmd.Dir = c.data
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.owner.credential, Setsid: true}
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(filepath.Join(c.data, "postgres.log"))
		return explain(c.options.Folder, lastLines(string(text)), err)
	}
	return nil
}

func shellWords(args []string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}
