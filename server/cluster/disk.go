package cluster

import (
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// freeBytes tells how much an ordinary user may still write where folder is, or a great deal if that is unknown.
func freeBytes(folder string) uint64 {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		return math.MaxUint64
	}
	return uint64(stat.Bavail) * uint64(stat.Bsize)
}

// nearestExisting walks up from a path until something is there.
func nearestExisting(path string) string {
	for {
		if _, err := os.Stat(path); err == nil || path == filepath.Dir(path) {
			return path
		}
		path = filepath.Dir(path)
	}
}

func sortedKeys(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
