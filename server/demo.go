package main

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v3"

	"fourmaps/data/demo"
	"fourmaps/server/auth"
	"fourmaps/server/store"
)

// demoSeed is that of the demonstration district which users see; another would be another county.
const demoSeed = 1

func (p *program) demoCommand() *cli.Command {
	var remove bool
	return &cli.Command{
		Name:  "demo",
		Usage: "load the invented demonstration district, or remove it",
		Flags: append(p.config.databaseFlags(), &cli.BoolFlag{
			Name: "remove", Destination: &remove, Usage: "remove every row of the demonstration; other rows stay",
		}),
		Action: p.on(func(ctx context.Context, _ *cli.Command) error {
			return p.withStore(ctx, func(rows *store.Store, _ *database) error {
				if remove {
					return p.removeDemo(ctx, rows)
				}
				return p.loadDemo(ctx, rows)
			})
		}),
	}
}

// loadDemoOnce fills a database that never held a row with the demonstration district, if that is wanted.
func (p *program) loadDemoOnce(ctx context.Context, d *database) error {
	wanted := p.config.Demo == "yes" || p.config.Demo == "auto" && d.cluster != nil
	if !wanted {
		return nil
	}
	rows, err := store.Open(ctx, store.Options{URL: d.url, MaxConns: 2})
	if err != nil {
		return err
	}
	defer rows.Close()
	untouched, err := rows.NeverUsed(ctx)
	if err != nil || !untouched {
		return err
	}
	p.log.Info("loading the demonstration district; all of it is invented")
	return p.loadDemo(ctx, rows)
}

// loadDemoPeople brings in the accounts of the demonstration, one for each role.
func (p *program) loadDemoPeople(ctx context.Context, rows *store.Store) error {
	return rows.LoadDemoPeople(ctx, auth.NormalCost.Hash(demo.Password), time.Now())
}

// addMissingDemoPeople is for a demonstration that was loaded by a program that knew no accounts.
func (p *program) addMissingDemoPeople(ctx context.Context, d *database) error {
	rows, err := store.Open(ctx, store.Options{URL: d.url, MaxConns: 2})
	if err != nil {
		return err
	}
	defer rows.Close()
	wanted, err := rows.WantsDemoPeople(ctx)
	if err != nil || !wanted {
		return err
	}
	return p.loadDemoPeople(ctx, rows)
}

func (p *program) loadDemo(ctx context.Context, rows *store.Store) error {
	bar := p.newProgress()
	defer bar.end()
	began := time.Now()
	bar.show("making the district", 0, 0)
	district, err := demo.Generate(demoSeed)
	if err != nil {
		return fmt.Errorf("making the demonstration district: %w", err)
	}
	made := time.Since(began)
	err = rows.LoadDemo(ctx, district, time.Now(), func(layer string, done int) { bar.show("storing "+layer, int64(done), 0) })
	if err != nil {
		return err
	}
	if err := p.loadDemoPeople(ctx, rows); err != nil {
		return err
	}
	bar.end()
	p.log.Info("demonstration district loaded", "made", made, "stored", time.Since(began)-made,
		"areas", len(district.Areas), "risk_points", len(district.Risks), "material_sites", len(district.Sites),
		"response_forces", len(district.Forces), "roads", len(district.Roads))
	return nil
}

func (p *program) removeDemo(ctx context.Context, rows *store.Store) error {
	found, err := rows.RemoveDemo(ctx)
	if err != nil {
		return err
	}
	if !found {
		p.say("没有演示区县。", "There is no demonstration district.")
		return nil
	}
	p.say("演示区县已移除。", "The demonstration district is removed.")
	return nil
}
