package backup

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"

	"fourmaps/server/cluster"
)

// Codes of the problems that a backup or a restore can meet.
const (
	NotABackup     = "not_a_backup"
	Damaged        = "backup_damaged"
	NewerBackup    = "backup_of_newer_program"
	NewerServer    = "backup_of_newer_postgresql"
	NotEmpty       = "database_not_empty"
	FilesNotEmpty  = "files_not_empty"
	FilesNotPlaced = "files_not_placed"
	FileChanged    = "file_changed"
	NotAFile       = "not_a_file"
	MayNotCreate   = "may_not_create_database"
	NoExtension    = "may_not_create_extension"
	NoPlace        = "no_place_for_backup"
	DatabaseInUse  = "database_in_use"
	BackupNoSpace  = "disk_full"
)

func notABackup(path string, err error) error {
	return &cluster.Problem{
		Code:    NotABackup,
		English: fmt.Sprintf("%s is not a backup made by `fourmaps backup`: %v.", path, err),
		Chinese: fmt.Sprintf("%s 不是由 `fourmaps backup` 生成的备份:%v。", path, err),
		Err:     err,
	}
}

func damaged(path string, err error) error {
	return &cluster.Problem{
		Code:    Damaged,
		English: fmt.Sprintf("The backup %s is damaged (%v): use another one; nothing was changed.", path, err),
		Chinese: fmt.Sprintf("备份 %s 已损坏(%v):请使用其他备份;未作任何更改。", path, err),
		Err:     err,
	}
}

func newerBackup(m Manifest, program int64) error {
	return &cluster.Problem{
		Code:    NewerBackup,
		English: fmt.Sprintf("The backup was made by a newer program (%s, schema version %d, this program knows up to %d): install that program first.", m.Program, m.Schema, program),
		Chinese: fmt.Sprintf("该备份由更新版本的程序生成(%s,数据库结构版本 %d,本程序只认识到 %d):请先安装该版本程序。", m.Program, m.Schema, program),
	}
}

func newerServer(m Manifest, server int) error {
	return &cluster.Problem{
		Code:    NewerServer,
		English: fmt.Sprintf("The backup was made with PostgreSQL %d, but this database is PostgreSQL %d: restore it into version %[1]d or newer.", m.postgreSQLMajor(), server),
		Chinese: fmt.Sprintf("该备份由 PostgreSQL %d 生成,而当前数据库是 PostgreSQL %d:请恢复到 %[1]d 或更高版本。", m.postgreSQLMajor(), server),
	}
}

func notEmpty() error {
	return &cluster.Problem{
		Code:    NotEmpty,
		English: "The database already holds data: run `fourmaps restore --force FILE` to replace it (make a backup before).",
		Chinese: "数据库中已有数据:如需替换,请运行 `fourmaps restore --force FILE`(请先做好备份)。",
	}
}

func filesNotEmpty(folder string) error {
	return &cluster.Problem{
		Code:    FilesNotEmpty,
		English: fmt.Sprintf("The folder %s already holds data: `fourmaps restore --force FILE` replaces it; it stays as %[1]s%s until the next restore.", folder, beforeRestore),
		Chinese: fmt.Sprintf("文件夹 %s 中已有数据:如需替换,请运行 `fourmaps restore --force FILE`;原文件夹将保留为 %[1]s%s,直到下次恢复。", folder, beforeRestore),
	}
}

func filesNotPlaced(from, folder string, err error) error {
	return &cluster.Problem{
		Code:    FilesNotPlaced,
		English: fmt.Sprintf("The database is restored, but the folder %s could not be replaced (%v): its new files are in %s, move them there.", folder, err, from),
		Chinese: fmt.Sprintf("数据库已恢复,但文件夹 %s 未能替换(%v):新文件在 %s 中,请手动移入。", folder, err, from),
		Err:     err,
	}
}

func fileChanged(path string, err error) error {
	return &cluster.Problem{
		Code:    FileChanged,
		English: fmt.Sprintf("The file %s changed while it was backed up: try again when it is written; no backup was made.", path),
		Chinese: fmt.Sprintf("备份期间文件 %s 发生了变化:请待其写入完成后重试;未生成备份。", path),
		Err:     err,
	}
}

func notAFile(path string) error {
	return &cluster.Problem{
		Code:    NotAFile,
		English: fmt.Sprintf("%s is neither a file nor a folder nor a link to a file, and cannot be backed up: remove it or put the files themselves there.", path),
		Chinese: fmt.Sprintf("%s 不是文件、文件夹或指向文件的链接,无法备份:请将其移除,或改为存放文件本身。", path),
	}
}

func mayNotCreate(user string, err error) error {
	return &cluster.Problem{
		Code:    MayNotCreate,
		English: fmt.Sprintf("The database user %s may not create or rename databases: let the administrator run `ALTER ROLE %[1]s CREATEDB` and make it the owner.", user),
		Chinese: fmt.Sprintf("数据库用户 %s 无权创建或重命名数据库:请管理员运行 `ALTER ROLE %[1]s CREATEDB` 并将其设为数据库所有者。", user),
		Err:     err,
	}
}

func databaseInUse(name, users string, err error) error {
	return &cluster.Problem{
		Code:    DatabaseInUse,
		English: fmt.Sprintf("The database %s is in use by %s, whom this database user may not disconnect: end that connection and restore again; nothing was changed.", name, users),
		Chinese: fmt.Sprintf("数据库 %s 正被 %s 使用,而当前数据库用户无权断开其连接:请先结束该连接,再重新恢复;未作任何更改。", name, users),
		Err:     err,
	}
}

// explainRestore gives the sentences for what pg_restore commonly stumbles over.
func explainRestore(err error) error {
	var program *programError
	if !errors.As(err, &program) {
		return err
	}
	switch {
	case strings.Contains(program.text, "permission denied to create extension"):
		return &cluster.Problem{
			Code:    NoExtension,
			English: "The database user may not create the extension postgis: restore as a superuser, or let the administrator create postgis and pg_trgm in template1.",
			Chinese: "数据库用户无权创建 postgis 扩展:请以超级用户恢复,或请管理员在 template1 中创建 postgis 和 pg_trgm。",
			Err:     err,
		}
	case strings.Contains(program.text, "No space left on device"):
		return noSpace("the database", "数据库", err)
	}
	return err
}

// noteDiskFull gives the sentence for a full disk, whoever met it.
func noteDiskFull(file string, err error) error {
	var program *programError
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		errors.As(err, &program) && strings.Contains(program.text, "No space left on device") {
		return noSpace(filepath.Dir(file), filepath.Dir(file), err)
	}
	return err
}

func noSpace(english, chinese string, err error) error {
	return &cluster.Problem{
		Code:    BackupNoSpace,
		English: fmt.Sprintf("The disk that holds %s is full: free some space and try again; nothing was changed.", english),
		Chinese: fmt.Sprintf("%s所在磁盘已满:请腾出空间后重试;未作任何更改。", chinese),
		Err:     err,
	}
}
