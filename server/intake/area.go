package intake

import (
	"slices"
	"strings"

	"fourmaps/geo"
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

// code is the value of a column of that name: of an area, without padding.
func code(l *layer.Layer, value any) any {
	if text, ok := value.(string); ok && l.Name == layer.Area.Name {
		return unpadded(text)
	}
	return value
}
