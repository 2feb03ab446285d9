package api

import (
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"fourmaps/tiles"
)

// meters count the answers of each route. They are made before the first request and only read after.
type meters map[string]*meter

type meter struct {
	took     prometheus.Observer
	statuses [6]prometheus.Counter // by the first digit of the status
}

func newMeters(registry *prometheus.Registry, s *server) meters {
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	took := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "fourmaps_request_seconds", Help: "How long answers took.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"route"})
	count := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "fourmaps_requests_total", Help: "Answers by route and first digit of the status.",
	}, []string{"route", "status"})
	registry.MustRegister(took, count)
	m := meters{}
	for _, route := range append(s.routes(), route{path: ""}) {
		one := &meter{took: took.WithLabelValues(route.path)}
		for i := range one.statuses {
			one.statuses[i] = count.WithLabelValues(route.path, []string{"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"}[i])
		}
		m[route.path] = one
	}
	registerGauges(registry, s)
	return m
}

// observe counts one answer; addresses that are no route are counted together.
func (m meters) observe(path string, status int, took time.Duration) {
	one := m[path]
	if one == nil {
		one = m[""]
	}
	one.took.Observe(took.Seconds())
	if status >= 0 && status < 600 {
		one.statuses[status/100].Inc()
	}
}

// registerGauges makes the figures that are read when they are asked for.
func registerGauges(registry *prometheus.Registry, s *server) {
	gauge := func(name, help string, value func() float64) {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	gauge("fourmaps_streams", "Open streams of events.", func() float64 { return float64(s.Feed.State().Subscribers) })
	gauge("fourmaps_streams_dropped", "Streams ended since they did not keep up.", func() float64 { return float64(s.Feed.State().Dropped) })
	gauge("fourmaps_feed_connected", "Whether changes are heard.", func() float64 { return number(s.Feed.State().Connected) })
	gauge("fourmaps_feed_seq", "Number of the newest change told.", func() float64 { return float64(s.Feed.State().Seq) })
	gauge("fourmaps_feed_lag_seconds", "From commit to hearing, of the newest change.", func() float64 { return s.Feed.State().Lag.Seconds() })
	cached := func(name, help string, value func(tiles.Counts) float64) {
		gauge("fourmaps_cache_"+name, help, func() float64 { return value(s.cache.Counts()) })
	}
	cached("hits", "Answers from the cache, since the start.", func(n tiles.Counts) float64 { return float64(n.Hits) })
	cached("misses", "Answers that were made, since the start.", func(n tiles.Counts) float64 { return float64(n.Misses) })
	cached("shared", "Requests that waited for an answer being made for another, since the start.", func(n tiles.Counts) float64 { return float64(n.Shared) })
	cached("forgotten", "Answers dropped since a change touched them, since the start.", func(n tiles.Counts) float64 { return float64(n.Forgot) })
	cached("evicted", "Answers dropped for room, since the start.", func(n tiles.Counts) float64 { return float64(n.Evicted) })
	cached("bytes", "Size of the kept answers.", func(n tiles.Counts) float64 { return float64(n.Bytes) })
	cached("entries", "Number of kept answers.", func(n tiles.Counts) float64 { return float64(n.Entries) })
	cached("live", "Whether answers are kept: not while changes cannot be heard.", func(n tiles.Counts) float64 { return number(n.Live) })
	pool := s.Store.Pool()
	gauge("fourmaps_pool_connections", "Connections to the database.", func() float64 { return float64(pool.Stat().TotalConns()) })
	gauge("fourmaps_pool_in_use", "Connections to the database at work.", func() float64 { return float64(pool.Stat().AcquiredConns()) })
	gauge("fourmaps_pool_waits", "Requests that waited for a connection, since the start.", func() float64 { return float64(pool.Stat().EmptyAcquireCount()) })
	gauge("fourmaps_pool_wait_seconds", "Time spent waiting for connections, since the start.", func() float64 { return pool.Stat().EmptyAcquireWaitTime().Seconds() })
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// metrics answers GET /metrics in Prometheus's text form.
func (s *server) metrics(c echo.Context) error {
	promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{}).ServeHTTP(c.Response(), c.Request())
	return nil
}
