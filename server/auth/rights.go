package auth

import (
	"slices"
	"sync/atomic"

	"github.com/google/uuid"

	"fourmaps/server/store"
)

// Principal is who asks: an account in use, the person it belongs to, and what that person may do where. It never
// changes; other rights make another principal.
type Principal struct {
	store.AccountRights
	grants []grant
	any    Set // held somewhere
	areas  *areaIndex
}

// grant is what a role on an area permits.
type grant struct {
	set  Set
	area uuid.UUID // uuid.Nil for the whole installation
}

// areaIndex holds the ids from the root down to each area. It is replaced when areas change.
type areaIndex struct {
	paths atomic.Pointer[map[uuid.UUID][]uuid.UUID]
}

// within tells whether area inner is outer or lies below it.
func (a *areaIndex) within(inner, outer uuid.UUID) bool {
	if inner == outer {
		return true
	}
	paths := a.paths.Load()
	return paths != nil && slices.Contains((*paths)[inner], outer)
}

func newPrincipal(account store.AccountRights, roles map[string]Set, areas *areaIndex) *Principal {
	p := &Principal{AccountRights: account, areas: areas}
	if account.MustChange {
		return p // nothing is allowed until the password that somebody else knows is changed
	}
	for _, g := range account.Grants {
		one := grant{set: roles[g.Role]}
		if g.AreaID != nil {
			one.area = *g.AreaID
		}
		p.grants = append(p.grants, one)
		p.any |= one.set
	}
	return p
}

// Somewhere tells whether the permissions are held on any area.
func (p *Principal) Somewhere(s Set) bool { return p.any.Has(s) }

// Everywhere tells whether a permission is held on the whole installation.
func (p *Principal) Everywhere(name Permission) bool { return p.On(name, nil) }

// On tells whether a permission is held on an area: by a grant on it, on one above it, or on the whole installation.
// A row that lies in no area (nil) needs the last.
func (p *Principal) On(name Permission, area *uuid.UUID) bool {
	asked := SetOf(name)
	for _, g := range p.grants {
		if !g.set.Has(asked) {
			continue
		}
		if g.area == uuid.Nil || area != nil && p.areas.within(*area, g.area) {
			return true
		}
	}
	return false
}

// Scope gives the areas on which a permission is held, below which it holds too.
func (p *Principal) Scope(name Permission) (everywhere bool, areas []uuid.UUID) {
	asked := SetOf(name)
	for _, g := range p.grants {
		switch {
		case !g.set.Has(asked):
		case g.area == uuid.Nil:
			return true, nil
		case !slices.Contains(areas, g.area):
			areas = append(areas, g.area)
		}
	}
	return false, areas
}

// sameRights tells whether two principals of one account may do the same.
func (p *Principal) sameRights(q *Principal) bool {
	return slices.Equal(p.grants, q.grants) && p.Demo == q.Demo && p.MustChange == q.MustChange
}

// MayGive tells whether p may give or take a role on an area: p manages people there and holds all that the role permits.
func (p *Principal) MayGive(role Set, area *uuid.UUID) bool {
	if !p.On(PeopleManage, area) {
		return false
	}
	for _, name := range role.List() {
		if !p.On(name, area) {
			return false
		}
	}
	return true
}
