// Command fourmaps is One Network, Four Maps 一网四图: the server, and the work on its database from the command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v3"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	// The first signal asks for an orderly end; a second one ends at once, and the database's own end follows by itself.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args, os.Stdout, os.Stderr))
}

// program is what all commands share.
type program struct {
	config   config
	out, err io.Writer
	log      *slog.Logger
}

// run executes one command line and gives the process's exit code.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	p := &program{out: out, err: errOut, log: slog.New(slog.DiscardHandler)}
	err := p.command().Run(ctx, args)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return 130 // ended by a signal, as shells count
	}
	p.report(err)
	return 1
}

// command is the whole command line.
func (p *program) command() *cli.Command {
	root := &cli.Command{
		Name:                  "fourmaps",
		Usage:                 "One Network, Four Maps 一网四图",
		Version:               buildVersion(),
		Writer:                p.out,
		ErrWriter:             p.err,
		EnableShellCompletion: true,
		// Errors are reported in run.
		ExitErrHandler: func(context.Context, *cli.Command, error) {},
		Action:         helpOrUnknown,
		Commands: []*cli.Command{
			p.serveCommand(),
			p.migrateCommand(),
			p.demoCommand(),
			p.userCommand(),
			p.importCommand(),
			p.exportCommand(),
			p.backupCommand(),
			p.restoreCommand(),
			p.psqlCommand(),
			p.certificateCommand(),
			p.readyCommand(),
			p.openAPICommand(),
			p.versionCommand(),
		},
	}
	tellWrongUsage(root)
	refuseArguments(root)
	return root
}

func tellWrongUsage(command *cli.Command) {
	command.OnUsageError = wrongUsage
	for _, below := range command.Commands {
		tellWrongUsage(below)
	}
}

// wrongUsage points to the help instead of printing all of it over the one line that matters.
func wrongUsage(_ context.Context, cmd *cli.Command, err error, _ bool) error {
	return &told{
		chinese: fmt.Sprintf("%v(`%s --help` 列出全部选项)", err, cmd.FullName()),
		english: fmt.Sprintf("%v (`%s --help` lists all options)", err, cmd.FullName()),
	}
}

func helpOrUnknown(_ context.Context, cmd *cli.Command) error {
	if word := cmd.Args().First(); word != "" {
		return &told{
			chinese: fmt.Sprintf("没有 %q 这个命令(`fourmaps --help` 列出全部命令)", word),
			english: fmt.Sprintf("there is no command %q (`fourmaps --help` lists them)", word),
		}
	}
	return cli.ShowRootCommandHelp(cmd)
}

// on wraps a command's work: the log is made as configured before it begins.
func (p *program) on(work func(context.Context, *cli.Command) error) cli.ActionFunc {
	return func(ctx context.Context, cmd *cli.Command) error {
		log, err := newLog(p.err, p.config.LogLevel, p.config.LogFormat)
		if err != nil {
			return err
		}
		p.log = log
		return work(ctx, cmd)
	}
}

// oneFile gives the only argument of a command.
func oneFile(cmd *cli.Command) (string, error) {
	if cmd.Args().Len() != 1 {
		return "", &told{
			chinese: fmt.Sprintf("`%s` 需要且只需要一个文件。", cmd.FullName()),
			english: fmt.Sprintf("`%s` takes exactly one FILE.", cmd.FullName()),
		}
	}
	return cmd.Args().First(), nil
}
