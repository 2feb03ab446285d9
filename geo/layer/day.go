package layer

import "time"

// The first and last year of dates, in every way in: form, API and files of all formats. Years have four digits, as all
// formats write them; 9999-12-31 is how ledgers say that something never ends.
const (
	FirstYear = 1000
	LastYear  = 9999
)

// DayTaken tells whether a date lies in the range: 1000-01-01 to 9999-12-31.
func DayTaken(day time.Time) bool {
	return day.Year() >= FirstYear && day.Year() <= LastYear
}

// MomentTaken tells whether a time lies in the range: from the beginning of 1000 (UTC) to the end of 9999 in China, so that
// it can be written with four digits in either zone.
func MomentTaken(t time.Time) bool {
	return !t.Before(time.Date(FirstYear, 1, 1, 0, 0, 0, 0, time.UTC)) && t.Before(time.Date(LastYear, 12, 31, 16, 0, 0, 0, time.UTC))
}
