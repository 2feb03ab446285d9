package format

import "strings"

// A text that begins with one of these is taken for a formula by a spreadsheet that opens a CSV file; the wide ones by
// spreadsheets set to Chinese or Japanese.
const formulaSigns = "=+-@\t\r\n＝＋－＠"

// formulaLike tells whether a spreadsheet may take a text for a formula. Spaces and apostrophes before it do not count:
// some programs drop them.
func formulaLike(s string) bool {
	s = strings.TrimLeft(s, "' ")
	return s != "" && strings.ContainsRune(formulaSigns, []rune(s[:min(len(s), 4)])[0])
}

// Guarded is how a text stands in a CSV file so that no spreadsheet runs it: with an apostrophe before what looks like
// a formula. Unguarded takes exactly that apostrophe off again, whatever the text was.
func Guarded(s string) string {
	if formulaLike(s) {
		return "'" + s
	}
	return s
}

// Unguarded undoes Guarded.
func Unguarded(s string) string {
	if rest, quoted := strings.CutPrefix(s, "'"); quoted && formulaLike(rest) {
		return rest
	}
	return s
}
