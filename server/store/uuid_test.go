package store_test

import (
	"testing"

	"github.com/google/uuid"

	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// TestIDsTravelWhole: alone and in lists, as id, text and JSON, also those that are none.
func TestIDsTravelWhole(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{URL: storetest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	id := uuid.MustParse("01890000-0000-7000-8000-0000000000ff")
	var none *uuid.UUID
	var one, noID *uuid.UUID
	var list []uuid.UUID
	var text, json string
	err = s.Pool().QueryRow(t.Context(), "SELECT $1::uuid, $2::uuid[], $3::text, $4::jsonb ->> 0, $5::uuid", id, []uuid.UUID{id, uuid.Nil}, id, []any{id}, none).Scan(&one, &list, &text, &json, &noID)
	if err != nil || *one != id || len(list) != 2 || list[0] != id || list[1] != uuid.Nil || text != id.String() || json != id.String() || noID != nil {
		t.Error(one, list, text, json, noID, err)
	}
}
