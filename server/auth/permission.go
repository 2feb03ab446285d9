// Package auth knows who asks and what they may do: passwords, sessions, and permissions on areas. The SQL for it is in
// package store; what every request asks is answered from memory.
package auth

import (
	"math/bits"

	"fourmaps/geo/layer"
)

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

// Label is what people call the permission, as the table permission says.
func (p Permission) Label() layer.Text {
	switch p {
	case LayerRead:
		return layer.Text{Zh: "查看地图", En: "Look at the maps"}
	case LayerWrite:
		return layer.Text{Zh: "编辑点位", En: "Create, edit and delete rows"}
	case LayerConfirm:
		return layer.Text{Zh: "核实点位", En: "Confirm rows"}
	case LayerImport:
		return layer.Text{Zh: "导入台账", En: "Import ledgers"}
	case LayerExport:
		return layer.Text{Zh: "导出数据", En: "Export rows"}
	case SensitiveRead:
		return layer.Text{Zh: "查看电话等敏感信息", En: "See phone numbers and other sensitive fields"}
	case HistoryRead:
		return layer.Text{Zh: "查看变更历史", En: "Read the history"}
	case PhotoWrite:
		return layer.Text{Zh: "上传照片", En: "Add photos and files"}
	case AreaWrite:
		return layer.Text{Zh: "编辑行政区划", En: "Draw and import areas"}
	case SitingWaive:
		return layer.Text{Zh: "豁免选址问题", En: "Waive siting findings"}
	case PeopleManage:
		return layer.Text{Zh: "管理人员", En: "Manage people"}
	case InstallationManage:
		return layer.Text{Zh: "管理系统", En: "Manage the installation"}
	}
	return layer.Text{Zh: "此操作", En: "this"}
}

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
