package format

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// checkSchemaTree walks over the tree of an SQLite file that holds its schema. SQLite reads this tree whole before its
// first answer and nothing stops it there, so a page that is reached twice is refused before: a few pages that name each
// other stand for more entries than there is time for.
func checkSchemaTree(r io.ReaderAt, size int64) error {
	head := make([]byte, 100)
	if _, err := r.ReadAt(head, 0); err != nil {
		return brokenPackage(err)
	}
	pageSize := int64(binary.BigEndian.Uint16(head[16:]))
	if pageSize == 1 {
		pageSize = 65536 // as the format writes it
	}
	if pageSize < 512 {
		return brokenPackage(fmt.Errorf("pages of %d bytes", pageSize))
	}
	page := make([]byte, pageSize)
	seen := map[int64]bool{}
	for open := []int64{1}; len(open) > 0; {
		number := open[len(open)-1]
		open = open[:len(open)-1]
		if number < 1 || number*pageSize > size || seen[number] {
			return brokenPackage(fmt.Errorf("the schema names page %d twice or beyond the end", number))
		}
		seen[number] = true
		if _, err := r.ReadAt(page, (number-1)*pageSize); err != nil && !errors.Is(err, io.EOF) {
			return brokenPackage(err)
		}
		children, err := childPages(page, number == 1)
		if err != nil {
			return err
		}
		open = append(open, children...)
	}
	return nil
}

// childPages are the pages below a page of a table's tree; none below a leaf.
func childPages(page []byte, first bool) ([]int64, error) {
	begin := 0
	if first {
		begin = 100 // the head of the file
	}
	if page[begin] != 5 {
		return nil, nil // a leaf, or what SQLite itself refuses
	}
	cells := int(binary.BigEndian.Uint16(page[begin+3:]))
	if begin+12+2*cells > len(page) {
		return nil, brokenPackage(fmt.Errorf("a page of %d cells", cells))
	}
	children := []int64{int64(binary.BigEndian.Uint32(page[begin+8:]))}
	for i := range cells {
		at := int(binary.BigEndian.Uint16(page[begin+12+2*i:]))
		if at+4 > len(page) {
			return nil, brokenPackage(fmt.Errorf("a cell at %d", at))
		}
		children = append(children, int64(binary.BigEndian.Uint32(page[at:])))
	}
	return children, nil
}
