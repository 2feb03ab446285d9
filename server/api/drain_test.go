package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"fourmaps/server/store/storetest"
)

// sendWhole sends a request as browsers do: all of the body first, only then it reads the answer.
func (r *running) sendWhole(method, path, cookie string, bytes int, headers ...string) (status int, text string, err error) {
	r.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: %s\r\nContent-Length: %d\r\n", method, path, cookie, bytes)
	for i := 0; i+1 < len(headers); i += 2 {
		head += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	if _, err := io.WriteString(conn, head+"\r\n"); err != nil {
		return 0, "", err
	}
	piece := make([]byte, 64<<10)
	for sent := 0; sent < bytes; sent += len(piece) {
		if _, err := conn.Write(piece[:min(len(piece), bytes-sent)]); err != nil {
			return 0, "", fmt.Errorf("after %d bytes: %w", sent, err)
		}
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body), err
}

const large = 24 << 20 // bytes: more than any buffer on the way

// TestWhoSendsAllFirstIsToldWhyItIsRefused: an upload that is refused before it is read is answered, not cut off.
func TestWhoSendsAllFirstIsToldWhyItIsRefused(t *testing.T) {
	r := startWithAreas(t)
	row := r.risk("school")
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	away := storetest.SignIn(t, r.pool, "staff", "990101002")
	viewer := storetest.SignIn(t, r.pool, "viewer", "")
	for name, one := range map[string]struct {
		method, path, cookie string
		status               int
		code                 string
	}{
		"a photo by nobody":              {"PUT", filesOf(row) + "/" + newID(), "theme=dark", 401, "not_signed_in"},
		"a photo in another area":        {"PUT", filesOf(row) + "/" + newID(), away, 403, "not_permitted"},
		"a photo of no row":              {"PUT", filesOf(newID()) + "/" + newID(), r.cookie, 404, "not_found"},
		"a photo with a wrong parameter": {"PUT", filesOf(row) + "/" + newID() + "?x=1", r.cookie, 400, "unknown_parameter"},
		"a file for import by a viewer":  {"POST", "/api/imports?name=a.csv", viewer, 403, "not_permitted"},
		"a file without a name":          {"POST", "/api/imports", r.cookie, 400, "bad_value"},
		"a row of many megabytes":        {"POST", "/api/layers/risk_point/features", r.cookie, 413, ""},
		"no such address":                {"POST", "/api/none", r.cookie, 405, ""},
	} {
		status, text, err := r.sendWhole(one.method, one.path, one.cookie, large, "Content-Type", "application/json")
		if err != nil || status != one.status || !strings.Contains(text, one.code) {
			t.Errorf("%s: %v, %d %.200s, want %d %s", name, err, status, text, one.status, one.code)
		}
	}
}

// TestABusyServerSaysSo to who has sent the whole file.
func TestABusyServerSaysSo(t *testing.T) {
	r := startWithAreas(t)
	row := r.risk("school")
	path := func() string { return filesOf(row) + "/" + newID() }
	for range 40 { // more than are taken in at once, none of which comes to its end
		conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: %s\r\nContent-Length: 1000\r\n\r\nabc", path(), r.cookie)
	}
	r.eventually("all places are taken", func() bool {
		status, _, err := r.sendWhole("PUT", path(), r.cookie, 100)
		return err == nil && status == 503
	})
	status, text, err := r.sendWhole("PUT", path(), r.cookie, large)
	if err != nil || status != 503 || !strings.Contains(text, `"code":"busy"`) {
		t.Errorf("%v, %d %s", err, status, text)
	}
}

// TestWhoAsksFirstSendsNothing: a client that waits for leave to send is refused at once.
func TestWhoAsksFirstSendsNothing(t *testing.T) {
	r := startWithAreas(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", filesOf(newID())+"/"+newID(), large)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 401 {
		t.Errorf("%d before anything was sent", answer.StatusCode)
	}
}

// TestATrickleHoldsNoPlace: who sends nearly nothing is cut off after ten seconds, not after two minutes.
func TestATrickleHoldsNoPlace(t *testing.T) {
	t.Parallel()
	r := startWithAreas(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	begun := time.Now()
	fmt.Fprintf(conn, "POST /api/layers/risk_point/features HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n", large)
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, conn)
		close(ended)
	}()
	for {
		select {
		case <-ended:
			if took := time.Since(begun); took > 40*time.Second {
				t.Errorf("it took %v", took)
			}
			return
		case <-time.After(time.Second):
			_, _ = conn.Write([]byte{' '})
			if time.Since(begun) > time.Minute {
				t.Fatal("a trickle goes on for a minute")
			}
		}
	}
}
