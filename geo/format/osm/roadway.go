package osm

import (
	"math"
	"strings"

	"fourmaps/geo/road"
)

// classes says which values of "highway" are roads for vehicles, and how fast links are compared with their class.
// What is not here (footways, paths, steps, construction) is no road unless vehicles are expressly allowed.
var classes = map[string]struct {
	class  road.Class
	factor float64 // of the class's speed
}{
	"motorway": {road.Motorway, 1}, "motorway_link": {road.Motorway, 0.5},
	"trunk": {road.Trunk, 1}, "trunk_link": {road.Trunk, 0.6},
	"primary": {road.Primary, 1}, "primary_link": {road.Primary, 0.7},
	"secondary": {road.Secondary, 1}, "secondary_link": {road.Secondary, 0.8},
	"tertiary": {road.Tertiary, 1}, "tertiary_link": {road.Tertiary, 0.9},
	"unclassified": {road.Unclassified, 1}, "road": {road.Unclassified, 1},
	"residential": {road.Residential, 1}, "living_street": {road.Residential, 0.6},
	"service": {road.Service, 1}, "busway": {road.Service, 1},
	"track": {road.Track, 1},
}

// footClasses are ways for walkers that count as service roads where vehicles are expressly allowed.
var footClasses = map[string]bool{"pedestrian": true, "footway": true, "path": true, "cycleway": true, "bridleway": true}

// vehicleAllowed are values that expressly let a vehicle in.
var vehicleAllowed = map[string]bool{"yes": true, "designated": true, "permissive": true, "destination": true, "private": true, "permit": true, "official": true, "delivery": true}

// The greatest limits and speed that the layer "road" takes. A sign that says more is a mistake in the map and says nothing.
const (
	maxHeightM  = 100
	maxWeightT  = 1000
	maxRoadKmh  = 200
	walkingPace = 5 // km/h
)

// restrictedFactor is how much longer a restricted road takes: somebody has to ask, turn or open.
const restrictedFactor = 1.5

// barrierPenalty is the time in seconds to pass a gate. Half of it goes to each edge that ends there.
const barrierPenalty = 30

// roadway is what the tags of a way say about it as a road.
type roadway struct {
	class             road.Class
	name, nameEn, ref string
	oneway            road.Oneway
	forward, backward float64 // km/h
	bridge, tunnel    bool
	maxHeight         float64 // metres; 0 is no limit
	maxWeight         float64 // tonnes; 0 is no limit
	access            road.Access
}

// roadwayOf reads the tags of a way; ok is false if it is no road for vehicles. speeds overrides the default speed of
// a class.
func roadwayOf(t tags, speeds map[road.Class]float64) (r roadway, ok bool) {
	highway := t.get("highway")
	known, ok := classes[highway]
	if footClasses[highway] && (emergencyOpens(t) || vehicleAllowed[t.first("motor_vehicle", "vehicle")]) {
		known.class, known.factor, ok = road.Service, 0.7, true
	}
	if !ok || t.get("area") == "yes" {
		return r, false
	}
	r.class = known.class
	r.name, r.nameEn = names(t)
	r.ref = clip(t.first("ref", "nat_ref", "reg_ref"), 60)
	r.oneway = onewayOf(t)
	r.access = accessOf(t)
	if highway == "busway" && r.access != road.Closed {
		r.access = road.Restricted
	}
	r.bridge = yes(t.get("bridge"))
	r.tunnel = yes(t.get("tunnel"))
	r.maxHeight = lowest(t, metres, maxHeightM, "maxheight", "maxheight:physical")
	r.maxWeight = lowest(t, tonnes, maxWeightT, "maxweight", "maxweightrating")

	speed, own := speeds[r.class]
	if !own || math.IsNaN(speed) {
		speed = road.DefaultSpeed(r.class)
	}
	speed *= known.factor
	r.forward = capped(speed, t.first("maxspeed:forward", "maxspeed"))
	r.backward = capped(speed, t.first("maxspeed:backward", "maxspeed"))
	return r, true
}

// onewayOf reads the direction: what vehicles for emergencies are allowed goes before what others are, and that
// before "oneway"; roundabouts and motorways are one-way unless they say otherwise.
func onewayOf(t tags) road.Oneway {
	for _, key := range []string{"oneway:emergency", "oneway:motor_vehicle", "oneway:vehicle", "oneway"} {
		switch t.get(key) {
		case "yes", "true", "1":
			return road.Forward
		case "-1", "reverse":
			return road.Backward
		case "no", "false", "0", "reversible", "alternating": // the last two change by the hour: the crew is told
			return road.Both
		}
	}
	if j := t.get("junction"); j == "roundabout" || j == "circular" || t.get("highway") == "motorway" {
		return road.Forward
	}
	return road.Both
}

// costs gives the seconds in both directions for a length in metres, before penalties.
func (r *roadway) costs(length float64) (forward, backward float64) {
	factor := 1.0
	switch r.access {
	case road.Closed:
		return road.NotAllowed, road.NotAllowed
	case road.Restricted:
		factor = restrictedFactor
	}
	forward = factor * road.Seconds(length, r.forward)
	backward = factor * road.Seconds(length, r.backward)
	switch r.oneway {
	case road.Forward:
		backward = road.NotAllowed
	case road.Backward:
		forward = road.NotAllowed
	}
	return forward, backward
}

// speed is the one figure shown for the road: that of the direction in which it may be driven.
func (r *roadway) speed() float64 {
	if r.oneway == road.Backward {
		return r.backward
	}
	return r.forward
}

// capped is the travelling speed under a limit, never below walking pace nor above what a road takes.
func capped(speed float64, limit string) float64 {
	if v, ok := maxSpeed(limit); ok {
		speed = math.Min(speed, v)
	}
	return max(walkingPace, min(speed, maxRoadKmh))
}

// lowest is the smallest number up to most that the tags say; 0 if none does.
func lowest(t tags, read func(string) (float64, bool), most float64, keys ...string) float64 {
	least := 0.0
	for _, k := range keys {
		if v, ok := read(t.get(k)); ok && v <= most && (least == 0 || v < least) {
			least = v
		}
	}
	return least
}

// yes tells whether a tag such as bridge or tunnel says that there is one, of whatever kind.
func yes(v string) bool { return v != "" && v != "no" && v != "false" && v != "0" }

// names gives what the screen shows: the Chinese name where one is tagged, otherwise the local one, and the English.
func names(t tags) (name, nameEn string) {
	name = t.first("name:zh-Hans", "name:zh", "name")
	if nameEn = t.first("name:en", "int_name"); name == "" {
		name = nameEn
	}
	return clip(name, 200), clip(nameEn, 200)
}

// clip shortens a text to so many characters, without what no database takes as text: NUL and broken UTF-8.
func clip(s string, n int) string {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", ""))
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}
