package format

import (
	"io"
	"strings"
)

// readHeader goes to the header row, or to the first row with at least two cells, or to the only one there is. Where its
// cells are merged over two rows, both are the header.
func (s *xlsxSource) readHeader(wanted int) error {
	for {
		number, cells, err := s.sheet.next()
		if err == io.EOF {
			return headerMissing()
		}
		if err != nil {
			return err
		}
		if number < wanted || filled(cells) == 0 {
			continue
		}
		if wanted == 0 && number < 20 && filled(cells) < 2 && s.sheet.lastRow > number && s.sheet.widest > 1 {
			continue // a title above the table
		}
		header := s.names(cells, number)
		last := number
		if below, err := s.rowBelow(header, number, wanted); err != nil {
			return err
		} else if below != nil {
			header, last = joined(header, below), number+1
		}
		for len(header) > 0 && header[len(header)-1] == "" {
			header = header[:len(header)-1]
		}
		for s.first < len(header) && header[s.first] == "" {
			s.first++
		}
		if err := s.limits.checkColumns(len(header) - s.first); err != nil {
			return err
		}
		s.columns = uniqueNames(header[s.first:])
		if last > 1 {
			s.notes = append(s.notes, headerNote(number, last))
		}
		return nil
	}
}

// rowBelow gives the names of the second row of a header, nil if it has one row. A row that was read for that and is
// none is held for the table.
func (s *xlsxSource) rowBelow(header []string, number, wanted int) ([]string, error) {
	down := s.mergedDown(number)
	if across := wanted == 0 && len(s.sheet.across[number]) > 0; !down && !across {
		return nil, nil
	}
	below, cells, err := s.sheet.next()
	if err == io.EOF {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if below != number+1 || !down && !s.explains(header, number, cells) {
		s.held = &heldRow{below, cells}
		return nil, nil
	}
	return s.names(cells, below), nil
}

// mergedDown tells whether cells of a row are one with those of the next.
func (s *xlsxSource) mergedDown(row int) bool {
	for _, ranges := range s.sheet.merges {
		if len(ranges) > 0 && ranges[0].from == row && ranges[0].to == row+1 {
			return true
		}
	}
	return false
}

// explains tells whether a row names what lies below merged cells of the header, and nothing that has a name already: a
// row of the table would.
func (s *xlsxSource) explains(header []string, number int, cells []any) bool {
	for i, c := range cells {
		if c == nil {
			continue
		}
		name, isText := c.(string)
		if !isText {
			return false
		}
		free := i >= len(header) || header[i] == "" || header[i] == strings.TrimSpace(name)
		for _, m := range s.sheet.across[number] {
			free = free || m.from <= i && i <= m.to
		}
		if !free {
			return false
		}
	}
	return filled(cells) > 0
}

// names are the texts of a header row; a cell that is merged sideways names every column below it.
func (s *xlsxSource) names(cells []any, row int) []string {
	var names []string
	for _, c := range cells {
		names = append(names, strings.TrimSpace(cellText(c)))
	}
	for _, m := range s.sheet.across[row] {
		if m.from >= len(names) || m.to-m.from > s.limits.Columns {
			continue
		}
		for len(names) <= m.to {
			names = append(names, "")
		}
		for i := m.from + 1; i <= m.to; i++ {
			names[i] = names[m.from]
		}
	}
	return names
}

// joined puts the names of the lower row behind those of the upper one.
func joined(upper, lower []string) []string {
	for i, name := range lower {
		switch {
		case i >= len(upper):
			upper = append(upper, name)
		case upper[i] == "":
			upper[i] = name
		case name != "" && name != upper[i]:
			upper[i] += " " + name
		}
	}
	return upper
}
