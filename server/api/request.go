package api

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"fourmaps/geo/layer"
)

const headerRequestID = "X-Request-Id"

// requests counts the requests of this run that needed an id.
type requests struct{ n atomic.Uint64 }

func bootID() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// requestID gives the request's id: the one that a proxy in front gave it, or one of our own. It is made when first
// asked for, so that a tile from the cache costs nothing.
func (s *server) requestID(c echo.Context) string {
	if id, ok := c.Get(headerRequestID).(string); ok {
		return id
	}
	id := c.Request().Header.Get(headerRequestID)
	if !isPlain(id) {
		id = s.boot + "-" + strconv.FormatUint(s.requests.n.Add(1), 36)
	}
	c.Set(headerRequestID, id)
	return id
}

// isPlain tells whether an id from outside may stand in a log.
func isPlain(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		b := id[i]
		if !(b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '-' || b == '_' || b == '.') {
			return false
		}
	}
	return true
}

var languages = language.NewMatcher([]language.Tag{language.Chinese, language.English})

// languageOf is zh or en: from ?lang=, else from Accept-Language, else Chinese.
func languageOf(r *http.Request) string {
	if lang := r.URL.Query().Get("lang"); lang == "en" || lang == "zh" {
		return lang
	}
	asked := r.Header.Get("Accept-Language")
	if asked == "" {
		return "zh"
	}
	tags, _, err := language.ParseAcceptLanguage(asked)
	if err != nil {
		return "zh"
	}
	if _, i, _ := languages.Match(tags...); i == 1 {
		return "en"
	}
	return "zh"
}

// askedLayer reads the layer of the path.
func askedLayer(c echo.Context) (*layer.Layer, error) {
	l, ok := layer.ByName(c.Param("layer"))
	if !ok {
		return nil, unknownLayer()
	}
	return l, nil
}

func unknownLayer() error {
	return &refusal{status: http.StatusNotFound, code: "unknown_layer", text: layer.Text{Zh: "没有这个图层", En: "there is no such layer"}}
}

// askedID reads the id of the path.
func askedID(c echo.Context) (uuid.UUID, error) {
	text := c.Param("id")
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 {
		return uuid.Nil, &refusal{status: http.StatusBadRequest, code: "bad_value", parameter: "id", text: layer.Text{Zh: "不是 UUID", En: "is not a UUID"}}
	}
	return id, nil
}

// only refuses parameters that the route does not know; lang is known everywhere.
func only(c echo.Context, names ...string) error {
	values, err := layer.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	for name, given := range values {
		if err := layer.Once(name, given); err != nil {
			return err
		}
		if name != "lang" && !slices.Contains(names, name) {
			return &layer.ParameterError{Parameter: name, Code: "unknown_parameter", Text: layer.Text{
				Zh: "没有这个参数", En: "there is no such parameter"}}
		}
	}
	if lang := c.QueryParam("lang"); lang != "" && lang != "zh" && lang != "en" {
		return &layer.ParameterError{Parameter: "lang", Code: "bad_value", Text: layer.Text{Zh: "应为 zh 或 en", En: "must be zh or en"}}
	}
	return nil
}

// askedNumber reads a whole number from a parameter, with its default and its limits.
func askedNumber(c echo.Context, name string, normal, least, most int) (int, error) {
	text := strings.TrimSpace(c.QueryParam(name))
	if text == "" {
		return normal, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		between := strconv.Itoa(least) + "–" + strconv.Itoa(most)
		return 0, &layer.ParameterError{Parameter: name, Code: "bad_value", Text: layer.Text{
			Zh: "应为 " + between + " 的整数", En: "must be a whole number, " + between}}
	}
	return n, nil
}
