package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Problem is a failure that a person can act on, said in one sentence in each language.
type Problem struct {
	// Code names the kind of problem for programs and tests, for example "no_postgis".
	Code    string
	English string
	Chinese string
	// Err is the technical cause and may be nil.
	Err error
}

// Codes of the problems that starting a cluster can meet.
const (
	NoPostgreSQL   = "no_postgresql"
	NoPostGIS      = "no_postgis"
	TooOld         = "postgresql_too_old"
	OtherMajor     = "other_major_version"
	NoDatabaseUser = "no_database_user"
	WrongOwner     = "wrong_owner"
	Unreachable    = "folder_unreachable"
	NotWritable    = "folder_not_writable"
	NoDatabase     = "no_database_in_folder"
	AlreadyRunning = "already_running"
	DiskFull       = "disk_full"
	StillRunning   = "leftover_database"
	StartFailed    = "database_start_failed"
)

// Error gives the English sentence.
func (p *Problem) Error() string { return p.English }

// Unwrap gives the technical cause.
func (p *Problem) Unwrap() error { return p.Err }

// Sentences gives what to tell a person, in Chinese and in English.
func (p *Problem) Sentences() (chinese, english string) { return p.Chinese, p.English }

func noPostgreSQL(bin string) *Problem {
	if bin != "" {
		return &Problem{
			Code:    NoPostgreSQL,
			English: fmt.Sprintf("In %s (--postgres-bin) there is no PostgreSQL 15 or newer.", bin),
			Chinese: fmt.Sprintf("%s(--postgres-bin)中没有 PostgreSQL 15 或更高版本。", bin),
		}
	}
	return &Problem{
		Code:    NoPostgreSQL,
		English: "PostgreSQL 15 or newer was not found on this machine: install it with `sudo apt-get install postgresql postgis postgresql-postgis`, or set DATABASE_URL.",
		Chinese: "本机未找到 PostgreSQL 15 或更高版本:请运行 `sudo apt-get install postgresql postgis postgresql-postgis` 安装,或设置 DATABASE_URL。",
	}
}

func tooOld(newest Installation) *Problem {
	return &Problem{
		Code:    TooOld,
		English: fmt.Sprintf("PostgreSQL %s in %s is too old: version 15 or newer is needed.", newest.Version, newest.Bin),
		Chinese: fmt.Sprintf("%[2]s 中的 PostgreSQL %[1]s 版本过低:需要 15 或更高版本。", newest.Version, newest.Bin),
	}
}

func noPostGIS(in Installation) *Problem {
	command := fmt.Sprintf("sudo apt-get install postgresql-%d-postgis-3", in.Major)
	if in.PostGIS != "" {
		return &Problem{
			Code:    NoPostGIS,
			English: fmt.Sprintf("PostGIS %s for PostgreSQL %s is too old: version 3.3 or newer is needed; `%s` installs it.", in.PostGIS, in.Version, command),
			Chinese: fmt.Sprintf("PostgreSQL %[2]s 的 PostGIS %[1]s 版本过低:需要 3.3 或更高版本,可运行 `%[3]s` 安装。", in.PostGIS, in.Version, command),
		}
	}
	return &Problem{
		Code:    NoPostGIS,
		English: fmt.Sprintf("PostgreSQL %s is installed but PostGIS is missing: install it with `%s`.", in.Version, command),
		Chinese: fmt.Sprintf("已安装 PostgreSQL %s,但缺少 PostGIS:请运行 `%s` 安装。", in.Version, command),
	}
}

func otherMajor(folder string, made int, installed Installation) *Problem {
	return &Problem{
		Code: OtherMajor,
		English: fmt.Sprintf("The database in %s was made by PostgreSQL %d, but PostgreSQL %d is installed: install PostgreSQL %[2]d beside it (`sudo apt-get install postgresql-%[2]d-postgis-3`), "+
			"or run `fourmaps backup FILE` with the old version, move the folder away and run `fourmaps restore FILE`.", folder, made, installed.Major),
		Chinese: fmt.Sprintf("%s 中的数据库由 PostgreSQL %d 创建,而本机安装的是 PostgreSQL %d:请同时安装 PostgreSQL %[2]d(`sudo apt-get install postgresql-%[2]d-postgis-3`),"+
			"或在旧版本下运行 `fourmaps backup FILE`,移走该文件夹后再运行 `fourmaps restore FILE`。", folder, made, installed.Major),
	}
}

func noDatabaseUser() *Problem {
	return &Problem{
		Code:    NoDatabaseUser,
		English: "PostgreSQL does not run as root and the system user `postgres` does not exist: create it with `useradd --system postgres`, or start this program as another user.",
		Chinese: "PostgreSQL 不能以 root 身份运行,而系统用户 `postgres` 不存在:请用 `useradd --system postgres` 创建,或以其他用户启动本程序。",
	}
}

func wrongOwner(folder, owner string) *Problem {
	return &Problem{
		Code:    WrongOwner,
		English: fmt.Sprintf("The database folder %s belongs to user %s: start this program as that user or as root.", folder, owner),
		Chinese: fmt.Sprintf("数据库文件夹 %s 属于用户 %s:请以该用户或 root 启动本程序。", folder, owner),
	}
}

func unreachable(folder, who string, err error) *Problem {
	return &Problem{
		Code:    Unreachable,
		English: fmt.Sprintf("The database user %s cannot enter the data folder %s: choose another one with FOURMAPS_DATA, for example /var/lib/fourmaps.", who, folder),
		Chinese: fmt.Sprintf("数据库用户 %s 无法进入数据文件夹 %s:请用 FOURMAPS_DATA 指定其他位置,例如 /var/lib/fourmaps。", who, folder),
		Err:     err,
	}
}

func notWritable(folder, who string, err error) *Problem {
	return &Problem{
		Code:    NotWritable,
		English: fmt.Sprintf("User %s may not write in the data folder %s: make that user its owner, or choose another one with FOURMAPS_DATA.", who, folder),
		Chinese: fmt.Sprintf("用户 %s 无权写入数据文件夹 %s:请将该文件夹交给此用户,或用 FOURMAPS_DATA 指定其他位置。", who, folder),
		Err:     err,
	}
}

func noDatabase(folder string) *Problem {
	return &Problem{
		Code:    NoDatabase,
		English: fmt.Sprintf("The folder %s holds files, but no whole database (PG_VERSION is missing): put back what is missing, or move the folder away and start again.", folder),
		Chinese: fmt.Sprintf("文件夹 %s 中有文件,但不是完整的数据库(缺少 PG_VERSION):请补全缺失的文件,或移走该文件夹后重新启动。", folder),
	}
}

func alreadyRunning(folder, pid string) *Problem {
	return &Problem{
		Code:    AlreadyRunning,
		English: fmt.Sprintf("Another fourmaps server (process %s) is using the data folder %s: stop it first, or choose another folder with FOURMAPS_DATA.", pid, folder),
		Chinese: fmt.Sprintf("另一个 fourmaps 服务(进程 %s)正在使用数据文件夹 %s:请先停止它,或用 FOURMAPS_DATA 指定其他文件夹。", pid, folder),
	}
}

func diskFull(folder string, err error) *Problem {
	return &Problem{
		Code:    DiskFull,
		English: fmt.Sprintf("The disk that holds %s is full: free some space (at least 300 MB) and start again; nothing that was saved is lost.", folder),
		Chinese: fmt.Sprintf("%s 所在磁盘已满:请腾出空间(至少 300 MB)后重新启动;已保存的数据不会丢失。", folder),
		Err:     err,
	}
}

func stillRunning(pid int) *Problem {
	return &Problem{
		Code:    StillRunning,
		English: fmt.Sprintf("A database left by an earlier run (process %d) does not stop: end it with `kill -QUIT %[1]d` and start again.", pid),
		Chinese: fmt.Sprintf("上次运行遗留的数据库进程(%d)无法停止:请运行 `kill -QUIT %[1]d` 结束它后重新启动。", pid),
	}
}

func startFailed(last string, err error) *Problem {
	return &Problem{
		Code:    StartFailed,
		English: fmt.Sprintf("The private database does not start; PostgreSQL says: %s", last),
		Chinese: fmt.Sprintf("内置数据库无法启动,PostgreSQL 提示:%s", last),
		Err:     err,
	}
}

// noteFolder gives the sentences for what making or writing the data folder commonly stumbles over, and leaves all others.
func noteFolder(folder string, err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return notWritable(folder, userName(os.Geteuid()), err)
	}
	return noteDiskFull(folder, err)
}

// noteDiskFull turns an error of the file system into the sentence about the full disk, and leaves all others.
func noteDiskFull(folder string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return diskFull(folder, err)
	}
	return err
}
