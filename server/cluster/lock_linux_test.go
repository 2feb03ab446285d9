package cluster

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// asNobody does the work as a user without rights to the files of others. The thread that became this user is never
// given back: it ends with its goroutine.
func asNobody(work func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if os.Geteuid() == 0 {
			_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0)
		}
		work()
	}()
	<-done
}

func TestDataFolderThatMayNotBeWrittenIsOneSentence(t *testing.T) {
	folder := dataFolder(t)
	if err := os.Chmod(folder, 0o555); err != nil {
		t.Fatal(err)
	}
	asNobody(func() {
		_, err := lockFolder(folder)
		wantProblem(t, err, NotWritable)
		_, err = prepare(t.Context(), Options{Folder: folder + "/deep/er"})
		wantProblem(t, err, NotWritable)
	})
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := lockFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
}
