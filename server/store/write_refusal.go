package store

import (
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"fourmaps/geo/layer"
)

// refusedByDatabase turns what a constraint refuses into what people are told: the field and a sentence. The database is
// the judge; entries are checked early only to be kind.
func refusedByDatabase(l *layer.Layer, err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || !strings.HasPrefix(pg.Code, "23") {
		return err
	}
	if text, known := conflicts[strings.TrimPrefix(pg.ConstraintName, l.Name+"_")]; known && pg.Code == "23505" {
		return &ConflictError{text}
	}
	if pg.Code == "23505" {
		return &ConflictError{layer.Text{Zh: "编号已被占用", En: "the id or key is taken"}}
	}
	field := blamedField(l, pg)
	text, known := refusals[pg.ConstraintName]
	switch {
	case known:
	case pg.Code == "23502":
		text = layer.Text{Zh: "必须填写", En: "is required"}
	case pg.Code == "23503":
		text = layer.Text{Zh: "所指的记录不存在", En: "points to a row that does not exist"}
	default:
		text = layer.Text{Zh: "不符合数据库的规定（" + pg.ConstraintName + "）", En: "is refused by the database (" + pg.ConstraintName + ")"}
	}
	return &layer.EntryError{Faults: []layer.Fault{{Field: field, Code: "refused", Text: text}}}
}

// conflicts are what unique indexes refuse, by their names without the layer's.
var conflicts = map[string]layer.Text{
	"pkey":               {Zh: "这个编号的记录已存在", En: "a row with this id exists already"},
	"origin_key_current": {Zh: "同一来源和编号的记录已存在", En: "a row of the same origin and key exists already"},
	"code_current":       {Zh: "这个代码的行政区划已存在", En: "an area with this code exists already"},
}

// refusals are sentences for constraints that say more than that a value is not allowed.
var refusals = map[string]layer.Text{
	"layer_row_geom_check":        {Zh: "几何无效，或超出地图范围", En: "is not a valid geometry, or lies outside the map"},
	"area_code_level":             {Zh: "区划代码的位数与级别不符：省 2、市 4、县 6、乡镇 9、村 12", En: "has another number of digits than the level needs: province 2, city 4, county 6, township 9, village 12"},
	"area_code_digits":            {Zh: "区划代码应为 2、4、6、9 或 12 位数字", En: "has 2, 4, 6, 9 or 12 digits"},
	"area_valid":                  {Zh: "撤销日期应晚于启用日期", En: "must be later than the day from which it is valid"},
	"area_not_own_parent":         {Zh: "不能是自己的上级", En: "cannot be its own parent"},
	"area_no_cycle":               {Zh: "不能位于自己之下", En: "cannot lie below itself"},
	"area_parent_level":           {Zh: "上级的级别应高于本级", En: "must be of a higher level"},
	"command_unit_not_own_parent": {Zh: "不能是自己的上级", En: "cannot be its own parent"},
	"command_unit_no_cycle":       {Zh: "不能指挥自己的上级，也不能超过 20 级", En: "cannot command itself, nor lie more than 20 levels deep"},
	"stock_line_item_code_check":  {Zh: "分类编码应为 7 位数字", En: "has seven digits"},
}

// blamedField finds the field that a constraint is about: the column, or the field whose name is in the constraint's.
func blamedField(l *layer.Layer, pg *pgconn.PgError) string {
	switch {
	case pg.ColumnName == "geom", strings.Contains(pg.ConstraintName, "_geom_"):
		return "geometry"
	case pg.ColumnName != "":
		return pg.ColumnName
	case pg.ConstraintName == "area_code_level":
		return "code"
	case pg.ConstraintName == "area_valid":
		return "valid_to"
	case strings.HasSuffix(pg.ConstraintName, "_no_cycle"), strings.HasSuffix(pg.ConstraintName, "_parent_level"), strings.HasSuffix(pg.ConstraintName, "_not_own_parent"):
		return "parent_id"
	}
	fields, prefix := append(slices.Clone(layer.Standing), l.Fields...), ""
	if p, ok := l.Part(pg.TableName); ok {
		fields, prefix = p.Fields, p.Name+"."
	}
	best := ""
	for _, f := range fields { // the longest name that fits: duty_phone, not phone
		for _, table := range []string{pg.TableName, "layer_row"} {
			if strings.HasPrefix(pg.ConstraintName, table+"_"+f.Name+"_") && len(f.Name) > len(best) {
				best = f.Name
			}
		}
	}
	return prefix + best
}
