package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"fourmaps/geo"
	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

// How many files are worked on at once, and how often the work says how far it is.
const (
	mostAtOnce = 2
	beatEvery  = 500 * time.Millisecond
	mostTries  = 3 // of work that the database gave up for somebody who was saving
)

// Desk checks and applies drafts in the background. The work goes on when the person leaves, ends when the draft is
// discarded or its choices change, and leaves a draft that can be checked again when the server ends in the middle of it.
type Desk struct {
	store *store.Store
	log   *slog.Logger
	ctx   context.Context
	stop  context.CancelFunc
	slots chan struct{}
	shelf shelf

	mu      sync.Mutex
	running map[uuid.UUID]*task // by draft
	group   sync.WaitGroup
}

// task is the work on one draft.
type task struct {
	*Desk
	draft store.Draft
	work  uuid.UUID
	who   Importer
	ctx   context.Context // of the work
	stop  context.CancelFunc
	after context.Context // of what comes after the work as well, until the draft is dropped
	drop  context.CancelFunc
	ended chan struct{}
	rows  atomic.Int64
	done  atomic.Int64
	total atomic.Int64
}

// NewDesk makes a desk. Its work ends with Run, or with Close.
func NewDesk(s *store.Store, log *slog.Logger) *Desk {
	ctx, stop := context.WithCancel(context.Background())
	return &Desk{store: s, log: log, ctx: ctx, stop: stop, slots: make(chan struct{}, mostAtOnce), running: map[uuid.UUID]*task{}}
}

// Run keeps the desk open until ctx ends, then ends its work.
func (d *Desk) Run(ctx context.Context) {
	<-ctx.Done()
	d.Close()
}

// Close ends all work and waits for it.
func (d *Desk) Close() {
	d.stop()
	d.group.Wait()
}

// Check begins to find out what would become of each row; the channel is closed when that is over.
func (d *Desk) Check(ctx context.Context, id uuid.UUID, who Importer) (<-chan struct{}, error) {
	return d.begin(ctx, id, who, store.WorkCheck, 0, (*task).check)
}

// Apply begins to import what a check has found, if its report still is of the revision that was seen; removeGone also
// deletes (by state) the rows that are gone.
func (d *Desk) Apply(ctx context.Context, id uuid.UUID, who Importer, seen int, removeGone bool) (<-chan struct{}, error) {
	return d.begin(ctx, id, who, store.WorkApply, seen, func(t *task) error { return t.apply(removeGone) })
}

func (d *Desk) begin(ctx context.Context, id uuid.UUID, who Importer, kind string, seen int, do func(*task) error) (<-chan struct{}, error) {
	work, draft, err := d.store.BeginWork(ctx, who.Person, id, kind, seen)
	if err != nil {
		return nil, err
	}
	t := &task{Desk: d, draft: draft, work: work, who: who, ended: make(chan struct{})}
	t.after, t.drop = context.WithCancel(d.ctx)
	t.ctx, t.stop = context.WithCancel(t.after)
	t.total.Store(draft.FileBytes)
	d.mu.Lock()
	if before := d.running[id]; before != nil {
		before.stop()
	}
	d.running[id] = t
	d.mu.Unlock()
	d.group.Go(func() { t.run(do) })
	return t.ended, nil
}

// Drop ends the work on a draft, and what comes after it, if this server does any, and waits for its end.
func (d *Desk) Drop(id uuid.UUID) {
	d.mu.Lock()
	t := d.running[id]
	d.mu.Unlock()
	if t != nil {
		t.drop()
		<-t.ended
	}
}

func (t *task) run(do func(*task) error) {
	defer close(t.ended)
	defer t.drop()
	defer t.forget()
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		t.beat()
	}()
	err := t.inTurn(do)
	t.stop()
	<-beating
	if err == nil {
		return
	}
	fault, known := faultOf(err)
	if known {
		t.log.Info("an import was refused", "draft", t.draft.ID, "code", fault.Code, "error", err)
	} else {
		t.log.Error("an import failed", "draft", t.draft.ID, "error", err)
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), 5*time.Second)
	defer cancel()
	if err := t.store.EndWork(limit, t.draft.ID, t.work, fault, errors.Is(err, store.ErrStale)); err != nil {
		t.log.Warn("the end of an import was not noted", "draft", t.draft.ID, "error", err)
	}
}

func (t *task) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running[t.draft.ID] == t {
		delete(t.running, t.draft.ID)
	}
}

// inTurn waits until there is room, works, and turns a panic, which a hostile file may find, into an error.
func (t *task) inTurn(do func(*task) error) (err error) {
	select {
	case t.slots <- struct{}{}:
	case <-t.ctx.Done():
		return t.ctx.Err()
	}
	defer func() { <-t.slots }()
	defer func() {
		if found := recover(); found != nil {
			err = fmt.Errorf("working on an import: %v", found)
		}
	}()
	for range mostTries {
		if err = do(t); !store.Collided(err) {
			return err
		}
	}
	return err
}

// beat says that the work goes on, until it ends; work that nobody wants any more is stopped.
func (t *task) beat() {
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-t.ctx.Done():
			return
		case <-ticker.C:
		}
		alive, err := t.store.Beat(t.ctx, t.draft.ID, t.work, t.rows.Load(), t.done.Load(), t.total.Load())
		if err == nil && !alive {
			t.stop()
		}
	}
}

// prepare makes the options of the work on the draft's file.
func (t *task) prepare(found *report) (Options, func(), error) {
	file, size, err := t.store.DraftFile(t.ctx, t.draft.ID)
	if err != nil {
		return Options{}, nil, err
	}
	o, c, err := options(t.draft, file, size)
	if err == nil && !t.who.MayImport(o.Layer) {
		err = &geo.InputError{Code: "not_permitted", Zh: "您没有导入此图层的权限", En: "you may not import into this layer"}
	}
	if err == nil && !c.Anywhere && o.Layer.Name != layer.Area.Name {
		err = ExpectNear(t.ctx, t.store, &o)
	}
	if err != nil {
		file.Close()
		return o, nil, err
	}
	*found = report{layer: o.Layer, who: t.who}
	o.Progress = func(done, total int64) {
		t.done.Store(done)
		t.total.Store(total)
	}
	o.Rows = func(n int) { t.rows.Store(int64(n)) }
	o.Left = found.left
	o.Import.Actor, o.Import.Person, o.Import.Address, o.Import.Write = t.who.Name, t.who.Person, t.who.Address, t.draft.ID
	o.Import.May = func(area *uuid.UUID) bool { return t.who.May("layer.import", area) }
	o.Import.Tell = found.heard
	o.lines = func(f func(key string) int) { found.lineOf = f }
	return o, func() { file.Close() }, nil
}

// check finds out what would become of each row.
func (t *task) check() error {
	var found report
	o, done, err := t.prepare(&found)
	if err != nil {
		return err
	}
	defer done()
	o.Import.Check, o.Import.RemoveGone = true, true
	var read *reading
	o.keep = func(all *reading) { read = all }
	ended, err := Bring(t.ctx, t.store, o)
	if err != nil {
		return err
	}
	digest := found.digest()
	revision, err := t.store.EndCheck(t.ctx, t.draft.ID, t.work, counted(ended, ended.Notes), digest, func(yield func(store.DraftRow) bool) {
		for _, row := range found.rows {
			if !yield(row) {
				return
			}
		}
	})
	if err == nil && read != nil {
		checked := t.draft
		checked.Revision = revision
		t.shelf.put(checked, read)
	}
	return err
}

// apply imports, if what it finds is what the check found.
func (t *task) apply(removeGone bool) error {
	var found report
	o, done, err := t.prepare(&found)
	if err != nil {
		return err
	}
	defer done()
	o.Import.RemoveGone = removeGone
	o.again = t.shelf.take(t.draft, o.Ingest.Expected)
	o.Import.Draft = &store.DraftEnd{ID: t.draft.ID, Work: t.work, Counts: func(out store.Imported) (store.DraftCounts, error) {
		if digest := found.digest(); string(digest[:]) != string(t.draft.Digest) {
			return store.DraftCounts{}, store.ErrStale
		}
		counts := *t.draft.Counts
		counts.Removed = out.Removed
		return counts, nil
	}}
	if _, err = Bring(t.ctx, t.store, o); err != nil {
		return err
	}
	t.checkSites(o.Layer)
	return nil
}

// checkSites looks at the sites of an import. The draft has ended, and with it the work on it; this goes on until the draft is
// dropped or the desk closes, and a draft that another server has deleted meanwhile has no counts to keep.
func (t *task) checkSites(l *layer.Layer) {
	by := store.Actor{Name: t.who.Name, Person: t.who.Person, Address: t.who.Address, Source: "import"}
	_, err := t.store.CheckImportedSites(t.after, by, t.draft.ID, l)
	switch {
	case err == nil || errors.Is(err, store.ErrNotFound):
	case t.after.Err() != nil:
		t.log.Info("looking at the sites of an import was broken off; the nightly check will", "draft", t.draft.ID)
	default:
		t.log.Warn("the sites of an import were not checked; the nightly check will", "draft", t.draft.ID, "error", err)
	}
}

// Bring imports into any layer that people import: areas by their own way.
func Bring(ctx context.Context, s *store.Store, o Options) (Report, error) {
	if o.Layer.Name == layer.Area.Name {
		return ImportAreas(ctx, s, o)
	}
	return Import(ctx, s, o)
}

// nearM is how far outside the stored areas a row may lie before it is taken for a mistake, in metres.
const nearM = 20_000

// ExpectNear lets rows far outside the stored areas be rejected, since they are likely to be mistakes.
func ExpectNear(ctx context.Context, s *store.Store, o *Options) error {
	territory, err := s.Territory(ctx)
	if errors.Is(err, store.ErrNoAreas) {
		return nil
	}
	if err != nil {
		return err
	}
	near := geo.PadMetres(territory.Bound(), nearM)
	o.Ingest.Expected = &near
	return nil
}
