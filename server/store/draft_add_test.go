package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

func draftOf(person uuid.UUID) store.Draft {
	return store.Draft{PersonID: person, FileName: "a.csv", FileBytes: 3, Choices: json.RawMessage(`{}`), About: json.RawMessage(`{}`)}
}

// stuck is a file whose end comes when somebody says so.
type stuck struct{ reading, end chan struct{} }

func (s stuck) Read([]byte) (int, error) {
	close(s.reading)
	<-s.end
	return 0, io.EOF
}

// TestAnUploadHoldsNobodyUp: while a large file is written down, its person signs in elsewhere and is changed, gets rights and adds photos.
func TestAnUploadHoldsNobodyUp(t *testing.T) {
	d := newDesk(t)
	id, _ := storetest.SignInAs(t, d.pool, "li", "staff", "")
	person := uuid.MustParse(id)
	s := stuck{make(chan struct{}), make(chan struct{})}
	added := make(chan error, 1)
	go func() {
		_, err := d.s.AddDraft(context.WithoutCancel(t.Context()), draftOf(person), s)
		added <- err
	}()
	<-s.reading
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	for _, sql := range []string{
		`INSERT INTO session (token_hash, account_id, means, expires_at) SELECT sha256('x'), id, 'password', now() + interval '1 day' FROM account WHERE person_id = $1`,
		`INSERT INTO person_grant (person_id, role) VALUES ($1, 'viewer')`,
		`UPDATE person SET name = '李四' WHERE id = $1`,
		`SELECT FROM person WHERE id = $1 FOR NO KEY UPDATE`,
	} {
		if _, err := d.pool.Exec(ctx, sql, person); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
	close(s.end)
	if err := <-added; err != nil {
		t.Error(err)
	}
}

// TestTwoUploadsAtOnceAreCountedOneAfterTheOther: the last place is given once.
func TestTwoUploadsAtOnceAreCountedOneAfterTheOther(t *testing.T) {
	d := newDesk(t)
	id, _ := storetest.SignInAs(t, d.pool, "li", "staff", "")
	person := uuid.MustParse(id)
	for range 19 {
		if _, err := d.s.AddDraft(t.Context(), draftOf(person), strings.NewReader("a\n1")); err != nil {
			t.Fatal(err)
		}
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	refused := 0
	for range 6 {
		all.Go(func() {
			_, err := d.s.AddDraft(t.Context(), draftOf(person), strings.NewReader("a\n1"))
			mu.Lock()
			defer mu.Unlock()
			if errors.Is(err, store.ErrTooManyDrafts) {
				refused++
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if refused != 5 {
		t.Errorf("%d of 6 were refused for the last place", refused)
	}
}
