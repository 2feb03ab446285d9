// Package auth knows who asks and what they may do: passwords, sessions, and permissions on areas. The SQL for it is in
// package store; what every request asks is answered from memory.
package auth

import "math/bits"

// Permission is one thing that may be permitted, as it is named in the table permission.
type Permission string

// The permissions. Each is held on areas; layer.read on any area opens the maps of the whole installation.
const (
	LayerRead          Permission = "layer.read"
	LayerWrite         Permission = "layer.write" // create, edit, delete, undo
	LayerConfirm       Permission = "layer.confirm"
	LayerImport        Permission = "layer.import"
	LayerExport        Permission = "layer.export"
	SensitiveRead      Permission = "sensitive.read" // phone numbers and other sensitive fields
	HistoryRead        Permission = "history.read"
	PhotoWrite         Permission = "photo.write"
	AreaWrite          Permission = "area.write"
	SitingWaive        Permission = "siting.waive"
	PeopleManage       Permission = "people.manage"
	InstallationManage Permission = "installation.manage"
)

// Permissions are all of them, in the order of lists. A test compares it with the table.
var Permissions = [...]Permission{LayerRead, LayerWrite, LayerConfirm, LayerImport, LayerExport, SensitiveRead, HistoryRead,
	PhotoWrite, AreaWrite, SitingWaive, PeopleManage, InstallationManage}

// Set is a set of permissions: one bit for each of Permissions.
type Set uint64

// SetOf makes a set; names that this program does not know are left out.
func SetOf(names ...Permission) Set {
	var s Set
	for _, name := range names {
		for i, p := range Permissions {
			if p == name {
				s |= 1 << i
			}
		}
	}
	return s
}

// Has tells whether all of other is in the set.
func (s Set) Has(other Set) bool { return s&other == other }

// List names the permissions of the set.
func (s Set) List() []Permission {
	out := make([]Permission, 0, bits.OnesCount64(uint64(s)))
	for i, p := range Permissions {
		if s&(1<<i) != 0 {
			out = append(out, p)
		}
	}
	return out
}
