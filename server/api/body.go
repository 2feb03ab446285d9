package api

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
)

// mostBody is the size in bytes of a JSON body about people.
const mostBody = 64 << 10

// readBody reads the JSON body of a request into v. Members that v does not know are refused: they would do nothing.
func readBody(c echo.Context, v any) error {
	r := c.Request()
	if kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); err != nil || kind != typeJSON {
		return &refusal{status: http.StatusUnsupportedMediaType, code: "not_json", text: layer.Text{Zh: "请求内容应为 application/json", En: "the body must be application/json"}}
	}
	decoder := json.NewDecoder(http.MaxBytesReader(c.Response(), r.Body, mostBody))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(v)
	if err == nil {
		if _, end := decoder.Token(); end != io.EOF {
			err = errors.New("there is something after the object")
		}
	}
	var large *http.MaxBytesError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
	case errors.As(err, &kind):
		return badField(kind.Field, layer.Text{Zh: "类型不对", En: "has the wrong type"})
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return badField(strings.Trim(field, `"`), layer.Text{Zh: "没有这个字段", En: "there is no such field"})
	}
	return &refusal{status: http.StatusBadRequest, code: "bad_body", text: layer.Text{Zh: "请求内容不是有效的 JSON", En: "the body is not valid JSON"}}
}

// badField blames one field of a body.
func badField(name string, text layer.Text) error {
	return &refusal{status: http.StatusBadRequest, code: "bad_value", parameter: name, text: text}
}
