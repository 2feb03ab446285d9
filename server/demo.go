package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// loadDemoOnce fills a database that never held a row with the demonstration district, if that is wanted.
func (p *program) loadDemoOnce(ctx context.Context, d *database) error {
	wanted := p.config.Demo == "yes" || p.config.Demo == "auto" && d.cluster != nil
	if !wanted {
		return nil
	}
	untouched, err := neverUsed(ctx, d.url)
	if err != nil || !untouched {
		return err
	}
	return p.loadDemo(ctx, d)
}

// neverUsed tells whether no row was ever written: the change feed has given no number.
func neverUsed(ctx context.Context, url string) (bool, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return false, fmt.Errorf("connecting to the database: %w", err)
	}
	defer conn.Close(ctx)
	var used bool
	if err := conn.QueryRow(ctx, `SELECT is_called FROM change_seq`).Scan(&used); err != nil {
		return false, fmt.Errorf("looking whether the database was ever used: %w", err)
	}
	return !used, nil
}

func (p *program) loadDemo(context.Context, *database) error { return nil }
