package siting_test

import (
	"errors"
	"slices"
	"testing"

	"fourmaps/geo/layer"
	"fourmaps/server/siting"
)

func text(s string) *string { return &s }

func distance() siting.Rule {
	return siting.Rule{Code: "x", Name: layer.Text{Zh: "甲距乙", En: "A to B"}, WhatLayer: "risk_point", WhatFilter: "kind=mine", Measure: siting.Distance, NearLayer: text("road"), Number: 5, Unit: "m",
		Outcome: siting.Refuse, Document: layer.Text{Zh: "条例", En: "Regulations"}, Article: layer.Text{Zh: "第十条", En: "Article 10"}}
}

// TestRulesThatMakeNoSenseAreRefused field by field.
func TestRulesThatMakeNoSenseAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*siting.Rule)
		fields []string
	}{
		"whole":                 {func(*siting.Rule) {}, nil},
		"inside":                {func(r *siting.Rule) { r.Measure, r.Number = siting.Inside, 0 }, nil},
		"of itself":             {func(r *siting.Rule) { r.Measure, r.NearLayer, r.Field = siting.Minimum, nil, text("fence_height_m") }, nil},
		"with a width":          {func(r *siting.Rule) { r.NearLayer, r.NearWidth = text("water"), text("width_m") }, nil},
		"no such layer":         {func(r *siting.Rule) { r.WhatLayer, r.NearLayer = "x", text("y") }, []string{"near_layer", "what_layer"}},
		"a filter of another":   {func(r *siting.Rule) { r.WhatFilter, r.NearFilter = "class=trunk", "kind=mine" }, []string{"near_filter", "what_filter"}},
		"a filter of time":      {func(r *siting.Rule) { r.WhatFilter = "due=true" }, []string{"what_filter"}},
		"a filter of place":     {func(r *siting.Rule) { r.WhatFilter = "bbox=1,2,3,4" }, []string{"what_filter"}},
		"a broken filter":       {func(r *siting.Rule) { r.WhatFilter = "%zz;" }, []string{"what_filter"}},
		"no distance":           {func(r *siting.Rule) { r.Number = 0 }, []string{"number"}},
		"too far":               {func(r *siting.Rule) { r.Number = 50_001 }, []string{"number"}},
		"nothing near":          {func(r *siting.Rule) { r.NearLayer = nil }, []string{"near_layer"}},
		"a field that is text":  {func(r *siting.Rule) { r.Measure, r.NearLayer, r.Field = siting.Minimum, nil, text("address") }, []string{"field"}},
		"a sensitive field":     {func(r *siting.Rule) { r.Measure, r.NearLayer, r.Field = siting.Minimum, nil, text("responsible_phone") }, []string{"field"}},
		"a width that is none":  {func(r *siting.Rule) { r.NearWidth = text("class") }, []string{"near_width"}},
		"no measure or outcome": {func(r *siting.Rule) { r.Measure, r.Outcome = "guess", "shrug" }, []string{"measure", "outcome"}},
		"no citation":           {func(r *siting.Rule) { r.Document = layer.Text{} }, []string{"document.en", "document.zh"}},
		"days that are none":    {func(r *siting.Rule) { r.ValidFrom = text("yesterday") }, []string{"valid_from"}},
		"within what is not":    {func(r *siting.Rule) { r.WithinLayer = text("x") }, []string{"within_layer"}},
	} {
		r := distance()
		c.change(&r)
		_, err := r.Parse()
		var faults *layer.EntryError
		var got []string
		if errors.As(err, &faults) {
			for _, f := range faults.Faults {
				got = append(got, f.Field)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, c.fields) || (err == nil) != (len(c.fields) == 0) {
			t.Errorf("%s: blamed are %v, want %v (%v)", name, got, c.fields, err)
		}
	}
}

func TestSentences(t *testing.T) {
	r := distance()
	road := &layer.Text{Zh: "县道", En: "County Road"}
	for _, c := range []struct{ got, want layer.Text }{
		{r.Sentence(4.96, road), layer.Text{Zh: "甲距乙：距“县道” 4.96 米，至少应为 5 米（条例第十条）", En: "A to B: 4.96 m to County Road, at least 5 m are needed (Regulations, Article 10)"}},
		{func() siting.Rule { r := r; r.Measure = siting.Inside; return r }().Sentence(0, road), layer.Text{Zh: "甲距乙：位于“县道”内（条例第十条）", En: "A to B: it lies inside County Road (Regulations, Article 10)"}},
		{func() siting.Rule {
			r := r
			r.Measure, r.Field, r.Number, r.Article = siting.Minimum, text("floor_area_m2"), 300, layer.Text{}
			r.Unit = "m²"
			return r
		}().Sentence(260.5, nil), layer.Text{Zh: "甲距乙：营业面积 260.5 平方米，至少应为 300 平方米（条例）", En: "A to B: Floor area is 260.5 m², at least 300 m² are needed (Regulations)"}},
	} {
		if c.got != c.want {
			t.Errorf("%q\n%q, want\n%q\n%q", c.got.Zh, c.got.En, c.want.Zh, c.want.En)
		}
	}
	for _, c := range []struct {
		measured, required float64
		want               string
	}{{4.96, 5, "4.96"}, {4.999, 5, "4.999"}, {320, 500, "320.0"}, {4.99999, 5, "5.0000"}} {
		if got := siting.Metres(c.measured, c.required); got != c.want {
			t.Errorf("%v of %v reads %s, want %s", c.measured, c.required, got, c.want)
		}
	}
}
