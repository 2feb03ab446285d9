package api_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"fourmaps/server/jobs"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// photo is a JPEG that says where it was taken (0, 0: nowhere).
func photo(t testing.TB, lon, lat float64, shade uint8) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 400, 300))
	for i := range img.Pix {
		img.Pix[i] = shade
	}
	img.SetGray(1, 1, color.Gray{255 - shade})
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	if lon == 0 {
		return out.Bytes()
	}
	exif := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00")
	le := binary.LittleEndian
	exif = le.AppendUint16(exif, 1)
	exif = le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(exif, 0x8825), 4), 1), 26)
	exif = le.AppendUint32(exif, 0)
	exif = le.AppendUint16(exif, 4)
	ascii := func(id uint16, text string) {
		exif = le.AppendUint32(le.AppendUint16(le.AppendUint16(exif, id), 2), 2)
		exif = append(exif, text[0], 0, 0, 0)
	}
	place := func(id uint16, at uint32) {
		exif = le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(exif, id), 5), 1), at)
	}
	ascii(1, "N")
	place(2, 26+2+48+4)
	ascii(3, "E")
	place(4, 26+2+48+4+8)
	exif = le.AppendUint32(exif, 0)
	for _, v := range []float64{lat, lon} {
		exif = le.AppendUint32(le.AppendUint32(exif, uint32(v*1e6+.5)), 1e6)
	}
	body := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	return append(body, out.Bytes()[2:]...)
}

const pdf = "%PDF-1.4\nan evacuation plan with telephone numbers\n%%EOF\n"

// put sends a file as it is.
func (r *running) put(path string, data []byte, headers ...string) (int, string) {
	r.t.Helper()
	request, err := http.NewRequest("PUT", r.url+path, bytes.NewReader(data))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Cookie", r.cookie)
	request.Header.Set("Accept-Language", "en")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		r.t.Fatalf("PUT %s: %v", path, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// risk makes a risk point at 110.15, 25.2.
func (r *running) risk(kind string) (id string) {
	r.t.Helper()
	if err := r.pool.QueryRow(r.t.Context(), `INSERT INTO risk_point (name, kind, risk_level, geom) VALUES ('点', $1, 'major', 'SRID=4326;POINT(110.15 25.2)') RETURNING id`, kind).Scan(&id); err != nil {
		r.t.Fatal(err)
	}
	return id
}

func filesOf(row string) string { return "/api/layers/risk_point/features/" + row + "/files" }

func newID() string { return uuid.Must(uuid.NewV7()).String() }

type shownFile struct {
	ID, Kind, Name string
	ContentType    string `json:"content_type"`
	Bytes          int64
	Width          int
	DistanceM      *float64   `json:"distance_m"`
	TakenAt        *time.Time `json:"taken_at"`
	PersonName     string     `json:"person_name"`
	DeletedAt      *time.Time `json:"deleted_at"`
}

type shownFiles struct {
	Files  []shownFile
	Hidden int
}

// TestAPhotoFromBeginningToEnd: added twice it is there once, shown, deleted, brought back, and the row knows its date.
func TestAPhotoFromBeginningToEnd(t *testing.T) {
	r := startWithAreas(t)
	row := r.risk("reservoir")
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	id, data := newID(), photo(t, 110.1502, 25.2001, 90)
	path := filesOf(row) + "/" + id
	query := "?name=" + url.QueryEscape(`C:\水库\坝顶<b>.HEIC`) + "&occurred_at=2026-05-01T08:00:00Z"
	for i, want := range []int{201, 200} {
		status, text := r.put(path+query, data)
		var f shownFile
		if err := json.Unmarshal([]byte(text), &f); status != want || err != nil {
			t.Fatalf("%d: %d %s", i, status, text)
		}
		if f.ID != id || f.Kind != "photo" || f.Name != "坝顶b.jpg" || f.ContentType != "image/jpeg" || f.Width != 400 || f.DistanceM == nil || *f.DistanceM < 20 || *f.DistanceM > 30 || f.PersonName == "" {
			t.Errorf("%s", text)
		}
	}
	if status, text := r.put(path, photo(t, 0, 0, 91)); status != 409 {
		t.Errorf("another photo under the same id: %d %s", status, text)
	}
	var list shownFiles
	r.want(200, &list, "GET", filesOf(row), nil)
	if len(list.Files) != 1 || list.Hidden != 0 {
		t.Fatalf("%+v", list)
	}
	status, h, body := r.get(path)
	if status != 200 || h.Get("Content-Type") != "image/jpeg" || bytes.Contains(body, []byte("Exif")) || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") ||
		h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Disposition"), "inline") || !strings.Contains(h.Get("Content-Disposition"), "UTF-8''%E5%9D%9D") || !strings.Contains(h.Get("Vary"), "Cookie") {
		t.Errorf("%d %v", status, h)
	}
	if status, _, _ := r.get(path, "If-None-Match", h.Get("ETag")); status != 304 {
		t.Errorf("who has it is told %d", status)
	}
	for edge, want := range map[string]int{"320": 200, "1280": 200, "640": 404} {
		if status, h, _ := r.get(path + "/thumbnails/" + edge); status != want || want == 200 && h.Get("Content-Type") != "image/jpeg" {
			t.Errorf("thumbnail %s: %d", edge, status)
		}
	}
	photoAt := func() (at any, version any) {
		var f feature
		r.json("/api/layers/risk_point/features/"+row, &f)
		return f.Properties["photo_at"], f.Properties["version"]
	}
	if at, version := photoAt(); at != "2026-05-01T08:00:00Z" || version != 1.0 {
		t.Errorf("the row's newest photo is of %v, its version is %v", at, version)
	}
	var found collection
	r.json("/api/layers/risk_point/features?photo_at.null=false", &found)
	if found.Matched != 1 {
		t.Errorf("%d rows with photos", found.Matched)
	}
	r.want(200, nil, "DELETE", path, nil)
	r.want(200, nil, "DELETE", path, nil)
	if status, _, _ := r.get(path); status != 404 {
		t.Errorf("a deleted file: %d", status)
	}
	if at, _ := photoAt(); at != nil {
		t.Errorf("without photos the newest is of %v", at)
	}
	r.want(200, nil, "POST", path+"/undelete", nil)
	r.want(200, &list, "GET", filesOf(row), nil)
	if len(list.Files) != 1 {
		t.Errorf("it did not come back: %+v", list)
	}
	var kinds string
	if err := r.pool.QueryRow(t.Context(), `SELECT string_agg(kind || ':' || (actor <> ''), ' ' ORDER BY seq) FROM history WHERE layer = 'file' AND id = $1`, id).Scan(&kinds); err != nil || kinds != "insert:true delete:true update:true" {
		t.Errorf("history %q, %v", kinds, err)
	}
	// A row that is deleted takes its files out of sight and brings them back.
	r.want(200, nil, "DELETE", "/api/layers/risk_point/features/"+row, nil, "If-Match", `"1"`)
	for _, gone := range []string{filesOf(row), path, path + "/thumbnails/320"} {
		if status, _, _ := r.get(gone); status != 404 {
			t.Errorf("%s of a deleted row: %d", gone, status)
		}
	}
	r.want(200, nil, "POST", "/api/layers/risk_point/features/"+row+"/undelete", nil, "If-Match", `"2"`)
	if status, _, _ := r.get(path); status != 200 {
		t.Errorf("the row came back and its photo did not: %d", status)
	}
}

// TestAPhotoFromElsewhere is a question, and is kept when it is answered.
func TestAPhotoFromElsewhere(t *testing.T) {
	r := startWithAreas(t)
	row := r.risk("bridge")
	for _, one := range []struct {
		lon  float64
		want int
	}{{110.15 + 190/100_800., 201}, {110.15 + 215/100_800., 422}, {110.25, 422}} {
		path := filesOf(row) + "/" + newID()
		data := photo(t, one.lon, 25.2, 80)
		status, text := r.put(path, data)
		if status != one.want {
			t.Errorf("%v: %d %s", one.lon, status, text)
		}
		if status != 422 {
			continue
		}
		var p struct {
			Code     string
			Findings []store.Finding
		}
		if err := json.Unmarshal([]byte(text), &p); err != nil || p.Code != "needs_decision" || len(p.Findings) != 1 || p.Findings[0].Code != "far_from_row" || !p.Findings[0].Acceptable {
			t.Errorf("%s", text)
		}
		if status, text := r.put(path+"?accept=far_from_row", data); status != 201 {
			t.Errorf("accepted: %d %s", status, text)
		}
	}
}

// TestBadUploads: each is refused with a reason, and nothing is kept.
func TestBadUploads(t *testing.T) {
	r := startWithAreas(t)
	row := r.risk("bridge")
	good := photo(t, 0, 0, 80)
	for name, one := range map[string]struct {
		path string
		data []byte
		want int
		code string
	}{
		"HTML called photo.jpg":  {filesOf(row) + "/" + newID() + "?name=photo.jpg", []byte("<html><script>alert(1)</script>"), 415, "type_not_taken"},
		"SVG":                    {filesOf(row) + "/" + newID(), []byte(`<svg onload="x"/>`), 415, "type_not_taken"},
		"21 MB":                  {filesOf(row) + "/" + newID(), append(bytes.Clone(good), make([]byte, 21<<20)...), 413, "too_large"},
		"a cut photo":            {filesOf(row) + "/" + newID(), good[:len(good)/2], 422, "damaged"},
		"nothing":                {filesOf(row) + "/" + newID(), nil, 415, "type_not_taken"},
		"an unknown row":         {filesOf(newID()) + "/" + newID(), good, 404, "not_found"},
		"no UUID":                {filesOf(row) + "/7", good, 400, "bad_value"},
		"a road":                 {"/api/layers/road/features/" + row + "/files/" + newID(), good, 404, "not_found"},
		"a time that is none":    {filesOf(row) + "/" + newID() + "?occurred_at=yesterday", good, 400, "bad_value"},
		"the future":             {filesOf(row) + "/" + newID() + "?occurred_at=2099-01-01T00:00:00Z", good, 422, "invalid_entry"},
		"an unknown parameter":   {filesOf(row) + "/" + newID() + "?size=1", good, 400, "unknown_parameter"},
		"a layer that is not":    {"/api/layers/file/features/" + row + "/files/" + newID(), good, 404, "unknown_layer"},
		"a name of 8,000 is cut": {filesOf(row) + "/" + newID() + "?name=" + strings.Repeat("a", 8000), good, 201, ""},
	} {
		if status, text := r.put(one.path, one.data); status != one.want || one.code != "" && !strings.Contains(text, `"code":"`+one.code+`"`) {
			t.Errorf("%s: %d %.300s", name, status, text)
		}
	}
	var n int
	if err := r.pool.QueryRow(t.Context(), `SELECT count(*) FROM file`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d files, %v", n, err)
	}
}

// TestFilesOfGuardedSitesAreSeenWhereTheRightHolds, and documents of every site; thumbnails and ranges too.
func TestFilesOfGuardedSitesAreSeenWhereTheRightHolds(t *testing.T) {
	r := startWithAreas(t)
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	type one struct {
		path    string
		guarded bool
	}
	var all []one
	rows := map[string]string{}
	for kind, guarded := range map[string]bool{"hazardous_chemicals": true, "reservoir": false} {
		row := r.risk(kind)
		rows[kind] = row
		for data, hidden := range map[string]bool{string(photo(t, 0, 0, 70)): guarded, pdf: true} {
			path := filesOf(row) + "/" + newID()
			if status, text := r.put(path, []byte(data)); status != 201 {
				t.Fatalf("%d %s", status, text)
			}
			all = append(all, one{path, hidden})
		}
	}
	for role, names := range permitted {
		for _, on := range []string{"", "990101001", "990101002"} { // the rows lie in the first township
			cookie := storetest.SignIn(t, r.pool, role, on)
			sees := strings.Contains(names, "sensitive.read") && on != "990101002"
			for _, f := range all {
				want := 200
				if f.guarded && !sees {
					want = 403
				}
				for _, path := range []string{f.path, f.path + "/thumbnails/320"} {
					status, _, body := r.get(path, "Cookie", cookie)
					if status != want && !(want == 200 && status == 404 && strings.Contains(path, "thumb")) {
						t.Errorf("%s on %q: %s gives %d", role, on, path, status)
					}
					if want == 403 && (bytes.Contains(body, []byte("telephone")) || bytes.Contains(body, []byte("JFIF"))) {
						t.Errorf("%s: the refusal has the content", role)
					}
				}
			}
			for kind, row := range rows {
				var list shownFiles
				r.want(200, &list, "GET", filesOf(row), nil, "Cookie", cookie)
				hidden := map[bool]int{true: 0, false: map[string]int{"hazardous_chemicals": 2, "reservoir": 1}[kind]}[sees]
				if list.Hidden != hidden || len(list.Files) != 2-hidden {
					t.Errorf("%s on %q sees %d files of %s, %d are hidden", role, on, len(list.Files), kind, list.Hidden)
				}
			}
		}
	}
	// The file of one row is not found below another, which one may see.
	for _, f := range all {
		_, id, _ := strings.Cut(f.path, "/files/")
		for _, row := range rows {
			if path := filesOf(row) + "/" + id; path != f.path {
				if status, _, _ := r.get(path); status != 404 {
					t.Errorf("the file of another row: %d", status)
				}
			}
		}
	}
}

func TestDocumentsAreKeptNotOpened(t *testing.T) {
	r := startWithAreas(t)
	path := filesOf(r.risk("mine")) + "/" + newID()
	if status, text := r.put(path+"?name="+url.QueryEscape("预案.exe"), []byte(pdf)); status != 201 {
		t.Fatalf("%d %s", status, text)
	}
	status, h, body := r.get(path)
	if status != 200 || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("Content-Type") != "application/pdf" || h.Get("Cache-Control") != "private, no-cache" || string(body) != pdf || !strings.Contains(h.Get("Content-Disposition"), ".pdf") {
		t.Errorf("%d %v", status, h)
	}
	if status, h, body := r.get(path, "Range", "bytes=5-7"); status != 206 || string(body) != "1.4" || h.Get("Content-Range") == "" {
		t.Errorf("a range: %d %q", status, body)
	}
}

// TestManyUploadsAtOnce: the same photo from many phones at once is stored once for each id, and all succeed.
func TestManyUploadsAtOnce(t *testing.T) {
	r := startWithAreas(t)
	row := r.risk("school")
	ids := []string{newID(), newID(), newID()}
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			if status, text := r.put(filesOf(row)+"/"+ids[i%3], photo(t, 0, 0, 60)); status != 201 && status != 200 {
				t.Errorf("%d %s", status, text)
			}
		})
	}
	all.Wait()
	var counts string
	if err := r.pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM file) || ' ' || (SELECT count(*) FROM blob)`).Scan(&counts); err != nil || counts != "3 1" {
		t.Errorf("files and contents: %s, %v", counts, err)
	}
}

// TestARowHasSoManyFiles: the list of a row is told whole, so it has an end; a repeat and a place that was made are taken.
func TestARowHasSoManyFiles(t *testing.T) {
	r := startWithAreas(t)
	row := r.risk("school")
	first := filesOf(row) + "/" + newID()
	if status, text := r.put(first, photo(t, 0, 0, 60)); status != 201 {
		t.Fatalf("%d %s", status, text)
	}
	r.sql(`INSERT INTO file (layer, row_id, kind, name, content_type, bytes, sha256, sent_sha256, width, height, person_name, occurred_at)
		SELECT layer, row_id, kind, name, content_type, bytes, sha256, sent_sha256, width, height, person_name, occurred_at FROM file, generate_series(2, 200)`)
	if status, text := r.put(filesOf(row)+"/"+newID(), photo(t, 0, 0, 61)); status != 409 || !strings.Contains(text, "200 files") {
		t.Errorf("one more: %d %s", status, text)
	}
	if status, text := r.put(first, photo(t, 0, 0, 60)); status != 200 {
		t.Errorf("a repeat: %d %s", status, text)
	}
	r.want(200, nil, "DELETE", first, nil)
	if status, text := r.put(filesOf(row)+"/"+newID(), photo(t, 0, 0, 61)); status != 201 {
		t.Errorf("after one was deleted: %d %s", status, text)
	}
	if status, _, text := r.send("POST", first+"/undelete", nil); status != 409 {
		t.Errorf("brought back as one too many: %d %s", status, text)
	}
}

// TestTheSweep removes what nobody needs, not before its time, and goes on where it broke off.
func TestTheSweep(t *testing.T) {
	folder := t.TempDir()
	address := storetest.URL(t)
	k := keeperIn(t, folder)
	r := startOver(t, address, func(o *apiOptions) { o.Files = k })
	r.sql(threeAreas)
	s, err := store.Open(t.Context(), store.Options{URL: address, MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	row := r.risk("school")
	kept, gone := filesOf(row)+"/"+newID(), filesOf(row)+"/"+newID()
	for path, shade := range map[string]uint8{kept: 10, gone: 200} {
		if status, text := r.put(path, photo(t, 0, 0, shade)); status != 201 {
			t.Fatalf("%d %s", status, text)
		}
	}
	r.want(200, nil, "DELETE", gone, nil)
	contents := func() (n int) {
		t.Helper()
		if err := r.pool.QueryRow(t.Context(), `SELECT count(*) FROM blob`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	log := discard()
	sweep := func(after time.Duration) { jobs.SweepFiles(t.Context(), s, k, log, time.Now().Add(after)) }
	sweep(29 * 24 * time.Hour)
	r.want(200, nil, "POST", gone+"/undelete", nil)
	r.want(200, nil, "DELETE", gone, nil)
	sweep(31 * 24 * time.Hour) // the file is forgotten, its content wanted for a day more: a backup may be under way
	if status, _, _ := r.send("POST", gone+"/undelete", nil); status != 404 || contents() != 2 {
		t.Errorf("%d, %d contents", status, contents())
	}
	broken := fmt.Errorf("the store is away")
	if _, err := s.SweepBlob(t.Context(), time.Now().Add(33*24*time.Hour), func(_ ctx, _ [32]byte) error { return broken }); err == nil || contents() != 2 {
		t.Errorf("a sweep that broke off: %v, %d contents", err, contents())
	}
	sweep(33 * 24 * time.Hour)
	if contents() != 1 {
		t.Errorf("%d contents", contents())
	}
	if status, _, _ := r.get(kept); status != 200 {
		t.Errorf("the other photo: %d", status)
	}
	r.sql(`DELETE FROM risk_point WHERE id = $1`, row) // as demo --remove does
	sweep(0)
	sweep(25 * time.Hour)
	if contents() != 0 {
		t.Errorf("the row is gone for good, %d contents are left", contents())
	}
}

// TestAPhotoOutlivesItsPerson: it stays with the name, whoever is removed.
func TestAPhotoOutlivesItsPerson(t *testing.T) {
	r := startWithAreas(t)
	row := r.risk("school")
	person, cookie := storetest.SignInAs(t, r.pool, "wang", "staff", "")
	if status, text := r.put(filesOf(row)+"/"+newID(), photo(t, 0, 0, 40), "Cookie", cookie); status != 201 {
		t.Fatalf("%d %s", status, text)
	}
	r.sql(`DELETE FROM person WHERE id = $1`, person)
	var list shownFiles
	r.want(200, &list, "GET", filesOf(row), nil)
	if len(list.Files) != 1 || list.Files[0].PersonName != "wang" {
		t.Errorf("%+v", list)
	}
}
