package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// owner is the system user that the database runs as.
type owner struct {
	name     string
	uid, gid int
	// credential is nil when the database runs as this process's own user.
	credential *syscall.Credential
}

// ownerOf decides who runs the database whose files are, or will be, in folder.
// PostgreSQL refuses to run as root, so root hands it to the owner of an existing folder or to the user postgres.
func ownerOf(folder string) (owner, error) {
	euid := os.Geteuid()
	info, err := os.Stat(folder)
	exists := err == nil
	if euid != 0 {
		self := owner{name: userName(euid), uid: euid, gid: os.Getegid()}
		if exists && uidOf(info) != euid {
			return owner{}, wrongOwner(folder, userName(uidOf(info)))
		}
		return self, nil
	}
	if exists && uidOf(info) != 0 {
		return newOwner(userName(uidOf(info)), uidOf(info), gidOf(info)), nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return owner{}, noDatabaseUser()
	}
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	return newOwner(account.Username, uid, gid), nil
}

func newOwner(name string, uid, gid int) owner {
	return owner{name: name, uid: uid, gid: gid, credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func userName(uid int) string {
	if account, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return account.Username
	}
	return strconv.Itoa(uid)
}

func uidOf(info os.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Uid) }

func gidOf(info os.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Gid) }

// makeFolder creates a private folder of the database user, or checks that an existing one is theirs.
func (o owner) makeFolder(path string) error {
	err := os.Mkdir(path, 0o700)
	if errors.Is(err, os.ErrExist) {
		return o.checkFolder(path)
	}
	if err != nil {
		return err
	}
	if o.credential == nil {
		return nil
	}
	return os.Chown(path, o.uid, o.gid)
}

func (o owner) checkFolder(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", path)
	}
	if uidOf(info) != o.uid {
		return wrongOwner(path, userName(uidOf(info)))
	}
	return os.Chmod(path, 0o700)
}

// letIn makes sure that the database user can enter the installation's data folder. That folder is ours, so its
// group may be given to the database user; the folders above are not ours and stay as they are.
func (o owner) letIn(folder string) error {
	if o.credential == nil || o.canEnter(folder) == nil {
		return nil
	}
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	if uidOf(info) == 0 && info.Mode().Perm()&0o077 == 0 {
		if err := os.Chown(folder, 0, o.gid); err != nil {
			return err
		}
		if err := os.Chmod(folder, info.Mode().Perm()|0o010); err != nil {
			return err
		}
	}
	if err := o.canEnter(folder); err != nil {
		return unreachable(folder, o.name, err)
	}
	return nil
}

// canEnter tries it for real, because access lists and mount options count too.
func (o owner) canEnter(folder string) error {
	cmd := exec.Command("/bin/sh", "-c", "exit 0")
	cmd.Dir = folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: o.credential}
	return cmd.Run()
}

// CanEnter tells whether the user that would run the database can reach a data folder, made or not yet made.
func CanEnter(folder string) bool {
	o, err := ownerOf(clusterFolder(folder))
	if err != nil || o.credential == nil {
		return true
	}
	return o.canEnter(nearestExisting(folder)) == nil
}
