package storetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// watchdog stops the cluster and removes its files when the file "used" has not been touched for a minute. It ends by
// itself when its folder is gone or another watchdog has taken over ($1 folder, $2 … the command that stops the cluster).
const watchdog = `
folder=$1; shift
echo $$ > "$folder/run/watchdog"
while sleep 5; do
	[ "$(cat "$folder/run/watchdog" 2>/dev/null)" = $$ ] || exit 0
	[ -n "$(find "$folder/used" -mmin -1 2>/dev/null)" ] && continue
	rm -f "$folder/run/watchdog"
	"$@" >/dev/null 2>&1
	rm -rf "$folder"
	exit 0
done`

// watch starts a watchdog that outlives this program. A new one takes over from an older one.
func (s *server) watch() error {
	stop, credential := s.cluster.ControlCommand()
	cmd := exec.Command("/bin/sh", append([]string{"-c", watchdog, "watchdog", s.folder}, stop...)...)
	cmd.Dir = os.TempDir()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Setsid: true}
	if err := s.ownFolder(credential); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	// Its end is of no interest; Release lets the process go.
	return cmd.Process.Release()
}

// ownFolder gives the folder to the watchdog's user, who has to remove what is in it.
func (s *server) ownFolder(credential *syscall.Credential) error {
	if credential == nil {
		return nil
	}
	for _, path := range []string{s.folder, filepath.Join(s.folder, "used")} {
		if err := os.Chown(path, int(credential.Uid), int(credential.Gid)); err != nil {
			return err
		}
	}
	return nil
}
