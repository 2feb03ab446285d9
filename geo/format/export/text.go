package export

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// label is what people call a choice.
func (s *sheet) label(f layer.Field, value string) string {
	for _, o := range f.Choices {
		if o.Value != value {
			continue
		}
		if s.English && o.Label.En != "" {
			return o.Label.En
		}
		return o.Label.Zh
	}
	return value
}

// labels joins several choices with a sign that no label has and an import parts them at.
func (s *sheet) labels(f layer.Field, values []string) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = s.label(f, v)
	}
	return strings.Join(out, "、")
}

// yesNo is how tables tick a box.
func (s *sheet) yesNo(b bool) string {
	switch {
	case s.English && b:
		return "yes"
	case s.English:
		return "no"
	case b:
		return "是"
	}
	return "否"
}

// forPeople is a value as a person would type it: choices by label, times on the wall clock.
func (s *sheet) forPeople(f layer.Field, v any) string {
	switch v := v.(type) {
	case string:
		if f.Type == layer.Choice {
			return s.label(f, v)
		}
		return tidy(v)
	case []string:
		return s.labels(f, v)
	case bool:
		return s.yesNo(v)
	case time.Time:
		if f.Type == layer.Date {
			return v.Format(time.DateOnly)
		}
		return v.In(s.Location).Format(time.DateTime)
	}
	return forMachines(f, v)
}

// forMachines is a value as programs write it: choices by value, times in UTC.
func forMachines(f layer.Field, v any) string {
	switch v := v.(type) {
	case string:
		return tidy(v)
	case []string:
		return strings.Join(v, ";")
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return ""
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		if f.Type == layer.Date {
			return v.Format(time.DateOnly)
		}
		return v.UTC().Format(time.RFC3339Nano)
	}
	return ""
}

// tidy makes line ends one character and takes out what XML cannot hold; files of all formats are read alike then.
func tidy(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = s[i] >= 0x20 && s[i] < 0xef || s[i] == '\n' || s[i] == '\t'
	}
	if clean {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r < 0x20 && r != '\n' && r != '\t', r == 0xfffe, r == 0xffff:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// degrees writes a coordinate with eight decimals at most, a millimetre.
func degrees(v float64) string {
	text := strings.TrimRight(strconv.FormatFloat(v, 'f', 8, 64), "0")
	if text = strings.TrimSuffix(text, "."); text == "-0" {
		return "0"
	}
	return text
}

// rounded is the number that degrees writes.
func rounded(v float64) float64 { return math.Round(v*1e8) / 1e8 }

// point is the place of a row in a table, in the system of the file; ok is false for a row without a place.
func (s *sheet) point(r Row) (p orb.Point, ok bool, err error) {
	if r.Geometry == nil {
		return p, false, nil
	}
	p, err = geo.FromWGS84(r.Anchor, s.CRS)
	return p, true, err
}

// geometry is the row's geometry in the system of the file; nil for a row without a place.
func (s *sheet) geometry(r Row) (orb.Geometry, error) {
	if r.Geometry == nil || s.CRS == geo.WGS84 {
		return r.Geometry, nil
	}
	return geo.ConvertGeometry(r.Geometry, geo.WGS84, s.CRS)
}
