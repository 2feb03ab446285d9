package backup

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
)

// command prepares one of PostgreSQL's programs for the database at address. The password goes into the environment,
// where other users of the machine cannot see it.
func command(ctx context.Context, program, address string, args ...string) (*exec.Cmd, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("reading the database's address: %w", err)
	}
	clean, err := forLibpq(address)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, append(args, "--dbname="+clean)...)
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

// run executes the program and gives what it said last as the error.
func run(cmd *exec.Cmd) error {
	var said bytes.Buffer
	cmd.Stderr = &said
	err := cmd.Run()
	if err == nil {
		return nil
	}
	text := strings.TrimSpace(said.String())
	if text == "" {
		return err
	}
	return &programError{text: text, err: err}
}

// programError is what one of PostgreSQL's programs said when it failed.
type programError struct {
	text string
	err  error
}

func (e *programError) Error() string {
	first, _, _ := strings.Cut(e.text, "\n")
	return first
}

func (e *programError) Unwrap() error { return e.err }
