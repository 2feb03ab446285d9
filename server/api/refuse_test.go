package api_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode"
)

func TestBadRequestsAreToldWhatIsWrong(t *testing.T) {
	r := start(t)
	ids := strings.Repeat("01a20329-e94c-7506-bca5-c81c3de8f996,", 10000)
	for _, c := range []struct {
		name, path      string
		status          int
		code, parameter string
	}{
		{"an unknown layer", "/api/layers/volcano/features", 404, "unknown_layer", ""},
		{"an unknown layer's declaration", "/api/layers/volcano", 404, "unknown_layer", ""},
		{"an unknown address", "/api/volcano", 404, "no_such_address", ""},
		{"an unknown parameter", "/api/layers/area/features?colour=red", 400, "unknown_parameter", "colour"},
		{"an unknown parameter of a fixed route", "/api/installation?x=1", 400, "unknown_parameter", "x"},
		{"a filter that cannot be read", "/api/layers/area/features?level=county;x=1", 400, "bad_value", "?"},
		{"a filter cut short", "/api/layers/area/summary?level=%zz", 400, "bad_value", "?"},
		{"an unknown parameter without a value", "/api/layers/area/features?nonsense=", 400, "unknown_parameter", "nonsense"},
		{"a language that is none", "/api/layers?lang=fr", 400, "bad_value", "lang"},
		{"NaN in a bbox", "/api/layers/area/features?bbox=NaN,1,2,3", 400, "bad_value", "bbox"},
		{"infinity in a bbox", "/api/layers/area/features?bbox=1,1,Inf,3", 400, "bad_value", "bbox"},
		{"a bbox beyond the world", "/api/layers/area/features?bbox=100,20,190,30", 400, "bad_value", "bbox"},
		{"a bbox upside down", "/api/layers/area/features?bbox=100,30,110,20", 400, "bad_value", "bbox"},
		{"ten thousand ids", "/api/layers/area/features?ids=" + ids, 400, "too_many", "ids"},
		{"a long search", "/api/layers/area/features?q=" + strings.Repeat("a", 101), 400, "too_long", "q"},
		{"no limit", "/api/layers/area/features?limit=0", 400, "bad_value", "limit"},
		{"a limit too high", "/api/layers/area/features?limit=10001", 400, "bad_value", "limit"},
		{"a limit that is no number", "/api/layers/area/features?limit=1e3", 400, "bad_value", "limit"},
		{"a limit given twice", "/api/layers/area/features?limit=5&limit=6", 400, "too_many", "limit"},
		{"a search given twice", "/api/layers/area/features?q=a&q=b", 400, "too_many", "q"},
		{"a parameter of a fixed route given twice", "/api/freshness?area=990101&area=990102", 400, "too_many", "area"},
		{"a sort by nothing", "/api/layers/area/features?sort=-", 400, "bad_value", "sort"},
		{"a sort by a field that is none", "/api/layers/area/features?sort=colour", 400, "bad_value", "sort"},
		{"a sort by a sensitive field", "/api/layers/risk_point/features?sort=responsible_phone", 400, "bad_value", "sort"},
		{"a cursor that is none", "/api/layers/area/features?cursor=abc", 400, "bad_cursor", "cursor"},
		{"an area level that is none", "/api/layers/area/summary?area_level=county", 400, "bad_value", "area_level"},
		{"an id that is none", "/api/layers/area/features/7", 400, "bad_value", "id"},
		{"a row that is not there", "/api/layers/area/features/01a20329-e94c-7506-bca5-c81c3de8f996", 404, "not_found", ""},
		{"a number past every column", "/api/layers/area/features?population.min=1e300", 200, "", ""},
		{"an event number that is none", "/api/events?last_event_id=x", 400, "bad_value", "last_event_id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, lang := range []string{"zh", "en"} {
				status, h, body := r.get(c.path, "Accept-Language", lang)
				if status != c.status {
					t.Fatalf("%d %.300s, want %d", status, body, c.status)
				}
				if status == 200 {
					continue
				}
				var p struct {
					Type, Title, Detail, Code string
					Status                    int
					RequestID                 string `json:"request_id"`
					Errors                    []struct{ Parameter, Code, Detail string }
				}
				if err := json.Unmarshal(body, &p); err != nil || h.Get("Content-Type") != "application/problem+json" {
					t.Fatalf("%s %s: %v", h.Get("Content-Type"), body, err)
				}
				if p.Status != c.status || p.Code != c.code || p.Title == "" || p.Detail == "" || p.Type == "" || p.RequestID == "" {
					t.Errorf("%+v", p)
				}
				if c.parameter != "" && (len(p.Errors) != 1 || p.Errors[0].Parameter != c.parameter) {
					t.Errorf("blames %+v, want %s", p.Errors, c.parameter)
				}
				if chinese := strings.ContainsFunc(p.Title+p.Detail, func(r rune) bool { return unicode.Is(unicode.Han, r) }); chinese != (lang == "zh") {
					t.Errorf("in %s it says %q: %q", lang, p.Title, p.Detail)
				}
			}
		})
	}
}

func TestOtherMethodsAreRefused(t *testing.T) {
	r := start(t)
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		if status, _, body := r.ask(method, "/api/layers/area/summary"); status != 405 || !strings.Contains(string(body), "method_not_allowed") {
			t.Errorf("%s: %d %s", method, status, body)
		}
	}
	if status, h, body := r.ask("HEAD", "/api/layers"); status != 200 || len(body) != 0 || h.Get("ETag") == "" {
		t.Errorf("HEAD: %d %v %s", status, h, body)
	}
}

// TestForeignHostNamesAreRefused: a page whose name was made to point here must not read what is here.
func TestForeignHostNamesAreRefused(t *testing.T) {
	r := start(t, func(o *apiOptions) { o.Hosts = []string{"desk.example", "10.1.2.3"} })
	for host, want := range map[string]int{
		"127.0.0.1": 200, "127.0.0.1:80": 200, "localhost:8080": 200, "LOCALHOST": 200, "[::1]:8080": 200, "127.8.8.8": 200,
		"desk.example": 200, "DESK.example:8080": 200, "10.1.2.3:8080": 200,
		"evil.example": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example:8080": 421, "192.168.1.1": 421, "desk.example.evil": 421,
	} {
		if status, _, body := r.get("/api/layers", "Host", host); status != want {
			t.Errorf("%s: %d %.200s, want %d", host, status, body, want)
		}
	}
	if status, _, _ := r.get("/healthz", "Host", "10.9.9.9"); status != 200 {
		t.Error("a health check by address was refused")
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	r := start(t)
	for _, path := range []string{"/", "/api/layers", "/api/none", "/healthz", "/tiles/none.json"} {
		_, h, _ := r.get(path)
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" ||
			!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s: %v", path, h)
		}
	}
}

// FuzzBox sends whatever as a bbox: an answer or a refusal, never a failure.
func FuzzBox(f *testing.F) {
	r := start(f)
	for _, seed := range []string{"1,2,3,4", "179,-1,-179,1", "NaN,1,2,3", "1,2", "-180,-90,180,90", "1e400,0,0,0", ",,,", "1,2,3,4,5,6"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, box string) {
		r.t = t
		status, _, body := r.get("/api/layers/area/features?" + url.Values{"bbox": {box}}.Encode())
		if status != 200 && status != 400 {
			t.Errorf("bbox=%q: %d %s", box, status, body)
		}
	})
}

// FuzzQuery sends whatever as the parameters of a list.
func FuzzQuery(f *testing.F) {
	r := start(f)
	for _, seed := range []string{"kind=mine&sort=-name", "confirmed_at.max=2026-01-01", "q=%00", "limit=5&cursor=eyJ9", "people_threatened.min=1e308", "ids=,", "listed_on.min=0001-01-01", "confirmed_at.max=9999-12-31"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r.t = t
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		status, _, body := r.get("/api/layers/risk_point/features?" + values.Encode())
		if status != 200 && status != 400 {
			t.Errorf("%q: %d %s", query, status, body)
		}
	})
}
