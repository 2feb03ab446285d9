// Package road is the road network in memory: edges between junctions, the graph they form and its components.
//
// Lengths are metres, costs are seconds, coordinates WGS 84. It knows no SQL and no file format.
package road

import "github.com/paulmach/orb"

// Class is the standing of a road, from expressway to farm track; the values are those of the layer "road".
type Class string

// The classes, from the fastest down.
const (
	Motorway     Class = "motorway"
	Trunk        Class = "trunk"
	Primary      Class = "primary"
	Secondary    Class = "secondary"
	Tertiary     Class = "tertiary"
	Unclassified Class = "unclassified"
	Residential  Class = "residential"
	Service      Class = "service"
	Track        Class = "track"
)

// Oneway is the direction in which an edge may be driven, relative to its geometry.
type Oneway string

// The directions.
const (
	Both     Oneway = "both"
	Forward  Oneway = "forward"
	Backward Oneway = "backward"
)

// Access tells whether an emergency vehicle may use an edge.
type Access string

// The kinds of access.
const (
	Open       Access = "open"
	Restricted Access = "restricted" // private, gated or for some only: passable in an emergency, at a penalty
	Closed     Access = "closed"     // not passable: both costs are negative
)

// NotAllowed is the cost of a direction that may not be driven; every negative cost means the same.
const NotAllowed = -1

// Edge is a stretch of road between two junctions. It is its Key and not the pair of its nodes: parallel edges and
// loops (Source equal to Target) exist.
type Edge struct {
	ID           int64  // of the row that holds it (its fid); 0 where there is no row yet
	Key          string // where it comes from, stable over imports: "way/<id>/<part>"
	Class        Class
	Name         string
	NameEn       string
	Ref          string // road number
	Oneway       Oneway
	SpeedKmh     float64
	CostS        float64 // seconds from Source to Target; negative is not allowed
	ReverseCostS float64 // seconds from Target to Source; negative is not allowed
	LengthM      float64
	Bridge       bool
	Tunnel       bool
	MaxHeightM   float64 // 0 if no limit is known
	MaxWeightT   float64 // 0 if no limit is known
	Access       Access
	Source       int64
	Target       int64
	Component    int // 1 is the largest strongly connected component; 0 if no direction is allowed
	Geom         orb.LineString
}

// DefaultSpeed is the travelling speed in km/h that a class is given where nothing else is known. It is lower than the
// usual limits, because it stands for a whole drive with its crossings and bends.
func DefaultSpeed(c Class) float64 {
	switch c {
	case Motorway:
		return 100
	case Trunk:
		return 75
	case Primary:
		return 60
	case Secondary:
		return 50
	case Tertiary:
		return 40
	case Unclassified:
		return 30
	case Residential:
		return 25
	case Service:
		return 15
	}
	return 12 // tracks
}

// Seconds is the time to drive so many metres at a speed.
func Seconds(metres, kmh float64) float64 { return metres / (kmh / 3.6) }
