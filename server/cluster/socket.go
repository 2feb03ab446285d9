package cluster

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// The port is only part of the socket's name: the cluster listens on no TCP port.
const socketPort = "5432"

// socketFolder gives a folder for the socket whose path the operating system accepts:
// the one below the data folder, or a short one in the temporary folder when that is too deep.
func socketFolder(folder string) string {
	run := socketFolderBelow(folder)
	if socketPathFits(run) {
		return run
	}
	sum := sha256.Sum256([]byte(folder))
	name := fmt.Sprintf("fourmaps-%d-%s", os.Geteuid(), hex.EncodeToString(sum[:6]))
	if short := filepath.Join(os.TempDir(), name); socketPathFits(short) {
		return short
	}
	return filepath.Join("/tmp", name)
}

func socketFolderBelow(folder string) string { return filepath.Join(folder, "run") }

// socketPathFits compares with sun_path, which ends with a zero byte: 108 bytes on Linux, 104 elsewhere.
func socketPathFits(folder string) bool {
	limit := 107
	if runtime.GOOS != "linux" {
		limit = 103
	}
	return len(socketFile(folder)) <= limit
}

func socketFile(folder string) string {
	return filepath.Join(folder, ".s.PGSQL."+socketPort)
}

// clearSocket removes what an earlier database left. It is called only when that database is known to be gone: the
// number in the lock file may by now belong to another process, at which PostgreSQL would refuse to start.
func clearSocket(folder string) {
	os.Remove(socketFile(folder))
	os.Remove(socketFile(folder) + ".lock")
}
