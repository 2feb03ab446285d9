package proposal

import (
	"fmt"
	"slices"
	"testing"

	"fourmaps/geo/road"
)

// force offers quantities of codes, given as code, quantity, code, quantity …
func force(id string, minutes float64, offers ...any) Candidate {
	r := Candidate{ID: id, ArrivalS: minutes * 60, Reach: road.Reached}
	for i := 0; i < len(offers); i += 2 {
		r.Offers = append(r.Offers, Offer{Code: offers[i].(string), Quantity: float64(offers[i+1].(int))})
	}
	return r
}

func site(id string, minutes float64, offers ...any) Candidate {
	r := force(id, minutes, offers...)
	r.Divisible = true
	return r
}

func with(r Candidate, change func(*Candidate)) Candidate { change(&r); return r }

func need(code string, quantity float64) Requirement {
	return Requirement{ID: code, Code: code, Quantity: quantity}
}

// sent writes a proposal down: who goes with what, and how.
func sent(p Proposal) string {
	out := ""
	for _, l := range p.Lines {
		out += l.CandidateID + " "
		for _, g := range l.Gives {
			out += fmt.Sprintf("%s:%v ", g.RequirementID, g.Quantity)
		}
		out += fmt.Sprint(l.Reasons) + "; "
	}
	return out
}

func TestPropose(t *testing.T) {
	cases := []struct {
		name         string
		requirements []Requirement
		candidates   []Candidate
		rules        Rules
		want         string
	}{
		{"nobody", []Requirement{need("a", 5)}, nil, Rules{}, ""},
		{"nothing needed", []Requirement{need("a", 0)}, []Candidate{force("u", 1, "a", 5)}, Rules{}, ""},
		{"the nearest", []Requirement{need("a", 5)}, []Candidate{force("far", 9, "a", 5), force("near", 3, "a", 5)}, Rules{}, "near a:5 [only nearest]; "},
		{"one that serves both", []Requirement{need("a", 5), need("b", 5)}, []Candidate{force("a only", 5, "a", 5), force("b only", 5, "b", 5), force("both", 5.5, "a", 5, "b", 5)}, Rules{},
			"both a:5 b:5 [serves_many]; "},
		{"a little later, and fewer leave", []Requirement{need("a", 10)}, []Candidate{force("half", 9, "a", 5), force("other half", 10, "a", 5), force("whole", 10.5, "a", 10)}, Rules{},
			"whole a:10 [least_leaving]; "},
		{"too late to be one of fewer", []Requirement{need("a", 10)}, []Candidate{force("half", 9, "a", 5), force("other half", 10, "a", 5), force("whole", 15, "a", 10)}, Rules{},
			"half a:5 [only nearest]; other half a:5 [only nearest]; "},
		{"the plan's deadline gives time", []Requirement{{ID: "a", Code: "a", Quantity: 10, DeadlineS: 1000}},
			[]Candidate{force("half", 9, "a", 5), force("other half", 10, "a", 5), force("whole", 15, "a", 10)}, Rules{}, "whole a:10 [least_leaving]; "},
		{"better than greedy", []Requirement{{ID: "a", Code: "a", Quantity: 12, DeadlineS: 3000}},
			[]Candidate{force("x", 2, "a", 6), force("y", 2, "a", 6), force("z", 10.0/3, "a", 11)}, Rules{}, "x a:6 [nearest]; y a:6 [nearest]; "},
		{"the last one stays if it can", []Requirement{{ID: "a", Code: "a", Quantity: 5, DeadlineS: 3000}},
			[]Candidate{with(force("last", 1, "a", 5), func(r *Candidate) { r.Post = "north" }), force("other", 9, "a", 5)}, Rules{}, "other a:5 [least_leaving]; "},
		{"sites, the nearest first", []Requirement{{ID: "bags", Code: "bags", Quantity: 120, DeadlineS: 3000}}, []Candidate{site("far", 20, "bags", 100), site("near", 5, "bags", 90)}, Rules{},
			"near bags:90 [only nearest]; far bags:30 [only nearest]; "},
		{"a site keeps its minimum", []Requirement{{ID: "bags", Code: "bags", Quantity: 50, DeadlineS: 3000}},
			[]Candidate{{ID: "near", ArrivalS: 60, Reach: road.Reached, Divisible: true, Offers: []Offer{{"bags", 60, 20}}}, site("far", 20, "bags", 100)}, Rules{},
			"far bags:50 [only]; "},
		{"one truck for two materials", []Requirement{{ID: "bags", Code: "bags", Quantity: 10, DeadlineS: 3000}, {ID: "pump", Code: "pump", Quantity: 1, DeadlineS: 3000}},
			[]Candidate{site("bags only", 5, "bags", 90), site("pump only", 6, "pump", 3), site("both", 9, "bags", 90, "pump", 3)}, Rules{}, "both bags:10 pump:1 [serves_many]; "},
		{"locked ones count first", []Requirement{need("a", 8)}, []Candidate{force("near", 3, "a", 5), with(force("wanted", 4, "a", 5), func(r *Candidate) { r.Locked, r.Absence = true, OffDuty }), force("third", 3.2, "a", 4)}, Rules{},
			"near a:5 [nearest]; wanted a:5 [locked]; "},
		{"stages of one need", []Requirement{{ID: "first", Code: "a", Quantity: 4, DeadlineS: 400}, {ID: "all", Code: "a", Quantity: 9, DeadlineS: 2000}},
			[]Candidate{force("near", 5, "a", 5), force("far", 30, "a", 5), force("farther", 31, "a", 5)}, Rules{}, "near first:5 all:5 [only nearest serves_many]; far all:5 [nearest]; "},
		{"stages from sites", []Requirement{{ID: "first", Code: "a", Quantity: 4, DeadlineS: 400}, {ID: "all", Code: "a", Quantity: 9, DeadlineS: 2000}},
			[]Candidate{site("near", 5, "a", 20)}, Rules{}, "near first:4 all:5 [only nearest serves_many]; "},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := sent(Propose(c.requirements, c.candidates, c.rules)); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

func TestCoverageIsNamed(t *testing.T) {
	candidates := []Candidate{force("u", 10, "a", 5), force("v", 20, "a", 5)}
	cases := []struct {
		name string
		need Requirement
		want Coverage
	}{
		{"enough", need("a", 5), Coverage{Quantity: 5, Feasible: 5, EarliestS: 600, DeadlineS: 720, ByS: 600, HalfS: 600}},
		{"of two", need("a", 10), Coverage{Quantity: 10, Feasible: 10, EarliestS: 1200, DeadlineS: 1410, ByS: 1200, HalfS: 600}},
		{"too much", need("a", 12), Coverage{Quantity: 12, Feasible: 10, Missing: 2, EarliestS: 1200, DeadlineS: 1410, ByS: 1200, HalfS: 600}},
		{"what nobody has", need("b", 3), Coverage{Quantity: 3, Missing: 3}},
		{"a deadline that can be kept", Requirement{Code: "a", Quantity: 5, DeadlineS: 650}, Coverage{Quantity: 5, Feasible: 5, EarliestS: 600, DeadlineS: 650, ByS: 600, HalfS: 600}},
		{"a deadline that cannot", Requirement{Code: "a", Quantity: 5, DeadlineS: 300}, Coverage{Quantity: 5, Feasible: 5, EarliestS: 600, DeadlineS: 720, Late: true, ByS: 600, HalfS: 600}},
		{"nonsense", Requirement{Code: "a", Quantity: -4}, Coverage{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Propose([]Requirement{c.need}, candidates, Rules{}).Coverage[0]
			c.want.RequirementID = c.need.ID
			if got != c.want {
				t.Errorf("%+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestNearerOnesArePassedOverWithAReason(t *testing.T) {
	absent := func(a Absence) func(*Candidate) { return func(r *Candidate) { r.Absence = a } }
	cases := []struct {
		name string
		near Candidate
		want Why
	}{
		{"off duty", with(force("near", 1, "a", 5), absent(OffDuty)), "off_duty"},
		{"already out", with(force("near", 1, "a", 5), absent(AlreadyOut)), "already_out"},
		{"banned", with(force("near", 1, "a", 5), func(r *Candidate) { r.Banned = true }), ByBan},
		{"cut off", Candidate{ID: "near", Offers: []Offer{{"a", 5, 0}}, Reach: road.Unreachable, BeforeS: 60}, Closure},
		{"later by a closure", with(force("near", 40, "a", 5), func(r *Candidate) { r.BeforeS = 60 }), Closure},
		{"its post would fall below its minimum", with(force("near", 1, "a", 5), func(r *Candidate) { r.Post = "north" }), BelowMinimum},
		{"its stock would fall below its minimum", Candidate{ID: "near", ArrivalS: 60, Reach: road.Reached, Divisible: true, Offers: []Offer{{"a", 5, 5}}}, BelowMinimum},
		{"too little of it to count", force("near", 9, "a", 1), NotNeeded},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := Propose([]Requirement{need("a", 5)}, []Candidate{c.near, force("far", 10, "a", 5), force("other", 11, "a", 5)}, Rules{Minimum: map[string]int{"north": 1}})
			if len(p.Lines) != 1 || p.Lines[0].CandidateID != "far" {
				t.Fatalf("sends %s", sent(p))
			}
			if got := p.Lines[0].PassedOver; len(got) != 1 || got[0].Why != c.want || got[0].CandidateID != "near" {
				t.Errorf("%+v, want %s", got, c.want)
			}
			if !slices.Contains(p.Lines[0].Others, "other") {
				t.Errorf("others %v", p.Lines[0].Others)
			}
		})
	}
}

func TestPostsHoldBack(t *testing.T) {
	north := func(r *Candidate) { r.Post = "north" }
	candidates := []Candidate{with(force("x", 5, "a", 5), north), with(force("y", 6, "b", 5), north)}
	first, second := need("a", 5), need("b", 5)
	second.Priority = 1
	p := Propose([]Requirement{second, first}, candidates, Rules{Minimum: map[string]int{"north": 1}})
	if got := sent(p); got != "x a:5 [only nearest]; " {
		t.Errorf("sends %s", got)
	}
	if c := p.Coverage[0]; !c.HeldBack || c.Missing != 5 || c.Feasible != 0 {
		t.Errorf("%+v", c)
	}
	p = Propose([]Requirement{second, first}, append(candidates, force("z", 50, "b", 9)), Rules{Minimum: map[string]int{"north": 1}})
	if c := p.Coverage[0]; !c.HeldBack || c.Missing != 0 || c.ByS != 3000 || c.DeadlineS != 3000 || len(p.Lines) != 2 {
		t.Errorf("%+v, sends %s", c, sent(p))
	}
}

func TestWhatPostsKeepIsNamed(t *testing.T) {
	north := func(r *Candidate) { r.Post = "north" }
	p := Propose([]Requirement{need("a", 5)}, []Candidate{with(force("x", 5, "a", 5, "b", 2, "c", 1), north), with(force("y", 50, "b", 5), north),
		with(force("z", 50, "c", 5), func(r *Candidate) { r.Post, r.Absence = "north", OffDuty })}, Rules{})
	if fmt.Sprint(p.Left) != "[{north a} {north c}]" {
		t.Errorf("%v", p.Left)
	}
	if p.Lines[0].CostS != 600+300+600 {
		t.Errorf("costs %v s", p.Lines[0].CostS)
	}
}
