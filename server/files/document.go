package files

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
)

// office are the documents that are ZIP archives, told by the part that each of them has.
var office = [...]struct{ part, mediaType, ending string }{
	{"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"},
	{"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"},
	{"ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"},
}

const mostParts = 20_000 // of an archive

// documentType looks into a document and gives its media type. Nothing in it is unpacked.
func documentType(mediaType string, file io.ReaderAt, size int64) (string, error) {
	if mediaType == typePDF {
		return typePDF, wholePDF(file, size)
	}
	archive, err := zip.NewReader(file, size)
	if err != nil || len(archive.File) > mostParts {
		return "", refuse("damaged", "文件已损坏：不是完整的压缩格式", "the document is damaged: it is no whole archive")
	}
	found, list := "", false
	for _, part := range archive.File {
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		if strings.HasSuffix(name, "vbaproject.bin") {
			return "", refuse("type_not_taken", "不支持含宏的文件：请另存为不含宏的格式", "documents with macros are not taken: save it without them")
		}
		list = list || name == "[content_types].xml"
		for _, o := range office {
			if name == o.part {
				found = o.mediaType
			}
		}
	}
	if found == "" || !list {
		return "", refuse("type_not_taken", "不支持压缩包；"+takenZh, "archives are not taken; "+takenEn)
	}
	return found, nil
}

// wholePDF refuses a PDF whose end is missing.
func wholePDF(file io.ReaderAt, size int64) error {
	tail := make([]byte, min(size, 2048))
	if _, err := file.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.Contains(tail, []byte("%%EOF")) {
		return refuse("damaged", "PDF 不完整", "the PDF is not whole")
	}
	return nil
}
