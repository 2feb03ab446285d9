package cluster

import (
	"os"
	"path/filepath"
	"testing"
)

// The folder belongs to the database user, who must not lead root's writing or reading to other files.
func TestLinksInTheDatabaseFolderAreNotFollowed(t *testing.T) {
	folder := t.TempDir()
	victim := filepath.Join(t.TempDir(), "victim")
	path := filepath.Join(folder, "pg_ident.conf")
	if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{path, path + ".new", filepath.Join(folder, "postgresql.conf")} {
		if err := os.Symlink(victim, link); err != nil {
			t.Fatal(err)
		}
	}
	// The owner differs from the victim's when the test runs as root.
	o := owner{uid: os.Geteuid(), gid: os.Getegid()}
	if os.Geteuid() == 0 {
		o = newOwner("other", 12345, 12345)
	}
	if err := o.write(path, "settings"); err != nil {
		t.Fatal(err)
	}
	if err := appendInclude(o, folder); err == nil {
		t.Error("the configuration was read through a link")
	}
	text, _ := os.ReadFile(victim)
	info, err := os.Stat(victim)
	if err != nil || string(text) != "precious" || uidOf(info) != os.Geteuid() {
		t.Errorf("the file behind the link is now %q of user %d, %v", text, uidOf(info), err)
	}
	info, err = os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Mode().Perm() != 0o600 || uidOf(info) != o.uid {
		t.Errorf("the written file is %v, %v", info, err)
	}
	if text, _ := os.ReadFile(path); string(text) != "settings" {
		t.Errorf("the written file holds %q", text)
	}
}
