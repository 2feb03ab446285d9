package store

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"fourmaps/geo/layer"
)

// Sort is an order of rows: by a field, rows without a value last, and by id where values are equal. The zero value
// is the order of ids, which is the order in which rows were made.
type Sort struct {
	Field      layer.Field
	Descending bool
}

// Place is a position in an order: the sort key (nil for a row without a value) and the id of the last row before it.
type Place struct {
	Key *string
	ID  uuid.UUID
}

func (o Sort) byID() bool { return o.Field.Name == "" }

// key is the expression by which rows are ordered. Choices go in declared order, so that the gravest level comes
// first; texts in Chinese order (by pinyin), which also orders Latin letters.
func (o Sort) key(alias string) string {
	column := alias + "." + o.Field.Name
	switch o.Field.Type {
	case "":
		return "NULL"
	case layer.Choice:
		return fmt.Sprintf("array_position(ARRAY[%s], %s)", quoted(o.Field.Choices), column)
	case layer.Choices:
		return fmt.Sprintf("array_to_string(%s, ',')", column)
	case layer.String, layer.Phone:
		return column + ` COLLATE "zh-x-icu"`
	default:
		return column
	}
}

// keyType is the type that a place's key has in SQL.
func (o Sort) keyType() string {
	switch o.Field.Type {
	case layer.Choice, layer.Integer:
		return "bigint"
	case layer.Number:
		return "float8"
	case layer.Boolean:
		return "boolean"
	case layer.Date:
		return "date"
	case layer.Time:
		return "timestamptz"
	case layer.Reference:
		return "uuid"
	default:
		return "text"
	}
}

func (o Sort) order(alias string) string {
	direction := ""
	if o.Descending {
		direction = " DESC"
	}
	if o.byID() {
		return alias + ".id" + direction
	}
	return fmt.Sprintf("%s%s NULLS LAST, %s.id%s", o.key(alias), direction, alias, direction)
}

// after is the condition that a row comes after place p.
func (o Sort) after(alias string, p Place, args []any) (string, []any) {
	than := ">"
	if o.Descending {
		than = "<"
	}
	args = append(args, p.ID)
	id := fmt.Sprintf("%s.id %s $%d::uuid", alias, than, len(args))
	if o.byID() {
		return id, args
	}
	key := o.key(alias)
	if p.Key == nil {
		return fmt.Sprintf("(%s IS NULL AND %s)", key, id), args
	}
	args = append(args, *p.Key)
	value := fmt.Sprintf("$%d::text::%s", len(args), o.keyType())
	return fmt.Sprintf("(%[1]s %[2]s %[3]s OR (%[1]s = %[3]s AND %[4]s) OR %[1]s IS NULL)", key, than, value, id), args
}

func quoted(options []layer.Option) string {
	texts := make([]string, len(options))
	for i, o := range options {
		texts[i] = "'" + strings.ReplaceAll(o.Value, "'", "''") + "'"
	}
	return strings.Join(texts, ", ")
}
