package format

import (
	"context"
	"encoding/xml"
	"io"
)

// Sheets names what a file has several of, in their order: the visible sheets of a workbook, the tables of a GeoPackage;
// nil for any other file.
func Sheets(r io.ReaderAt, size int64, l Limits) ([]string, error) {
	switch kind, err := Kind("", r, size, l); {
	case err != nil:
		return nil, err
	case kind == ".xlsx":
		return workbookSheets(r, size, l)
	case kind == ".gpkg":
		return packageTables(r, size)
	}
	return nil, nil
}

func packageTables(r io.ReaderAt, size int64) ([]string, error) {
	p, err := openPackage(r, size)
	if err != nil {
		return nil, err
	}
	defer p.close()
	ctx, stop := context.WithTimeout(context.Background(), packageOpening)
	defer stop()
	tables, err := p.tables(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range tables {
		names = append(names, t.name)
	}
	return names, nil
}

func workbookSheets(r io.ReaderAt, size int64, l Limits) ([]string, error) {
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
