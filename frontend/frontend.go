// Package frontend holds the built browser part, embedded in the server.
package frontend

import (
	"embed"
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
)

//go:embed all:dist
var dist embed.FS

// Dist gives the built files as they stand under dist, with index.html at the root.
// A checkout that was never built holds only .gitkeep.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // only a malformed constant path can fail
	}
	return sub
}

//go:embed pages.json
var pages []byte

// Pages lists the addresses of all pages as the router of the browser part writes them: it reads the same file.
func Pages() []string {
	var byName map[string]string
	if err := json.Unmarshal(pages, &byName); err != nil {
		panic(err) // only a malformed embedded file can fail
	}
	return slices.Sorted(maps.Values(byName))
}
