package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// route is one line of the API. id is its operationId in the OpenAPI description; routes without one are not part of it.
// document is its path there, where it is not the path itself.
type route struct {
	method, path string
	handler      echo.HandlerFunc
	access       string
	id           string
	document     string
}

// anyone: until there are accounts, the server only reads and is meant for its own machine.
const anyone = "anyone"

// routes are the whole API. GET routes answer HEAD too.
func (s *server) routes() []route {
	const get = http.MethodGet
	return []route{
		{get, "/healthz", s.healthy, anyone, "getHealth", ""},
		{get, "/readyz", s.ready, anyone, "getReadiness", ""},
		{get, "/metrics", s.metrics, anyone, "getMetrics", ""},
		{get, "/api/openapi.json", s.openAPIDocument, anyone, "getOpenAPI", ""},
		{get, "/api/installation", s.installation, anyone, "getInstallation", ""},
		{get, "/api/layers", s.layers, anyone, "listLayers", ""},
		{get, "/api/layers/:layer", s.layer, anyone, "getLayer", ""},
		{get, "/api/layers/:layer/features", s.features, anyone, "listFeatures", ""},
		{get, "/api/layers/:layer/features/:id", s.feature, anyone, "getFeature", ""},
		{get, "/api/layers/:layer/summary", s.summary, anyone, "getSummary", ""},
		{get, pathEvents, s.events, anyone, "streamEvents", ""},
		{get, "/api/basemaps", s.basemaps, anyone, "listBasemaps", ""},
		{get, pathTile, s.tile, anyone, "getTile", "/tiles/{layers}/{z}/{x}/{y}.mvt"},
		{get, "/tiles/:layers", s.tile, anyone, "getTileJSON", "/tiles/{layers}.json"},
		{get, "/tiles/*", s.tile, anyone, "", ""},
		{get, "/*", s.page, anyone, "", ""},
	}
}

// mount gives the routes to Echo.
func (s *server) mount() {
	for _, r := range s.routes() {
		s.echo.Add(r.method, r.path, r.handler)
		if r.method == http.MethodGet {
			s.echo.Add(http.MethodHead, r.path, r.handler)
		}
	}
}
