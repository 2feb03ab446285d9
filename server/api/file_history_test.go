package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"fourmaps/server/store/storetest"
)

type fileEvents struct {
	Next   int64
	Events []struct {
		Seq     int64
		Kind    string
		Actor   string
		Address *string
		File    struct {
			ID, Kind string
			Name     *string
			Bytes    *int64
			Hidden   bool
		}
	}
}

func (e fileEvents) kinds() string {
	var out []string
	for _, one := range e.Events {
		out = append(out, one.Kind)
	}
	return strings.Join(out, " ")
}

type deletedFiles struct {
	Hidden int
	Files  []struct {
		ID, Name  string
		DeletedBy *string   `json:"deleted_by"`
		DeletedAt time.Time `json:"deleted_at"`
		KeptUntil time.Time `json:"kept_until"`
	}
}

// TestADeletedFileIsListedAndComesBack, with who deleted it and until when that can be undone; the history tells all of it.
func TestADeletedFileIsListedAndComesBack(t *testing.T) {
	r := startWithAreas(t)
	row := r.risk("reservoir")
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	d := r.document()
	id := newID()
	path := filesOf(row) + "/" + id
	if status, text := r.put(path+"?name="+url.QueryEscape("坝顶.jpg"), photo(t, 0, 0, 90)); status != 201 {
		t.Fatalf("%d %s", status, text)
	}
	var deleted deletedFiles
	r.want(200, &deleted, "GET", filesOf(row)+"/deleted", nil)
	if len(deleted.Files) != 0 {
		t.Errorf("nothing is deleted: %+v", deleted)
	}
	_, cookie := storetest.SignInAs(t, r.pool, "李四", "staff", "990101001")
	r.want(200, nil, "DELETE", path, nil, "Cookie", cookie)
	var plain any
	r.want(200, &plain, "GET", filesOf(row)+"/deleted", nil)
	for _, fault := range d.faults(d.at("components", "schemas", "DeletedFiles"), plain, "deleted") {
		t.Error(fault)
	}
	r.want(200, &deleted, "GET", filesOf(row)+"/deleted", nil)
	if len(deleted.Files) != 1 {
		t.Fatalf("%+v", deleted)
	}
	if f := deleted.Files[0]; f.ID != id || f.Name != "坝顶.jpg" || f.DeletedBy == nil || *f.DeletedBy != "李四" || f.KeptUntil.Sub(f.DeletedAt) != 30*24*time.Hour {
		t.Errorf("%+v", f)
	}
	r.want(200, nil, "POST", path+"/undelete", nil)
	r.want(200, &deleted, "GET", filesOf(row)+"/deleted", nil)
	var list shownFiles
	r.want(200, &list, "GET", filesOf(row), nil)
	if len(deleted.Files) != 0 || len(list.Files) != 1 {
		t.Errorf("it is back: %+v, %+v", deleted, list)
	}
	r.want(200, &plain, "GET", filesOf(row)+"/history", nil)
	for _, fault := range d.faults(d.at("components", "schemas", "FileHistory"), plain, "history") {
		t.Error(fault)
	}
	var history fileEvents
	r.want(200, &history, "GET", filesOf(row)+"/history", nil)
	if history.kinds() != "undelete delete add" || history.Next != 0 || history.Events[1].Actor != "李四" || history.Events[1].Address == nil || *history.Events[2].File.Name != "坝顶.jpg" || *history.Events[2].File.Bytes == 0 {
		t.Errorf("%+v", history)
	}
	var first fileEvents
	r.want(200, &first, "GET", filesOf(row)+"/history?limit=2", nil)
	if first.kinds() != "undelete delete" || first.Next == 0 {
		t.Errorf("the first page: %+v", first)
	}
	r.want(200, &first, "GET", fmt.Sprintf("%s/history?limit=2&before=%d", filesOf(row), first.Next), nil)
	if first.kinds() != "add" || first.Next != 0 {
		t.Errorf("the second page: %+v", first)
	}
	// The history of a deleted row is still read; its files come back with it and not alone.
	r.want(200, nil, "DELETE", "/api/layers/risk_point/features/"+row, nil, "If-Match", `"1"`)
	r.want(200, &history, "GET", filesOf(row)+"/history", nil)
	if len(history.Events) != 3 {
		t.Errorf("of a deleted row: %+v", history)
	}
	r.want(404, nil, "GET", filesOf(row)+"/deleted", nil)
	r.want(404, nil, "GET", "/api/layers/road/features/"+row+"/files/history", nil)
	r.want(400, nil, "GET", filesOf(row)+"/history?before=x", nil)
	r.want(400, nil, "GET", filesOf(row)+"/deleted?limit=1", nil)
}

// TestNamesOfFilesThatOneMayNotSeeAreHidden in the history and among what is deleted.
func TestNamesOfFilesThatOneMayNotSeeAreHidden(t *testing.T) {
	r := startWithAreas(t)
	row := r.risk("reservoir")
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	for _, data := range []string{pdf, string(photo(t, 0, 0, 20))} {
		path := filesOf(row) + "/" + newID()
		if status, text := r.put(path+"?name=secret", []byte(data)); status != 201 {
			t.Fatalf("%d %s", status, text)
		}
		r.want(200, nil, "DELETE", path, nil)
	}
	for role, hidden := range map[string]int{"planner": 2, "staff": 0} {
		cookie := storetest.SignIn(t, r.pool, role, "")
		var history fileEvents
		r.want(200, &history, "GET", filesOf(row)+"/history", nil, "Cookie", cookie)
		n := 0
		for _, e := range history.Events {
			if e.File.Hidden != (e.File.Name == nil) || e.File.Hidden != (e.File.Bytes == nil) || e.File.Hidden && e.File.Kind != "document" {
				t.Errorf("%s: %+v", role, e)
			}
			if e.File.Hidden {
				n++
			}
		}
		if len(history.Events) != 4 || n != hidden {
			t.Errorf("%s: %d of %d events are hidden, want %d", role, n, len(history.Events), hidden)
		}
	}
	// who may write photos and see nothing sensitive is no role of ours, but can be made
	r.sql(`INSERT INTO role (name, ord, label_zh, label_en) VALUES ('photographer', 99, '摄影', 'Photographer')`)
	r.sql(`INSERT INTO role_permission (role, permission) VALUES ('photographer', 'photo.write'), ('photographer', 'layer.read')`)
	cookie := storetest.SignIn(t, r.pool, "photographer", "")
	r.eventually("the role is known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	var deleted deletedFiles
	r.want(200, &deleted, "GET", filesOf(row)+"/deleted", nil, "Cookie", cookie)
	if deleted.Hidden != 1 || len(deleted.Files) != 1 || !strings.HasSuffix(deleted.Files[0].Name, ".jpg") {
		t.Errorf("%+v", deleted)
	}
}
