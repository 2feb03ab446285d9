package format

import (
	"bytes"
	"io"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Kind tells by content what a file is, whatever it is called: .xlsx, .zip (Shapefiles), .gpkg, .kmz, .kml, .geojson or .csv.
// What Excel 97–2003 and encryption leave of a workbook is .xls. The name decides only between kinds of text that look alike.
func Kind(name string, r io.ReaderAt, size int64, l Limits) (string, error) {
	if err := l.checkFile(size); err != nil {
		return "", err
	}
	head := make([]byte, 4096)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return "", err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("PK")):
		return archiveKind(r, size, l)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return ".xls", nil
	case bytes.HasPrefix(head, []byte("\x00\x00\x27\x0a")):
		return ".shp", nil
	case bytes.HasPrefix(head, []byte(sqliteBegin)):
		return ".gpkg", nil
	}
	if err := foreign(head); err != nil {
		return "", err
	}
	return textKind(name, head), nil
}

// archiveKind looks at what an archive holds.
func archiveKind(r io.ReaderAt, size int64, l Limits) (string, error) {
	a, err := openArchive(r, size, l)
	if err != nil {
		return "", err
	}
	kinds := map[string]bool{}
	for _, f := range a.zip.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		switch name {
		case "xl/workbook.xml", "xl/workbook.bin", "word/document.xml", "ppt/presentation.xml", "meta-inf/manifest.xml":
			kinds[name] = true
		}
		if !strings.HasPrefix(name, "__macosx") {
			kinds[path.Ext(name)] = true
		}
	}
	switch {
	case kinds["xl/workbook.xml"]:
		return ".xlsx", nil
	case kinds["word/document.xml"]:
		return "", notImportable("Word 文档", "a Word document")
	case kinds["ppt/presentation.xml"]:
		return "", notImportable("PowerPoint 文档", "a PowerPoint document")
	case kinds["meta-inf/manifest.xml"]:
		return "", notImportable("OpenDocument 文档", "an OpenDocument file")
	case kinds["xl/workbook.bin"]:
		return "", badInput("xlsb", "这是 Excel 二进制工作簿（.xlsb）；请另存为 .xlsx", "this is a binary workbook (.xlsb): save it as .xlsx")
	case kinds[".shp"]:
		return ".zip", nil
	case kinds[".kml"]:
		return ".kmz", nil
	}
	return "", badInput("archive_unknown", "压缩包内没有 Shapefile、KML 或 Excel 工作簿；请解压后逐个上传", "the archive holds no Shapefile, KML or workbook: unpack it and upload the files one by one")
}

// textKind tells kinds of text apart by how they begin.
func textKind(name string, head []byte) string {
	text, _, _ := transform.Bytes(unicode.BOMOverride(encoding.Nop.NewDecoder()), head) // UTF-16 too
	start := strings.ToLower(strings.TrimLeft(string(text), "\ufeff\x1e \t\r\n"))
	ext := strings.ToLower(filepath.Ext(name))
	switch {
	case strings.HasPrefix(start, "<"):
		if strings.Contains(start, "<kml") || ext == ".kml" {
			return ".kml"
		}
		return ".xls" // web pages that are called .xls, and other XML
	case strings.HasPrefix(start, "{"), strings.HasPrefix(start, "[") && ext != ".csv" && ext != ".txt" && ext != ".tsv":
		return ".geojson"
	}
	return ".csv"
}
