package auth

import "time"

// Sign-ins that fail make the next one wait: after the fifth for one name, after the thirtieth from one address, which a
// whole office may share. The wait doubles up to a quarter of an hour, so that nobody can lock a colleague out for long,
// and guessing gets four tries an hour. A day without failures forgets them.
const (
	freeByName    = 4
	freeByAddress = 29
	firstWait     = 30 * time.Second
	longestWait   = 15 * time.Minute
	forgetAfter   = 24 * time.Hour
)

// waitAfter is how long no attempt is looked at after so many failures, of which some are free.
func waitAfter(failures, free int) time.Duration {
	if failures <= free {
		return 0
	}
	wait := firstWait
	for range failures - free - 1 {
		if wait *= 2; wait >= longestWait {
			return longestWait
		}
	}
	return wait
}
