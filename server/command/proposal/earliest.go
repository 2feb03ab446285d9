package proposal

import (
	"cmp"
	"math"
	"slices"

	"fourmaps/geo/road"
)

// tiny is the error of sums of quantities that is taken for none.
const tiny = 1e-9

// task is a proposal being made.
type task struct {
	requirements []Requirement
	candidates   []Candidate
	rules        Rules
	byArrival    []int          // candidates that may go, the soonest first
	slots        map[string]int // how many more may leave a post, after those that are locked
	present      map[Left]int   // forces on duty at a post with something of a code
}

func newTask(requirements []Requirement, candidates []Candidate, rules Rules) *task {
	t := &task{requirements: requirements, candidates: candidates, rules: rules.filled(), slots: map[string]int{}, present: map[Left]int{}}
	for i := range candidates {
		r := &candidates[i]
		if t.mayGo(r) {
			t.byArrival = append(t.byArrival, i)
		}
		if r.Post != "" && !r.Divisible && r.Absence == Present {
			for _, code := range r.codes() {
				t.present[Left{r.Post, code}]++
			}
		}
	}
	slices.SortStableFunc(t.byArrival, func(a, b int) int { return cmp.Compare(candidates[a].ArrivalS, candidates[b].ArrivalS) })
	t.countSlots()
	return t
}

// mayGo tells whether a candidate can be sent and arrives. What is locked goes also if it has no duty.
func (t *task) mayGo(r *Candidate) bool {
	return r.Reach == road.Reached && (r.Locked || r.Absence == Present && !r.Banned)
}

// countSlots finds how many may leave each post: those present, less the minimum, less those that are locked. A locked
// one that is out, or not on duty, was not among those present.
func (t *task) countSlots() {
	for post, minimum := range t.rules.Minimum {
		present := 0
		for i := range t.candidates {
			r := &t.candidates[i]
			if r.Post != post || r.Divisible || r.Absence != Present {
				continue
			}
			if present++; r.Locked {
				present--
			}
		}
		t.slots[post] = max(0, present-minimum)
	}
}

// bound tells whether the minimum of a post holds a candidate.
func (t *task) bound(r *Candidate) bool {
	_, kept := t.rules.Minimum[r.Post]
	return kept && !r.Divisible && !r.Locked
}

func (r *Candidate) gives(code string) float64 {
	sum := 0.0
	for _, o := range r.Offers {
		if o.Code == code {
			sum += o.given()
		}
	}
	return sum
}

// codes lists what a candidate gives something of, each once.
func (r *Candidate) codes() []string {
	var out []string
	for _, o := range r.Offers {
		if o.given() > 0 && !slices.Contains(out, o.Code) {
			out = append(out, o.Code)
		}
	}
	return out
}

// most finds how much of a code can be there by a time, whatever it costs: of each post that keeps a minimum, the
// strongest that may leave.
func (t *task) most(code string, by float64) float64 {
	sum := 0.0
	posts := map[string][]float64{}
	for _, i := range t.byArrival {
		r := &t.candidates[i]
		if r.ArrivalS > by {
			break
		}
		switch gives := r.gives(code); {
		case gives <= 0:
		case t.bound(r):
			posts[r.Post] = append(posts[r.Post], gives)
		default:
			sum += gives
		}
	}
	for post, gives := range posts {
		slices.SortFunc(gives, func(a, b float64) int { return cmp.Compare(b, a) })
		for _, g := range gives[:min(t.slots[post], len(gives))] {
			sum += g
		}
	}
	return sum
}

// earliest finds the first arrival by which so much of a code can be there. No proposal can be sooner: by any earlier
// time even the most that can be there is less.
func (t *task) earliest(code string, quantity float64) float64 {
	at, _ := slices.BinarySearchFunc(t.byArrival, quantity, func(i int, q float64) int {
		if t.most(code, t.candidates[i].ArrivalS) >= q-tiny {
			return 1
		}
		return -1
	})
	if at == len(t.byArrival) {
		return 0
	}
	return t.candidates[t.byArrival[at]].ArrivalS
}

// coverage finds what is feasible for a requirement alone, and its deadline.
func (t *task) coverage(q Requirement) Coverage {
	c := Coverage{RequirementID: q.ID, Quantity: max(0, q.Quantity)}
	c.Feasible = min(c.Quantity, t.most(q.Code, math.Inf(1)))
	if c.Missing = c.Quantity - c.Feasible; c.Missing < tiny {
		c.Missing = 0
	}
	if c.Feasible <= tiny {
		return c
	}
	c.EarliestS = t.earliest(q.Code, c.Feasible)
	c.DeadlineS = q.DeadlineS
	if q.DeadlineS <= 0 || q.DeadlineS < c.EarliestS {
		c.Late = q.DeadlineS > 0
		c.DeadlineS = c.EarliestS*(1+t.rules.SlackPart) + t.rules.SlackS
	}
	return c
}
