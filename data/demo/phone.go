package demo

import "fmt"

// phones hands out telephone numbers, each once. They cannot be dialled anywhere: no country has the
// code 0 and no Chinese number begins with four zeros.
type phones struct{ mobiles, lines int }

// mobile has eleven digits, as people's numbers do.
func (p *phones) mobile() string {
	p.mobiles++
	return fmt.Sprintf("0000000%04d", p.mobiles)
}

// line is a duty telephone with an area code.
func (p *phones) line() string {
	p.lines++
	return fmt.Sprintf("0000-000%04d", p.lines)
}
