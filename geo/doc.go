// Package geo knows the words of geometry: coordinate systems, boxes, measures on the ellipsoid, EWKB and validity.
//
// A coordinate is always (longitude or easting, latitude or northing). Without other word it is WGS 84 (EPSG:4326) in
// degrees; whatever comes in another system is converted once, at the edge, and only when its system was declared.
// Geometries are orb's; no function here changes one that it was given.
package geo

// InputError is bad input, told to people in both languages of the screen.
type InputError struct {
	Code string // for machines: lower_snake_case
	Zh   string
	En   string
}

// Error gives the English sentence.
func (e *InputError) Error() string { return e.En }
