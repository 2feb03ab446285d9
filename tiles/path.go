package tiles

import (
	"fmt"
	"math/bits"
	"strings"

	"fourmaps/geo/layer"
)

// address is what the path of a tile or of a TileJSON document asks for.
type address struct {
	layers []*layer.Layer // in the order of the declarations, each once
	names  string         // theirs, with commas
	tile   ID
}

// parseTilePath reads {layers}/{z}/{x}/{y} without its ending.
func parseTilePath(path string) (address, error) {
	names, rest, _ := strings.Cut(path, "/")
	zs, rest, _ := strings.Cut(rest, "/")
	xs, ys, _ := strings.Cut(rest, "/")
	t, err := parseID(zs, xs, ys)
	if err != nil {
		return address{}, err
	}
	a, err := parseLayers(names)
	a.tile = t
	return a, err
}

// parseID reads the three numbers of a tile. What is no number is a bad request; a number without a tile, not found.
func parseID(zs, xs, ys string) (ID, error) {
	z, zok := number(zs)
	x, xok := number(xs)
	y, yok := number(ys)
	if !zok || !xok || !yok {
		return ID{}, badRequest("bad_tile", "瓦片地址应为 级别/列/行 三个非负整数", "the address of a tile is zoom/column/row, three whole numbers")
	}
	if z > MaxZoom || x >= 1<<z || y >= 1<<z {
		return ID{}, notFound("no_such_tile", "没有这个瓦片：级别 0–22，行列小于 2 的级别次方", "there is no such tile: zooms are 0 to 22, columns and rows less than 2 to the power of the zoom")
	}
	return ID{uint8(z), uint32(x), uint32(y)}, nil
}

// number reads a whole number; one past a dozen digits is out of range and comes back as some large one. A zero in front
// is refused: a tile has one address only.
func number(s string) (n uint64, ok bool) {
	if s == "" || len(s) > 40 || s[0] == '0' && len(s) > 1 {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		if n < 1<<40 {
			n = n*10 + uint64(s[i]-'0')
		}
	}
	return n, true
}

// parseLayers reads names with commas between them.
func parseLayers(names string) (address, error) {
	var set uint64
	for name := range strings.SplitSeq(names, ",") {
		if _, ok := layer.ByName(name); !ok {
			return address{}, notFound("unknown_layer", fmt.Sprintf("没有图层“%.40s”", name), fmt.Sprintf("there is no layer %.40q", name))
		}
		set |= bit(name)
	}
	if bits.OnesCount64(set) != strings.Count(names, ",")+1 {
		return address{}, badRequest("repeated_layer", "图层名称重复", "a layer is named twice")
	}
	var a address
	for _, l := range layer.All {
		if set&bit(l.Name) != 0 {
			a.layers = append(a.layers, l)
		}
	}
	a.names = joined(a.layers)
	return a, nil
}

func joined(layers []*layer.Layer) string {
	names := make([]string, len(layers))
	for i, l := range layers {
		names[i] = l.Name
	}
	return strings.Join(names, ",")
}
