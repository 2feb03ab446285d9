package schema

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// seedPeriods gives every layer whose declaration says for how long a confirmation holds its row in the table
// confirmation_period. Rows that are there stay as people have set them.
func seedPeriods(ctx context.Context, config *pgx.ConnConfig) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connecting to the database: %w", err)
	}
	defer conn.Close(ctx)
	var names []string
	var days []int
	for _, l := range layer.All {
		if l.ConfirmDays > 0 {
			names, days = append(names, l.Name), append(days, l.ConfirmDays)
		}
	}
	_, err = conn.Exec(ctx, `INSERT INTO confirmation_period (layer, days) SELECT * FROM unnest($1::text[], $2::int[]) ON CONFLICT DO NOTHING`, names, days)
	if err != nil {
		return fmt.Errorf("filling the confirmation periods: %w", err)
	}
	return nil
}
