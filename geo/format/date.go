package format

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"fourmaps/geo/layer"
)

// DateOrder says how dates such as 3/4/2023 are read; without it they are rejected, because both are possible.
type DateOrder string

// The orders.
const (
	DayFirst   DateOrder = "dmy"
	MonthFirst DateOrder = "mdy"
)

var (
	ymd       = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+(.*))?$`)
	compact   = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	other     = regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T\s]+(.*))?$`)
	clockTime = regexp.MustCompile(`^(上午|下午)?\s*(\d{1,2})(?:[:：时点](\d{1,2})(?:分?|[:：分](\d{1,2})(?:\.\d+)?秒?))?\s*(Z|[+-]\d{2}:?\d{2})?$`)
)

// parseDay reads a date in the spellings of ledgers and what follows it.
func parseDay(s string, order DateOrder) (day time.Time, rest string, err error) {
	var parts []string
	switch {
	case ymd.MatchString(s):
		parts = ymd.FindStringSubmatch(s)[1:]
	case compact.MatchString(s):
		parts = append(compact.FindStringSubmatch(s)[1:], "")
	case other.MatchString(s):
		m := other.FindStringSubmatch(s)
		first, _ := strconv.Atoi(m[1])
		second, _ := strconv.Atoi(m[2])
		switch {
		case order == DayFirst || order == "" && first > 12:
			parts = []string{m[3], m[2], m[1], m[4]}
		case order == MonthFirst || order == "" && (second > 12 || first == second):
			parts = []string{m[3], m[1], m[2], m[4]}
		default:
			return day, "", badInput("date_ambiguous", "“%s”可能是日/月，也可能是月/日；请用 --date-order 说明", "%q may be day/month or month/day; say it with --date-order", s)
		}
	default:
		return day, "", dateProblem(s)
	}
	y, _ := strconv.Atoi(parts[0])
	m, _ := strconv.Atoi(parts[1])
	d, _ := strconv.Atoi(parts[2])
	day = time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if day.Day() != d || int(day.Month()) != m {
		return day, "", dateProblem(s)
	}
	if !layer.DayTaken(day) {
		return day, "", dateRange(s)
	}
	return day, strings.TrimSpace(parts[3]), nil
}

func dateProblem(s string) error {
	return badInput("date_invalid", "“%.40s”不是日期（如 2026-03-01、2026年3月1日）", "%.40q is no date (such as 2026-03-01)", s)
}

// dateRange says what dates are taken (layer.DayTaken).
func dateRange(s string) error {
	return badInput("date_out_of_range", "“%.40s”不在 1000-01-01 至 9999-12-31 之间", "%.40q is not from 1000-01-01 to 9999-12-31", s)
}

// serialDay takes a number for Excel's count of days if it lies between 1955 and 2119; a smaller or larger one is
// more likely something else.
func serialDay(v float64) (time.Time, bool) {
	if v < 20_000 || v > 80_000 {
		return time.Time{}, false
	}
	return excelTime(v, false)
}

// dateValue gives midnight UTC of the day.
func dateValue(_ layer.Field, cell any, order DateOrder) (any, error) {
	t, isText, err := moment(cell)
	if err != nil || t == nil && isText == "" {
		return nil, err
	}
	if t != nil && !layer.DayTaken(*t) {
		return nil, dateRange(t.Format(time.DateOnly))
	}
	if t != nil {
		return t.Truncate(24 * time.Hour), nil
	}
	day, rest, err := parseDay(isText, order)
	if err == nil && rest != "" && !clockTime.MatchString(rest) {
		err = dateProblem(isText)
	}
	if err != nil {
		return nil, err
	}
	return day, nil
}

// moment takes a cell that is a date already, or gives its text.
func moment(cell any) (*time.Time, string, error) {
	switch c := cell.(type) {
	case Moment:
		t := time.Time(c)
		return &t, "", nil
	case float64:
		if t, ok := serialDay(c); ok {
			return &t, "", nil
		}
		if c == math.Trunc(c) && c >= layer.FirstYear*10000 && c < (layer.LastYear+1)*10000 {
			return nil, numberText(c), nil
		}
		return nil, "", dateProblem(numberText(c))
	}
	s := fold(cellText(cell))
	if blankValue(s) {
		return nil, "", nil
	}
	if v, err := strconv.ParseFloat(s, 64); err == nil {
		if t, ok := serialDay(v); ok {
			return &t, "", nil
		}
	}
	return nil, s, nil
}

// timeValue gives a moment; a day alone is its midnight, and what has no zone is in loc.
func timeValue(_ layer.Field, cell any, order DateOrder, loc *time.Location) (any, error) {
	t, text, err := moment(cell)
	if err != nil || t == nil && text == "" {
		return nil, err
	}
	if t != nil {
		return momentIn(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), loc)
	}
	day, rest, err := parseDay(text, order)
	if err != nil {
		return nil, err
	}
	if rest == "" {
		return momentIn(day.Year(), day.Month(), day.Day(), 0, 0, 0, loc)
	}
	m := clockTime.FindStringSubmatch(rest)
	if m == nil {
		return nil, dateProblem(text)
	}
	hour, _ := strconv.Atoi(m[2])
	minute, _ := strconv.Atoi(m[3])
	second, _ := strconv.Atoi(m[4])
	if m[1] == "下午" && hour < 12 {
		hour += 12
	}
	if hour > 23 || minute > 59 || second > 59 {
		return nil, dateProblem(text)
	}
	if m[5] != "" {
		zone, err := time.Parse("Z0700", strings.ReplaceAll(m[5], ":", ""))
		if err != nil {
			return nil, dateProblem(text)
		}
		loc = zone.Location()
	}
	return momentIn(day.Year(), day.Month(), day.Day(), hour, minute, second, loc)
}

func momentIn(year int, month time.Month, day, hour, minute, second int, loc *time.Location) (any, error) {
	t := time.Date(year, month, day, hour, minute, second, 0, loc)
	if !layer.MomentTaken(t) {
		return nil, dateRange(t.Format(time.DateTime))
	}
	return t, nil
}
