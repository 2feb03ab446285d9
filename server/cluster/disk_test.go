package cluster

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// smallDisk mounts a file system of so many megabytes; only root can.
func smallDisk(t *testing.T, megabytes string) string {
	t.Helper()
	folder := dataFolder(t)
	if os.Geteuid() != 0 || exec.Command("mount", "-t", "tmpfs", "-o", "mode=755,size="+megabytes+"m", "tmpfs", folder).Run() != nil {
		t.Skip("a disk small enough to fill is a mounted tmpfs: that takes root, Linux and the right to mount")
	}
	t.Cleanup(func() { exec.Command("umount", "-l", folder).Run() })
	return folder
}

func TestTooSmallADiskIsSaidBeforeAnythingIsMade(t *testing.T) {
	folder := smallDisk(t, "64")
	_, err := Start(t.Context(), Options{Folder: folder, Scratch: true})
	wantProblem(t, err, DiskFull)
	if _, err := os.Stat(clusterFolder(folder)); !os.IsNotExist(err) {
		t.Error("a database folder was begun")
	}
}

func TestFullDiskIsSaidAndLosesNothing(t *testing.T) {
	folder := smallDisk(t, "400")
	c := startWith(t, Options{Folder: folder})
	makeRow(t, c, "here")
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(folder, "filler")
	exec.Command("dd", "if=/dev/zero", "of="+filler, "bs=64k").Run() // ends when the disk is full
	_, err := Start(t.Context(), Options{Folder: folder})
	wantProblem(t, err, DiskFull)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, startWith(t, Options{Folder: folder}), `SELECT word FROM kept`); got != "here" {
		t.Errorf("after the full disk the row is %q", got)
	}
}
