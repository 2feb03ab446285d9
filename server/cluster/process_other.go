//go:build !linux

package cluster

import "syscall"

// endWithParent does nothing here: a database that outlives a killed server is stopped at the next start.
func endWithParent(*syscall.SysProcAttr) {}
