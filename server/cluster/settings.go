package cluster

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

const megabyte = 1 << 20

// settings writes the part of the configuration that belongs to the program. It is read after initdb's own
// postgresql.conf; what an administrator sets with ALTER SYSTEM comes later and wins.
func settings(memory int64, scratch bool) string {
	shared := min(max(memory/16, 64*megabyte), 1024*megabyte)
	cache := max(memory/2, 256*megabyte)
	var b strings.Builder
	b.WriteString("# Written by fourmaps at every start; change settings with ALTER SYSTEM instead.\n")
	set := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%s = %s\n", name, fmt.Sprintf(format, args...))
	}
	set("max_connections", "100")
	set("shared_buffers", "%dMB", shared/megabyte)
	set("effective_cache_size", "%dMB", cache/megabyte)
	set("work_mem", "16MB")
	set("maintenance_work_mem", "128MB")
	set("random_page_cost", "1.1")
	set("max_wal_size", "1GB")
	set("min_wal_size", "128MB")
	set("wal_compression", "on")
	set("wal_buffers", "16MB")
	// Compiling a plan costs more than the short queries of maps and tiles.
	set("jit", "off")
	// The first lines of a failure are read by this program, so they must be in English.
	set("lc_messages", "'C'")
	set("timezone", "'UTC'")
	set("log_timezone", "'UTC'")
	set("log_line_prefix", "''")
	set("log_min_messages", "warning")
	// What a client did wrong is answered and logged by the server with its request; here only what breaks the database.
	set("log_min_error_statement", "panic")
	set("log_autovacuum_min_duration", "-1")
	if scratch {
		set("fsync", "off")
		set("full_page_writes", "off")
		set("synchronous_commit", "off")
		set("autovacuum", "off")
		// Every test has some connections of its own, each of which would load PostGIS anew: 30 ms.
		set("shared_preload_libraries", "'postgis-3'")
		set("shared_buffers", "128MB")
		return b.String()
	}
	set("fsync", "on")
	set("full_page_writes", "on")
	set("synchronous_commit", "on")
	return b.String()
}

// machineMemory gives the machine's memory in bytes, or 4 GB where it cannot be read.
func machineMemory() int64 {
	const unknown = 4096 * megabyte
	file, err := os.Open("/proc/meminfo")
	if err != nil {
		return unknown
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kilobytes int64
		if n, _ := fmt.Sscanf(lines.Text(), "MemTotal: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10
		}
	}
	return unknown
}
