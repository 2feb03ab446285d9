package layer

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// This file reads the value of one field of an entry.

// value puts what raw says into values, or finds fault with it. An empty text means no value.
func (p *entryParser) value(path string, f Field, raw json.RawMessage, values map[string]any) {
	v, fault := readValue(f, raw)
	if fault == nil && v == nil && f.Required {
		fault = &Fault{Code: "missing", Text: Text{"“" + f.Label.Zh + "”不能为空", f.Label.En + " must not be empty"}}
	}
	if fault != nil {
		p.fault(path, fault.Code, fault.Text.Zh, fault.Text.En)
		return
	}
	values[f.Name] = v
}

// readValue gives what the field takes, or nil for no value.
func readValue(f Field, raw json.RawMessage) (any, *Fault) {
	m := member{value: raw}
	if m.null() {
		return nil, nil
	}
	switch f.Type {
	case Integer, Number:
		return readNumber(f, raw)
	case Boolean:
		var b bool
		if json.Unmarshal(raw, &b) != nil {
			return nil, wrong("wrong_type", "应为 true 或 false", "must be true or false")
		}
		return b, nil
	case Choices:
		return readChoices(f, raw)
	}
	s, ok := m.text()
	if !ok {
		return nil, wrong("wrong_type", "应为文字", "must be a text")
	}
	s = strings.TrimFunc(strings.ReplaceAll(s, "\r\n", "\n"), unseen)
	if s == "" {
		return nil, nil
	}
	return readText(f, s)
}

func readText(f Field, s string) (any, *Fault) {
	switch f.Type {
	case Phone:
		if !phoneForm.MatchString(s) || utf8.RuneCountInString(s) > f.MaxLength {
			return nil, wrong("bad_form", "电话只能有数字和 + - ( ) 空格，3 到 40 位", "a phone number has digits, + - ( ) and spaces, 3 to 40 of them")
		}
		return s, nil
	case Date:
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return nil, wrong("bad_form", "应为日期，如 2026-07-14", "must be a date such as 2026-07-14")
		}
		if !DayTaken(t) {
			return nil, wrong("out_of_range", "日期应在 1000-01-01 至 9999-12-31 之间", "must be a date from 1000-01-01 to 9999-12-31")
		}
		return s, nil
	case Time:
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return nil, wrong("bad_form", "应为时间，如 2026-07-14T08:30:00+08:00", "must be a time such as 2026-07-14T08:30:00+08:00")
		}
		if !MomentTaken(t) {
			return nil, wrong("out_of_range", "时间应在 1000 年至 9999 年之间", "must be a time in the years 1000 to 9999")
		}
		return t.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano), nil
	case Choice:
		if !f.Has(s) {
			return nil, noChoice(s)
		}
		return s, nil
	case Reference:
		id, err := uuid.Parse(s)
		if err != nil || len(s) != 36 {
			return nil, wrong("bad_form", "应为 UUID", "must be a UUID")
		}
		return id.String(), nil
	}
	return s, checkEntered(f, s)
}

var phoneForm = regexp.MustCompile(`^[0-9+() -]{3,}$`) // as the columns have it

// manyLines is from what length on a text may have line breaks.
const manyLines = 1000

// checkEntered refuses what is no text for people: control characters, signs that turn the direction of writing, and
// characters that were lost before they came here. HTML is text like any other.
func checkEntered(f Field, s string) *Fault {
	if n := utf8.RuneCountInString(s); n > f.MaxLength {
		return wrong("too_long", fmt.Sprintf("有 %d 个字，最多 %d 个", n, f.MaxLength), fmt.Sprintf("has %d characters, at most %d are allowed", n, f.MaxLength))
	}
	for _, r := range s {
		if (r == '\n' || r == '\t') && f.MaxLength >= manyLines {
			continue
		}
		if unicode.IsControl(r) || r == utf8.RuneError || r == '\ufeff' || r >= '\u2028' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return wrong("bad_text", fmt.Sprintf("含有不能使用的字符 U+%04X", r), fmt.Sprintf("has the character U+%04X, which cannot be used", r))
		}
	}
	return nil
}

// unseen says of a character at the edge of a text that nobody sees it: a name of such is none.
func unseen(r rune) bool {
	return unicode.IsSpace(r) || r >= '\u200b' && r <= '\u200d' || r == '\u2060' || r == '\ufeff'
}

func readNumber(f Field, raw json.RawMessage) (any, *Fault) {
	var n json.Number
	if raw[0] == '"' || json.Unmarshal(raw, &n) != nil {
		return nil, wrong("wrong_type", "应为数", "must be a number")
	}
	v, err := strconv.ParseFloat(n.String(), 64)
	if err != nil || math.IsInf(v, 0) {
		return nil, wrong("out_of_range", "数太大", "is too large a number")
	}
	least, most := math.Inf(-1), math.Inf(1)
	if f.Type == Integer {
		least, most = math.MinInt32, math.MaxInt32
	}
	if f.Min != nil {
		least = max(least, *f.Min)
	}
	if f.Max != nil {
		most = min(most, *f.Max)
	}
	if v < least || v > most {
		return nil, wrong("out_of_range", fmt.Sprintf("%s 不在 %s 到 %s 之间", shown(v), shown(least), shown(most)), fmt.Sprintf("%s is not between %s and %s", shown(v), shown(least), shown(most)))
	}
	if f.Type == Number {
		return v + 0, nil // never -0
	}
	if v != math.Trunc(v) {
		return nil, wrong("wrong_type", "应为整数", "must be a whole number")
	}
	return int64(v), nil
}

func shown(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "∞"
	case math.IsInf(v, -1):
		return "−∞"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func readChoices(f Field, raw json.RawMessage) (any, *Fault) {
	var list []*string
	if json.Unmarshal(raw, &list) != nil {
		return nil, wrong("wrong_type", "应为选项列表", "must be a list of choices")
	}
	out := []string{}
	for _, s := range list {
		if s == nil || !f.Has(*s) {
			name := "null"
			if s != nil {
				name = *s
			}
			return nil, noChoice(name)
		}
		if !slices.Contains(out, *s) {
			out = append(out, *s)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

func noChoice(s string) *Fault {
	return wrong("not_a_choice", fmt.Sprintf("没有“%.40s”这个选项", s), fmt.Sprintf("has no choice %.40q", s))
}

func wrong(code, zh, en string) *Fault { return &Fault{Code: code, Text: Text{zh, en}} }
