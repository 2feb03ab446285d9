package demo

import (
	"slices"

	"fourmaps/data/demo/terrain"
	"fourmaps/data/demo/topology"

	"github.com/paulmach/orb"
)

// street is a road before junctions are cut.
type street struct {
	line   orb.LineString // local m
	class  class
	route  int32 // of the numbered roads, -1 for none
	label  label // of streets in settlements
	oneway bool  // only along the line
	above  bool  // on a level of its own: meets others only at its ends
	bridge bool
	tunnel bool
	ramp   bool
}

// chains turns the raster's roads into smooth lines between junctions.
func (w *ways) chains() []street {
	keys := make([]int64, 0, len(w.link))
	for k := range w.link {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	used := make(map[int64]bool, len(keys))
	var out []street
	var lines []orb.LineString
	for _, nodesOnly := range []bool{true, false} {
		for _, key := range keys {
			i, j := int32(key>>32), int32(key&0xffffffff)
			for range 2 {
				if !used[key] && (!nodesOnly || w.junction(i)) {
					lines = append(lines, w.follow(i, j, used))
					out = append(out, street{class: w.link[key].class, route: w.link[key].route})
				}
				i, j = j, i
			}
		}
	}
	raw := func(k int) orb.LineString { return lines[k] }
	for k, line := range topology.SmoothLines(lines, raw, w.Cell*0.85, geographic) {
		out[k].line = localLine(line)
	}
	return out
}

// branches are the neighbours of a cell to which roads lead.
func (w *ways) branches(i int32) []int32 {
	var out []int32
	for _, s := range terrain.Steps() {
		if j := int32(w.Neighbour(int(i), s)); j >= 0 && w.built[j] != noRoad && w.isLink(i, j) {
			out = append(out, j)
		}
	}
	return out
}

// junction says whether a cell is the end of lines: not just passed by one road of one class.
func (w *ways) junction(i int32) bool {
	b := w.branches(i)
	return len(b) != 2 || w.link[linkKey(i, b[0])] != w.link[linkKey(i, b[1])]
}

// follow collects cells from i by way of j to the next junction.
func (w *ways) follow(i, j int32, used map[int64]bool) orb.LineString {
	x, y := w.Centre(int(i))
	line := orb.LineString{{x, y}}
	start := i
	for {
		used[linkKey(i, j)] = true
		x, y = w.Centre(int(j))
		line = append(line, orb.Point{x, y})
		if j == start || w.junction(j) {
			return line
		}
		b := w.branches(j)
		next := b[0]
		if next == i {
			next = b[1]
		}
		i, j = j, next
	}
}

// localLine brings a line of WGS 84 into the local plane.
func localLine(line orb.LineString) orb.LineString {
	out := make(orb.LineString, len(line))
	for k, p := range line {
		out[k] = local(p)
	}
	return out
}
