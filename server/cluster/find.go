package cluster

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Oldest versions that the schema works with.
const (
	oldestMajor   = 15
	oldestPostGIS = "3.3"
)

// Installation is one PostgreSQL found on this machine.
type Installation struct {
	// Bin is the folder of the programs postgres, initdb, pg_dump and so on.
	Bin string
	// Version is the full version, for example "15.14".
	Version string
	Major   int
	// PostGIS is the version of PostGIS that can be created in it, empty when there is none.
	PostGIS string
}

// Program gives the path of one of the installation's programs.
func (in Installation) Program(name string) string { return filepath.Join(in.Bin, name) }

func (in Installation) usable() bool {
	return in.Major >= oldestMajor && in.hasPostGIS()
}

func (in Installation) hasPostGIS() bool {
	return in.PostGIS != "" && compareVersions(in.PostGIS, oldestPostGIS) >= 0
}

// Find lists the PostgreSQL installations of this machine, newest first.
// A folder given as bin is the only one looked at.
func Find(ctx context.Context, bin string) []Installation {
	folders := []string{bin}
	if bin == "" {
		folders = binFolders(ctx)
	}
	var found []Installation
	seen := map[string]bool{}
	for _, folder := range folders {
		if real, err := filepath.EvalSymlinks(folder); err == nil {
			folder = real
		}
		if seen[folder] {
			continue
		}
		seen[folder] = true
		if in, ok := inspect(ctx, folder); ok {
			found = append(found, in)
		}
	}
	slices.SortStableFunc(found, func(a, b Installation) int { return compareVersions(b.Version, a.Version) })
	return found
}

// binFolders lists where the programs of PostgreSQL may be.
func binFolders(ctx context.Context) []string {
	var folders []string
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(out)))
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			folders = append(folders, filepath.Dir(real))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		matches, _ := filepath.Glob(pattern)
		folders = append(folders, matches...)
	}
	return folders
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)([.\w]*)`)

func inspect(ctx context.Context, folder string) (Installation, bool) {
	for _, program := range []string{"postgres", "initdb"} {
		if _, err := os.Stat(filepath.Join(folder, program)); err != nil {
			return Installation{}, false
		}
	}
	out, err := exec.CommandContext(ctx, filepath.Join(folder, "postgres"), "--version").Output()
	if err != nil {
		return Installation{}, false
	}
	match := versionPattern.FindStringSubmatch(string(out))
	if match == nil {
		return Installation{}, false
	}
	major, _ := strconv.Atoi(match[1])
	in := Installation{Bin: folder, Major: major, Version: match[1] + match[2]}
	in.PostGIS = postGISVersion(shareFolder(ctx, in))
	return in, true
}

// shareFolder gives the folder in which the installation keeps its extensions.
func shareFolder(ctx context.Context, in Installation) string {
	if out, err := exec.CommandContext(ctx, in.Program("pg_config"), "--sharedir").Output(); err == nil {
		return strings.TrimSpace(string(out))
	}
	debian := filepath.Join("/usr/share/postgresql", strconv.Itoa(in.Major))
	if _, err := os.Stat(debian); err == nil {
		return debian
	}
	return filepath.Join(in.Bin, "..", "share")
}

var defaultVersionPattern = regexp.MustCompile(`(?m)^\s*default_version\s*=\s*'([^']+)'`)

func postGISVersion(share string) string {
	for _, folder := range []string{"extension", "postgresql/extension"} {
		control, err := os.ReadFile(filepath.Join(share, folder, "postgis.control"))
		if err != nil {
			continue
		}
		if match := defaultVersionPattern.FindSubmatch(control); match != nil {
			return string(match[1])
		}
	}
	return ""
}

// choose takes the installation for a folder made by the given major version, or, when made is 0, the newest usable one.
// bin is where they were looked for, empty for everywhere.
func choose(found []Installation, bin, folder string, made int) (Installation, error) {
	if len(found) == 0 {
		return Installation{}, noPostgreSQL(bin)
	}
	if made != 0 {
		return chooseMajor(found, folder, made)
	}
	if i := slices.IndexFunc(found, Installation.usable); i >= 0 {
		return found[i], nil
	}
	if found[0].Major < oldestMajor {
		return Installation{}, tooOld(found[0])
	}
	return Installation{}, noPostGIS(found[0])
}

func chooseMajor(found []Installation, folder string, made int) (Installation, error) {
	i := slices.IndexFunc(found, func(in Installation) bool { return in.Major == made })
	if i < 0 {
		return Installation{}, otherMajor(folder, made, found[0])
	}
	if !found[i].hasPostGIS() {
		return Installation{}, noPostGIS(found[i])
	}
	return found[i], nil
}

// compareVersions orders dotted versions by their numbers: 15.9 comes before 15.14.
func compareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		if c := cmp.Compare(versionPart(as, i), versionPart(bs, i)); c != 0 {
			return c
		}
	}
	return 0
}

func versionPart(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	digits := parts[i]
	if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = digits[:end]
	}
	n, _ := strconv.Atoi(digits)
	return n
}
