package store

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/geo/layer"
	"fourmaps/server/siting"
	"fourmaps/server/store/storetest"
)

// two rows with findings of the rule waste_fence, in the order of their ids.
var (
	firstRow  = uuid.MustParse("00000000-0000-7000-8000-0000000000c1")
	secondRow = uuid.MustParse("00000000-0000-7000-8000-0000000000c2")
)

func foundTwice(t *testing.T) (*pgxpool.Pool, siting.Parsed) {
	t.Helper()
	pool := storetest.New(t)
	var p siting.Parsed
	inTx(t, pool, func(tx pgx.Tx) {
		rules, err := rulesInForce(t.Context(), tx, &layer.RiskPoint)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range rules {
			if one.Code == "waste_fence" {
				p = one
			}
		}
		if _, err := record(t.Context(), tx, p, nil, []siting.Violation{{Row: firstRow, Measured: 1}, {Row: secondRow, Measured: 1}}); err != nil {
			t.Fatal(err)
		}
	})
	return pool, p
}

func inTx(t *testing.T, pool *pgxpool.Pool, f func(tx pgx.Tx)) {
	t.Helper()
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	f(tx)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// waits returns when somebody in the test's database waits for a lock.
func waits(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	for n, until := 0, time.Now().Add(10*time.Second); n == 0; time.Sleep(5 * time.Millisecond) {
		if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(until) {
			t.Fatal("nobody waits")
		}
	}
}

// free tells whether nobody holds the finding of a row.
func free(t *testing.T, pool *pgxpool.Pool, row uuid.UUID) bool {
	t.Helper()
	_, err := pool.Exec(t.Context(), `SELECT FROM siting_finding WHERE row_id = $1 FOR UPDATE NOWAIT`, row)
	if err != nil && !strings.Contains(err.Error(), "55P03") {
		t.Fatal(err)
	}
	return err == nil
}

// TestFindingsAreHeldInTheOrderOfTheirRows: whoever waits for the first row does not hold the second yet, whatever is over, what stays
// and in which order it was found; so two transactions cannot wait for each other.
func TestFindingsAreHeldInTheOrderOfTheirRows(t *testing.T) {
	for name, found := range map[string][]siting.Violation{
		"both are found, the second first": {{Row: secondRow, Measured: 2}, {Row: firstRow, Measured: 2}},
		"the second is over":               {{Row: firstRow, Measured: 2}},
		"both are over":                    nil,
	} {
		t.Run(name, func(t *testing.T) {
			pool, p := foundTwice(t)
			other := make(chan error, 1)
			inTx(t, pool, func(held pgx.Tx) {
				if _, err := record(t.Context(), held, p, []uuid.UUID{firstRow}, []siting.Violation{{Row: firstRow, Measured: 3}}); err != nil {
					t.Fatal(err)
				}
				go func() {
					other <- pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
						_, err := record(t.Context(), tx, p, []uuid.UUID{secondRow, firstRow}, found)
						return err
					})
				}()
				waits(t, pool)
				if !free(t, pool, secondRow) {
					t.Error("the second row is held by who waits for the first")
				}
				if _, err := record(t.Context(), held, p, []uuid.UUID{secondRow}, []siting.Violation{{Row: secondRow, Measured: 3}}); err != nil {
					t.Errorf("the first transaction cannot go on: %v", err)
				}
			})
			if err := <-other; err != nil {
				t.Error(err)
			}
		})
	}
}

// TestNewFindingsComeInTheOrderOfTheirRows, since the unique index makes who adds the same wait.
func TestNewFindingsComeInTheOrderOfTheirRows(t *testing.T) {
	pool, p := foundTwice(t)
	third, fourth := uuid.MustParse("00000000-0000-7000-8000-0000000000c3"), uuid.MustParse("00000000-0000-7000-8000-0000000000c4")
	other := make(chan error, 1)
	inTx(t, pool, func(held pgx.Tx) {
		add := func(tx pgx.Tx, rows ...uuid.UUID) error {
			var found []siting.Violation
			for _, row := range rows {
				found = append(found, siting.Violation{Row: row, Measured: 1})
			}
			_, err := record(t.Context(), tx, p, rows, found)
			return err
		}
		if err := add(held, third); err != nil {
			t.Fatal(err)
		}
		go func() {
			other <- pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { return add(tx, fourth, third) })
		}()
		waits(t, pool)
		if err := add(held, fourth); err != nil {
			t.Errorf("the first transaction cannot go on: %v", err)
		}
	})
	if err := <-other; err != nil {
		t.Error(err)
	}
}

// TestWhoWaitsForTheNightlyCheckHoldsNothing that the check needs: a waiver, and a save.
func TestWhoWaitsForTheNightlyCheckHoldsNothing(t *testing.T) {
	for name, act := range map[string]func(s *Store, p siting.Parsed, finding uuid.UUID) error{
		"a waiver": func(s *Store, _ siting.Parsed, finding uuid.UUID) error {
			_, err := s.WaiveSiting(t.Context(), Actor{Name: "王某"}, finding, 1, Waiving{Reason: "围墙在建", May: func(*uuid.UUID) bool { return true }}, time.Now())
			return err
		},
		"a save": func(s *Store, p siting.Parsed, _ uuid.UUID) error {
			return pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) error {
				_, err := record(t.Context(), tx, p, []uuid.UUID{firstRow}, []siting.Violation{{Row: firstRow, Measured: 1}})
				return err
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			pool, p := foundTwice(t)
			var finding uuid.UUID
			if err := pool.QueryRow(t.Context(), `SELECT id FROM siting_finding WHERE row_id = $1`, firstRow).Scan(&finding); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			inTx(t, pool, func(nightly pgx.Tx) {
				if _, err := nightly.Exec(t.Context(), `LOCK TABLE siting_finding IN SHARE ROW EXCLUSIVE MODE`); err != nil {
					t.Fatal(err)
				}
				go func() { ended <- act(New(pool), p, finding) }()
				waits(t, pool)
				if _, err := nightly.Exec(t.Context(), `SET LOCAL lock_timeout = '500ms'`); err != nil {
					t.Fatal(err)
				}
				if _, err := record(t.Context(), nightly, p, nil, []siting.Violation{{Row: firstRow, Measured: 1}, {Row: secondRow, Measured: 1}}); err != nil {
					t.Errorf("the check cannot go on: %v", err)
				}
				if _, err := nightly.Exec(t.Context(), `UPDATE siting_finding SET measured = 1 WHERE id = $1`, finding); err != nil {
					t.Errorf("the check cannot write: %v", err)
				}
			})
			if err := <-ended; err != nil && err.Error() != "waiving a siting finding: "+ErrStale.Error() {
				t.Error(err)
			}
		})
	}
}

// TestFindingsAreNotedWhileARuleIsMeasured: who changes a rule does not hold up those who save rows that it speaks of.
func TestFindingsAreNotedWhileARuleIsMeasured(t *testing.T) {
	pool, p := foundTwice(t)
	s := New(pool)
	changed := make(chan error, 1)
	inTx(t, pool, func(saving pgx.Tx) {
		if _, err := record(t.Context(), saving, p, []uuid.UUID{firstRow}, []siting.Violation{{Row: firstRow, Measured: 2}}); err != nil {
			t.Fatal(err)
		}
		go func() {
			rule := p.Rule
			rule.Number = 5
			_, err := s.ChangeSitingRule(t.Context(), Actor{Name: "王某"}, rule.ID, rule.Version, rule)
			changed <- err
		}()
		waits(t, pool) // for the save, to write down what it measured
		if _, err := saving.Exec(t.Context(), `SET LOCAL lock_timeout = '500ms'`); err != nil {
			t.Fatal(err)
		}
		third := uuid.MustParse("00000000-0000-7000-8000-0000000000c3")
		if _, err := record(t.Context(), saving, p, []uuid.UUID{third}, []siting.Violation{{Row: third, Measured: 2}}); err != nil {
			t.Errorf("a save waits for the change of a rule: %v", err)
		}
	})
	if err := <-changed; err != nil {
		t.Error(err)
	}
}

// TestTheCodeOfARuleChanges with the rest of it, as one version.
func TestTheCodeOfARuleChanges(t *testing.T) {
	pool, p := foundTwice(t)
	rule := p.Rule
	rule.Code, rule.Order = "fence", 21
	changed, err := New(pool).ChangeSitingRule(t.Context(), Actor{Name: "王某"}, rule.ID, rule.Version, rule)
	if err != nil || changed.Code != "fence" || changed.Order != 21 || changed.Version != rule.Version+1 {
		t.Errorf("%+v, %v", changed, err)
	}
}

// TestFindingsOfOneRowComeFromIndexes, on whichever side the row stands and in whatever state they are.
func TestFindingsOfOneRowComeFromIndexes(t *testing.T) {
	pool, p := foundTwice(t)
	if _, err := pool.Exec(t.Context(), `ALTER TABLE siting_finding DISABLE TRIGGER USER`); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `INSERT INTO siting_finding (rule_id, layer, row_id, other_layer, other_id, measured, required, state, resolved_at)
		SELECT $1, 'risk_point', gen_random_uuid(), 'risk_point', gen_random_uuid(), 1, 4, CASE WHEN i % 2 = 0 THEN 'open' ELSE 'resolved' END, CASE WHEN i % 2 = 1 THEN now() END FROM generate_series(1, 20000) i`, p.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `ANALYZE siting_finding`); err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{"", "open", "resolved"} {
		q := SitingQuery{Row: &firstRow, State: state}
		where, args := q.where("state", "rule")
		plan := explainPlan(t, pool, fmt.Sprintf("SELECT f.* FROM siting_finding f WHERE %s ORDER BY f.found_at DESC, f.id DESC LIMIT 101", where), args...)
		count := explainPlan(t, pool, fmt.Sprintf("SELECT f.state, count(*) FROM siting_finding f WHERE %s GROUP BY 1", where), args...)
		for _, text := range []string{plan, count} {
			if strings.Contains(text, "Seq Scan") || strings.Contains(text, "siting_finding_listed") || !strings.Contains(text, "siting_finding_other") {
				t.Errorf("state %q:\n%s", state, text)
			}
		}
	}
}

func explainPlan(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) string {
	t.Helper()
	rows, err := pool.Query(t.Context(), "EXPLAIN "+sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
