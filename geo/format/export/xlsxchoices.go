package export

import (
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"

	"fourmaps/geo/layer"
)

// choiceSheet holds the choices of all fields, a column each: a list inside a validation may have 255 characters only.
const choiceSheet = "选项 Choices"

// writeChoices writes the hidden sheet of choices and lets the cells of each column take what the field takes. It comes
// before the rows: what is written as a stream cannot be returned to.
func (x *xlsxWriter) writeChoices(columns []column) error {
	for i, c := range columns {
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		v := excelize.NewDataValidation(true)
		v.Sqref = fmt.Sprintf("%[1]s2:%[1]s%[2]d", letter, excelize.TotalRows)
		if err := x.rule(v, c.field); err != nil {
			return err
		}
		title, text := c.field.Label.Zh, prompt(c.field)
		if c.field.Name == idField.Name {
			title = heading(idLabel)
		}
		if text != "" {
			v.SetInput(clip(title, 32), clip(text, 255))
		}
		if v.Type == "" && text == "" {
			continue
		}
		if err := x.file.AddDataValidation(x.name, v); err != nil {
			return fmt.Errorf("limiting the column %s: %w", c.heading, err)
		}
	}
	if x.choices == 0 {
		return nil
	}
	return x.file.SetSheetVisible(choiceSheet, false)
}

// rule lets a column take what its field takes. Imports understand more than the list shows, so only numbers are
// refused; another word for a choice is a warning.
func (x *xlsxWriter) rule(v *excelize.DataValidation, f layer.Field) error {
	switch f.Type {
	case layer.Choice:
		where, err := x.addChoices(f)
		if err != nil {
			return err
		}
		v.SetSqrefDropList(where)
		v.SetError(excelize.DataValidationErrorStyleWarning, clip(f.Label.Zh, 32), "不在列表中 It is not in the list")
	case layer.Boolean:
		return v.SetDropList([]string{"TRUE", "FALSE"})
	case layer.Integer, layer.Number:
		if f.Min == nil || f.Max == nil {
			return nil
		}
		kind := excelize.DataValidationTypeDecimal
		if f.Type == layer.Integer {
			kind = excelize.DataValidationTypeWhole
		}
		least, most := strconv.FormatFloat(*f.Min, 'f', -1, 64), strconv.FormatFloat(*f.Max, 'f', -1, 64)
		v.SetError(excelize.DataValidationErrorStyleStop, clip(f.Label.Zh, 32), least+" – "+most)
		return v.SetRange(*f.Min, *f.Max, kind, excelize.DataValidationOperatorBetween)
	}
	return nil
}

// addChoices writes the choices of a field into the next column of their sheet and tells where they are.
func (x *xlsxWriter) addChoices(f layer.Field) (string, error) {
	if x.choices == 0 {
		if _, err := x.file.NewSheet(choiceSheet); err != nil {
			return "", err
		}
	}
	x.choices++
	letter, err := excelize.ColumnNumberToName(x.choices)
	if err != nil {
		return "", err
	}
	if err := x.file.SetCellStr(choiceSheet, letter+"1", heading(f.Label)); err != nil {
		return "", err
	}
	for i, o := range f.Choices {
		if err := x.file.SetCellStr(choiceSheet, letter+strconv.Itoa(i+2), x.label(f, o.Value)); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("'%[1]s'!$%[2]s$2:$%[2]s$%[3]d", choiceSheet, letter, len(f.Choices)+1), nil
}

// prompt is what a person reads who is about to fill in a cell.
func prompt(f layer.Field) string {
	text := ""
	add := func(more string) {
		if more != "" {
			if text != "" {
				text += "\n"
			}
			text += more
		}
	}
	add(f.Help.Zh)
	add(f.Help.En)
	if f.Unit.Zh != "" {
		add("单位：" + f.Unit.Zh + " Unit: " + f.Unit.En)
	}
	if f.Type == layer.Choices {
		all := "可多选，用顿号分开："
		for i, o := range f.Choices {
			if i > 0 {
				all += "、"
			}
			all += o.Label.Zh
		}
		add(all)
	}
	return text
}

// clip cuts a text to so many characters, as validations ask.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
