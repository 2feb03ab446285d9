package layer_test

import (
	"testing"
	"time"

	"fourmaps/geo/layer"
)

// TestTheRangeOfDates: both ends are in, and the moments next to them out.
func TestTheRangeOfDates(t *testing.T) {
	for text, want := range map[string]bool{"0999-12-31": false, "1000-01-01": true, "9999-12-31": true} {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil || layer.DayTaken(day) != want {
			t.Errorf("%s is taken: %v, %v", text, !want, err)
		}
	}
	for text, want := range map[string]bool{
		"0999-12-31T23:59:59Z": false, "1000-01-01T00:00:00Z": true, "9999-12-31T23:59:59+08:00": true, "9999-12-31T16:00:00Z": false,
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil || layer.MomentTaken(at) != want {
			t.Errorf("%s is taken: %v, %v", text, !want, err)
		}
	}
}
