package format

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf16"

	"fourmaps/geo"
)

// maxArchiveFiles bounds the parts of a zip file.
const maxArchiveFiles = 20_000

// archive is a zip file that cannot unpack to more than its limit, whatever its directory says.
type archive struct {
	zip  *zip.Reader
	left int64 // bytes that may still be unpacked
}

func openArchive(r io.ReaderAt, size int64, l Limits) (*archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, because(badInput("file_broken", "文件不完整或已损坏：压缩包打不开", "the file is truncated or damaged: its archive cannot be opened"), err)
	}
	if len(z.File) > maxArchiveFiles {
		return nil, badInput("archive_too_many_files", "压缩包内文件过多", "the archive holds too many files")
	}
	for _, f := range z.File {
		if f.Flags&1 != 0 {
			return nil, badInput("file_encrypted", "压缩包有密码，请先解密", "the archive is protected by a password; remove it first")
		}
	}
	return &archive{z, l.UnpackedBytes}, nil
}

// find gives the part with a path, whatever its case.
func (a *archive) find(name string) *zip.File {
	for _, f := range a.zip.File {
		if strings.EqualFold(path.Clean(strings.ReplaceAll(f.Name, `\`, "/")), name) {
			return f
		}
	}
	return nil
}

// open unpacks a part as it is read. One that says itself that it is too large is refused at once. Damage shows as an error while reading, at the latest at the end (checksum).
func (a *archive) open(f *zip.File) (io.ReadCloser, error) {
	if f.UncompressedSize64 > uint64(max(a.left, 0)) {
		return nil, unpacksTooLarge()
	}
	r, err := f.Open()
	if err != nil {
		return nil, a.damaged(f, err)
	}
	return &part{a, f, r}, nil
}

// read unpacks a part whole, up to a size.
func (a *archive) read(f *zip.File, most int64) ([]byte, error) {
	r, err := a.open(f)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(io.LimitReader(r, most+1)); err != nil {
		return nil, err
	}
	if int64(b.Len()) > most {
		return nil, unpacksTooLarge()
	}
	return b.Bytes(), nil
}

func (a *archive) damaged(f *zip.File, err error) error {
	return because(badInput("file_broken", "文件已损坏：其中一部分无法解压", "the file is damaged: a part of it cannot be unpacked"), fmt.Errorf("%s: %w", f.Name, err))
}

func unpacksTooLarge() error {
	return badInput("archive_bomb", "文件解压后超过上限，拒绝读取", "the file unpacks to more than allowed; it is refused")
}

// part counts what it unpacks against the archive's limit.
type part struct {
	*archive
	file *zip.File
	io.ReadCloser
}

// Read reads unpacked bytes.
func (p *part) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	if p.left -= int64(n); p.left < 0 {
		return 0, unpacksTooLarge()
	}
	if err != nil && err != io.EOF {
		err = p.damaged(p.file, err)
	}
	return n, err
}

// oldOffice says what an OLE file is, by the names of its parts: an encrypted .xlsx, a document of another program, or a
// workbook of Excel 97–2003.
func oldOffice(r io.ReaderAt, size int64) error {
	kinds := []struct {
		part   []byte
		refuse error
	}{
		{wide("EncryptedPackage"), badInput("file_encrypted", "工作簿有密码，请先在 Excel 中取消密码", "the workbook is protected by a password; remove it in Excel first")},
		{wide("WordDocument"), notImportable("旧版 Word 文档", "an old Word document")},
		{wide("PowerPoint Document"), notImportable("旧版 PowerPoint 文档", "an old PowerPoint document")},
		{wide("__properties_version"), notImportable("邮件", "a mail")},
	}
	const longest = 64 // bytes of a name that may lie across the edge of the buffer
	buffer := make([]byte, 1<<20)
	for offset := int64(0); offset < size; offset += int64(len(buffer) - longest) {
		n, err := r.ReadAt(buffer, offset)
		for _, k := range kinds {
			if bytes.Contains(buffer[:n], k.part) {
				return k.refuse
			}
		}
		if err != nil && err != io.EOF {
			return fmt.Errorf("read workbook: %w", err)
		}
	}
	return &geo.InputError{Code: "xls_old", Zh: "这是 Excel 97–2003 的 .xls 工作簿；请另存为 .xlsx", En: "this is an .xls workbook of Excel 97–2003; save it as .xlsx"}
}

// wide is a text in UTF-16, as OLE files name their parts.
func wide(s string) (out []byte) {
	for _, c := range utf16.Encode([]rune(s)) {
		out = append(out, byte(c), byte(c>>8))
	}
	return out
}
