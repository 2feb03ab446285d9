package jobs_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/server/jobs"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// changed makes three changes: eight days, six days and no time before now.
func changed(t *testing.T, pool *pgxpool.Pool, now time.Time) {
	t.Helper()
	for i, age := range []time.Duration{8 * 24 * time.Hour, 6 * 24 * time.Hour, 0} {
		if _, err := pool.Exec(t.Context(), `INSERT INTO place (origin_key, name, kind, geom) VALUES ($1, '地', 'hamlet', 'SRID=4326;POINT(110 25)')`, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
		if _, err := pool.Exec(t.Context(), `UPDATE change SET at = $1 WHERE seq = (SELECT max(seq) FROM change)`, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
}

func kept(t *testing.T, pool *pgxpool.Pool) (seqs string) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), `SELECT coalesce(string_agg(seq::text, ' ' ORDER BY seq), '') FROM change`).Scan(&seqs); err != nil {
		t.Fatal(err)
	}
	return seqs
}

// TestTidyDropsChangesAfterAWeek: the newest stays however old it is, so that the feed knows where it stands; to tidy
// twice, or on two servers at once, does no harm.
func TestTidyDropsChangesAfterAWeek(t *testing.T) {
	pool := storetest.New(t)
	now := time.Date(2026, 5, 20, 8, 0, 0, 0, time.UTC)
	changed(t, pool, now)
	var said buffer
	log := slog.New(slog.NewTextHandler(&said, nil))
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() { jobs.Tidy(t.Context(), store.New(pool), log, now) })
	}
	wait.Wait()
	if got := kept(t, pool); got != "2 3" {
		t.Errorf("kept are %q", got)
	}
	if text := said.String(); strings.Count(text, "old changes removed") != 1 || !strings.Contains(text, "rows=1") {
		t.Errorf("the log says %s", text)
	}
	jobs.Tidy(t.Context(), store.New(pool), log, now.AddDate(1, 0, 0))
	if got := kept(t, pool); got != "3" {
		t.Errorf("a year later kept are %q", got)
	}
}

// TestRunTidiesAtOnceAndEnds: a server that is restarted often tidies too, and ends when it is told.
func TestRunTidiesAtOnceAndEnds(t *testing.T) {
	pool := storetest.New(t)
	now := time.Date(2026, 5, 20, 8, 0, 0, 0, time.UTC)
	changed(t, pool, now)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		jobs.Run(ctx, store.New(pool), slog.New(slog.DiscardHandler), func() time.Time { return now })
	}()
	for deadline := time.Now().Add(10 * time.Second); kept(t, pool) != "2 3"; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing was tidied")
		}
	}
	stop()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("it does not end")
	}
}

// TestTidyWithoutADatabaseWarnsAndGoesOn: and a server that stops says nothing at all.
func TestTidyWithoutADatabaseWarnsAndGoesOn(t *testing.T) {
	away, err := store.Open(t.Context(), store.Options{URL: "postgres://nobody@127.0.0.1:1/none"})
	if err != nil {
		t.Fatal(err)
	}
	defer away.Close()
	var said buffer
	log := slog.New(slog.NewTextHandler(&said, nil))
	jobs.Tidy(t.Context(), away, log, time.Now())
	if text := said.String(); strings.Count(text, "level=WARN") != 1 || !strings.Contains(text, "old changes were not removed") {
		t.Errorf("the log says %s", text)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	before := said.String()
	jobs.Tidy(stopped, away, log, time.Now())
	if said.String() != before {
		t.Errorf("a server that stops says %s", said.String())
	}
}

// buffer is written by several at once.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// TestTidyForgetsAnswersAfterNinetyDays: until then a repeat of a write gets the first answer.
func TestTidyForgetsAnswersAfterNinetyDays(t *testing.T) {
	pool := storetest.New(t)
	now := time.Date(2026, 5, 20, 8, 0, 0, 0, time.UTC)
	for _, days := range []int{89, 91, 400} {
		if _, err := pool.Exec(t.Context(), `INSERT INTO write_done (key, request, answer, at) VALUES (gen_random_uuid(), sha256('a'), '{}', $1)`, now.AddDate(0, 0, -days)); err != nil {
			t.Fatal(err)
		}
	}
	jobs.Tidy(t.Context(), store.New(pool), slog.New(slog.DiscardHandler), now)
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM write_done WHERE at = $1`, now.AddDate(0, 0, -89)).Scan(&n); err != nil || n != 1 {
		t.Errorf("the answer of 89 days ago is kept: %d, %v", n, err)
	}
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM write_done`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d answers are kept, %v", n, err)
	}
}
