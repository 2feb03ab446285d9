package backup

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fourmaps/server/cluster"
	"fourmaps/server/store/storetest"
)

// targetOf is a database of the tests, and the maintenance connection that a restore would have.
func targetOf(t *testing.T, address string) (target, *pgx.Conn) {
	t.Helper()
	at, err := lookAt(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := at.maintenance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, name := range []string{at.name + beforeRestore, at.name + "_restoring"} {
			if err := drop(context.Background(), conn, name); err != nil {
				t.Error(err)
			}
		}
		conn.Close(context.Background())
	})
	return at, conn
}

// TestSwapWhileClientsComeBackAtOnce: a server that was disconnected is back before the database has its new name.
func TestSwapWhileClientsComeBackAtOnce(t *testing.T) {
	address := storetest.URL(t)
	at, conn := targetOf(t, address)
	at.used = true
	if err := at.makeFresh(t.Context(), conn, at.name+"_restoring"); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	var connected atomic.Int64
	for range 3 {
		clients.Go(func() {
			for ctx.Err() == nil {
				client, err := pgx.Connect(ctx, address)
				if err != nil {
					continue
				}
				connected.Add(1)
				_, _ = client.Exec(ctx, `SELECT pg_sleep(60)`) // until it is disconnected
				client.Close(context.Background())
			}
		})
	}
	for connected.Load() < 3 {
		time.Sleep(time.Millisecond)
	}
	began := time.Now()
	err := at.swap(t.Context(), conn, at.name+"_restoring")
	t.Logf("the swap took %v, with %d connections", time.Since(began), connected.Load())
	stop()
	clients.Wait()
	if err != nil {
		t.Fatalf("swapping: %v", err)
	}
	var migrated bool
	fresh := storetest.Connect(t, address)
	if err := fresh.QueryRow(t.Context(), `SELECT to_regclass('change_seq') IS NOT NULL`).Scan(&migrated); err != nil || migrated {
		t.Errorf("the old database is still in its place, %v", err)
	}
}

// TestConnectionThatMayNotBeEndedIsNamed: an administrator's, in the way of a restore by an ordinary user.
func TestConnectionThatMayNotBeEndedIsNamed(t *testing.T) {
	admin := storetest.Connect(t, storetest.URL(t))
	sql := func(statement string) {
		t.Helper()
		if _, err := admin.Exec(context.Background(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	address := storetest.URL(t)
	own, _ := targetOf(t, address)
	role := own.name + "_owner"
	sql(`CREATE ROLE ` + role + ` CREATEDB`)
	t.Cleanup(func() {
		sql(`DROP DATABASE IF EXISTS ` + own.name + `_restoring WITH (FORCE)`)
		sql(`ALTER DATABASE ` + own.name + ` OWNER TO CURRENT_USER`)
		sql(`DROP ROLE ` + role)
	})
	sql(`ALTER DATABASE ` + own.name + ` OWNER TO ` + role)
	// Connections by this address do all in the name of the ordinary user.
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery += "&options=-c%20role%3D" + role
	own.url, own.user, own.used = u.String(), role, true
	conn, err := own.maintenance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := own.makeFresh(t.Context(), conn, own.name+"_restoring"); err != nil {
		t.Fatal(err)
	}
	inTheWay := storetest.Connect(t, address)
	if err := inTheWay.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = own.swap(t.Context(), conn, own.name+"_restoring")
	problem, ok := err.(*cluster.Problem)
	if !ok || problem.Code != DatabaseInUse || !strings.Contains(problem.English, "(process ") || !strings.Contains(problem.Chinese, "正被") {
		t.Fatalf("got %v", err)
	}
	if err := inTheWay.Ping(t.Context()); err != nil {
		t.Errorf("the connection in the way was ended: %v", err)
	}
}
