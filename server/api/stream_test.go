package api

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
)

// patientWriter notes how a stream is sent.
type patientWriter struct {
	*httptest.ResponseRecorder
	pieces    []int
	deadlines []time.Time
	sent      int // pieces after which the client stands still; 0 for never
	flushed   int
}

func (p *patientWriter) SetReadDeadline(time.Time) error { return nil }

func (p *patientWriter) SetWriteDeadline(t time.Time) error {
	p.deadlines = append(p.deadlines, t)
	return nil
}

func (p *patientWriter) Write(b []byte) (int, error) {
	if p.sent > 0 && len(p.pieces) == p.sent {
		return 0, http.ErrHandlerTimeout
	}
	p.pieces = append(p.pieces, len(b))
	return p.ResponseRecorder.Write(b)
}

func (p *patientWriter) FlushError() error { p.flushed++; return nil }

// TestLongFramesAreSentInPieces: each of 64 KB, with a time limit of its own, and none is sent to one who stands still.
func TestLongFramesAreSentInPieces(t *testing.T) {
	frame := bytes.Repeat([]byte("0123456789"), 30_000)
	send := func(w *patientWriter) {
		c := echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil), w)
		if err := sendFrames(c, frame, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	w := &patientWriter{ResponseRecorder: httptest.NewRecorder()}
	began := time.Now()
	send(w)
	if !bytes.Equal(w.Body.Bytes(), frame) {
		t.Errorf("%d bytes arrived of %d", w.Body.Len(), len(frame))
	}
	if len(w.pieces) != 5 || w.pieces[0] != 64<<10 || w.flushed != 5 || len(w.deadlines) != 5 {
		t.Errorf("pieces %v, %d flushed, %d limits", w.pieces, w.flushed, len(w.deadlines))
	}
	for _, d := range w.deadlines {
		if left := d.Sub(began); left < 15*time.Second || left > 30*time.Second {
			t.Errorf("a piece may take %v", left)
		}
	}
	still := &patientWriter{ResponseRecorder: httptest.NewRecorder(), sent: 2}
	send(still)
	if len(still.pieces) != 2 || len(still.deadlines) != 3 {
		t.Errorf("to one who stands still went %v, with %d limits", still.pieces, len(still.deadlines))
	}
}
