package demo

import (
	"fmt"
	"iter"
	"time"

	"fourmaps/geo"
)

// Table is the rows of one layer or part as a database takes them.
type Table struct {
	Name    string   // of the layer or part, and of its table
	Columns []string // in the order of each row's values
	Count   int
	Rows    iter.Seq2[[]any, error]
}

// Tables lists everything in an order in which references hold: parents before children. Values are
// nil, string, float64, int, bool, []string, uuid.UUID, time.Time (also for dates) and, for geom,
// []byte: EWKB with SRID 4326. Ages become times before now.
func (d *District) Tables(now time.Time) []Table {
	return []Table{
		table("area", d.Areas, []string{"code", "level", "parent_id", "population", "households", "valid_from"},
			func(a Area) (Row, []any) {
				return a.Row, []any{a.Code, a.Level, orNil(a.Parent), a.Population, a.Households, time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)}
			}, now),
		table("command_unit", d.Units, []string{"kind", "level", "parent_id", "duty_phone", "leader", "leader_post", "leader_phone", "address"},
			func(u CommandUnit) (Row, []any) {
				return u.Row, []any{u.Kind, u.Level, orNil(u.Parent), u.DutyPhone, u.Leader, u.LeaderPost, u.LeaderPhone, orNil(u.Address)}
			}, now),
		table("risk_point", d.Risks, []string{"risk_level", "kind", "enterprise_class", "address", "people_threatened", "households_threatened", "control_measures", "responsible_unit", "responsible_person", "responsible_phone", "supervision", "listed_on", "floor_area_m2", "fence_height_m", "dismantling"},
			func(p RiskPoint) (Row, []any) {
				return p.Row, []any{p.Level, p.Kind, orNil(p.EnterpriseClass), orNil(p.Address), p.People, p.Households, p.Measures, p.ResponsibleUnit, p.ResponsiblePerson, p.ResponsiblePhone, p.Supervision, day(now, -p.ListedDays), orNil(p.Floor), orNil(p.Fence), orYes(p.Dismantling)}
			}, now),
		table("material_site", d.Sites, []string{"kind", "address", "owner_unit", "capacity_persons", "floor_area_m2", "open_all_hours", "keeper", "keeper_phone"},
			func(s MaterialSite) (Row, []any) {
				return s.Row, []any{s.Kind, orNil(s.Address), s.Owner, orNil(s.Capacity), orNil(s.Floor), s.AllHours, s.Keeper, s.KeeperPhone}
			}, now),
		table("response_force", d.Forces, []string{"nature", "capabilities", "headcount", "drill_role", "turnout_minutes", "address", "organiser_unit", "leader", "leader_phone", "deputy", "deputy_phone", "duty_phone"},
			func(f ResponseForce) (Row, []any) {
				return f.Row, []any{f.Nature, f.Capabilities, f.Headcount, f.DrillRole, f.Turnout, orNil(f.Address), f.Organiser, f.Leader, f.LeaderPhone, f.Deputy, f.DeputyPhone, f.DutyPhone}
			}, now),
		d.stockTable(now), d.memberTable(), d.vehicleTable(),
		table("road", d.Roads, []string{"class", "ref", "oneway", "speed_kmh", "cost_s", "reverse_cost_s", "length_m", "bridge", "tunnel", "max_weight_t", "access", "source_node", "target_node", "component"},
			func(r Road) (Row, []any) {
				return r.Row, []any{r.Class, orNil(r.Ref), r.Oneway, r.Speed, r.Cost, r.ReverseCost, r.Length, r.Bridge, r.Tunnel, orNil(r.MaxWeight), r.Access, r.Source, r.Target, r.Component}
			}, now),
		table("water", d.Waters, []string{"kind", "width_m"}, func(w Water) (Row, []any) { return w.Row, []any{w.Kind, orNil(w.Width)} }, now),
		table("landuse", d.Landuses, []string{"kind"}, func(u Landuse) (Row, []any) { return u.Row, []any{u.Kind} }, now),
		table("building", d.Buildings, []string{"kind", "levels", "height_m"},
			func(b Building) (Row, []any) { return b.Row, []any{b.Kind, b.Levels, b.Height} }, now),
		table("place", d.Places, []string{"kind", "population", "elevation_m"},
			func(p Place) (Row, []any) { return p.Row, []any{p.Kind, orNil(p.Population), p.Elevation} }, now),
		table("zone", d.Zones, []string{"kind", "voltage_kv", "width_m"}, func(z Zone) (Row, []any) { return z.Row, []any{z.Kind, orNil(z.Voltage), orNil(z.Width)} }, now),
	}
}

// standing are the columns that every layer has.
func standing() []string {
	return []string{"id", "origin", "origin_key", "name", "name_en", "area_id", "geom", "position_accuracy_m", "confirmed_at", "confirmed_by"}
}

func (r Row) values(now time.Time) ([]any, error) {
	var geom any
	if r.Geom != nil {
		b, err := geo.EWKB(r.Geom)
		if err != nil {
			return nil, fmt.Errorf("write demonstration row %s: %w", r.Key, err)
		}
		geom = b
	}
	var at, by any
	if r.Age >= 0 && r.ConfirmedBy != "" {
		at, by = now.Add(-time.Duration(r.Age*24*float64(time.Hour))).Truncate(time.Second), r.ConfirmedBy
	}
	return []any{r.ID, Origin, r.Key, orNil(r.Name), orNil(r.NameEn), orNil(r.Area), geom, orNil(r.Accuracy), at, by}, nil
}

func table[T any](name string, list []T, columns []string, split func(T) (Row, []any), now time.Time) Table {
	return Table{Name: name, Columns: append(standing(), columns...), Count: len(list), Rows: func(yield func([]any, error) bool) {
		for _, item := range list {
			row, own := split(item)
			values, err := row.values(now)
			if !yield(append(values, own...), err) || err != nil {
				return
			}
		}
	}}
}

func (d *District) stockTable(now time.Time) Table {
	var rows [][]any
	for _, s := range d.Sites {
		for _, l := range s.Stock {
			var expires any
			if l.Expires != 0 {
				expires = day(now, l.Expires)
			}
			rows = append(rows, []any{l.ID, s.ID, l.Item, l.Code, l.Quantity, l.Unit, orNil(l.Batch), expires, l.Minimum, l.Keeper})
		}
	}
	return part("stock_line", []string{"id", "material_site_id", "item", "item_code", "quantity", "unit", "batch", "expires_on", "minimum", "keeper"}, rows)
}

func (d *District) memberTable() Table {
	var rows [][]any
	for _, f := range d.Forces {
		for _, m := range f.Members {
			rows = append(rows, []any{m.ID, f.ID, m.Name, m.Post, m.Phone})
		}
	}
	return part("member", []string{"id", "response_force_id", "name", "post", "phone"}, rows)
}

func (d *District) vehicleTable() Table {
	var rows [][]any
	for _, f := range d.Forces {
		for _, v := range f.Vehicles {
			rows = append(rows, []any{v.ID, f.ID, v.Name, orNil(v.Plate), v.Kind, v.Seats, v.Count})
		}
	}
	return part("vehicle", []string{"id", "response_force_id", "name", "plate", "kind", "seats", "count"}, rows)
}

func part(name string, columns []string, rows [][]any) Table {
	return Table{Name: name, Columns: columns, Count: len(rows), Rows: func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}}
}

// orNil is nil for the zero value: NULL in the database.
func orNil[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// orYes is nil for the empty word, else whether it is yes.
func orYes(word string) any {
	if word == "" {
		return nil
	}
	return word == "yes"
}

// day is a date so many days from now.
func day(now time.Time, days int) time.Time {
	y, m, d := now.AddDate(0, 0, days).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
