// Package proposal decides whom and what to send to an incident: each need of the response plan met by its deadline, at
// the least cost, where cost is what leaves its post and how long it takes. It proposes with reasons; the leader decides.
//
// It knows no database, no HTTP and no clock: times are seconds from the order to the arrival at the incident.
package proposal

import "fourmaps/geo/road"

// Requirement is a need of the response plan, such as 40 persons for water rescue or 2,000 sandbags.
type Requirement struct {
	ID        string  // unlike that of any other
	Code      string  // a capability or an item
	Quantity  float64 // in the unit that offers of this code use; 0 or less is no need
	DeadlineS float64 // of the plan, in seconds; 0 is none
	Priority  int     // lower is more urgent: it goes first where posts cannot meet everything
}

// Offer is what a candidate gives to requirements of a code. What it must keep for itself is not given.
type Offer struct {
	Code     string
	Quantity float64
	Minimum  float64 // stays; a site's minimum stock
}

// given is what an offer gives at most.
func (o Offer) given() float64 { return max(0, o.Quantity-o.Minimum) }

// Absence is why a candidate cannot be sent at all, whatever the roads are like.
type Absence string

// The absences.
const (
	Present     Absence = ""
	OffDuty     Absence = "off_duty"
	Resting     Absence = "rest"
	Unavailable Absence = "unavailable"
	AlreadyOut  Absence = "already_out" // has an open order
)

// Candidate is a force, which goes whole, or a material site, of which only what is needed goes.
type Candidate struct {
	ID        string
	Offers    []Offer
	Divisible bool // a material site
	Absence   Absence

	Reach    road.Reach
	ArrivalS float64 // from the order to the arrival: turnout, drive and walk; counts only if Reach is road.Reached
	BeforeS  float64 // what ArrivalS would be without closures; 0 is the same or not known

	Post   string // the station or area that keeps a minimum of forces; "" is none
	Locked bool   // goes, because the leader says so or because it is sent already: duty and minimum do not hold it
	Banned bool   // does not go, because the leader says so
}

// Rules are the settings of a proposal. The zero value of a field is its usual value.
type Rules struct {
	FixedS    float64        // cost in seconds of any candidate that leaves; 600
	LastS     float64        // cost in seconds more, if it is the last of its kind at its post; 600
	SlackPart float64        // by how much a deadline made here is later than the earliest feasible time, as a part; 0.15
	SlackS    float64        // and in seconds; 30
	Nodes     int            // of the search for the best, at most; 200,000, some tens of milliseconds
	Minimum   map[string]int // how many present forces stay at a post
}

func (r Rules) filled() Rules {
	set := func(v *float64, usual float64) {
		if *v == 0 {
			*v = usual
		}
	}
	set(&r.FixedS, 600)
	set(&r.LastS, 600)
	set(&r.SlackPart, 0.15)
	set(&r.SlackS, 30)
	if r.Nodes == 0 {
		r.Nodes = 200_000
	}
	return r
}

// Proposal is what to send. Costs are in seconds, and do not count what is locked.
type Proposal struct {
	Lines    []Line     // by arrival
	Coverage []Coverage // in the order of the requirements
	CostS    float64
	BoundS   float64 // no set of candidates that meets the same needs by the same deadlines costs less
	Proved   bool    // CostS is BoundS: this is a best one
	Left     []Left  // posts that have nothing left of a kind
}

// Line is one candidate that goes.
type Line struct {
	CandidateID string
	ArrivalS    float64
	CostS       float64
	Gives       []Gift
	Reasons     []Reason  // why this one
	PassedOver  []Passing // nearer ones with the same, and why not they
	Others      []string  // the next three by arrival that could stand in for it
}

// Gift is what a line gives to a requirement; Quantity is what leaves a site, or all that a force has.
type Gift struct {
	RequirementID string
	Quantity      float64
}

// Reason is why a candidate is proposed.
type Reason string

// The reasons.
const (
	ByOrder    Reason = "locked"        // the leader wants it, or it is on its way
	OnlyOne    Reason = "only"          // without it a requirement cannot be met in time
	NearestOne Reason = "nearest"       // nobody who can go is there sooner with the same
	ServesMany Reason = "serves_many"   // it serves several requirements at once
	FewestOut  Reason = "least_leaving" // with it the least must leave its post
)

// Passing is a nearer candidate that is not proposed.
type Passing struct {
	CandidateID string
	ArrivalS    float64 // what it would take, without closures if a closure is why
	Why         Why
}

// Why is why a nearer candidate is not proposed.
type Why string

// The whys: an absence, or one of these.
const (
	ByBan        Why = "banned"
	Closure      Why = "closure"       // a closure cuts it off, or makes it later than the one proposed
	NoWay        Why = "no_way"        // no road leads from there, or none within the time that was searched
	BelowMinimum Why = "below_minimum" // its post, or its stock, would fall below its minimum
	NotNeeded    Why = "not_needed"    // others that go meet the needs at less cost
)

// Coverage tells how a requirement is met.
type Coverage struct {
	RequirementID string
	Quantity      float64 // what is needed
	Feasible      float64 // what can be had at all, at most Quantity
	Missing       float64 // Quantity - Feasible: ask for mutual aid
	EarliestS     float64 // when Feasible can be there at the earliest, whatever it costs; 0 if nothing can
	DeadlineS     float64 // by when the proposal has it there; 0 if nothing can
	Late          bool    // the plan's deadline cannot be kept
	HeldBack      bool    // it is later or less than alone, since posts keep their minimum for more urgent needs
	ByS           float64 // when Feasible is there by the proposal
	HalfS         float64 // when half of it is
}

// Left is a post that keeps nothing of a kind.
type Left struct{ Post, Code string }
