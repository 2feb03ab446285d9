package backup

import (
	"bytes"
	"os/exec"
	"strings"
)

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
