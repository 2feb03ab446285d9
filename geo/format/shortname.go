package format

import (
	"fmt"
	"strconv"
	"strings"

	"fourmaps/geo/layer"
)

// shortName is how long the name of a column of a Shapefile may be, in bytes; fields have names of ASCII only.
const shortName = 10

// ShortNames are the columns of the fields of a layer in a Shapefile, which have ten characters: the beginning of the
// name, with a number at its end where another field begins alike. Exports and imports agree on them.
func ShortNames(l *layer.Layer) map[string]string {
	taken := map[string]bool{"id": true}
	out := map[string]string{"id": "id"}
	all := append(append([]layer.Field{}, layer.Standing...), l.Fields...)
	for _, f := range all {
		if len(f.Name) <= shortName {
			taken[f.Name], out[f.Name] = true, f.Name
		}
	}
	for _, f := range all {
		if len(f.Name) <= shortName {
			continue
		}
		short := f.Name[:shortName]
		for n := 2; taken[short]; n++ {
			end := fmt.Sprint("_", n)
			short = f.Name[:shortName-len(end)] + end
		}
		taken[short], out[f.Name] = true, short
	}
	return out
}

// ContinuedName is the n-th column (from 2) of a text that is too long for one column of a Shapefile: the name of the first
// column and two underscores with the number, which no field has. A name that is taken gets the next number.
func ContinuedName(first string, n int, taken map[string]bool) string {
	for ; ; n++ {
		end := fmt.Sprint("__", n)
		if name := first[:min(len(first), shortName-len(end))] + end; !taken[name] {
			return name
		}
	}
}

// continues tells whether a column goes on with the text of another, which stands before it.
func continues(first, name string) bool {
	at := strings.LastIndex(name, "__")
	if at < 1 {
		return false
	}
	n, err := strconv.Atoi(name[at+2:])
	return err == nil && n >= 2 && strings.HasPrefix(first, name[:at])
}
