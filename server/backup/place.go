package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"fourmaps/server/cluster"
)

// checkPlace refuses a name under which no backup can appear, before any work is done.
func checkPlace(file string) error {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return &cluster.Problem{
			Code:    NoPlace,
			English: fmt.Sprintf("%s is a folder: name a file in it, such as %s.", file, filepath.Join(file, "maps.fourmaps")),
			Chinese: fmt.Sprintf("%s 是一个文件夹:请指定其中的文件名,例如 %s。", file, filepath.Join(file, "maps.fourmaps")),
		}
	}
	folder := filepath.Dir(file)
	if info, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return &cluster.Problem{
			Code:    NoPlace,
			English: fmt.Sprintf("There is no folder %s: make it, or name another place for the backup.", folder),
			Chinese: fmt.Sprintf("没有文件夹 %s:请先创建,或为备份指定其他位置。", folder),
			Err:     err,
		}
	}
	return nil
}

// notWritten gives the sentence for a folder in which a backup may not be made.
func notWritten(folder string, err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("writing the backup: %w", err)
	}
	return &cluster.Problem{
		Code:    NoPlace,
		English: fmt.Sprintf("You may not write in the folder %s: name another place for the backup, or get the right to write there.", folder),
		Chinese: fmt.Sprintf("您无权写入文件夹 %s:请为备份指定其他位置,或取得写入权限。", folder),
		Err:     err,
	}
}
