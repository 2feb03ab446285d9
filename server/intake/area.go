package intake

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/geo/layer"
)

// areasByCode is the layer of areas as files have it: level and parent follow from the code.
func areasByCode() *layer.Layer {
	areas := layer.Area
	areas.Fields = slices.DeleteFunc(slices.Clone(areas.Fields), func(f layer.Field) bool {
		return f.Name == "level" || f.Name == "parent_id"
	})
	return &areas
}

// Refuse tells why a layer cannot be filled row by row; nil if it can. Areas need their own import, which finds their
// place in the tree and then the area of every row.
func Refuse(l *layer.Layer) error {
	if l.Name != layer.Area.Name {
		return nil
	}
	return &geo.InputError{
		Code: "areas_apart",
		Zh:   "行政区划请用 `fourmaps import areas --code 列名 --name 列名 文件` 导入:级别和上级由代码得出。",
		En:   "Import areas with `fourmaps import areas --code COLUMN --name COLUMN FILE`: level and parent follow from the code.",
	}
}

// unpadded takes off the zeros with which offices fill codes up to 6, 9 or 12 digits: 440307001000 is 440307001, a
// township; 440300 is 4403, a city. No county, township or village has such a code of its own.
func unpadded(code string) string {
	for _, cut := range []struct {
		length int
		zeros  string
	}{{12, "000"}, {9, "000"}, {6, "00"}, {4, "00"}} {
		if len(code) == cut.length {
			code = strings.TrimSuffix(code, cut.zeros)
		}
	}
	return code
}

var areaCode = regexp.MustCompile(`^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$`)

// fault tells what only the layer as a whole can know of a record: that its code is none, or that another row has it.
func (j *job) fault(r *format.Record) *format.Problem {
	key := j.key(r)
	p := &format.Problem{Row: r.Row}
	if j.Layer.Name == layer.Area.Name {
		p.Column = j.columnOf("code")
		if !areaCode.MatchString(key) {
			p.Code = "code_invalid"
			p.Zh = "“" + key + "”不是 2、4、6、9 或 12 位的区划代码"
			p.En = strconv.Quote(key) + " is no area code of 2, 4, 6, 9 or 12 digits"
			return p
		}
	}
	if before, taken := j.rows[key]; taken {
		p.Code = "key_twice"
		p.Zh = fmt.Sprintf("“%s”与第 %d 行重复", key, before)
		p.En = fmt.Sprintf("%q is that of row %d already", key, before)
		return p
	}
	j.rows[key] = r.Row
	return nil
}

// columnOf names the column of the file that fills a field.
func (j *job) columnOf(field string) string {
	for _, pair := range j.Ingest.Mapping {
		if pair.Field == field {
			return pair.Column
		}
	}
	return field
}

// code is the value of a column of that name: of an area, without padding.
func code(l *layer.Layer, value any) any {
	if text, ok := value.(string); ok && l.Name == layer.Area.Name {
		return unpadded(text)
	}
	return value
}
