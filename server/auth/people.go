package auth

import (
	"fourmaps/server/store"

	"github.com/google/uuid"
)

// MayManage tells whether p may change a person: p manages people everywhere the person has rights.
func (p *Principal) MayManage(other store.Person) bool {
	if !p.Somewhere(SetOf(PeopleManage)) {
		return false
	}
	for _, g := range other.Grants {
		if !p.On(PeopleManage, areaOf(g)) {
			return false
		}
	}
	return true
}

func areaOf(g store.Grant) *uuid.UUID {
	if g.Area == nil {
		return nil
	}
	return &g.Area.ID
}
