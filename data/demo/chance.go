package demo

import (
	"hash/fnv"
	"math/rand/v2"
)

// chance is random numbers of its own for each part of the district, so that a change in one part
// leaves the others as they were.
func chance(seed int64, part string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(part))
	return rand.New(rand.NewPCG(uint64(seed), h.Sum64()))
}

// pick is one of several, all equally likely.
func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// span is a number from lo to hi.
func span(r *rand.Rand, lo, hi int) int { return lo + r.IntN(hi-lo+1) }
