package cluster

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Command prepares one of PostgreSQL's programs for the database at address. The password goes into the environment,
// where other users of the machine cannot see it.
func (c Client) Command(ctx context.Context, program, address string, args ...string) (*exec.Cmd, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("reading the database's address: %w", err)
	}
	clean, err := forLibpq(address)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, c.Program(program), append([]string{"--dbname=" + clean}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	if config.Password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+config.Password)
	}
	return cmd, nil
}

var (
	passwordWord = regexp.MustCompile(`\bpassword\s*=\s*('(?:[^'\\]|\\.)*'|\S+)\s*`)
	ownWord      = regexp.MustCompile(`\b(pool_\w+|default_query_exec_mode|\w+_cache_capacity)\s*=\s*\S+\s*`)
)

// forLibpq takes the password and what only pgx understands out of an address in either of its forms.
func forLibpq(address string) (string, error) {
	if !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
		return ownWord.ReplaceAllString(passwordWord.ReplaceAllString(address, ""), ""), nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("reading the database's address: %w", err)
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	query := u.Query()
	for name := range query {
		if name == "password" || ownWord.MatchString(name+"=x") {
			query.Del(name)
		}
	}
	u.RawQuery = query.Encode()
	return u.String(), nil
}
