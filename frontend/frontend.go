// Package frontend holds the built browser part, embedded in the server.
package frontend

import (
	"embed"
	"io/fs"
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
