package main

import (
	"context"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"fourmaps/frontend"
	"fourmaps/server/api"
	"fourmaps/server/auth"
	"fourmaps/server/certificate"
	"fourmaps/server/intake"
	"fourmaps/server/jobs"
	"fourmaps/server/live"
	"fourmaps/server/store"
	"fourmaps/tiles"
)

// service is the server's parts, joined.
type service struct {
	server *http.Server
	// background is what runs beside the requests until the server stops.
	background []func(context.Context)
	close      func()
}

// start begins what runs in the background; the channel is closed when all of it has ended.
func (s *service) start(ctx context.Context) <-chan struct{} {
	var group sync.WaitGroup
	for _, run := range s.background {
		group.Go(func() { run(ctx) })
	}
	ended := make(chan struct{})
	go func() {
		group.Wait()
		close(ended)
	}()
	return ended
}

// wire joins the parts: the rows, their tiles, the feed of their changes, the API over all, and what runs by the clock.
func (p *program) wire(ctx context.Context, d *database, served *certificate.Served) (*service, error) {
	forRows, forTiles := p.config.shareConnections(tiles.Connections())
	rows, err := store.Open(ctx, store.Options{
		URL:              d.url,
		MaxConns:         int32(forRows),
		StatementTimeout: p.config.StatementTimeout,
	})
	if err != nil {
		return nil, err
	}
	source, err := tiles.NewSource(ctx, rows.Pool(), forTiles)
	if err != nil {
		rows.Close()
		return nil, err
	}
	shut := func() {
		source.Close()
		rows.Close()
	}
	cache := tiles.NewCache(p.config.CacheBytes)
	who := auth.New(auth.Options{Store: rows, Log: p.log, Now: time.Now, DemoAnywhere: p.config.DemoAnywhere, OIDC: p.config.OIDC})
	feed := live.New(live.Options{Store: rows, Cache: cache, Log: p.log, Now: time.Now, People: who.Renew})
	keeper, err := p.keepFiles(ctx, d.folder)
	if err != nil {
		shut()
		return nil, err
	}
	desk := intake.NewDesk(rows, p.log)
	handler, err := api.New(api.Options{
		Store: rows,
		Auth:  who,
		Feed:  feed,
		Log:   p.log,
		Tiles: &tiles.Handler{
			Source:  source,
			Cache:   cache,
			Basemap: tiles.NewBasemap(rows.Pool(), filepath.Join(d.folder, "basemap"), p.log),
		},
		Files:        keeper,
		Imports:      desk,
		Now:          time.Now,
		Version:      buildVersion(),
		Hosts:        p.config.Hosts,
		Certified:    certifiedBy(served),
		Proxies:      p.config.Proxies,
		MetricsToken: p.config.MetricsToken,
		Authority:    authorityOf(served),
		HSTS:         p.config.HSTS,
		Frontend:     frontend.Dist(),
		Pages:        frontend.Pages(),
		Trouble:      d.trouble,
	})
	if err != nil {
		shut()
		return nil, err
	}
	checked, err := jobs.ParseDaily(p.config.SitingCheck)
	if err != nil {
		shut()
		return nil, err
	}
	server := api.NewHTTPServer(handler, feed, p.log)
	server.TLSConfig = tlsConfig(served)
	return &service{
		server: server,
		background: []func(context.Context){
			feed.Run,
			who.Run,
			desk.Run,
			func(ctx context.Context) { jobs.Run(ctx, rows, p.log, time.Now) },
			func(ctx context.Context) { jobs.RunSiting(ctx, rows, checked, p.log, time.Now) },
			func(ctx context.Context) { jobs.RunFiles(ctx, rows, keeper, p.log, time.Now) },
			func(ctx context.Context) { watchCertificate(ctx, served) },
		},
		close: shut,
	}, nil
}
