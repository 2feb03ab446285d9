package tiles

import "net/http"

// Refusal is a request that gets no tile, told to people in both languages.
type Refusal struct {
	Status int
	Code   string // for machines: lower_snake_case
	Zh     string
	En     string
	Retry  int // seconds after which the same request may succeed; 0 for never
}

// Error gives the English sentence.
func (r *Refusal) Error() string { return r.Code + ": " + r.En }

func notFound(code, zh, en string) error {
	return &Refusal{Status: http.StatusNotFound, Code: code, Zh: zh, En: en}
}

func badRequest(code, zh, en string) error {
	return &Refusal{Status: http.StatusBadRequest, Code: code, Zh: zh, En: en}
}
