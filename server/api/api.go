// Package api is HTTP on Echo: it translates between requests and the packages that know.
//
// routes.go is the whole API on one screen; error.go is the only place where an error becomes an answer.
package api

import (
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"fourmaps/server/auth"
	"fourmaps/server/files"
	"fourmaps/server/intake"
	"fourmaps/server/live"
	"fourmaps/server/store"
	"fourmaps/tiles"
)

// Options are what the API stands on. Store, Auth, Feed and Log are needed.
type Options struct {
	Store   *store.Store
	Auth    *auth.Auth
	Feed    *live.Feed
	Log     *slog.Logger
	Tiles   *tiles.Handler   // nil for none; its cache keeps lists and counts too
	Files   *files.Keeper    // photos and documents of rows; nil for none
	Imports *intake.Desk     // checks and applies imports; default a new one
	Now     func() time.Time // default time.Now
	Version string           // of the program
	Hosts   []string         // host names by which the server may be asked, beside those of loopback
	// Certified tells whether the certificate that is served at this moment is for a host name; nil without TLS.
	Certified func(name string) bool
	Proxies   []string // addresses and networks of reverse proxies whose word on the client is taken
	// MetricsToken lets a program read /metrics without an account; "" for none.
	MetricsToken string
	Authority    func() []byte        // the certificate of a private authority, DER; nil for none
	HSTS         time.Duration        // how long browsers that came over TLS refuse plain http; 0: nothing is said
	Frontend     fs.FS                // the built browser part; nil for none
	Pages        []string             // addresses of its pages, as its router writes them
	Metrics      *prometheus.Registry // default a new one
	Trouble      func() string        // why a database that the program runs is down, "" for unknown; nil where it runs none
}

// server is the API at work.
type server struct {
	Options
	echo     *echo.Echo
	hosts    hostNames
	origins  *http.CrossOriginProtection
	proxies  proxies
	meters   meters
	frontend frontend
	pages    *regexp.Regexp // addresses of its pages
	strict   []string       // value of Strict-Transport-Security; nil for none
	requests requests
	boot     string // the beginning of this run's request ids
	cache    *tiles.Cache
	counts   counts
	exports  exporting
	desk     *intake.Desk
	// uploading holds a place for each file that is received for an import
	uploading chan struct{}
	reading   chan struct{} // and one for each that is looked at
	uploads   chan struct{} // as many as are taken in at once
	draining  chan struct{} // and as many as are refused and read to their end
	// answers that do not change while the server runs
	allLayers, openAPI *tiles.Answer
	oneLayer           map[string]*tiles.Answer
}

// New makes the handler of everything that the server answers.
func New(o Options) (*echo.Echo, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	s := &server{Options: o, echo: echo.New(), hosts: newHostNames(o.Hosts, o.Certified), boot: bootID(), cache: tiles.NewCache(0),
		origins: http.NewCrossOriginProtection(), uploads: make(chan struct{}, mostUploads), draining: make(chan struct{}, mostAtOnce)}
	if o.Tiles != nil {
		s.cache = o.Tiles.Cache
	}
	s.uploading, s.reading = make(chan struct{}, mostUploading), make(chan struct{}, mostReading)
	if s.desk = o.Imports; s.desk == nil {
		s.desk = intake.NewDesk(o.Store, o.Log)
	}
	s.echo.HideBanner, s.echo.HidePort = true, true
	var err error
	s.strict = strictTransport(o.HSTS)
	if s.proxies, err = newProxies(o.Proxies); err != nil {
		return nil, err
	}
	s.echo.IPExtractor = s.proxies.extractor()
	s.echo.HTTPErrorHandler = s.answerError
	s.echo.Use(s.outer)
	if s.frontend, err = newFrontend(o.Frontend); err != nil {
		return nil, err
	}
	if s.pages, err = pagePattern(o.Pages); err != nil {
		return nil, err
	}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	s.mount()
	s.meters = newMeters(o.Metrics, s)
	return s.echo, nil
}

// NewHTTPServer wraps a handler with the limits that keep a slow or greedy client from holding the server. Streams
// extend their own deadlines. Its Shutdown first ends the streams of the feed and connections that were never used.
func NewHTTPServer(handler http.Handler, feed *live.Feed, log *slog.Logger) *http.Server {
	s := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    512 << 10, // ten thousand ids in an address still get an answer that says what is wrong
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	reserve := &unasked{conns: map[net.Conn]struct{}{}}
	s.ConnState = reserve.note
	s.RegisterOnShutdown(feed.Close)
	s.RegisterOnShutdown(reserve.close)
	return s
}
