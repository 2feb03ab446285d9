package store

import (
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// asUUID lets ids travel as the sixteen bytes that they are. The driver takes google's UUID for a value that only knows how
// to write itself as text, and tries and fails for each: 10 µs an id, which for ten thousand rows is as much as reading them.
func asUUID(value any) (plan pgtype.WrappedEncodePlanNextSetter, next any, ok bool) {
	id, ok := value.(uuid.UUID)
	if !ok {
		return nil, nil, false
	}
	return &uuidPlan{}, uuidBytes(id), true
}

// uuidBytes is an id as the driver knows it.
type uuidBytes uuid.UUID

// UUIDValue gives the bytes.
func (u uuidBytes) UUIDValue() (pgtype.UUID, error) {
	return pgtype.UUID{Bytes: u, Valid: true}, nil
}

type uuidPlan struct{ next pgtype.EncodePlan }

// SetNext says how the bytes are written.
func (p *uuidPlan) SetNext(next pgtype.EncodePlan) { p.next = next }

// Encode writes an id.
func (p *uuidPlan) Encode(value any, to []byte) ([]byte, error) {
	return p.next.Encode(uuidBytes(value.(uuid.UUID)), to)
}
