package road

import "slices"

// Profile is how a vehicle drives. The zero value is an emergency vehicle with the usual speeds: it passes private
// roads and gates at the penalty in their costs.
type Profile struct {
	// SpeedKmh is the travelling speed of the vehicle by class, where it is not the usual DefaultSpeed. What is slower
	// than its class, because of a limit or as a link, stays slower by the same factor. 0 or less: it cannot drive there.
	SpeedKmh map[Class]float64
	// KeepsRestrictions closes roads whose access is restricted.
	KeepsRestrictions bool
	// HeightM and WeightT close roads that are too low or too weak for the vehicle, where a limit is known; 0 is not known.
	HeightM, WeightT float64
	// Passes are the closures that do not stop it: a high vehicle passes a flooded road.
	Passes []ClosureKind
}

// closed is the factor of kinds of road that a vehicle cannot use.
const closed = -1

// factors gives for each kind by how much its costs are multiplied; closed where the vehicle cannot drive.
func (p *Profile) factors() (out [kinds]float64) {
	for k := range out {
		number := k & (1<<classBits - 1)
		if number >= len(classOrder) {
			continue
		}
		out[k] = 1
		if own, set := p.SpeedKmh[classOrder[number]]; set {
			out[k] = closed
			if own > 0 {
				out[k] = DefaultSpeed(classOrder[number]) / own
			}
		}
		if p.KeepsRestrictions && kind(k)&restricted != 0 {
			out[k] = closed
		}
	}
	return out
}

// fits tells whether the vehicle is low and light enough.
func (p *Profile) fits(l limit) bool {
	return (l.heightM <= 0 || p.HeightM <= l.heightM) && (l.weightT <= 0 || p.WeightT <= l.weightT)
}

func (p *Profile) passes(k ClosureKind) bool { return slices.Contains(p.Passes, k) }
