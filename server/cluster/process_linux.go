package cluster

import "syscall"

// endWithParent asks the kernel to shut the database down cleanly (SIGINT is its fast shutdown) if the server is killed.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }
