package intake

import (
	"slices"
	"strings"

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
