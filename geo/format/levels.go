package format

import (
	"slices"
	"strings"

	"fourmaps/geo/layer"
)

// Levels make a tree of a table that has a column for each level, such as 局, 部, 课: the filled cells of these columns
// are the way from the top to the row itself. The row above is the one with the longest beginning of that way.
type Levels struct {
	Columns []string            `json:"columns"`
	ByDepth map[string][]string `json:"by_depth"` // field → its value at depth 1, 2 …; the last holds for all below
}

// levelSeparator parts the steps of a way; the way is a row's key where no column is.
const levelSeparator = "/"

// levelPlan is Levels resolved against a file and a layer.
type levelPlan struct {
	columns []int
	name    layer.Field
	byDepth []plannedDepth
}

type plannedDepth struct {
	layer.Field
	values []any
}

// TreeField is the field of a layer that points to the row above of the same layer, as trees have it.
func TreeField(l *layer.Layer) (layer.Field, bool) {
	for _, f := range l.Fields {
		if f.Type == layer.Reference && f.Layer == l.Name {
			return f, true
		}
	}
	return layer.Field{}, false
}

// resolveLevels checks the level columns against the file and the layer. What depth fills counts as filled.
func (in *Ingest) resolveLevels(columns []string) (*levelPlan, error) {
	levels := in.o.Levels
	if len(levels.Columns) == 0 {
		return nil, nil
	}
	if _, ok := TreeField(in.layer); !ok {
		return nil, badInput("levels_no_tree", "图层“%[1]s”没有上下级，不能使用层级列", "the layer %[2]s has no levels, so no columns can stand for them", in.layer.Label.Zh, in.layer.Name)
	}
	p := &levelPlan{}
	p.name, _ = in.layer.Field("name")
	for _, name := range levels.Columns {
		at := slices.Index(columns, name)
		if at < 0 {
			return nil, badInput("column_missing", "文件中没有列“%s”（有：%s）", "the file has no column %q (it has: %s)", name, strings.Join(columns, "、"))
		}
		p.columns = append(p.columns, at)
	}
	for name, words := range levels.ByDepth {
		field, ok := in.layer.Field(name)
		if !ok || field.ReadOnly {
			return nil, badInput("field_unknown", "图层“%[1]s”没有字段 %[3]s", "the layer %[2]s has no field %[3]s", in.layer.Label.Zh, in.layer.Name, name)
		}
		one := plannedDepth{Field: field}
		for _, word := range words {
			v, err := in.value(field, word)
			if err != nil {
				return nil, err
			}
			one.values = append(one.values, v)
		}
		if len(one.values) > 0 {
			p.byDepth = append(p.byDepth, one)
		}
	}
	return p, nil
}

// gives tells whether every row gets a value of a field from its way: its name from the last step, others by depth.
func (l Levels) gives(field string) bool {
	return len(l.Columns) > 0 && (field == "name" || len(l.ByDepth[field]) > 0)
}

// climb gives a record its way through the levels, the ways of the rows above it, nearest first, and what follows from
// its depth where the row itself says nothing. Without a name column the last step is the name.
func (p *levelPlan) climb(row Row, r *Record) *Problem {
	var steps []string
	for _, at := range p.columns {
		if s := fold(cellText(row.Cells[at])); !blank(s) {
			steps = append(steps, strings.ReplaceAll(s, levelSeparator, "／"))
		}
	}
	if len(steps) == 0 {
		return problem(row.Number, "", badInput("levels_empty", "各层级列都是空的", "all columns of the levels are empty"))
	}
	r.Way = strings.Join(steps, levelSeparator)
	for n := len(steps) - 1; n > 0; n-- {
		r.Above = append(r.Above, strings.Join(steps[:n], levelSeparator))
	}
	if _, named := r.Values["name"]; !named {
		name := steps[len(steps)-1]
		if err := checkLength(p.name, name); err != nil {
			return problem(row.Number, "", err)
		}
		r.Values["name"] = name
	}
	for _, f := range p.byDepth {
		if _, said := r.Values[f.Name]; said {
			continue
		}
		v := f.values[min(len(steps), len(f.values))-1]
		if v == nil && f.Required {
			return problem(row.Number, "", badInput("value_missing", "“%[1]s”不能为空", "%[2]s must not be empty", f.Label.Zh, f.Label.En))
		}
		if v != nil {
			r.Values[f.Name] = v
		}
	}
	return nil
}
