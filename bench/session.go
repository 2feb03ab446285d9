package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// token is that of the session with which the measured servers are asked. The databases live as long as the run.
func token() [32]byte { return sha256.Sum256([]byte("bench")) }

// cookie is the Cookie header of that session.
func cookie() string {
	t := token()
	return "fourmaps_session=" + base64.RawURLEncoding.EncodeToString(t[:])
}

// signIn stores an administrator who is signed in, unless that was done before.
func signIn(ctx context.Context, database string) error {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer conn.Close(ctx)
	t := token()
	hash := sha256.Sum256(t[:])
	_, err = conn.Exec(ctx, `
		WITH p AS (INSERT INTO person (name) SELECT 'bench' WHERE NOT EXISTS (SELECT FROM account WHERE name = 'bench') RETURNING id),
			a AS (INSERT INTO account (person_id, name) SELECT id, 'bench' FROM p RETURNING id),
			g AS (INSERT INTO person_grant (person_id, role) SELECT id, 'administrator' FROM p)
		INSERT INTO session (token_hash, account_id, means, expires_at) SELECT $1, id, 'password', now() + interval '1 day' FROM a`, hash[:])
	if err != nil {
		return fmt.Errorf("signing in: %w", err)
	}
	return nil
}
