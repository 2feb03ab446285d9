package format

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Moment is a date and time as a spreadsheet shows it on the wall clock, without a time zone; it is kept in UTC.
type Moment time.Time

// CellError is what a spreadsheet shows where a formula failed, such as "#N/A".
type CellError string

// cellText gives a raw cell as the text that a person would type.
func cellText(c any) string {
	switch c := c.(type) {
	case nil:
		return ""
	case string:
		return c
	case float64:
		return numberText(c)
	case bool:
		return strconv.FormatBool(c)
	case Moment:
		t := time.Time(c)
		if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
			return t.Format(time.DateOnly)
		}
		return t.Format(time.DateTime)
	case CellError:
		return string(c)
	}
	return ""
}

// numberText writes a number without exponent and without the noise of binary fractions: what Excel keeps as
// 34.355943000000003 was typed as 34.355943. Excel itself shows 15 digits.
func numberText(v float64) string {
	if math.Abs(v) >= 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err == nil {
		v = short
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// Fold is the spelling in which words are compared: two that look alike to people fold to the same.
func Fold(s string) string { return fold(s) }

// fold brings full-width letters, digits and signs to their usual width, other spaces to plain ones, and trims.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000' || r == '\u00a0' || r == '\u2007' || r == '\u202f' || r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r == '\ufeff' || r == '\u200b' || r == '\u200c' || r == '\u200d' || r == '\u2060':
			return -1
		case r == '−' || r == '–' || r == '﹣' || r == '‐' || r == '‑':
			return '-'
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
