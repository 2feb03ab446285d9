package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fourmaps/geo"
)

// report tells the person at the terminal, in one sentence of their language, why the command failed.
func (p *program) report(err error) {
	chinese, english := sentences(err)
	sentence := english
	if speaksChinese() {
		sentence = chinese
	}
	fmt.Fprintln(p.err, "fourmaps: "+sentence)
	p.log.Debug("the whole error", "error", err)
}

// say prints one sentence in the language of the person at the terminal.
func (p *program) say(chinese, english string) {
	if speaksChinese() {
		english = chinese
	}
	fmt.Fprintln(p.out, english)
}

// speaksChinese follows the variables by which programs on Unix choose a language.
func speaksChinese() bool {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			return strings.HasPrefix(value, "zh")
		}
	}
	return false
}

// sentences finds what to tell people about an error.
func sentences(err error) (chinese, english string) {
	var told interface {
		Sentences() (chinese, english string)
	}
	if errors.As(err, &told) {
		return told.Sentences()
	}
	var input *geo.InputError
	if errors.As(err, &input) {
		return input.Zh, input.En
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		if chinese, english, ok := refusal(err, pg); ok {
			return chinese, english
		}
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		where := fmt.Sprintf("%s:%d", connect.Config.Host, connect.Config.Port)
		return fmt.Sprintf("无法连接 %s 上的数据库:请检查 DATABASE_URL,并确认数据库已启动且网络可达。", where),
			fmt.Sprintf("The database at %s cannot be reached: check DATABASE_URL, and that the database runs and the network lets you through.", where)
	}
	if errors.Is(err, syscall.ENOSPC) {
		return "磁盘已满:请腾出空间后重试。", "The disk is full: free some space and try again."
	}
	var file *fs.PathError
	if errors.As(err, &file) {
		return fmt.Sprintf("无法使用 %s：%s。", file.Path, whyNot(file.Err)), err.Error()
	}
	return err.Error(), err.Error()
}

// whyNot says in Chinese why a file cannot be used.
func whyNot(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "没有这个文件或文件夹"
	case errors.Is(err, fs.ErrPermission):
		return "没有权限"
	case errors.Is(err, syscall.EISDIR):
		return "这是一个文件夹"
	}
	return err.Error()
}

// refusal gives the sentences for the refusals that a database server commonly answers with.
func refusal(err error, pg *pgconn.PgError) (chinese, english string, ok bool) {
	user, database := names(err)
	switch pg.Code {
	case "28P01":
		return fmt.Sprintf("数据库用户 %s 的密码不正确:请检查 DATABASE_URL。", user),
			fmt.Sprintf("The password of the database user %s is wrong: check DATABASE_URL.", user), true
	case "28000":
		return fmt.Sprintf("数据库服务器不允许用户 %s 连接:请检查 DATABASE_URL 和服务器的 pg_hba.conf。", user),
			fmt.Sprintf("The database server does not let the user %s in: check DATABASE_URL and the server's pg_hba.conf.", user), true
	case "3D000":
		return fmt.Sprintf("数据库 %s 不存在:请先用 `createdb %[1]s` 创建。", database),
			fmt.Sprintf("The database %s does not exist: make it with `createdb %[1]s`.", database), true
	case "42501":
		return fmt.Sprintf("数据库用户权限不足(%s):请以所有者或超级用户身份运行,或请管理员先执行 `CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm`。", pg.Message),
			fmt.Sprintf("The database user lacks a right (%s): use the owner or a superuser, or let the administrator run `CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm` first.", pg.Message), true
	case "53100":
		return "数据库所在磁盘已满:请腾出空间后重试;已保存的数据不会丢失。",
			"The disk of the database is full: free some space and try again; nothing that was saved is lost.", true
	case "53300":
		return "数据库连接数已用完:请减小 FOURMAPS_CONNECTIONS 或增大服务器的 max_connections。",
			"The database has no connection left: lower FOURMAPS_CONNECTIONS or raise the server's max_connections.", true
	}
	return "", "", false
}

// names gives the user and the database of a connection that failed.
func names(err error) (user, database string) {
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return connect.Config.User, connect.Config.Database
	}
	if config, err := pgx.ParseConfig(os.Getenv("DATABASE_URL")); err == nil {
		return config.User, config.Database
	}
	return "", ""
}

// told is a failure of the program's own, in both languages.
type told struct {
	chinese, english string
	err              error
}

func (t *told) Error() string { return t.english }

func (t *told) Unwrap() error { return t.err }

// Sentences gives what to tell a person, in Chinese and in English.
func (t *told) Sentences() (chinese, english string) { return t.chinese, t.english }

// explainListen gives the sentences for an address that cannot be served on.
func explainListen(address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return &told{
			chinese: fmt.Sprintf("地址 %s 已被占用:请停止占用它的程序,或用 --listen 指定其他地址。", address),
			english: fmt.Sprintf("The address %s is in use: stop the program that uses it, or choose another with --listen.", address),
			err:     err,
		}
	case errors.Is(err, syscall.EACCES):
		return &told{
			chinese: fmt.Sprintf("当前用户不能使用地址 %s:请选择 1024 以上的端口。", address),
			english: fmt.Sprintf("This user may not serve on %s: choose a port above 1023.", address),
			err:     err,
		}
	}
	return &told{
		chinese: fmt.Sprintf("无法监听地址 %s:%v。", address, err),
		english: fmt.Sprintf("The address %s cannot be served on: %v.", address, err),
		err:     err,
	}
}
