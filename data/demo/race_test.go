//go:build race

package demo

// raceDetector says that this test was built with -race, which makes everything several times slower.
const raceDetector = true
