package store

import (
	"fmt"
	"slices"
	"strings"

	"fourmaps/geo/layer"
)

// columns are the SQL select lists of one layer, over its table as r and its area as a.
// The first columns are always id and geom; the rest are the properties in the order of names.
type columns struct {
	layer  *layer.Layer
	public selection // what lists, events and caches may carry
	full   selection // what one row's own answer carries
	parts  []part
	// publicParts are the parts without their sensitive fields
	publicParts []part
}

// masked are the columns without the sensitive ones.
func (c columns) masked() columns {
	c.full, c.parts = c.public, c.publicParts
	return c
}

// sensitive tells whether any column is.
func (c columns) sensitive() bool {
	is := func(f layer.Field) bool { return f.Sensitive }
	return slices.ContainsFunc(c.layer.Fields, is) ||
		slices.ContainsFunc(c.layer.Parts, func(p layer.Part) bool { return slices.ContainsFunc(p.Fields, is) })
}

// selection is a select list and the JSON names of its columns.
type selection struct {
	sql   string
	names []string // quoted, with the colon: `"kind":`
}

type part struct {
	name  string
	sql   string
	names []string
}

func columnsOf(l *layer.Layer) columns {
	c := columns{layer: l, public: selectionOf(l, false), full: selectionOf(l, true)}
	for _, p := range l.Parts {
		c.parts = append(c.parts, partOf(l, p, true))
		c.publicParts = append(c.publicParts, partOf(l, p, false))
	}
	return c
}

func selectionOf(l *layer.Layer, sensitive bool) selection {
	exprs := []string{"r.id", "r.geom"}
	var s selection
	add := func(name, expr string) {
		s.names = append(s.names, fmt.Sprintf("%q:", name))
		exprs = append(exprs, expr)
	}
	for _, f := range append(append([]layer.Field{}, layer.Standing...), l.Fields...) {
		if f.Sensitive && !sensitive {
			continue
		}
		add(f.Name, "r."+f.Name)
		if f.Name == "area_id" {
			add("area_code", "a.code")
		}
	}
	s.sql = strings.Join(exprs, ", ")
	return s
}

func partOf(l *layer.Layer, p layer.Part, sensitive bool) part {
	out := part{name: p.Name, names: []string{`"id":`}}
	exprs := []string{"id"}
	for _, f := range p.Fields {
		if f.Sensitive && !sensitive {
			continue
		}
		out.names = append(out.names, fmt.Sprintf("%q:", f.Name))
		exprs = append(exprs, f.Name)
	}
	out.sql = fmt.Sprintf("SELECT %s FROM %s WHERE %s_id = $1 ORDER BY id", strings.Join(exprs, ", "), p.Name, l.Name)
	return out
}

// from is the FROM clause that the select lists need.
func (c columns) from() string {
	return c.layer.Name + " r LEFT JOIN area a ON a.id = r.area_id"
}
