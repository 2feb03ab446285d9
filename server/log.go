package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
)

// newLog makes the structured log: text for people at a terminal, JSON for machines.
func newLog(to io.Writer, level, format string) (*slog.Logger, error) {
	var options slog.HandlerOptions
	var parsed slog.Level
	if err := parsed.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("the log level %q is none of debug, info, warn, error", level)
	}
	options.Level = parsed
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(to, &options)), nil
	case "text":
		return slog.New(slog.NewTextHandler(to, &options)), nil
	case "auto":
		if isTerminal(to) {
			return slog.New(slog.NewTextHandler(to, &options)), nil
		}
		return slog.New(slog.NewJSONHandler(to, &options)), nil
	}
	return nil, fmt.Errorf("the log format %q is none of auto, text, json", format)
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
