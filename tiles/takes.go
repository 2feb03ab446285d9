package tiles

import (
	"strconv"
	"strings"
)

// accepted joins the lines of an Accept-Encoding header.
func accepted(lines []string) string {
	if len(lines) == 1 { // nearly always
		return lines[0]
	}
	return strings.Join(lines, ",")
}

// Takes tells whether an Accept-Encoding header accepts an encoding (RFC 9110, 12.5.3). One that is not named is taken
// where * is; without a header nothing is.
func Takes(accepts, encoding string) bool {
	if rest, ok := strings.CutPrefix(accepts, encoding); ok && (rest == "" || rest[0] == ',') && strings.IndexByte(rest, ';') < 0 {
		return true // what browsers say, and tiles from the cache must be quick
	}
	named, old, star := 0, 0, 0 // 1 is taken, -1 refused, 0 not named
	for part := range strings.SplitSeq(accepts, ",") {
		name, weight, weighed := strings.Cut(part, ";")
		name = strings.Trim(name, " \t")
		at := &star
		switch {
		case strings.EqualFold(name, encoding):
			at = &named
		case len(name) == len("x-gzip") && encoding == "gzip" && strings.EqualFold(name, "x-gzip"):
			at = &old
		case name != "*":
			continue
		}
		if weighed && !heavier(weight) {
			*at = -1
		} else if *at == 0 {
			*at = 1
		}
	}
	for _, said := range [...]int{named, old, star} {
		if said != 0 {
			return said > 0
		}
	}
	return false
}

// heavier tells whether a weight, q=0.5, is more than 0. What cannot be understood is not.
func heavier(weight string) bool {
	name, value, _ := strings.Cut(weight, "=")
	q, err := strconv.ParseFloat(strings.Trim(value, " \t"), 64)
	return err == nil && q > 0 && strings.EqualFold(strings.Trim(name, " \t"), "q")
}
