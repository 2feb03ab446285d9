package cluster

import "strings"

// explain finds the sentence for what PostgreSQL wrote before it gave up.
func explain(folder string, lines []string, err error) error {
	text := strings.Join(lines, "\n")
	switch {
	case strings.Contains(text, "No space left on device"), strings.Contains(text, "Disk quota exceeded"):
		return diskFull(folder, err)
	case len(lines) == 0:
		return startFailed(err.Error(), err)
	}
	return startFailed(telling(lines), err)
}

// telling picks the line that says why: the first one marked as an error, otherwise the last.
func telling(lines []string) string {
	for _, mark := range []string{"PANIC:", "FATAL:", "error:"} {
		for _, line := range lines {
			if strings.Contains(line, mark) {
				return strings.TrimSpace(line)
			}
		}
	}
	return strings.TrimSpace(lines[len(lines)-1])
}

// lastLines keeps the end of an output, without empty lines.
func lastLines(output string) []string {
	var lines []string
	for line := range strings.Lines(output) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-keptLines):]
}

// stillHeld tells whether processes of a database that was killed have yet to notice and end.
func stillHeld(lines []string) bool {
	text := strings.Join(lines, "\n")
	return strings.Contains(text, "is still in use") || strings.Contains(text, "pre-existing shared memory block")
}
