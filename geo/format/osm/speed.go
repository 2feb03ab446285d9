package osm

import (
	"strconv"
	"strings"
)

// Numbers in tags are metric unless they say otherwise.
const (
	kmhPerMph     = 1.609344
	kmhPerKnot    = 1.852
	metresPerFoot = 0.3048
	metresPerInch = 0.0254
	tonnesPerUS   = 0.90718474
	tonnesPerLb   = 0.00045359237
)

// implicitSpeeds are the limits in km/h behind values such as "CN:urban"; a country's own rule goes before the
// general one. Source: wiki.openstreetmap.org/wiki/Default_speed_limits (retrieved figures of China, general rule).
var implicitSpeeds = map[string]float64{
	"CN:urban": 50, "CN:rural": 70, "CN:motorway": 120, "CN:trunk": 80,
	"urban": 50, "rural": 90, "trunk": 100, "motorway": 120, "living_street": 20, "walk": 6, "bicycle_road": 30,
	"zone20": 20, "zone30": 30, "zone:30": 30, "zone:20": 20, "30": 30,
}

// maxSpeed reads a maxspeed value in km/h: "60", "60 km/h", "50 mph", "CN:urban", "walk". Of several ("80;60") the
// lowest counts. ok is false for "none", "signals" and whatever else says no number.
func maxSpeed(value string) (kmh float64, ok bool) {
	for part := range strings.SplitSeq(value, ";") {
		if v, is := oneSpeed(strings.TrimSpace(part)); is && (!ok || v < kmh) {
			kmh, ok = v, true
		}
	}
	return kmh, ok
}

func oneSpeed(s string) (float64, bool) {
	if v, ok := implicitSpeeds[s]; ok {
		return v, true
	}
	if country, rule, ok := strings.Cut(s, ":"); ok && len(country) == 2 {
		v, ok := implicitSpeeds[rule]
		return v, ok
	}
	n, unit, ok := quantity(s)
	switch unit {
	case "", "km/h", "kmh", "kph":
	case "mph":
		n *= kmhPerMph
	case "knots":
		n *= kmhPerKnot
	default:
		return 0, false
	}
	return n, ok && n >= 1 && n <= 300
}

// metres reads a length: "4.2", "4.2 m", "420 cm", `13'6"`, "14 ft".
func metres(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if feet, rest, ok := strings.Cut(s, "'"); ok {
		f, err := strconv.ParseFloat(strings.TrimSpace(feet), 64)
		inches := 0.0
		if rest = strings.Trim(rest, `" '`); rest != "" && err == nil {
			inches, err = strconv.ParseFloat(rest, 64)
		}
		v := f*metresPerFoot + inches*metresPerInch
		return v, err == nil && v > 0 && v < 1e4
	}
	n, unit, ok := quantity(s)
	switch unit {
	case "", "m", "metres", "meters":
	case "cm":
		n /= 100
	case "km":
		n *= 1000
	case "ft", "feet":
		n *= metresPerFoot
	default:
		return 0, false
	}
	return n, ok && n > 0 && n < 1e4
}

// tonnes reads a weight: "7.5", "7.5 t", "3500 kg", "5 st" (US tons), "8000 lbs".
func tonnes(s string) (float64, bool) {
	n, unit, ok := quantity(s)
	switch unit {
	case "", "t", "tonnes":
	case "kg":
		n /= 1000
	case "st":
		n *= tonnesPerUS
	case "lbs", "lb":
		n *= tonnesPerLb
	default:
		return 0, false
	}
	return n, ok && n > 0 && n <= 1000
}

// quantity parts a number from its unit; a decimal comma is taken as a point.
func quantity(s string) (n float64, unit string, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' || s[end] == ',') {
		end++
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(s[:end], ",", "."), 64)
	return n, strings.TrimSpace(s[end:]), err == nil
}
