package osm

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
)

// xmlBlock is how many elements are gathered before they are visited.
const xmlBlock = 4096

// xmlFile is an .osm file.
type xmlFile struct {
	file io.ReaderAt
	size int64
}

// xmlElement is a node, way or relation; each uses some of the parts.
type xmlElement struct {
	ID      int64   `xml:"id,attr"`
	Lat     float64 `xml:"lat,attr"`
	Lon     float64 `xml:"lon,attr"`
	Visible string  `xml:"visible,attr"`
	Action  string  `xml:"action,attr"` // editors mark what is to be deleted
	Tags    []struct {
		K string `xml:"k,attr"`
		V string `xml:"v,attr"`
	} `xml:"tag"`
	Refs []struct {
		Ref int64 `xml:"ref,attr"`
	} `xml:"nd"`
	Members []struct {
		Type string `xml:"type,attr"`
		Ref  int64  `xml:"ref,attr"`
		Role string `xml:"role,attr"`
	} `xml:"member"`
}

// pass reads the whole file, whatever is wanted: XML cannot be skipped.
func (f *xmlFile) pass(ctx context.Context, want kinds, visit func(*block, int64) error) error {
	d := xml.NewDecoder(io.NewSectionReader(f.file, 0, f.size))
	var b block
	count, root := 0, false
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		t, err := d.Token()
		if err == io.EOF {
			if !root {
				return errors.New("there is no <osm> in it")
			}
			return visit(&b, f.size)
		}
		if err != nil {
			return fmt.Errorf("byte %d: %w", d.InputOffset(), err)
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if !root {
			if start.Name.Local != "osm" {
				return fmt.Errorf("it begins with <%.40s> and not with <osm>", start.Name.Local)
			}
			root = true
			continue
		}
		if err := b.readXML(d, start, want); err != nil {
			return fmt.Errorf("byte %d: %w", d.InputOffset(), err)
		}
		if count++; count%xmlBlock == 0 {
			if err := visit(&b, d.InputOffset()); err != nil {
				return err
			}
			b = block{}
		}
	}
}

// readXML takes an element that is wanted and skips any other.
func (b *block) readXML(d *xml.Decoder, start xml.StartElement, want kinds) error {
	kind := start.Name.Local
	if !(kind == "node" && want.nodes || kind == "way" && want.ways || kind == "relation" && want.relations) {
		return d.Skip()
	}
	var e xmlElement
	if err := d.DecodeElement(&e, &start); err != nil {
		return err
	}
	if e.Visible == "false" || e.Action == "delete" {
		return nil
	}
	var t tags
	for _, x := range e.Tags {
		t = append(t, tag{x.K, x.V})
	}
	switch kind {
	case "node":
		if math.Abs(e.Lat) <= 90 && math.Abs(e.Lon) <= 180 {
			b.nodes = append(b.nodes, node{id: e.ID, lon: int32(math.Round(e.Lon * 1e7)), lat: int32(math.Round(e.Lat * 1e7)), tags: t})
		}
	case "way":
		w := way{id: e.ID, tags: t}
		for _, r := range e.Refs {
			w.refs = append(w.refs, r.Ref)
		}
		b.ways = append(b.ways, w)
	case "relation":
		r := relation{id: e.ID, tags: t}
		for _, m := range e.Members {
			if m.Type == "way" {
				r.members = append(r.members, member{way: m.Ref, inner: m.Role == "inner"})
			}
		}
		b.relations = append(b.relations, r)
	}
	return nil
}
