package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v3"

	"fourmaps/server/api"
)

// openAPICommand prints what GET /api/openapi.json answers, without a database. The version in it is always the same,
// so that the committed copy changes only when the API does.
func (p *program) openAPICommand() *cli.Command {
	return &cli.Command{
		Name:  "openapi",
		Usage: "print the OpenAPI 3.1 description of the API",
		Action: func(context.Context, *cli.Command) error {
			document, err := api.Description("current")
			if err != nil {
				return err
			}
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, document, "", "  "); err != nil {
				return fmt.Errorf("reading the description of the API: %w", err)
			}
			fmt.Fprintln(p.out, pretty.String())
			return nil
		},
	}
}
