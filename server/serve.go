package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/urfave/cli/v3"

	"fourmaps/server/cluster"
	"fourmaps/server/store/schema"
)

// shutdownTimeout is how long open answers may take to end.
const shutdownTimeout = 10 * time.Second

func (p *program) serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "serve the maps; starts and migrates the database first",
		Flags: p.config.serveFlags(),
		Action: p.on(func(ctx context.Context, _ *cli.Command) error {
			return p.serve(ctx)
		}),
	}
}

// serve runs until ctx ends. It takes the address first, so that one in use is told before any work is done; who comes
// before the maps are ready is told to wait.
func (p *program) serve(ctx context.Context) error {
	began := time.Now()
	served, err := p.certificate()
	if err != nil {
		return err
	}
	listener, err := listen(p.config.Listen)
	if err != nil {
		return explainListen(p.config.Listen, err)
	}
	defer listener.Close()
	redirect, err := p.redirect(served, listener.Addr())
	if err != nil {
		return err
	}
	defer redirect.close()
	give := p.answerMeanwhile(listener, served)
	defer give()
	d, err := p.prepareDatabase(ctx)
	if err != nil {
		return err
	}
	defer d.close()
	if err := useTemporary(d.folder, d.cluster != nil, time.Now()); err != nil {
		return err
	}
	s, err := p.wire(ctx, d, served)
	if err != nil {
		return err
	}
	defer s.close()
	give()
	p.log.Info("ready", "address", listener.Addr().String(), "version", buildVersion(), "data", d.folder, "took", time.Since(began))
	p.announce(listener.Addr(), served, time.Since(began), d.cluster != nil)
	return p.serveOn(ctx, listener, s)
}

func listen(address string) (*net.TCPListener, error) {
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, err
	}
	return net.ListenTCP("tcp", resolved)
}

// prepareDatabase starts the database, migrates it and fills it on the first start.
func (p *program) prepareDatabase(ctx context.Context) (*database, error) {
	d, err := p.openDatabase(ctx, cluster.Start)
	if err != nil {
		return nil, err
	}
	if err := schema.Migrate(ctx, d.url, p.log); err != nil {
		d.close()
		return nil, err
	}
	if err := p.loadDemoOnce(ctx, d); err != nil {
		d.close()
		return nil, err
	}
	if err := p.addMissingDemoPeople(ctx, d); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// serveOn answers requests until ctx ends, then lets the open ones end: streams are told, tiles are finished.
func (p *program) serveOn(ctx context.Context, listener net.Listener, s *service) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	ended := s.start(background)
	failed := make(chan error, 1)
	go func() { failed <- serveOver(s.server, listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	p.log.Info("stopping")
	limit, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := s.server.Shutdown(limit); err != nil {
		p.log.Warn("some answers did not end in time", "error", err)
		s.server.Close()
	}
	stop()
	<-ended
	p.log.Info("stopped")
	return nil
}
