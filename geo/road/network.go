package road

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Network is a road network made for questions of travel time: who reaches a place when, and by which roads. It is
// immutable and may be asked by many at once; what changes by the hour are Conditions. Build makes one.
//
// Times inside are whole milliseconds, so that sums are exact; positions are whole 1e-7 degrees, about a centimetre.
type Network struct {
	version int64
	first   []int32 // the arcs at node n are those from first[n] to first[n+1]
	arcs    []arc
	outs    []uint32 // by arc: milliseconds from here to the other end, apart since few searches go that way
	edges   []span
	shapes  []int32    // the line of edge e is positions[shapes[e]:shapes[e+1]], from its source to its target
	points  []position // of all lines
	nodes   []position // where each node lies
	ids     []int64    // of the row of each edge
	byID    []int32    // edges by ascending id
	limits  map[int32]limit
	index   index
	bound   orb.Bound // WGS 84
	open    *Conditions
	idle    chan *search // memory for searches; a sync.Pool would give it away, and a province's takes milliseconds to make
}

// position is longitude and latitude in 1e-7 degrees of WGS 84, as OpenStreetMap keeps them.
type position [2]int32

// arc is an edge as seen from one of its nodes. Self-loops have none, since no way gets shorter by them.
type arc struct {
	other int32  // the node at the other end
	ref   uint32 // edge and kind, see refOf
	in    uint32 // milliseconds from the other end to here; never if it is not allowed
}

// span is what is known of an edge.
type span struct {
	source, target    int32
	forward, backward uint32  // milliseconds; never if it is not allowed
	length            float32 // metres
	kind              kind
	flags             flags
}

// limit is what an edge carries at most; 0 is no limit.
type limit struct{ heightM, weightT float64 }

type flags uint8

const (
	isMain   flags = 1 << iota // in the main strongly connected component
	isBridge                   // bridge or tunnel
	isBorder                   // near the end of the map
)

// kind is the place of a class among classes, with bits for what vehicles differ in.
type kind uint8

const (
	classBits  = 4
	restricted = kind(1 << classBits)
	limited    = kind(2 << classBits)
	kinds      = 4 << classBits
	edgeBits   = 26 // the rest of a ref
	edgeMask   = 1<<edgeBits - 1
)

const (
	never   = math.MaxUint32 // the time of what cannot be driven
	longest = 1 << 30        // milliseconds, 12 days: no edge takes longer
	horizon = 1 << 31        // milliseconds: no search goes further
	idle    = 6              // searches whose memory is kept: three clicks at once
)

func refOf(edge int32, k kind) uint32 { return uint32(edge) | uint32(k)<<edgeBits }

// classOrder gives a class its number, from the fastest down.
var classOrder = [...]Class{Motorway, Trunk, Primary, Secondary, Tertiary, Unclassified, Residential, Service, Track}

// Version is what Build was told: the number of the import that the network comes from.
func (n *Network) Version() int64 { return n.version }

// Edges is how many edges can be driven.
func (n *Network) Edges() int { return len(n.edges) }

// Nodes is how many junctions and road ends there are.
func (n *Network) Nodes() int { return len(n.first) - 1 }

// Bound is the box around all roads, WGS 84. It is empty where there are no roads.
func (n *Network) Bound() orb.Bound { return n.bound }

// Line gives the line of the edge with this id from its source to its target, WGS 84; ok is false if there is none.
func (n *Network) Line(id int64) (line orb.LineString, ok bool) {
	e, ok := n.edgeOf(id)
	if !ok {
		return nil, false
	}
	for _, p := range n.line(e) {
		line = append(line, p.degrees())
	}
	return line, true
}

// edgeOf finds an edge by its id.
func (n *Network) edgeOf(id int64) (int32, bool) {
	at, ok := slices.BinarySearchFunc(n.byID, id, func(e int32, id int64) int {
		switch have := n.ids[e]; {
		case have < id:
			return -1
		case have > id:
			return 1
		}
		return 0
	})
	if !ok {
		return 0, false
	}
	return n.byID[at], true
}

func (n *Network) line(e int32) []position { return n.points[n.shapes[e]:n.shapes[e+1]] }

func positionOf(p orb.Point) position {
	return position{int32(math.Round(p[0] * 1e7)), int32(math.Round(p[1] * 1e7))}
}

func (p position) degrees() orb.Point { return orb.Point{float64(p[0]) / 1e7, float64(p[1]) / 1e7} }

// milliseconds brings seconds to whole milliseconds; what is negative may not be driven.
func milliseconds(s float64) uint32 {
	if s < 0 {
		return never
	}
	return uint32(math.Min(math.Round(s*1000), longest))
}

func seconds(ms uint32) float64 { return float64(ms) / 1000 }
