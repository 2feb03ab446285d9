package cluster

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// NoClient is the code of the problem that the programs pg_dump and pg_restore are missing or too old.
const NoClient = "no_client_tools"

// Client is a set of PostgreSQL's client programs.
type Client struct {
	Bin   string
	Major int
}

// Program gives the path of pg_dump, pg_restore or psql.
func (c Client) Program(name string) string { return filepath.Join(c.Bin, name) }

// ClientFor finds client programs that understand a server, or a backup, of the given major version: the same version
// before a newer one.
func ClientFor(ctx context.Context, bin string, major int) (Client, error) {
	clients := findClients(ctx, bin)
	slices.SortFunc(clients, func(a, b Client) int { return a.Major - b.Major })
	for _, client := range clients {
		if client.Major >= major {
			return client, nil
		}
	}
	if len(clients) == 0 {
		return Client{}, noClient(major, "were not found", "未找到")
	}
	newest := clients[len(clients)-1].Major
	return Client{}, noClient(major, fmt.Sprintf("are of version %d", newest), fmt.Sprintf("版本为 %d", newest))
}

func noClient(major int, english, chinese string) *Problem {
	return &Problem{
		Code:    NoClient,
		English: fmt.Sprintf("The database needs pg_dump and pg_restore of PostgreSQL %d or newer, but those of this machine %s: install them with `sudo apt-get install postgresql-client-%[1]d`.", major, english),
		Chinese: fmt.Sprintf("数据库需要 PostgreSQL %d 或更高版本的 pg_dump 和 pg_restore,而本机%s:请运行 `sudo apt-get install postgresql-client-%[1]d` 安装。", major, chinese),
	}
}

func findClients(ctx context.Context, bin string) []Client {
	folders := []string{bin}
	if bin == "" {
		folders = binFolders(ctx)
		if path, err := exec.LookPath("pg_dump"); err == nil {
			folders = append(folders, filepath.Dir(path))
		}
	}
	var found []Client
	for _, folder := range folders {
		if major := dumpMajor(ctx, filepath.Join(folder, "pg_dump")); major > 0 {
			found = append(found, Client{Bin: folder, Major: major})
		}
	}
	return found
}

func dumpMajor(ctx context.Context, program string) int {
	out, err := exec.CommandContext(ctx, program, "--version").Output()
	if err != nil {
		return 0
	}
	match := versionPattern.FindStringSubmatch(string(out))
	if match == nil {
		return 0
	}
	major, _ := strconv.Atoi(match[1])
	return major
}
