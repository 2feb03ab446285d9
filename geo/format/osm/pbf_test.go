package osm

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/encoding/protowire"

	"fourmaps/data/realdata"
	"fourmaps/geo"
)

// field appends a protobuf field with a length.
func field(b []byte, n protowire.Number, data []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, n, protowire.BytesType), data)
}

func varint(b []byte, n protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, n, protowire.VarintType), v)
}

// packed writes numbers as a packed list, as differences with zigzag if delta.
func packed(delta bool, values ...int64) (b []byte) {
	var last int64
	for _, v := range values {
		if delta {
			b = protowire.AppendVarint(b, protowire.EncodeZigZag(v-last))
			last = v
		} else {
			b = protowire.AppendVarint(b, uint64(v))
		}
	}
	return b
}

func table(strings ...string) (b []byte) {
	for _, s := range strings {
		b = field(b, 1, []byte(s))
	}
	return b
}

// fileBlock frames a blob as the format asks.
func fileBlock(kind string, blob []byte) []byte {
	header := varint(field(nil, 1, []byte(kind)), 3, uint64(len(blob)))
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(header))), header...), blob...)
}

func rawBlob(data []byte) []byte { return field(nil, 1, data) }

func zlibBlob(data []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(data)
	w.Close()
	return field(varint(nil, 2, uint64(len(data))), 3, z.Bytes())
}

func zstdBlob(data []byte) []byte {
	w, _ := zstd.NewWriter(nil)
	return field(varint(nil, 2, uint64(len(data))), 7, w.EncodeAll(data, nil))
}

func header() []byte {
	return fileBlock("OSMHeader", rawBlob(field(field(nil, 4, []byte("OsmSchema-V0.6")), 4, []byte("DenseNodes"))))
}

// sampleBlock is a PrimitiveBlock with three nodes, one of them not dense, a road and a relation.
func sampleBlock() []byte {
	dense := field(field(field(field(nil, 1, packed(true, 1, 2)), 8, packed(true, 0, 10000)), 9, packed(true, 10000, 20000)),
		10, packed(false, 0, 3, 4, 5, 6, 0)) // the second node is a village named 村
	single := varint(varint(varint(nil, 1, protowire.EncodeZigZag(3)), 8, protowire.EncodeZigZag(20000)), 9, protowire.EncodeZigZag(30000))
	road := field(field(field(varint(nil, 1, 7), 2, packed(false, 1)), 3, packed(false, 2)), 8, packed(true, 1, 2, 3))
	relation := field(field(field(field(field(varint(nil, 1, 8), 2, packed(false, 7)), 3, packed(false, 8)), 8, packed(false, 9)), 9, packed(true, 7)), 10, packed(false, 1))
	group := field(field(field(field(nil, 1, single), 2, dense), 3, road), 4, relation)
	return field(field(nil, 1, table("", "highway", "primary", "place", "village", "name", "村", "type", "route", "outer")), 2, group)
}

func readBytes(data []byte) (*Extract, error) {
	return ReadFrom(context.Background(), bytes.NewReader(data), int64(len(data)), Options{})
}

func TestPBF(t *testing.T) {
	for name, blob := range map[string][]byte{"raw": rawBlob(sampleBlock()), "zlib": zlibBlob(sampleBlock()), "zstd": zstdBlob(sampleBlock())} {
		t.Run(name, func(t *testing.T) {
			e, err := readBytes(append(append(header(), fileBlock("OSMData", blob)...), fileBlock("Unknown", nil)...))
			if err != nil {
				t.Fatal(err)
			}
			if got := shapeOf(e.Roads); got != "1-3" {
				t.Errorf("edges %s", got)
			}
			if len(e.Roads[0].Geom) != 3 || e.Roads[0].Geom[2][0] != 0.003 || e.Roads[0].Geom[2][1] != 0.002 {
				t.Errorf("geometry %v", e.Roads[0].Geom)
			}
			if len(e.Places) != 1 || e.Places[0].Name != "村" || e.Places[0].Key != "node/2" {
				t.Errorf("places %v", e.Places)
			}
			if e.Report.Nodes != 3 || e.Report.Ways != 1 || e.Report.Relations != 1 {
				t.Errorf("report %+v", e.Report)
			}
		})
	}
}

func TestBrokenFiles(t *testing.T) {
	good := append(header(), fileBlock("OSMData", zlibBlob(sampleBlock()))...)
	flipped := bytes.Clone(good)
	flipped[len(flipped)-8] ^= 0xff // inside the compressed data or its checksum
	wrongSize := field(varint(nil, 2, 5), 3, zlibBlob(sampleBlock())[6:])
	badString := field(field(nil, 1, table("")), 2, field(nil, 3, field(field(varint(nil, 1, 7), 2, packed(false, 9)), 3, packed(false, 9))))
	onlyNodes := field(field(nil, 1, table("")), 2, field(nil, 2, field(field(field(nil, 1, packed(true, 1)), 8, packed(true, 1)), 9, packed(true, 1))))
	unequal := field(field(nil, 1, table("")), 2, field(nil, 2, field(field(field(nil, 1, packed(true, 1, 2)), 8, packed(true, 1)), 9, packed(true, 1, 2))))
	block := func(b []byte) []byte { return append(header(), fileBlock("OSMData", rawBlob(b))...) }
	cases := []struct {
		name, code string
		data       []byte
	}{
		{"empty", "osm_empty", nil},
		{"text", "osm_unknown", []byte("name,lon,lat\nx,1,2\n")},
		{"gzip", "osm_compressed", []byte("\x1f\x8b\x08rest")},
		{"only the header", "osm_empty", header()},
		{"cut in the data", "osm_broken", good[:len(good)-10]},
		{"cut in the block header", "osm_broken", append(bytes.Clone(good), 0, 0, 0, 13, 10)},
		{"cut in a length", "osm_broken", append(bytes.Clone(good), 0, 0)},
		{"flipped bits", "osm_broken", flipped},
		{"unpacked size is a lie", "osm_broken", append(header(), fileBlock("OSMData", wrongSize)...)},
		{"bomb", "osm_broken", append(header(), fileBlock("OSMData", zlibBlob(make([]byte, maxBlob+1)))...)},
		{"huge block", "osm_broken", append(header(), 0, 0, 0, 6, 0x18, 0xff, 0xff, 0xff, 0xff, 0x0f)},
		{"string that is not there", "osm_broken", block(badString)},
		{"lists of unequal length", "osm_broken", block(unequal)},
		{"cut between blocks", "osm_broken", block(onlyNodes)},
		{"unknown need", "osm_broken", append(fileBlock("OSMHeader", rawBlob(field(nil, 4, []byte("HistoricalInformation")))), good...)},
		{"no data", "osm_broken", append(header(), fileBlock("OSMData", nil)...)},
		{"LZMA", "osm_broken", append(header(), fileBlock("OSMData", field(varint(nil, 2, 5), 4, []byte("12345")))...)},
		{"XML cut", "osm_broken", []byte(`<osm><node id="1" lat="0" lon="0"/><way id="2"><nd ref="1"/>`)},
		{"XML of another kind", "osm_broken", []byte(`<gpx><trk/></gpx>`)},
		{"XML with a number that is none", "osm_broken", []byte(`<osm><way id="x"></way></osm>`)},
		{"HTML error page", "osm_broken", []byte("<html><body>404</body></html>")},
		{"XML without anything", "osm_empty", []byte(`<osm></osm>`)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e, err := readBytes(c.data)
			var bad *geo.InputError
			if !errors.As(err, &bad) || bad.Code != c.code || e != nil {
				t.Fatalf("got %v, %v; want code %s", e, err, c.code)
			}
			if bad.Zh == "" || bad.En == "" {
				t.Errorf("a language is missing: %+v", bad)
			}
		})
	}
}

func TestTruncatedRealFile(t *testing.T) {
	data, err := os.ReadFile(realdata.File(t, "osm/monaco-20210421.osm.pbf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []float64{0.001, 0.1, 0.5, 0.9, 0.9999} {
		cut := data[:int(part*float64(len(data)))]
		if e, err := readBytes(cut); err == nil {
			t.Errorf("%.2f %% of the file gave %d edges and no error", 100*part, len(e.Roads))
		}
	}
}

func TestReadStopsWhenAsked(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	data := append(header(), fileBlock("OSMData", zlibBlob(sampleBlock()))...)
	if _, err := ReadFrom(ctx, bytes.NewReader(data), int64(len(data)), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := Read(context.Background(), t.TempDir()+"/none.pbf", Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestProgress(t *testing.T) {
	data := append(header(), fileBlock("OSMData", zlibBlob(sampleBlock()))...)
	var last int
	_, err := ReadFrom(context.Background(), bytes.NewReader(data), int64(len(data)), Options{Progress: func(step, steps int, done, total int64) {
		if step < last || step > steps || done > total || total != int64(len(data)) {
			t.Errorf("step %d of %d, %d of %d bytes", step, steps, done, total)
		}
		last = step
	}})
	if err != nil || last != steps {
		t.Errorf("ended at step %d, %v", last, err)
	}
}

// FuzzRead looks for input that makes the reader panic, hang or give edges that are not sound.
func FuzzRead(f *testing.F) {
	f.Add(append(header(), fileBlock("OSMData", rawBlob(sampleBlock()))...))
	f.Add(append(header(), fileBlock("OSMData", zlibBlob(sampleBlock()))...))
	f.Add([]byte(xmlMap(street(1, "1 2 12 1", "highway=primary", "junction=roundabout"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := readBytes(data)
		if err != nil {
			return
		}
		for _, r := range e.Roads {
			if len(r.Geom) < 2 || !strings.HasPrefix(r.Key, "way/") {
				t.Fatalf("got %+v", r)
			}
		}
	})
}

// FuzzBlock goes straight to the decoder, past frame and compression.
func FuzzBlock(f *testing.F) {
	f.Add(sampleBlock())
	f.Fuzz(func(t *testing.T, data []byte) {
		var b block
		if err := decodeBlock(data, kinds{true, true, true}, &b); err != nil {
			return
		}
		for _, n := range b.nodes {
			if n.lon < -1.8e9 || n.lon > 1.8e9 || n.lat < -9e8 || n.lat > 9e8 {
				t.Fatalf("node at %d, %d", n.lon, n.lat)
			}
		}
	})
}
