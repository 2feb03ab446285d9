package tiles

import "net/http"

// Refusal is a request that gets no tile, told to people in both languages. It is never the server's fault.
type Refusal struct {
	Status int
	Code   string // for machines: lower_snake_case
	Zh     string
	En     string
}

// Error gives the English sentence.
func (r *Refusal) Error() string { return r.Code + ": " + r.En }

func notFound(code, zh, en string) error { return &Refusal{http.StatusNotFound, code, zh, en} }

func badRequest(code, zh, en string) error { return &Refusal{http.StatusBadRequest, code, zh, en} }
