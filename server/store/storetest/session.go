package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Rower is a pool or a connection.
type Rower interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// SignIn stores a person with a role on the area of a code ("" for the whole installation) who is signed in, and gives
// the Cookie header of that session. The account's name is the role and a number.
func SignIn(t testing.TB, database Rower, role, area string) string {
	t.Helper()
	_, cookie := SignInAs(t, database, fmt.Sprintf("%s-%d", role, number.Add(1)), role, area)
	return cookie
}

// SignInAs is SignIn with an account's name; it gives the person's id too.
func SignInAs(t testing.TB, database Rower, account, role, area string) (person, cookie string) {
	t.Helper()
	var token [32]byte
	_, _ = rand.Read(token[:]) // never fails
	hash := sha256.Sum256(token[:])
	err := database.QueryRow(context.Background(), `
		WITH p AS (INSERT INTO person (name) VALUES ($1) RETURNING id),
			a AS (INSERT INTO account (person_id, name) SELECT id, $1 FROM p RETURNING id),
			g AS (INSERT INTO person_grant (person_id, role, area_id) SELECT id, $2, (SELECT id FROM area WHERE code = $3) FROM p),
			s AS (INSERT INTO session (token_hash, account_id, means, expires_at) SELECT $4, id, 'password', now() + interval '1 day' FROM a)
		SELECT id FROM p`, account, role, area, hash[:]).Scan(&person)
	if err != nil {
		t.Fatalf("signing %s in: %v", account, err)
	}
	return person, "fourmaps_session=" + base64.RawURLEncoding.EncodeToString(token[:])
}
