package format

import (
	"encoding/xml"
	"io"
)

// Sheets names the visible sheets of a workbook, in their order; nil for any other file.
func Sheets(r io.ReaderAt, size int64, l Limits) ([]string, error) {
	kind, err := Kind("", r, size, l)
	if err != nil || kind != ".xlsx" {
		return nil, err
	}
	a, err := openArchive(r, size, l)
	if err != nil {
		return nil, err
	}
	data, err := a.read(a.find("xl/workbook.xml"), maxWorkbookPart)
	if err != nil {
		return nil, err
	}
	var book struct {
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := xml.Unmarshal(data, &book); err != nil {
		return nil, brokenXML("xl/workbook.xml", err)
	}
	var names []string
	for _, s := range book.Sheets {
		if s.State == "" || s.State == "visible" {
			names = append(names, s.Name)
		}
	}
	return names, nil
}
