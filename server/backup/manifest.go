package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// format is the version of the archive's own layout.
const format = 1

// Manifest says what a backup holds and what made it.
type Manifest struct {
	Format  int       `json:"format"`
	Program string    `json:"program_version"`
	Schema  int64     `json:"schema_version"`
	MadeAt  time.Time `json:"made_at"`
	// PostgreSQL is the server's version number, for example 150018 for 15.18.
	PostgreSQL int     `json:"postgresql_version"`
	PostGIS    string  `json:"postgis_version"`
	Entries    []Entry `json:"entries"`
}

// Entry is one file in the archive.
type Entry struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

func (m Manifest) postgreSQLMajor() int { return m.PostgreSQL / 10000 }

// Bytes is the size of everything in the backup.
func (m Manifest) Bytes() int64 {
	var total int64
	for _, entry := range m.Entries {
		total += entry.Bytes
	}
	return total
}

// source is where the entry's content comes from.
func (e Entry) source(folder, dump string) string {
	if e.Name == dumpName {
		return dump
	}
	return filepath.Join(folder, filepath.FromSlash(strings.TrimPrefix(e.Name, filesPrefix)))
}

// Read checks a backup from end to end, every sum of it, and gives its manifest.
func Read(path string) (Manifest, error) {
	file, err := os.Open(path)
	if err != nil {
		return Manifest{}, fmt.Errorf("opening the backup: %w", err)
	}
	defer file.Close()
	archive := tar.NewReader(file)
	manifest, err := readManifest(archive)
	if err != nil {
		return Manifest{}, notABackup(path, err)
	}
	if err := checkEntries(archive, manifest); err != nil {
		return Manifest{}, damaged(path, err)
	}
	return manifest, nil
}

// mostManifest is the size in bytes of a manifest: a million files have 200 MB of names and sums.
const mostManifest = 1 << 30

func readManifest(archive *tar.Reader) (Manifest, error) {
	first, err := archive.Next()
	if err != nil {
		return Manifest{}, err
	}
	if first.Name != manifestName {
		return Manifest{}, fmt.Errorf("it begins with %q", first.Name)
	}
	var manifest Manifest
	if err := json.NewDecoder(io.LimitReader(archive, mostManifest)).Decode(&manifest); err != nil {
		return Manifest{}, err
	}
	if manifest.Format != format {
		return Manifest{}, fmt.Errorf("its format is %d, not %d", manifest.Format, format)
	}
	if len(manifest.Entries) == 0 || manifest.Entries[0].Name != dumpName {
		return Manifest{}, fmt.Errorf("it lists no database")
	}
	return manifest, nil
}

func checkEntries(archive *tar.Reader, manifest Manifest) error {
	for _, entry := range manifest.Entries {
		if entry.Name != dumpName && !entry.isKeptFile() {
			return fmt.Errorf("%q does not belong into a backup", entry.Name)
		}
		next, err := archive.Next()
		if err != nil {
			return err
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, archive); err != nil {
			return err
		}
		if next.Name != entry.Name || hex.EncodeToString(sum.Sum(nil)) != entry.SHA256 {
			return fmt.Errorf("%s is not what the manifest says", entry.Name)
		}
	}
	return nil
}

// isKeptFile refuses names that would be written anywhere else than into a kept folder.
func (e Entry) isKeptFile() bool {
	path, ok := strings.CutPrefix(e.Name, filesPrefix)
	if !ok || !filepath.IsLocal(filepath.FromSlash(path)) {
		return false
	}
	for _, kept := range Kept() {
		if strings.HasPrefix(path, kept+"/") {
			return true
		}
	}
	return false
}
