package osm

import "fourmaps/geo/road"

// vehicleKeys are the tags that rule a motor vehicle, the most specific first.
var vehicleKeys = []string{"motor_vehicle", "vehicle", "access"}

// emergencyOpens tells whether the tag "emergency" opens what is closed to others.
func emergencyOpens(t tags) bool {
	switch t.get("emergency") {
	case "yes", "designated", "official", "permissive", "destination":
		return true
	}
	return false
}

// accessOf is how an emergency vehicle stands to a road or a barrier by its access tags. What is closed to everybody
// ("no") stays closed unless "emergency" opens it; what is for some only can be passed, at a penalty.
func accessOf(t tags) road.Access {
	if emergencyOpens(t) {
		return road.Open
	}
	if t.get("emergency") == "no" {
		return road.Closed
	}
	switch t.first(vehicleKeys...) {
	case "no":
		return road.Closed
	case "private", "military", "agricultural", "forestry", "delivery", "customers", "permit", "residents", "employees", "emergency":
		return road.Restricted
	}
	return road.Open
}

// barrierOf is how an emergency vehicle stands to a barrier on a road: a gate is opened, a bollard is not.
func barrierOf(t tags) road.Access {
	switch t.get("barrier") {
	case "", "no", "kerb", "cattle_grid", "toll_booth", "entrance", "border_control", "height_restrictor", "speed_bump", "sump_buster", "bus_trap":
		return road.Open
	case "gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "sally_port", "chain", "rope", "yes":
		if accessOf(t) == road.Open && t.first("access", "motor_vehicle", "vehicle", "emergency") != "" {
			return road.Open // somebody said that vehicles pass
		}
		if t.get("locked") == "yes" && accessOf(t) == road.Closed {
			return road.Closed
		}
		return road.Restricted
	}
	// Bollards, blocks, stiles, walls, debris: closed unless somebody said that vehicles pass, or it can be let down.
	if b := t.get("bollard"); b == "removable" || b == "rising" || b == "foldable" || b == "telescopic" {
		return road.Restricted
	}
	if t.first("access", "motor_vehicle", "vehicle", "emergency") != "" {
		return accessOf(t)
	}
	return road.Closed
}
