package format

import (
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"fourmaps/geo"
)

// shapefileSource reads a Shapefile: shapes from .shp, attributes from .dbf, the coordinate system from .prj and the
// character encoding from .cpg. What a file does not say has to be said by the operator.
type shapefileSource struct {
	shapes *shpReader
	table  *dbfReader
	crs    geo.CRS
	notes  []Note
	limits Limits
	number int
	done   func() error
}

// shapefileParts gives the reader and size of the part with an extension; nil if there is none.
type shapefileParts func(ext string) (io.ReaderAt, int64, error)

// openPlainShapefile opens a .shp with its neighbours.
func openPlainShapefile(name string, o Options) (Source, error) {
	base := strings.TrimSuffix(name, filepath.Ext(name))
	var files []*os.File
	done := func() (err error) {
		for _, f := range files {
			if e := f.Close(); err == nil {
				err = e
			}
		}
		return err
	}
	s, err := openShapefile(func(ext string) (io.ReaderAt, int64, error) {
		for _, spelling := range []string{ext, strings.ToUpper(ext)} {
			f, err := os.Open(base + spelling)
			if os.IsNotExist(err) {
				continue
			}
			if err != nil {
				return nil, 0, err
			}
			files = append(files, f)
			info, err := f.Stat()
			if err != nil {
				return nil, 0, err
			}
			return f, info.Size(), nil
		}
		return nil, 0, nil
	}, o)
	if err != nil {
		done()
		return nil, err
	}
	s.done = done
	return s, nil
}

// openZippedShapefile opens the Shapefiles of a zip file; several of the same columns are one table. Their parts are
// unpacked into temporary files, because .shp and .dbf are read side by side.
func openZippedShapefile(r io.ReaderAt, size int64, o Options) (Source, error) {
	a, err := openArchive(r, size, o.limits())
	if err != nil {
		return nil, err
	}
	bases := shapefileNames(a)
	if len(bases) == 0 {
		return nil, badInput("shapefile_missing", "压缩包内没有 .shp 文件", "there is no .shp file in the archive")
	}
	if len(bases) > maxShapefiles {
		return nil, badInput("archive_too_many_files", "压缩包内有 %d 个 Shapefile，超过上限 %d 个", "the archive holds %d Shapefiles, over the limit of %d", len(bases), maxShapefiles)
	}
	unpacked := o.limits()
	unpacked.FileBytes = unpacked.UnpackedBytes // the archive itself counts what it unpacks
	o.Limits = unpacked
	var parts []*shapefileSource
	for _, base := range bases {
		s, err := a.openShapefile(base, o)
		if err != nil {
			for _, p := range parts {
				p.Close()
			}
			return nil, err
		}
		parts = append(parts, s)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return joinShapefiles(bases, parts, o.Limits)
}

// shapefileNames lists the Shapefiles of an archive in its order, each without its ending.
func shapefileNames(a *archive) []string {
	var bases []string
	for _, f := range a.zip.File {
		name := path.Clean(strings.ReplaceAll(f.Name, `\`, "/"))
		if strings.EqualFold(path.Ext(name), ".shp") && !strings.HasPrefix(path.Base(name), ".") && !strings.HasPrefix(name, "__MACOSX") {
			bases = append(bases, name[:len(name)-len(".shp")])
		}
	}
	return bases
}

// openShapefile unpacks and opens one of an archive's Shapefiles.
func (a *archive) openShapefile(base string, o Options) (*shapefileSource, error) {
	var files []*os.File
	done := func() (err error) {
		for _, f := range files {
			f.Close()
			if e := os.Remove(f.Name()); err == nil {
				err = e
			}
		}
		return err
	}
	s, err := openShapefile(func(ext string) (io.ReaderAt, int64, error) {
		f := a.find(base + ext)
		if f == nil {
			return nil, 0, nil
		}
		packed, err := a.open(f)
		if err != nil {
			return nil, 0, err
		}
		defer packed.Close()
		out, err := os.CreateTemp("", "fourmaps-import-*"+ext)
		if err != nil {
			return nil, 0, fmt.Errorf("unpack Shapefile: %w", err)
		}
		files = append(files, out)
		n, err := io.Copy(out, packed)
		return out, n, err
	}, o)
	if err != nil {
		done()
		return nil, err
	}
	s.done = done
	return s, nil
}

func openShapefile(part shapefileParts, o Options) (*shapefileSource, error) {
	s := &shapefileSource{limits: o.limits(), done: func() error { return nil }}
	shp, shpSize, err := part(".shp")
	if err != nil {
		return nil, err
	}
	dbf, dbfSize, err := part(".dbf")
	if err != nil {
		return nil, err
	}
	if shp == nil || dbf == nil {
		return nil, badInput("shapefile_parts", "Shapefile 不完整：需要 .shp 和 .dbf", "the Shapefile is not complete: it needs .shp and .dbf")
	}
	for _, size := range []int64{shpSize, dbfSize} {
		if err := s.limits.checkFile(size); err != nil {
			return nil, err
		}
	}
	if s.shapes, err = openShp(shp, shpSize, s.limits.Positions); err != nil {
		return nil, err
	}
	if s.table, err = openDBF(dbf, dbfSize); err != nil {
		return nil, err
	}
	if err := s.limits.checkRows(s.table.records); err != nil {
		return nil, err
	}
	if err := s.limits.checkColumns(len(s.table.fields)); err != nil {
		return nil, err
	}
	if s.crs, err = shapefileCRS(part, o); err != nil {
		return nil, err
	}
	if err := s.findEncoding(part, o); err != nil {
		return nil, err
	}
	return s, nil
}

// shapefileCRS takes the coordinate system from the .prj; without one the operator must have declared it.
func shapefileCRS(part shapefileParts, o Options) (geo.CRS, error) {
	text, err := smallPart(part, ".prj")
	if err != nil {
		return geo.Undeclared, err
	}
	if o.CRS != geo.Undeclared {
		return o.CRS, nil // the operator knows better: many .prj files say WGS 84 over coordinates of GCJ-02
	}
	if strings.TrimSpace(text) == "" {
		return geo.Undeclared, badInput("crs_missing", "Shapefile 没有 .prj 文件，请用 --crs 说明坐标系（如 cgcs2000、gcj02、EPSG:4547）",
			"the Shapefile has no .prj file; say its coordinate system with --crs (such as cgcs2000, gcj02, EPSG:4547)")
	}
	return parsePRJ(text)
}

// findEncoding takes the encoding of the attributes from the operator, the .cpg or the .dbf itself. Plain ASCII needs
// none; otherwise it has to be said, because GBK read as UTF-8 or the other way round spoils every name.
func (s *shapefileSource) findEncoding(part shapefileParts, o Options) error {
	name := o.Encoding
	if name == "" {
		text, err := smallPart(part, ".cpg")
		if err != nil {
			return err
		}
		if name = strings.TrimSpace(text); name == "" {
			name = s.table.language
		}
	}
	if name == "" {
		ascii, utf8, err := s.table.scanText()
		if err != nil {
			return err
		}
		if !ascii {
			guess := map[bool]string{true: "utf-8", false: "gbk"}[utf8]
			return badInput("encoding_missing", "Shapefile 没有 .cpg 文件，请用 --encoding 说明字符编码（看起来像 %s）",
				"the Shapefile has no .cpg file; say its character encoding with --encoding (it looks like %s)", guess)
		}
		name = "utf-8"
	}
	e, err := namedEncoding(name)
	if err != nil {
		return err
	}
	s.table.decoder = e.NewDecoder()
	s.table.decodeNames()
	note := badInput("", "字符编码：%s；坐标系：%s", "character encoding: %s; coordinate system: %s", name, s.crs)
	s.notes = append(s.notes, Note{"encoding", note.Zh, note.En})
	return nil
}

// smallPart reads a short text beside the Shapefile; "" if there is none.
func smallPart(part shapefileParts, ext string) (string, error) {
	r, size, err := part(ext)
	if err != nil || r == nil {
		return "", err
	}
	b := make([]byte, min(size, 16<<10))
	if _, err := r.ReadAt(b, 0); err != nil && err != io.EOF {
		return "", fmt.Errorf("read %s: %w", ext, err)
	}
	return strings.TrimPrefix(string(b), "\ufeff"), nil
}

func (s *shapefileSource) Columns() []string { return s.table.names }
func (s *shapefileSource) CRS() geo.CRS      { return s.crs }
func (s *shapefileSource) Notes() []Note     { return s.notes }
func (s *shapefileSource) Close() error      { return s.done() }

// Progress counts bytes of the shapes.
func (s *shapefileSource) Progress() (done, total int64) { return s.shapes.offset, s.shapes.size }

// Next gives the next shape with its attributes. Both files have to end together.
func (s *shapefileSource) Next() (Row, error) {
	shape, shapeErr := s.shapes.next()
	cells, deleted, tableErr := s.table.next()
	if shapeErr == io.EOF && tableErr == io.EOF {
		return Row{}, io.EOF
	}
	if shapeErr == io.EOF || tableErr == io.EOF {
		return Row{}, badInput("shapefile_broken", "Shapefile 已损坏：.shp 和 .dbf 的记录数不同", "the Shapefile is damaged: .shp and .dbf have different numbers of records")
	}
	if tableErr != nil {
		return Row{}, tableErr
	}
	s.number++
	row := Row{Number: s.number, Cells: cells, Geometry: shape}
	var own *Problem
	switch {
	case shapeErr != nil && s.shapes.lost:
		return Row{}, shapeErr
	case shapeErr != nil:
		own = problem(row.Number, "", shapeErr)
	case deleted:
		own = problem(row.Number, "", badInput("record_deleted", "该记录在 .dbf 中已标记为删除", "the record is marked as deleted in the .dbf"))
	}
	row.Problem = own
	return row, nil
}
