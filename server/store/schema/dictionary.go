package schema

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"

	"github.com/jackc/pgx/v5"

	"fourmaps/data"
	"fourmaps/geo/layer"
)

// dictionaryLock is the advisory lock under which one server at a time fills the dictionaries.
const dictionaryLock = 2614002

// loadDictionaries fills the table pinyin from the file of the program, when the file is another than last time.
// The table's comment remembers which one it was.
func loadDictionaries(ctx context.Context, config *pgx.ConnConfig, log *slog.Logger) error {
	text, err := data.Dictionaries.ReadFile("dictionaries/pinyin.csv")
	if err != nil {
		return fmt.Errorf("reading the pinyin dictionary: %w", err)
	}
	sum := sha256.Sum256(text)
	mark := "pinyin.csv sha256 " + hex.EncodeToString(sum[:])
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connecting to the database: %w", err)
	}
	defer conn.Close(ctx)
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		return fillPinyin(ctx, tx, string(text), mark, log)
	})
	if err != nil {
		return fmt.Errorf("loading the pinyin dictionary: %w", err)
	}
	return nil
}

func fillPinyin(ctx context.Context, tx pgx.Tx, text, mark string, log *slog.Logger) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, dictionaryLock); err != nil {
		return err
	}
	var loaded string
	if err := tx.QueryRow(ctx, `SELECT coalesce(obj_description('pinyin'::regclass), '')`).Scan(&loaded); err != nil {
		return err
	}
	if loaded == mark {
		return nil
	}
	rows, err := pinyinRows(text)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM pinyin`); err != nil {
		return err
	}
	n, err := tx.CopyFrom(ctx, pgx.Identifier{"pinyin"}, []string{"character", "readings"}, pgx.CopyFromRows(rows))
	if err != nil {
		return err
	}
	if err := respell(ctx, tx); err != nil {
		return err
	}
	// A comment takes no parameter; the mark is hexadecimal digits.
	if _, err := tx.Exec(ctx, `COMMENT ON TABLE pinyin IS '`+mark+`'`); err != nil {
		return err
	}
	log.Info("pinyin dictionary loaded", "characters", n)
	return nil
}

// respell makes the search text of rows that were spelt by another dictionary. Nothing that people know of a row
// changes, so there is no new version, no history and no change in the feed.
func respell(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, "SELECT set_config('fourmaps.respell', 'on', true)"); err != nil {
		return err
	}
	for _, l := range layer.All {
		phrases := []string{"name", "name_en"}
		for _, f := range l.Fields {
			if f.Search {
				phrases = append(phrases, f.Name)
			}
		}
		text := "search_text(ARRAY[" + strings.Join(phrases, ", ") + "])"
		if _, err := tx.Exec(ctx, fmt.Sprintf("UPDATE %s SET search = %s WHERE search <> %[2]s", l.Name, text)); err != nil {
			return fmt.Errorf("spelling %s anew: %w", l.Name, err)
		}
	}
	return nil
}

// pinyinRows reads lines such as "长,chang zhang".
func pinyinRows(text string) ([][]any, error) {
	var rows [][]any
	for line := range strings.Lines(text) {
		character, readings, ok := strings.Cut(strings.TrimSpace(line), ",")
		if !ok {
			return nil, fmt.Errorf("line %d of the pinyin dictionary has no comma", len(rows)+1)
		}
		rows = append(rows, []any{character, strings.Fields(readings)})
	}
	return rows, nil
}
