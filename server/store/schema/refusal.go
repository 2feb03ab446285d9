package schema

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// NewerError means that a newer version of the program has migrated the database.
type NewerError struct {
	Database, Program int64
}

// Error gives the English sentence.
func (e *NewerError) Error() string {
	_, english := e.Sentences()
	return english
}

// Sentences gives what to tell a person, in Chinese and in English.
func (e *NewerError) Sentences() (chinese, english string) {
	return fmt.Sprintf("数据库由更新版本的程序升级过(数据库结构版本 %d,本程序只认识到 %d):请安装新版本程序,或用 `fourmaps restore FILE` 恢复旧备份。", e.Database, e.Program),
		fmt.Sprintf("The database was upgraded by a newer program (schema version %d, this program knows up to %d): install the newer program, or restore an older backup with `fourmaps restore FILE`.", e.Database, e.Program)
}

// NoPostGISError means that the database server cannot offer what the maps need.
type NoPostGISError struct {
	// Server is PostgreSQL's version number as in 150014; PostGIS is the version it offers, empty for none.
	Server  int
	PostGIS string
}

// Error gives the English sentence.
func (e *NoPostGISError) Error() string {
	_, english := e.Sentences()
	return english
}

// Sentences gives what to tell a person, in Chinese and in English.
func (e *NoPostGISError) Sentences() (chinese, english string) {
	major := e.Server / 10000
	switch {
	case major < 15:
		return fmt.Sprintf("数据库服务器是 PostgreSQL %d:需要 15 或更高版本。", major),
			fmt.Sprintf("The database server is PostgreSQL %d: version 15 or newer is needed.", major)
	case e.PostGIS == "":
		return fmt.Sprintf("数据库服务器(PostgreSQL %d)没有安装 PostGIS:请在该服务器上运行 `sudo apt-get install postgresql-%[1]d-postgis-3`。", major),
			fmt.Sprintf("The database server (PostgreSQL %d) has no PostGIS: run `sudo apt-get install postgresql-%[1]d-postgis-3` on it.", major)
	}
	return fmt.Sprintf("数据库服务器的 PostGIS 版本是 %s:需要 3.3 或更高版本。", e.PostGIS),
		fmt.Sprintf("The database server offers PostGIS %s: version 3.3 or newer is needed.", e.PostGIS)
}

// requirePostGIS looks before migrating, so that a missing extension is told as such.
func requirePostGIS(ctx context.Context, config *pgx.ConnConfig) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connecting to the database: %w", err)
	}
	defer conn.Close(ctx)
	var server int
	var version string
	var enough bool
	err = conn.QueryRow(ctx, `
		SELECT current_setting('server_version_num')::int, v, substring(v FROM '^\d+\.\d+')::numeric >= 3.3
		FROM (SELECT coalesce(installed_version, default_version) AS v FROM pg_available_extensions WHERE name = 'postgis') e`).
		Scan(&server, &version, &enough)
	if errors.Is(err, pgx.ErrNoRows) {
		err = conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&server)
	}
	if err != nil {
		return fmt.Errorf("asking the database for PostGIS: %w", err)
	}
	if server < 150000 || !enough {
		return &NoPostGISError{Server: server, PostGIS: version}
	}
	return nil
}
