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
		return nil, badInput("file_broken", "文件不完整或已损坏（压缩包无法打开：%v）", "the file is truncated or damaged (its archive cannot be opened: %v)", err)
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
	return badInput("file_broken", "文件已损坏（%s：%v）", "the file is damaged (%s: %v)", f.Name, err)
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

// oldExcel says what an OLE file is: an encrypted .xlsx, or a workbook of Excel 97–2003.
func oldExcel(r io.ReaderAt, size int64) error {
	mark := []byte{}
	for _, c := range utf16.Encode([]rune("EncryptedPackage")) {
		mark = append(mark, byte(c), byte(c>>8))
	}
	buffer := make([]byte, 1<<20)
	for offset := int64(0); offset < size; offset += int64(len(buffer) - len(mark)) {
		n, err := r.ReadAt(buffer, offset)
		if bytes.Contains(buffer[:n], mark) {
			return badInput("file_encrypted", "工作簿有密码，请先在 Excel 中取消密码", "the workbook is protected by a password; remove it in Excel first")
		}
		if err != nil && err != io.EOF {
			return fmt.Errorf("read workbook: %w", err)
		}
	}
	return &geo.InputError{Code: "xls_old", Zh: "这是 Excel 97–2003 的 .xls 工作簿；请另存为 .xlsx", En: "this is an .xls workbook of Excel 97–2003; save it as .xlsx"}
}
