package format

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"fourmaps/geo/layer"
)

// value turns a raw cell into what a field holds, or nil if it is empty. Its error is an *geo.InputError.
func (in *Ingest) value(f layer.Field, cell any) (any, error) {
	if e, failed := cell.(CellError); failed {
		return nil, badInput("cell_error", "单元格是公式错误 %s", "the cell holds the formula error %s", string(e))
	}
	switch f.Type {
	case layer.String:
		return textValue(f, cell)
	case layer.Phone:
		return phoneValue(f, cell)
	case layer.Integer, layer.Number:
		return numberValue(f, cell)
	case layer.Boolean:
		return booleanValue(f, cell)
	case layer.Date:
		return dateValue(f, cell, in.o.DateOrder)
	case layer.Time:
		return timeValue(f, cell, in.o.DateOrder, in.o.Location)
	case layer.Choice:
		return choiceValue(f, cell)
	case layer.Choices:
		return choicesValue(f, cell)
	case layer.Reference:
		if s := trimmed(cell); !blank(fold(s)) {
			return Reference(s), nil
		}
		return nil, nil
	}
	return nil, badInput("field_unknown", "字段 %s 的类型未知", "the field %s has an unknown type", f.Name)
}

// blank tells whether a text is one of the ways in which ledgers say that there is nothing.
func blank(s string) bool {
	switch s {
	case "", "-", "--", "—", "——", "―", "/", "\\", "N/A", "n/a", "NULL", "null", "#N/A":
		return true
	}
	return false
}

// blankValue is blank for anything but free text, where the words may mean something.
func blankValue(s string) bool {
	switch s {
	case "无", "暂无", "不详", "未知", "空", "none", "None", "unknown", "なし":
		return true
	}
	return blank(s)
}

// trimmed is the text of a cell without the spaces around it.
func trimmed(cell any) string {
	return strings.TrimSpace(strings.Trim(cellText(cell), "\u3000\u00a0\ufeff\u200b"))
}

func textValue(f layer.Field, cell any) (any, error) {
	s := trimmed(cell)
	if blank(s) {
		return nil, nil
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || strings.ContainsRune(s, utf8.RuneError) || garbled(s) {
		return nil, badInput("text_broken", "文字含有无效字符，请检查字符编码", "the text has invalid characters; check its encoding")
	}
	return s, checkLength(f, s)
}

func checkLength(f layer.Field, s string) error {
	if n := utf8.RuneCountInString(s); f.MaxLength > 0 && n > f.MaxLength {
		return badInput("value_too_long", "有 %d 个字，超过上限 %d 个字", "it has %d characters, over the limit of %d", n, f.MaxLength)
	}
	return nil
}

var phonePattern = regexp.MustCompile(`^\+?[0-9()\- ]{3,}(?:(?:转|ext\.?|x|#)\s*[0-9]{1,6})?$`)

func phoneValue(f layer.Field, cell any) (any, error) {
	s := fold(cellText(cell))
	if blankValue(s) {
		return nil, nil
	}
	if !phonePattern.MatchString(s) {
		return nil, badInput("phone_invalid", "“%.40s”不是电话号码", "%.40q is no phone number", s)
	}
	s = strings.NewReplacer("转", "-", "ext.", "-", "ext", "-", "x", "-", "#", "-").Replace(s)
	return s, checkLength(f, s)
}

var (
	thousands = regexp.MustCompile(`^[+-]?\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?$`)
	plain     = regexp.MustCompile(`^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$`)
)

// parseNumber reads a number with full-width digits, thousands separators, and the field's unit behind it.
func parseNumber(f layer.Field, s string) (float64, bool) {
	s = fold(s)
	for _, unit := range []string{f.Unit.Zh, f.Unit.En} {
		if rest, ok := strings.CutSuffix(s, unit); ok && unit != "" {
			s = strings.TrimSpace(rest)
		}
	}
	if thousands.MatchString(s) {
		s = strings.NewReplacer(",", "", "'", "", " ", "").Replace(s)
	}
	if !plain.MatchString(s) {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

func numberValue(f layer.Field, cell any) (any, error) {
	var v float64
	switch c := cell.(type) {
	case float64:
		v = c
	case string:
		s := fold(c)
		if blankValue(s) {
			return nil, nil
		}
		var ok bool
		if v, ok = parseNumber(f, s); !ok {
			return nil, badInput("number_invalid", "“%.40s”不是数字", "%.40q is not a number", s)
		}
	case nil:
		return nil, nil
	default:
		return nil, badInput("number_invalid", "“%.40s”不是数字", "%.40q is not a number", cellText(cell))
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, badInput("number_invalid", "“%.40s”不是数字", "%.40q is not a number", strconv.FormatFloat(v, 'g', -1, 64))
	}
	if f.Min != nil && v < *f.Min || f.Max != nil && v > *f.Max {
		return nil, rangeProblem(f, v)
	}
	if f.Type == layer.Number {
		return v, nil
	}
	if v != math.Trunc(v) || math.Abs(v) >= 1<<53 {
		return nil, badInput("integer_invalid", "%s 不是整数", "%s is not a whole number", numberText(v))
	}
	return int64(v), nil
}

func rangeProblem(f layer.Field, v float64) error {
	low, high := "−∞", "∞"
	if f.Min != nil {
		low = numberText(*f.Min)
	}
	if f.Max != nil {
		high = numberText(*f.Max)
	}
	return badInput("number_out_of_range", "%s 超出范围 %s 至 %s", "%s lies outside %s to %s", numberText(v), low, high)
}

// yesWords and noWords are how ledgers tick a box, folded and in lower case.
var (
	yesWords = map[string]bool{"是": true, "有": true, "对": true, "已": true, "yes": true, "y": true, "true": true, "t": true, "1": true, "√": true, "✓": true, "✔": true, "○": true, "〇": true, "◯": true, "●": true}
	noWords  = map[string]bool{"否": true, "无": true, "没有": true, "错": true, "未": true, "no": true, "n": true, "false": true, "f": true, "0": true, "×": true, "✗": true, "✘": true, "x": true}
)

func booleanValue(_ layer.Field, cell any) (any, error) {
	if b, ok := cell.(bool); ok {
		return b, nil
	}
	s := strings.ToLower(fold(cellText(cell)))
	switch {
	case yesWords[s]:
		return true, nil
	case noWords[s]:
		return false, nil
	case blank(s):
		return nil, nil
	}
	return nil, badInput("boolean_invalid", "“%.40s”不能理解为是或否", "%.40q is neither yes nor no", s)
}

// option finds a choice by its value, its label in either language or one of its other spellings.
func option(f layer.Field, s string) (string, bool) {
	key := strings.ToLower(fold(s))
	same := func(t string) bool { return t != "" && strings.ToLower(fold(t)) == key }
	for _, o := range f.Choices {
		if same(o.Value) {
			return o.Value, true
		}
	}
	for _, o := range f.Choices {
		if same(o.Label.Zh) || same(o.Label.En) {
			return o.Value, true
		}
	}
	for _, o := range f.Choices {
		for _, t := range o.Synonyms {
			if same(t) {
				return o.Value, true
			}
		}
	}
	return "", false
}

func choiceValue(f layer.Field, cell any) (any, error) {
	s := fold(cellText(cell))
	if s == "" {
		return nil, nil
	}
	if v, ok := option(f, s); ok {
		return v, nil
	}
	if blank(s) {
		return nil, nil
	}
	return nil, choiceProblem(f, s)
}

func choiceProblem(f layer.Field, s string) error {
	var zh, en []string
	for i, o := range f.Choices {
		if i == 12 {
			zh, en = append(zh, "…"), append(en, "…")
			break
		}
		zh, en = append(zh, o.Label.Zh), append(en, o.Value)
	}
	bad := badInput("choice_unknown", "", "")
	bad.Zh = "“" + clipText(s, 40) + "”不是可选值（可选：" + strings.Join(zh, "、") + "）"
	bad.En = strconv.Quote(clipText(s, 40)) + " is none of the choices (" + strings.Join(en, ", ") + ")"
	return bad
}

// choicesValue reads several choices parted by commas, semicolons or the like. A label that has such a sign in it is
// tried whole first.
func choicesValue(f layer.Field, cell any) (any, error) {
	s := fold(cellText(cell))
	if s == "" {
		return nil, nil
	}
	if v, ok := option(f, s); ok {
		return []string{v}, nil
	}
	if blankValue(s) {
		return nil, nil
	}
	var out []string
	seen := map[string]bool{}
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，、;；/|", r) }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		v, ok := option(f, part)
		if !ok {
			return nil, choiceProblem(f, part)
		}
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	if out == nil {
		return nil, nil
	}
	return out, nil
}

func clipText(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
