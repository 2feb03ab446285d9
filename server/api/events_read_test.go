package api_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// readEvents reads a stream as browsers do: an event counts when its blank line has come. One that the end of the stream
// cuts off is told again to whoever resumes.
func readEvents(stream io.Reader, each func(event)) error {
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, 1<<20)
	var e event
	var data string
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch key {
		case "id":
			e.ID = value
		case "event":
			e.Name = value
		case "data":
			data = value
		case "":
			if e.Name != "" {
				if err := json.Unmarshal([]byte(data), &e.Data); err != nil {
					return fmt.Errorf("%w in %s", err, data)
				}
				each(e)
			}
			e, data = event{}, ""
		}
	}
	return nil
}

// TestHalfAnEventIsNone: a stream may end anywhere.
func TestHalfAnEventIsNone(t *testing.T) {
	whole := "retry: 2000\n\nid: 7\nevent: change\ndata: {\"seq\":7}\n\n"
	rest := "id: 8\nevent: change\ndata: {\"seq\":8}\n\n"
	for cut := range len(rest) {
		var told []int64
		if err := readEvents(strings.NewReader(whole+rest[:cut]), func(e event) { told = append(told, e.Data.Seq) }); err != nil || !slices.Equal(told, []int64{7}) {
			t.Errorf("cut at %q: %v, %v", rest[:cut], told, err)
		}
	}
	if err := readEvents(strings.NewReader("event: change\ndata: {\"seq\n\n"), func(event) {}); err == nil {
		t.Error("a whole event that is not JSON was taken")
	}
}
