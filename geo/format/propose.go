package format

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"fourmaps/geo/layer"
)

// Proposal is where a column probably goes, and why. People confirm it; nothing is imported by it without their word.
type Proposal struct {
	Pair
	Confidence string `json:"confidence"` // sure, likely or maybe
	Reason     string `json:"reason"`     // name, synonym, part or values
	Zh         string `json:"zh"`
	En         string `json:"en"`
}

// How sure a reason makes, the highest first. A column named as a field is sure, one that only looks like it is not.
const (
	byName    = 100
	bySynonym = 80
	byPart    = 40
	byValues  = 30
)

// candidate is a column that may go to a target.
type candidate struct {
	column, target, score int
	reason                string
	misfit                bool // of the cells most do not fit the target
}

// Propose says where columns go: by a field's own name or label in either language, by its declared synonyms, by the usual
// words for coordinates and keys, and by what the cells of look hold. Each column and each target is taken once.
func Propose(l *layer.Layer, look *Look) []Proposal {
	targets, kept := targetsOf(l), keptNames(l)
	var all []candidate
	for i, c := range look.Columns {
		words := spellingsOf(c)
		least := 1
		if kept[words[0]] {
			least = byName // it is something else, unless it is called exactly so
		}
		for t, target := range targets {
			if one := target.judge(words, look.Cells[i]); one.score >= least {
				one.column, one.target = i, t
				all = append(all, one)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return b.score - a.score })
	taken := map[string]bool{}
	out := []Proposal{}
	for _, c := range all {
		column, target := look.Columns[c.column], targets[c.target]
		if taken["c"+column] || taken["f"+target.name] || target.clashes(taken) {
			continue
		}
		taken["c"+column], taken["f"+target.name] = true, true
		out = append(out, c.explain(column, target))
	}
	order := map[string]int{}
	for i, c := range look.Columns {
		order[c] = i
	}
	slices.SortFunc(out, func(a, b Proposal) int { return order[a.Column] - order[b.Column] })
	return out
}

// target is something that a column may fill.
type target struct {
	name   string
	field  *layer.Field // nil for a coordinate or the key
	names  []string     // folded, in lower case
	others []string     // synonyms, likewise
}

func targetsOf(l *layer.Layer) []target {
	var out []target
	short := ShortNames(l)
	for _, f := range importable(l) {
		zh, en := plainWord(f.Label.Zh), plainWord(f.Label.En)
		t := target{name: f.Name, field: &f, names: []string{f.Name, zh, en, zh + " " + en, short[f.Name]}}
		for _, s := range f.Synonyms {
			t.others = append(t.others, plainWord(s))
		}
		out = append(out, t)
	}
	for _, name := range []string{toLon, toLat, toLonLat, toLatLon, toKey} {
		t := target{name: name}
		for word, to := range wellKnown {
			if to == name {
				t.names = append(t.names, word)
			}
		}
		slices.Sort(t.names)
		out = append(out, t)
	}
	return out
}

// keptNames are what columns are called that the database keeps or works out itself, as exports have them: nothing else is
// to be filled with what stands there.
func keptNames(l *layer.Layer) map[string]bool {
	whole := l
	if declared, ok := layer.ByName(l.Name); ok {
		whole = declared // of which an import may leave some out, since it works them out
	}
	short := ShortNames(whole)
	open := map[string]bool{}
	for _, f := range importable(l) {
		open[f.Name] = true
	}
	kept := map[string]bool{}
	for _, f := range slices.Concat(layer.Standing, whole.Fields) {
		if !open[f.Name] {
			zh, en := plainWord(f.Label.Zh), plainWord(f.Label.En)
			for _, name := range []string{f.Name, short[f.Name], zh, en, zh + " " + en} {
				kept[name] = true
			}
		}
	}
	return kept
}

// clashes tells whether a target is left over because the place is told otherwise already.
func (t target) clashes(taken map[string]bool) bool {
	apart, pair := taken["f"+toLon] || taken["f"+toLat], taken["f"+toLonLat] || taken["f"+toLatLon]
	switch t.name {
	case toLon, toLat:
		return pair
	case toLonLat, toLatLon:
		return apart || pair
	}
	return false
}

func plainWord(s string) string { return strings.ToLower(fold(s)) }

var bracketed = regexp.MustCompile(`\s*[(\[【][^)\]】]*[)\]】]\s*$`)

// spellingsOf are the words by which a column may be known: as it stands, the lower one of a header over two rows, and
// without what stands in brackets behind it (a unit, a remark, a coordinate system).
func spellingsOf(column string) []string {
	whole := strings.Trim(plainWord(column), "#*:。. ")
	out := []string{whole}
	if at := strings.LastIndexByte(whole, ' '); at > 0 {
		out = append(out, whole[at+1:])
	}
	for _, w := range out {
		if cut := bracketed.ReplaceAllString(w, ""); cut != w && cut != "" {
			out = append(out, cut)
		}
	}
	return out
}

// judge tells how well a column, called by these words, fits the target.
func (t target) judge(words []string, cells []any) candidate {
	c := candidate{}
	for i, w := range words {
		switch {
		case slices.Contains(t.names, w) && byName-i > c.score:
			c.score, c.reason = byName-i, "name"
		case slices.Contains(t.others, w) && bySynonym-i > c.score:
			c.score, c.reason = bySynonym-i, "synonym"
		}
	}
	if c.score == 0 && t.field != nil && t.field.Layer == "" && t.partOf(words[0]) {
		c.score, c.reason = byPart, "part"
	}
	fits, told := t.fit(cells)
	if told > 0 && t.field != nil && len(t.field.Choices) > 0 && fits*2 < told && c.score < byName-5 {
		return candidate{} // most rows would be rejected; only the field's own name stands against that
	}
	if c.misfit = told > 0 && fits*2 < told; c.misfit && c.reason == "part" {
		return candidate{}
	}
	if c.score == 0 && told >= 3 && fits*5 >= told*4 && t.speakingValues() {
		c.score, c.reason = byValues, "values"
	}
	return c
}

// partOf tells whether a column's name holds a word for the target that is long enough to mean something.
func (t target) partOf(word string) bool {
	for _, n := range append(slices.Clone(t.names), t.others...) {
		if utf8.RuneCountInString(n) >= 3 && !isASCII(n) && strings.Contains(word, n) || isASCII(n) && len(n) >= 6 && strings.Contains(word, n) {
			return true
		}
	}
	return false
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// speakingValues are targets whose values are told from those of others.
func (t target) speakingValues() bool {
	if t.field == nil {
		return t.name != toKey
	}
	return (t.field.Type == layer.Choice || t.field.Type == layer.Choices) && t.field.Required || t.field.Type == layer.Phone
}

// fit counts the filled cells and those that the target can hold.
func (t target) fit(cells []any) (fits, told int) {
	seen := map[string]bool{} // choices come again and again
	for _, cell := range cells {
		text := fold(cellText(cell))
		if blankValue(text) {
			continue
		}
		told++
		_, isText := cell.(string)
		held, known := seen[text]
		if !known || !isText {
			held = t.holds(cell, text)
		}
		if isText {
			seen[text] = held
		}
		if held {
			fits++
		}
	}
	return fits, told
}

// holds tells whether a cell can be a value of the target. The ranges are those of China, which is where the maps are.
func (t target) holds(cell any, text string) bool {
	within := func(v, low, high float64) bool { return v >= low && v <= high }
	switch t.name {
	case toLon, toLat:
		v, ok := parseCoordinate(text)
		return ok && strings.ContainsAny(text, ".°度") && (t.name == toLon && within(v, 73, 136) || t.name == toLat && within(v, 3, 54))
	case toLonLat, toLatLon:
		a, b, ok := splitPair(text)
		if t.name == toLatLon {
			a, b = b, a
		}
		return ok && within(a, 73, 136) && within(b, 3, 54)
	case toKey:
		return true
	}
	f := *t.field
	var err error
	switch f.Type {
	case layer.Choice:
		_, err = choiceValue(f, cell)
	case layer.Choices:
		_, err = choicesValue(f, cell)
	case layer.Integer, layer.Number:
		_, err = numberValue(f, cell)
	case layer.Phone:
		digits := strings.Count(strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return '0'
			}
			return r
		}, text), "0")
		if _, err = phoneValue(f, cell); err == nil && (digits < 7 || strings.Contains(text, ".")) {
			return false
		}
	}
	return err == nil
}

// explain says why in both languages.
func (c candidate) explain(column string, t target) Proposal {
	p := Proposal{Pair: Pair{column, t.name}, Reason: c.reason}
	switch c.reason {
	case "name":
		p.Confidence, p.Zh, p.En = "sure", "列名就是这个字段", "the column is named so"
	case "synonym":
		p.Confidence, p.Zh, p.En = "likely", "台账中常用的叫法", "ledgers often call it so"
	case "part":
		p.Confidence, p.Zh, p.En = "maybe", "列名中含有这个词", "the column's name holds the word"
	default:
		p.Confidence, p.Zh, p.En = "maybe", "单元格的内容像", "its cells look like it"
	}
	if c.misfit {
		p.Confidence, p.Zh, p.En = "maybe", p.Zh+"，但多数单元格的内容不合", p.En+", but most cells do not fit"
	}
	return p
}
