// Package osm reads OpenStreetMap extracts (.osm.pbf and .osm): the routable road network, water, land use, buildings
// and named places. Coordinates come out as WGS 84.
//
// The PBF decoder is its own because github.com/paulmach/osm v0.8.0 panics in a goroutine of its own on a broken file
// (string indexes are not checked) and on a legal one without dense nodes, which would end the server. That library
// reads the XML form, and is the oracle in the tests.
package osm

import "context"

// tag is a key and value of an element.
type tag struct{ key, value string }

// tags are all those of an element; there are few, so a search beats a map.
type tags []tag

// get gives the value of a key, or "".
func (t tags) get(key string) string {
	for i := range t {
		if t[i].key == key {
			return t[i].value
		}
	}
	return ""
}

// first gives the value of the first key that has one.
func (t tags) first(keys ...string) string {
	for _, k := range keys {
		if v := t.get(k); v != "" {
			return v
		}
	}
	return ""
}

// node is a position in ten-millionths of a degree, OSM's own precision.
type node struct {
	id       int64
	lon, lat int32
	tags     tags
}

// way is a list of nodes.
type way struct {
	id   int64
	refs []int64
	tags tags
}

// member is a way in a relation; other members are of no use here.
type member struct {
	way   int64
	inner bool // the role; anything else counts as outer
}

// relation is a group of ways.
type relation struct {
	id      int64
	members []member
	tags    tags
}

// block is some elements in the order of the file.
type block struct {
	nodes     []node
	ways      []way
	relations []relation
}

// kinds says which elements a pass over the file wants.
type kinds struct{ nodes, ways, relations bool }

// source is a file that can be passed over several times.
type source interface {
	// pass gives the wanted elements block by block to visit, which must not keep a block. offset is how many bytes
	// of the file have been read.
	pass(ctx context.Context, want kinds, visit func(b *block, offset int64) error) error
}
