// Package siting is the rules about where things may stand: what a rule says, whether it makes sense, and the sentence that
// people read about a row against it. It measures nothing: distances are the database's.
package siting

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"fourmaps/geo/layer"
)

// Measure is how a rule looks at a row.
type Measure string

// The measures. Distances are metres on the ground, on the ellipsoid of WGS 84; zero where the two touch.
const (
	Distance Measure = "distance" // to the nearest row of the near layer: at least Number
	Along    Measure = "along"    // the same, said of what lies along a line
	Inside   Measure = "inside"   // not inside any row of the near layer
	Minimum  Measure = "minimum"  // Field of the row itself: at least Number
	Maximum  Measure = "maximum"  // Field of the row itself: at most Number
)

// Outcome is what a row against the rule means.
type Outcome string

// The outcomes.
const (
	Refuse  Outcome = "refuse"  // not allowed; saved only by who may waive, with a reason
	Warn    Outcome = "warn"    // to be known
	Improve Outcome = "improve" // to be brought up to standard
)

// Rule says which rows, near which others, how far, with what outcome, and by which document. Filters are written as in the
// address of the layer's list.
type Rule struct {
	ID           uuid.UUID  `json:"id"`
	Version      int        `json:"version"`
	Code         string     `json:"code"`
	Order        int        `json:"order"`
	Name         layer.Text `json:"name"`
	WhatLayer    string     `json:"what_layer"`
	WhatFilter   string     `json:"what_filter"`
	Measure      Measure    `json:"measure"`
	NearLayer    *string    `json:"near_layer"`
	NearFilter   string     `json:"near_filter"`
	NearWidth    *string    `json:"near_width"` // a field of the near layer: how wide what is drawn as a line is, in metres
	Field        *string    `json:"field"`
	Number       float64    `json:"number"`
	Unit         string     `json:"unit"`
	WithinLayer  *string    `json:"within_layer"` // the rule holds only where the row meets such a row
	WithinFilter string     `json:"within_filter"`
	Outcome      Outcome    `json:"outcome"`
	Document     layer.Text `json:"document"`
	Article      layer.Text `json:"article"`
	Verified     bool       `json:"verified"` // somebody has compared it with the document itself
	ValidFrom    *string    `json:"valid_from"`
	ValidTo      *string    `json:"valid_to"`
	Active       bool       `json:"active"`
}

// Parsed is a rule whose layers and filters are found.
type Parsed struct {
	Rule
	What   layer.Filter
	Near   *layer.Filter // distance, along, inside
	Within *layer.Filter // nil: everywhere
}

// Parse finds the layers, fields and filters of a rule. Its error is a *layer.EntryError with every fault.
func (r Rule) Parse() (Parsed, error) {
	p := parser{Parsed: Parsed{Rule: r}}
	p.What = p.filter("what", r.WhatLayer, r.WhatFilter)
	if r.WithinLayer != nil {
		within := p.filter("within", *r.WithinLayer, r.WithinFilter)
		p.Within = &within
	}
	switch r.Measure {
	case Distance, Along, Inside:
		p.near()
	case Minimum, Maximum:
		p.own()
	default:
		p.fault("measure", "not_a_choice", "应为 distance、along、inside、minimum 或 maximum", "must be distance, along, inside, minimum or maximum")
	}
	p.rest()
	if len(p.faults) > 0 {
		return Parsed{}, &layer.EntryError{Faults: p.faults}
	}
	return p.Parsed, nil
}

type parser struct {
	Parsed
	faults []layer.Fault
}

func (p *parser) fault(field, code, zh, en string) {
	p.faults = append(p.faults, layer.Fault{Field: field, Code: code, Text: layer.Text{Zh: zh, En: en}})
}

func (p *parser) filter(which, name, text string) layer.Filter {
	l, ok := layer.ByName(name)
	if !ok {
		p.fault(which+"_layer", "not_a_choice", "没有这个图层", "there is no such layer")
		return layer.Filter{}
	}
	values, err := layer.ParseQuery(text)
	if err == nil {
		var f layer.Filter
		if f, err = layer.ParseFilter(l, values); err == nil && (f.Timed() || f.Query != "" || len(f.Boxes) > 0) {
			err = fmt.Errorf("due, q and bbox do not belong into a rule")
		}
		if err == nil {
			return f
		}
	}
	p.fault(which+"_filter", "bad_value", "筛选条件写法有误，应与列表地址一致，如 kind=mine", "is no filter of the layer, as its list has them: "+err.Error())
	return layer.Filter{}
}

// near wants another layer and, for distances, a number of metres.
func (p *parser) near() {
	if p.NearLayer == nil {
		p.fault("near_layer", "missing", "必须填写", "is required")
		return
	}
	f := p.filter("near", *p.NearLayer, p.NearFilter)
	p.Near = &f
	if p.Field != nil {
		p.fault("field", "read_only", "这种规则不看自身字段", "rules of this measure look at no field")
	}
	if p.NearWidth != nil && f.Layer != nil && !isNumber(f.Layer, *p.NearWidth) {
		p.fault("near_width", "not_a_choice", "不是该图层的数字字段", "is no number field of the near layer")
	}
	if p.Measure != Inside && !(p.Number > 0 && p.Number <= 50_000) {
		p.fault("number", "out_of_range", "应大于 0，不超过 50000 米", "must be more than 0 and at most 50000 metres")
	}
}

// own wants a number field of the row itself.
func (p *parser) own() {
	if p.Field == nil || p.What.Layer != nil && !isNumber(p.What.Layer, *p.Field) {
		p.fault("field", "not_a_choice", "应为该图层的数字字段", "must be a number field of the layer")
	}
	if p.NearLayer != nil || p.NearWidth != nil {
		p.fault("near_layer", "read_only", "这种规则不看其他图层", "rules of this measure look at no other layer")
	}
}

func isNumber(l *layer.Layer, name string) bool {
	f, ok := l.Field(name)
	return ok && !f.Sensitive && (f.Type == layer.Number || f.Type == layer.Integer)
}

func (p *parser) rest() {
	if p.Outcome != Refuse && p.Outcome != Warn && p.Outcome != Improve {
		p.fault("outcome", "not_a_choice", "应为 refuse、warn 或 improve", "must be refuse, warn or improve")
	}
	for name, text := range map[string]string{"name.zh": p.Name.Zh, "name.en": p.Name.En, "document.zh": p.Document.Zh, "document.en": p.Document.En} {
		if text == "" || len([]rune(text)) > 200 {
			p.fault(name, "missing", "应为 1–200 个字符", "must have 1–200 characters")
		}
	}
	for name, day := range map[string]*string{"valid_from": p.ValidFrom, "valid_to": p.ValidTo} {
		if day == nil {
			continue
		}
		if _, err := time.Parse(time.DateOnly, *day); err != nil {
			p.fault(name, "bad_form", "应为日期，如 2026-07-14", "must be a date such as 2026-07-14")
		}
	}
	if math.IsNaN(p.Number) || p.Number < 0 || p.Number > 1_000_000 {
		p.fault("number", "out_of_range", "应为 0–1000000", "must be 0–1000000")
	}
}

// Query is the filter as values of an address.
func Query(filter string) url.Values {
	values, err := layer.ParseQuery(filter)
	if err != nil {
		return url.Values{}
	}
	return values
}

// Violation is a row against a rule.
type Violation struct {
	Row      uuid.UUID
	Other    *uuid.UUID // the nearest row of the near layer
	Measured float64    // in the rule's unit
}

// Sentence tells people about a row against the rule. other is what the other row is called; nil where there is none.
func (r Rule) Sentence(measured float64, other *layer.Text) layer.Text {
	by := layer.Text{Zh: "（" + r.Document.Zh + r.Article.Zh + "）", En: " (" + r.Document.En + trailing(r.Article.En) + ")"}
	near := layer.Text{Zh: "", En: ""}
	if other != nil {
		near = layer.Text{Zh: "“" + other.Zh + "”", En: other.En}
	}
	var say layer.Text
	switch r.Measure {
	case Inside:
		say = layer.Text{Zh: "位于" + near.Zh + "内", En: "it lies inside " + near.En}
	case Minimum:
		say = layer.Text{Zh: fmt.Sprintf("%s%s，至少应为%s", fieldName(r).Zh, r.quantity(measured).Zh, r.quantity(r.Number).Zh), En: fmt.Sprintf("%s is %s, at least %s are needed", fieldName(r).En, r.quantity(measured).En, r.quantity(r.Number).En)}
	case Maximum:
		say = layer.Text{Zh: fmt.Sprintf("%s%s，至多应为%s", fieldName(r).Zh, r.quantity(measured).Zh, r.quantity(r.Number).Zh), En: fmt.Sprintf("%s is %s, at most %s are allowed", fieldName(r).En, r.quantity(measured).En, r.quantity(r.Number).En)}
	default:
		say = layer.Text{Zh: fmt.Sprintf("距%s %s 米，至少应为 %s 米", near.Zh, Metres(measured, r.Number), short(r.Number)), En: fmt.Sprintf("%s m to %s, at least %s m are needed", Metres(measured, r.Number), near.En, short(r.Number))}
	}
	return layer.Text{Zh: r.Name.Zh + "：" + say.Zh + by.Zh, En: r.Name.En + ": " + say.En + by.En}
}

// quantity is a number in the rule's unit.
func (r Rule) quantity(v float64) layer.Text {
	unit := map[string]string{"m": "米", "m²": "平方米"}[r.Unit]
	return layer.Text{Zh: strings.TrimRight(" "+short(v)+" "+unit, " "), En: strings.TrimSpace(short(v) + " " + r.Unit)}
}

func trailing(article string) string {
	if article == "" {
		return ""
	}
	return ", " + article
}

func fieldName(r Rule) layer.Text {
	if l, ok := layer.ByName(r.WhatLayer); ok && r.Field != nil {
		if f, ok := l.Field(*r.Field); ok {
			return f.Label
		}
	}
	return layer.Text{}
}

func short(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// Metres writes a distance that is too short so that it never reads like the one required: 4.96, not 5.0.
func Metres(measured, required float64) string {
	for decimals := 1; decimals < 4; decimals++ {
		if text := strconv.FormatFloat(measured, 'f', decimals, 64); text != strconv.FormatFloat(required, 'f', decimals, 64) {
			return text
		}
	}
	return strconv.FormatFloat(measured, 'f', 4, 64)
}
