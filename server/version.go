package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v3"

	"fourmaps/server/store/schema"
)

// version is set by the linker (see the Makefile) and never changes.
var version string

// buildVersion falls back to what Go itself noted about the build.
func buildVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value[:min(12, len(setting.Value))]
		}
	}
	return info.Main.Version
}

func (p *program) versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "print the versions of the program and of the schema that it makes",
		Action: func(context.Context, *cli.Command) error {
			newest, err := schema.Version()
			if err != nil {
				return err
			}
			fmt.Fprintf(p.out, "fourmaps %s\nschema %d\n%s %s/%s\n", buildVersion(), newest, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}
