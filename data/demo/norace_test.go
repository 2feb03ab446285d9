//go:build !race

package demo

// raceDetector says that this test was not built with -race.
const raceDetector = false
