package layer

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fourmaps/geo"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// This file reads the single parameters of a filter; each function checks one kind of value.

func parseBoxes(value string) ([]orb.Bound, error) {
	boxes, err := geo.ParseBox(value)
	if err != nil {
		text := Text{"范围框有误", "is not a bounding box"}
		var input *geo.InputError
		if errors.As(err, &input) {
			text = Text{input.Zh, input.En}
		}
		return nil, &ParameterError{"bbox", "bad_value", text}
	}
	return boxes, nil
}

var areaCode = regexp.MustCompile(`^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$`)

func parseAreaCode(value string) (string, error) {
	if !areaCode.MatchString(value) {
		return "", bad("area", "区划代码应为 2、4、6、9 或 12 位数字", "an area code has 2, 4, 6, 9 or 12 digits")
	}
	return value, nil
}

// parseQuery brings what was typed into the form of the search column: lower case, no spaces.
func parseQuery(value string) (string, error) {
	if err := checkText("q", value); err != nil {
		return "", err
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, value), nil
}

func checkText(name, value string) error {
	if utf8.RuneCountInString(value) > MaxTextChars {
		return &ParameterError{name, "too_long", Text{fmt.Sprintf("最多 %d 个字", MaxTextChars), fmt.Sprintf("at most %d characters", MaxTextChars)}}
	}
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		return bad(name, "不是有效的文字", "is not valid text")
	}
	return nil
}

func parseUUIDs(name, value string, most int) ([]string, error) {
	parts := strings.Split(value, ",")
	if len(parts) > most {
		return nil, &ParameterError{name, "too_many", Text{fmt.Sprintf("一次最多 %d 个", most), fmt.Sprintf("at most %d at once", most)}}
	}
	ids := make([]string, len(parts))
	for i, p := range parts {
		id, err := uuid.Parse(strings.TrimSpace(p))
		if err != nil {
			return nil, bad(name, fmt.Sprintf("“%.40s”不是 UUID", p), fmt.Sprintf("%.40q is not a UUID", p))
		}
		ids[i] = id.String()
	}
	return ids, nil
}

// parseCondition reads a parameter about a field, such as kind=mine,dam or headcount.min=5.
func parseCondition(l *Layer, name, value string) (Condition, error) {
	c, ok := about(l, name)
	if !ok {
		return c, unknown(l, name)
	}
	field := c.Field
	if c.Operator == Null {
		v, err := parseBoolean(name, value)
		c.Values = []string{v}
		return c, err
	}
	if c.Operator == Is && field.Type != String && field.Type != Phone {
		parts := strings.Split(value, ",")
		if len(parts) > MaxValues {
			return c, &ParameterError{name, "too_many", Text{fmt.Sprintf("最多 %d 个值", MaxValues), fmt.Sprintf("at most %d values", MaxValues)}}
		}
		for _, p := range parts {
			v, err := parseValue(name, field, strings.TrimSpace(p))
			if err != nil {
				return c, err
			}
			c.Values = append(c.Values, v)
		}
		return c, nil
	}
	v, err := parseValue(name, field, value)
	c.Values = []string{v}
	return c, err
}

// about is the condition that a parameter's name speaks of, still without values.
func about(l *Layer, name string) (c Condition, ok bool) {
	fieldName, operator, _ := strings.Cut(name, ".")
	c.Field, ok = l.Field(fieldName)
	c.Operator = Operator(operator)
	return c, ok && c.Field.Filter && c.fits() && !strings.HasSuffix(name, ".")
}

// known tells whether a layer has a parameter of this name.
func known(l *Layer, name string) bool {
	switch name {
	case "bbox", "area", "q", "ids":
		return true
	case "due":
		return l.ConfirmDays > 0
	}
	_, ok := about(l, name)
	return ok
}

func parseDue(l *Layer, value string) (*bool, error) {
	if !known(l, "due") {
		return nil, unknown(l, "due")
	}
	if _, err := parseBoolean("due", value); err != nil {
		return nil, err
	}
	due := value == "true"
	return &due, nil
}

func unknown(l *Layer, name string) error {
	return &ParameterError{name, "unknown_parameter", Text{
		fmt.Sprintf("图层 %s 没有这个参数", l.Name), fmt.Sprintf("layer %s has no such parameter", l.Name)}}
}

// fits tells whether the operator makes sense for the field's type: a range needs an order.
func (c Condition) fits() bool {
	switch c.Operator {
	case Is, Null:
		return true
	case Min, Max:
		switch c.Field.Type {
		case Integer, Number, Date, Time:
			return true
		}
	}
	return false
}

func parseValue(name string, f Field, value string) (string, error) {
	switch f.Type {
	case Integer, Number:
		n, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return "", bad(name, "不是数", "is not a number")
		}
		return strconv.FormatFloat(n, 'g', -1, 64), nil
	case Boolean:
		return parseBoolean(name, value)
	case Date:
		return parseTime(name, value, time.DateOnly)
	case Time:
		return parseTime(name, value, time.DateOnly, time.RFC3339)
	case Choice, Choices:
		if !f.Has(value) {
			return "", bad(name, fmt.Sprintf("没有“%.40s”这个选项", value), fmt.Sprintf("has no choice %.40q", value))
		}
		return value, nil
	case Reference:
		ids, err := parseUUIDs(name, value, 1)
		if err != nil {
			return "", err
		}
		return ids[0], nil
	default:
		return value, checkText(name, value)
	}
}

func parseBoolean(name, value string) (string, error) {
	if value != "true" && value != "false" {
		return "", bad(name, "应为 true 或 false", "must be true or false")
	}
	return value, nil
}

// parseTime keeps the spelling, which PostgreSQL reads the same way; years are limited to what it can hold.
func parseTime(name, value string, forms ...string) (string, error) {
	for _, form := range forms {
		if t, err := time.Parse(form, value); err == nil && t.Year() > 0 {
			return value, nil
		}
	}
	return "", bad(name, "应为日期，如 2026-07-14", "must be a date such as 2026-07-14")
}

func bad(name, zh, en string) error { return &ParameterError{name, "bad_value", Text{zh, en}} }
