package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v3"
)

// refuseArguments lets commands that take no arguments refuse them: whoever writes one means something by it.
func refuseArguments(command *cli.Command) {
	for _, below := range command.Commands {
		if len(below.Commands) == 0 && below.ArgsUsage == "" {
			below.Action = withoutArguments(below.Action)
		}
		refuseArguments(below)
	}
}

func withoutArguments(work cli.ActionFunc) cli.ActionFunc {
	return func(ctx context.Context, cmd *cli.Command) error {
		if word := cmd.Args().First(); word != "" {
			return &told{
				chinese: fmt.Sprintf("`%s` 不需要参数 %q(`%[1]s --help` 列出全部选项)", cmd.FullName(), word),
				english: fmt.Sprintf("`%s` takes no argument %q (`%[1]s --help` lists all options)", cmd.FullName(), word),
			}
		}
		return work(ctx, cmd)
	}
}
