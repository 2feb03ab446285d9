package osm

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/road"
)

// Options are what the operator may ask for.
type Options struct {
	Clip     orb.MultiPolygon                         // keep only what touches these areas, WGS 84; nil keeps all
	MarginM  float64                                  // metres around Clip; routes need 20,000 or more
	SpeedKmh map[road.Class]float64                   // instead of road.DefaultSpeed
	Progress func(step, steps int, done, total int64) // called now and then with bytes of the pass at hand; may be nil
}

// Extract is what an extract holds. Everything is WGS 84; lists are in the order of the file.
type Extract struct {
	Roads     []road.Edge
	Waters    []Water
	Landuses  []Landuse
	Buildings []Building
	Places    []Place
	Report    Report
}

// Report says what was read and what had to be left out.
type Report struct {
	Nodes, Ways, Relations int // in the file, or in the part of it that was asked for
	RoadWays               int
	Components             int // of the road network
	MainEdges              int // edges in component 1
	Skips                  []Skip
}

// Skip counts what was left out for one reason.
type Skip struct {
	Code  string
	Count int
	Zh    string
	En    string
}

// steps is how many passes are made over a file: relations say which ways they need, ways say which nodes.
const steps = 3

// Read reads an extract from a file. A broken or truncated file is an *geo.InputError and gives nothing.
func Read(ctx context.Context, path string, o Options) (*Extract, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open OSM extract: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open OSM extract: %w", err)
	}
	return ReadFrom(ctx, f, info.Size(), o)
}

// ReadFrom is Read for data that is already open.
func ReadFrom(ctx context.Context, r io.ReaderAt, size int64, o Options) (*Extract, error) {
	src, err := open(r, size)
	if err != nil {
		return nil, err
	}
	x := newExtraction(o)
	for step, pass := range []struct {
		want  kinds
		visit func(*block)
	}{
		{kinds{relations: true, nodes: x.region != nil}, x.takeRelations},
		{kinds{ways: true}, x.takeWays},
		{kinds{nodes: true}, x.takeNodes},
	} {
		err := src.pass(ctx, pass.want, func(b *block, offset int64) error {
			pass.visit(b)
			if o.Progress != nil {
				o.Progress(step+1, steps, offset, size)
			}
			return nil
		})
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			return nil, broken(err)
		}
		x.finishPass(step)
	}
	if err := x.plausible(); err != nil {
		return nil, err
	}
	return x.extract(), nil
}

// open tells PBF and XML apart by their first bytes.
func open(r io.ReaderAt, size int64) (source, error) {
	head := make([]byte, 64)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read OSM extract: %w", err)
	}
	head = head[:n]
	switch text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"); {
	case bytes.HasPrefix(text, []byte("<")):
		return &xmlFile{r, size}, nil
	case n > 20 && bytes.Contains(head[:20], []byte("OSMHeader")), n > 20 && bytes.Contains(head[:20], []byte("OSMData")):
		return &pbf{r, size}, nil
	case bytes.HasPrefix(head, []byte("\x1f\x8b")), bytes.HasPrefix(head, []byte("BZh")):
		return nil, &geo.InputError{Code: "osm_compressed", Zh: "文件是压缩包，请先解压缩", En: "the file is compressed; unpack it first"}
	case n == 0:
		return nil, &geo.InputError{Code: "osm_empty", Zh: "文件是空的", En: "the file is empty"}
	}
	return nil, &geo.InputError{Code: "osm_unknown", Zh: "文件既不是 .osm.pbf 也不是 .osm", En: "the file is neither .osm.pbf nor .osm"}
}

func broken(err error) error {
	return &geo.InputError{Code: "osm_broken",
		Zh: fmt.Sprintf("OSM 文件已损坏，没有导入任何内容：%v", err),
		En: fmt.Sprintf("the OSM file is broken, nothing was read from it: %v", err)}
}

// plausible refuses a file that was cut between two blocks, which no checksum shows: nodes come first, so a file with
// nodes and without ways ended too early, and one whose ways have no nodes began too late.
func (x *extraction) plausible() error {
	nodes, ways := x.report.Nodes, x.report.Ways
	switch {
	case nodes == 0 && ways == 0:
		return &geo.InputError{Code: "osm_empty", Zh: "文件中没有任何节点和道路", En: "the file has neither nodes nor ways"}
	case ways == 0:
		return broken(fmt.Errorf("it has %d nodes and not one way: it is truncated", nodes))
	case nodes == 0:
		return broken(fmt.Errorf("it has %d ways and not one node", ways))
	}
	return nil
}

// extract puts everything together once all passes are done.
func (x *extraction) extract() *Extract {
	e := &Extract{Places: x.places}
	e.Roads = x.edges()
	x.areas(e)
	x.report.RoadWays = len(x.roads)
	x.report.Components = road.NumberComponents(e.Roads)
	for i := range e.Roads {
		if e.Roads[i].Component == 1 {
			x.report.MainEdges++
		}
	}
	x.report.Skips = slices.DeleteFunc(x.skips(), func(s Skip) bool { return s.Count == 0 })
	e.Report = x.report
	return e
}
