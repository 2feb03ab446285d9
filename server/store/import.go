package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fourmaps/geo/layer"
)

// Batch is rows for one layer. Columns are fields of the layer, origin_key (needed, and different in every row) and
// geom (an orb.Geometry in WGS 84); also source_crs, source_x and source_y when a place was converted, and id, so that rows
// of the batch may point to each other: the id that a row has, or a new one; and same_as, the id of the stored row that a
// row is, whatever the origin of that one.
type Batch struct {
	Layer   *layer.Layer
	Columns []string
	Rows    iter.Seq2[[]any, error]
}

// Import says how rows come in.
type Import struct {
	Origin     string         // where they come from: with origin_key it tells a row that came before
	Actor      string         // who does it, for the history
	RemoveGone bool           // delete (by state) the rows of this origin that are not in the batch
	LeftOut    func() LeftOut // asked when all rows of the batch are there; nil for none
	Progress   func(layer string, done int)

	Person  uuid.UUID // who does it, if that is a person; uuid.Nil for none
	Address string    // of the client
	Write   uuid.UUID // names this import in the history; uuid.Nil for none
	// May tells whether the person may write in an area, by a row's place and by where it is stored; nil is for rows in no
	// area. Rows of other areas are rejected. Without it all areas are meant.
	May func(area *uuid.UUID) bool
	// Tell hears what becomes of every row that the database takes, and of every stored one that is gone, before anything
	// of it is visible to others; nil for nobody.
	Tell func(Outcome) error
	// Draft ends with the import, in its transaction; nil for none.
	Draft *DraftEnd
	// Check stores nothing: it only tells.
	Check bool
}

// errChecked ends the transaction of a check without a trace.
var errChecked = errors.New("this was only a check")

// Imported says what became of the rows of a batch: Read = New + Changed + Same + len(Rejected).
type Imported struct {
	Layer    string
	Read     int64
	New      int64
	Changed  int64
	Same     int64
	Moved    int64       // of the changed ones: into another area, as far as anybody hears of each row
	Gone     int64       // rows of this origin that are no longer in the batch
	Removed  int64       // of those, deleted
	Unsure   bool        // none was deleted though it was asked for, since a row was left out whose key nobody knows
	Repaired int64       // polygons that crossed themselves and were repaired
	Rejected []Rejection // rows that the database would refuse
	Assigned int64       // rows of all layers that got another area, after areas were imported
}

// Rejection is a row that was left out.
type Rejection struct {
	Key    string
	Code   string // for machines
	Reason layer.Text
}

// ConflictError is a row or a whole import that contradicts what is stored already.
type ConflictError struct{ Text layer.Text }

// Error gives the English sentence.
func (e *ConflictError) Error() string { return e.Text.En }

// Sentences gives what to tell a person, in Chinese and in English.
func (e *ConflictError) Sentences() (chinese, english string) { return e.Text.Zh, e.Text.En }

// ImportLayer brings a batch in, all of it or, on an error, nothing. A row that came before under the same origin and
// key is changed only if it differs; the others of that origin are counted as gone.
func (s *Store) ImportLayer(ctx context.Context, b Batch, how Import) (Imported, error) {
	out := Imported{Layer: b.Layer.Name}
	err := s.writingAs(ctx, how, "import", func(tx pgx.Tx) error {
		t, err := stage(ctx, tx, b, how, &out)
		if err != nil {
			return err
		}
		if err := t.match(ctx, tx, &out); err != nil {
			return err
		}
		if err := t.refuseElsewhere(ctx, tx, how, &out); err != nil {
			return err
		}
		if err := onlyRead(ctx, tx, how); err != nil {
			return err
		}
		if err := t.unhang(ctx, tx, &out); err != nil {
			return err
		}
		if err := t.upsert(ctx, tx, how, &out); err != nil {
			return err
		}
		return t.finish(ctx, tx, how, &out)
	})
	if err != nil && !errors.Is(err, errChecked) {
		return Imported{}, fmt.Errorf("importing %s: %w", b.Layer.Name, explain(err))
	}
	if how.Check {
		return out, nil
	}
	if out.New+out.Changed+out.Removed > 0 {
		s.analyze(ctx, b.Layer)
	}
	return out, nil
}

// onlyRead makes sure that a check writes nothing and holds nobody up: from here on only its own temporary table is changed.
func onlyRead(ctx context.Context, tx pgx.Tx, how Import) error {
	if !how.Check {
		return nil
	}
	if _, err := tx.Exec(ctx, "SET TRANSACTION READ ONLY"); err != nil {
		return fmt.Errorf("beginning a check: %w", err)
	}
	return nil
}

// importing is writingAs for work that changes rows of all layers.
func (s *Store) importing(ctx context.Context, how Import, source string, f func(tx pgx.Tx) error) error {
	err := s.writingAs(ctx, how, source, f)
	if err == nil {
		s.analyze(ctx, layer.All...)
	}
	return err
}

// writingAs runs a transaction whose changes carry the importer's name; it may take as long as it needs.
func (s *Store) writingAs(ctx context.Context, how Import, source string, f func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		person, write := "", ""
		if how.Person != uuid.Nil {
			person = how.Person.String()
		}
		if how.Write != uuid.Nil {
			write = how.Write.String()
		}
		_, err := tx.Exec(ctx, `SELECT set_config('statement_timeout', '0', true), set_config('fourmaps.actor', $1, true), set_config('fourmaps.source', $2, true),
			set_config('fourmaps.person', $3, true), set_config('fourmaps.address', $4, true), set_config('fourmaps.write', $5, true), set_config('fourmaps.occurred_at', now()::text, true)`,
			how.Actor, source, person, how.Address, write)
		if err != nil {
			return fmt.Errorf("beginning an import: %w", err)
		}
		return f(tx)
	})
}

// analyze tells the planner about rows that came all at once, and which pages all may see; without it the first questions
// would be slow. A failure costs nothing but speed.
func (s *Store) analyze(ctx context.Context, layers ...*layer.Layer) {
	for _, l := range layers {
		_, _ = s.pool.Exec(ctx, "VACUUM (ANALYZE) "+l.Name)
	}
}

// staged is a batch in a temporary table, cleaned of what the database would refuse.
type staged struct {
	layer   *layer.Layer
	origin  string
	table   string
	columns []string
	placed  bool // place_area says where each staged row lies
	spelled bool // search holds the search texts of rows whose phrases are new
}

func stage(ctx context.Context, tx pgx.Tx, b Batch, how Import, out *Imported) (staged, error) {
	t := staged{layer: b.Layer, origin: how.Origin, table: "incoming_" + b.Layer.Name, columns: b.Columns}
	if !slices.Contains(b.Columns, "origin_key") {
		return t, errors.New("a batch needs the column origin_key")
	}
	for _, c := range b.Columns {
		if _, declared := b.Layer.Field(c); !declared && !slices.Contains([]string{"id", "same_as", "geom", "source_crs", "source_x", "source_y"}, c) {
			return t, fmt.Errorf("layer %s has no column %q", b.Layer.Name, c)
		}
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(`DROP TABLE IF EXISTS %[1]s; CREATE TEMP TABLE %[1]s ON COMMIT DROP AS SELECT %[2]s FROM %[3]s WITH NO DATA;
		ALTER TABLE %[1]s ADD PRIMARY KEY (origin_key), ADD COLUMN stored uuid, ADD COLUMN place_area uuid, ADD COLUMN search text, ADD COLUMN line integer GENERATED ALWAYS AS IDENTITY`, t.table, strings.Replace(strings.Join(b.Columns, ", "), "same_as", "id AS same_as", 1), b.Layer.Name))
	if err != nil {
		return t, err
	}
	var progress func(int)
	if how.Progress != nil {
		progress = func(done int) { how.Progress(b.Layer.Name, done) }
	}
	if out.Read, err = CopyRows(ctx, tx, t.table, b.Columns, b.Rows, progress); err != nil {
		return t, err
	}
	if slices.Contains(b.Columns, "geom") {
		if err := t.mend(ctx, tx, out); err != nil {
			return t, err
		}
	}
	if _, err = tx.Exec(ctx, "ANALYZE "+t.table); err != nil {
		return t, err
	}
	return t, nil
}

// mend repairs polygons that cross themselves and takes out rows whose place the layer does not accept.
func (t staged) mend(ctx context.Context, tx pgx.Tx, out *Imported) error {
	done, err := tx.Exec(ctx, fmt.Sprintf(`
		UPDATE %s i SET geom = CASE WHEN ST_NumGeometries(m.geom) = 1 THEN ST_GeometryN(m.geom, 1) ELSE m.geom END
		FROM (SELECT origin_key, ST_CollectionExtract(ST_MakeValid(geom), ST_Dimension(geom) + 1) AS geom FROM %[1]s WHERE NOT ST_IsValid(geom)) m
		WHERE i.origin_key = m.origin_key`, t.table))
	if err != nil {
		return fmt.Errorf("repairing geometries: %w", err)
	}
	out.Repaired = done.RowsAffected()
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		WITH judged AS (
			SELECT origin_key, CASE
				WHEN geom IS NULL THEN CASE WHEN $1::boolean THEN NULL ELSE 'missing' END
				WHEN ST_IsEmpty(geom) OR NOT ST_IsValid(geom) THEN 'broken'
				WHEN ST_XMin(geom) < -180 OR ST_XMax(geom) > 180 OR ST_YMin(geom) < -85 OR ST_YMax(geom) > 85 THEN 'outside'
				WHEN NOT replace(ST_GeometryType(geom), 'ST_', '') = ANY ($2::text[]) THEN 'type' END AS fault
			FROM %[1]s)
		DELETE FROM %[1]s i USING judged j WHERE i.origin_key = j.origin_key AND j.fault IS NOT NULL RETURNING i.origin_key, j.fault`, t.table),
		t.layer.PlaceOptional, geometryTypes(t.layer))
	if err != nil {
		return fmt.Errorf("checking geometries: %w", err)
	}
	out.Rejected, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Rejection, err error) {
		var fault string
		err = row.Scan(&r.Key, &fault)
		r.Code, r.Reason = "place_"+fault, faults(fault)
		return r, err
	})
	return err
}

// unhang takes out rows that point to a row of the same layer that is neither stored nor in the batch any more.
func (t staged) unhang(ctx context.Context, tx pgx.Tx, out *Imported) error {
	for _, c := range t.columns {
		f, _ := t.layer.Field(c)
		if f.Layer != t.layer.Name || !slices.Contains(t.columns, "id") {
			continue
		}
		for more := true; more; {
			rows, err := tx.Query(ctx, fmt.Sprintf(`DELETE FROM %s i WHERE i.%s IS NOT NULL
				AND NOT EXISTS (SELECT 1 FROM %[1]s p WHERE p.id = i.%[2]s) AND NOT EXISTS (SELECT 1 FROM %s r WHERE r.id = i.%[2]s AND r.deleted_at IS NULL)
				RETURNING i.origin_key`, t.table, c, t.layer.Name))
			if err != nil {
				return fmt.Errorf("looking for rows that point to nothing: %w", err)
			}
			keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				return fmt.Errorf("looking for rows that point to nothing: %w", err)
			}
			for _, key := range keys {
				out.Rejected = append(out.Rejected, Rejection{key, "reference_rejected", faults("hanging")})
			}
			more = len(keys) > 0
		}
	}
	return nil
}

func geometryTypes(l *layer.Layer) []string {
	types := make([]string, len(l.Geometry))
	for i, g := range l.Geometry {
		types[i] = string(g)
	}
	return types
}

func faults(code string) layer.Text {
	switch code {
	case "missing":
		return layer.Text{Zh: "没有位置", En: "it has no place"}
	case "outside":
		return layer.Text{Zh: "坐标超出范围", En: "its coordinates lie outside the world"}
	case "hanging":
		return layer.Text{Zh: "它所指的那一行未被接受", En: "the row that it points to is rejected"}
	case "twice":
		return layer.Text{Zh: "与另一行指的是同一条记录", En: "another row names the same stored row"}
	case "type":
		return layer.Text{Zh: "图层不接受这种几何类型", En: "the layer does not take this type of geometry"}
	}
	return layer.Text{Zh: "几何无效且无法修复", En: "its geometry is broken beyond repair"}
}

// assigned are the columns that an import writes, with the value that each gets, over the staged row i and the stored r.
func (t staged) assigned() (columns, values []string) {
	for _, c := range t.columns {
		if c == "origin_key" || c == "id" || c == "same_as" {
			continue
		}
		value := "i." + c
		if c == "area_id" {
			value = "coalesce(i.area_id, r.area_id)" // nobody said which: it follows from the place
		}
		columns, values = append(columns, c), append(values, value)
	}
	return columns, values
}

// upsert tells what becomes of the staged rows; then, unless that is all, it changes rows that came before and differ, and
// adds those that are new.
func (t *staged) upsert(ctx context.Context, tx pgx.Tx, how Import, out *Imported) error {
	if err := t.tell(ctx, tx, how, out); err != nil || how.Check {
		return err
	}
	changed, added, err := t.write(ctx, tx, "true")
	if err != nil {
		return err
	}
	return out.agrees(changed, added)
}

// tell tells what becomes of the staged rows.
func (t staged) tell(ctx context.Context, tx pgx.Tx, how Import, out *Imported) error {
	told, err := t.compare(ctx, tx, how)
	if err != nil {
		return err
	}
	out.New, out.Changed, out.Same, out.Moved = told.New, told.Changed, told.Same, told.Moved
	return nil
}

// write changes and adds the staged rows where is true of.
func (t *staged) write(ctx context.Context, tx pgx.Tx, where string) (changed, added int64, err error) {
	if err := t.spell(ctx, tx); err != nil {
		return 0, 0, err
	}
	if changed, err = t.change(ctx, tx, where); err != nil {
		return 0, 0, err
	}
	added, err = t.add(ctx, tx, where)
	return changed, added, err
}

// agrees tells whether what was written is what was told.
func (out *Imported) agrees(changed, added int64) error {
	if changed != out.Changed || added != out.New {
		return fmt.Errorf("%d rows were changed and %d added, where %d and %d were told", changed, added, out.Changed, out.New)
	}
	return nil
}

func (t staged) change(ctx context.Context, tx pgx.Tx, where string) (int64, error) {
	columns, values := t.assigned()
	if len(columns) == 0 {
		return 0, nil
	}
	sets, mine := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		sets[i], mine[i] = c+" = "+values[i], "r."+c
	}
	sets = append(sets, "search = coalesce(i.search, r.search)")
	done, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE %s r SET %s FROM %s i
		WHERE %s AND r.id = i.stored AND (%s) IS DISTINCT FROM (%s)`,
		t.layer.Name, strings.Join(sets, ", "), t.table, where, strings.Join(mine, ", "), strings.Join(values, ", ")))
	if err != nil {
		return 0, fmt.Errorf("changing rows: %w", err)
	}
	return done.RowsAffected(), nil
}

func (t staged) add(ctx context.Context, tx pgx.Tx, where string) (int64, error) {
	done, err := tx.Exec(ctx, fmt.Sprintf(`INSERT INTO %[1]s (origin, %[2]s) SELECT $1, %[3]s FROM %[4]s i
		WHERE %[5]s AND i.stored IS NULL`,
		t.layer.Name, strings.Join(t.inserted(), ", "), strings.Join(t.insertedValues(), ", "), t.table, where), t.origin)
	if err != nil {
		return 0, fmt.Errorf("adding rows: %w", err)
	}
	return done.RowsAffected(), nil
}

// inserted are the columns of a new row. The area by its place is known already, which saves the trigger looking again.
func (t staged) inserted() []string {
	columns := append(allBut(t.columns, "same_as"), "search")
	if t.placed && !slices.Contains(columns, "area_id") {
		columns = append(columns, "area_id")
	}
	return columns
}

func (t staged) insertedValues() []string {
	values := t.inserted()
	for i, c := range values {
		values[i] = "i." + c
		if c == "area_id" && t.placed {
			values[i] = "i.place_area"
			if slices.Contains(t.columns, c) {
				values[i] = "coalesce(i.area_id, i.place_area)"
			}
		}
	}
	return values
}

// finish looks for rows that are gone, and asks whether all this shall be.
func (t staged) finish(ctx context.Context, tx pgx.Tx, how Import, out *Imported) error {
	if err := t.gone(ctx, tx, how, out); err != nil {
		return err
	}
	if how.Check {
		return errChecked
	}
	if how.Draft == nil {
		return nil
	}
	counts, err := how.Draft.Counts(*out)
	if err != nil {
		return err
	}
	// Nothing is known yet of rows that have just come: believing that they are few, the planner would walk over all for each.
	if _, err := tx.Exec(ctx, "SELECT set_config('enable_nestloop', 'off', true)"); err != nil {
		return fmt.Errorf("naming the new rows in the report: %w", err)
	}
	_, err = tx.Exec(ctx, fmt.Sprintf(`UPDATE import_row w SET id = r.id, version = r.version, area_id = r.area_id FROM %s r
		WHERE w.draft_id = $1 AND w.outcome = 'new' AND r.origin = $2 AND r.origin_key = w.key AND r.deleted_at IS NULL`, t.layer.Name), how.Draft.ID, t.origin)
	if err != nil {
		return fmt.Errorf("naming the new rows in the report: %w", err)
	}
	return endDraft(ctx, tx, *how.Draft, counts)
}

// explain turns what the database refuses into a sentence for the person who imports.
func explain(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || !strings.HasPrefix(pg.Code, "23") {
		return err
	}
	switch {
	case pg.Code == "23505" && strings.HasPrefix(pg.TableName, "incoming_"):
		return &ConflictError{layer.Text{Zh: "同一编号出现了两次：" + pg.Detail, En: "one key occurs twice: " + pg.Detail}}
	case pg.ConstraintName == "area_code_current":
		return &ConflictError{layer.Text{Zh: "已有同一代码的区划，来自其他来源；请先移除：" + pg.Detail, En: "an area with the same code from another origin exists: remove it first: " + pg.Detail}}
	}
	rule := pg.TableName + "." + pg.ColumnName + pg.ConstraintName // the detail would show the row, with phones in it
	return &ConflictError{layer.Text{Zh: "数据库不接受其中一行（" + rule + "），什么都没有导入", En: "the database refuses a row (" + rule + "); nothing was imported"}}
}
