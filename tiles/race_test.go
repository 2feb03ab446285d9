//go:build race

package tiles

const raceDetector = true
