package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/format"
	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/intake"
	"fourmaps/server/store"
)

// importMappings answers GET /api/import-mappings.
func (s *server) importMappings(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	who, _, err := s.importer(c)
	if err != nil {
		return err
	}
	list, err := s.Store.ImportMappings(c.Request().Context(), who.PersonID, func(area *uuid.UUID) bool { return who.On(auth.LayerImport, area) })
	if err != nil {
		return err
	}
	return private(c, http.StatusOK, map[string]any{"mappings": list})
}

// saveImportMapping answers POST /api/import-mappings: the choices of a draft under a name.
func (s *server) saveImportMapping(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	who, _, err := s.importer(c)
	if err != nil {
		return err
	}
	var body struct {
		Name       string     `json:"name"`
		Import     uuid.UUID  `json:"import"`
		AreaID     *uuid.UUID `json:"area_id"`
		Everywhere bool       `json:"everywhere"`
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	m := store.ImportMapping{PersonID: &who.PersonID, AreaID: body.AreaID, Everywhere: body.Everywhere}
	if m.Name, err = mappingName(body.Name); err != nil {
		return err
	}
	switch {
	case body.Everywhere && body.AreaID != nil:
		return badField("area_id", layer.Text{Zh: "全体共用时不能再指定区划", En: "cannot be said together with everywhere"})
	case body.Everywhere:
		err = permitted(who, auth.LayerImport, who.On(auth.LayerImport, nil))
	case body.AreaID != nil:
		err = permitted(who, auth.LayerImport, who.On(auth.LayerImport, body.AreaID))
	}
	if err != nil {
		return err
	}
	d, err := s.Store.Draft(c.Request().Context(), who.PersonID, body.Import)
	if err != nil {
		return err
	}
	if err := fillMapping(&m, d); err != nil {
		return err
	}
	if m, err = s.Store.SaveImportMapping(c.Request().Context(), actorOf(c, who, "import"), m); err != nil {
		return err
	}
	return private(c, http.StatusCreated, m)
}

// fillMapping takes the choices of a draft, and the columns that a file must have for them.
func fillMapping(m *store.ImportMapping, d store.Draft) error {
	var choices intake.Choices
	if err := json.Unmarshal(d.Choices, &choices); err != nil || d.Layer == nil {
		return missingChoice(d)
	}
	m.Layer, m.Choices, m.Columns = *d.Layer, d.Choices, []string{}
	for _, pair := range append(choices.Mapping, pairsOf(choices.Levels)...) {
		if !slices.Contains(m.Columns, pair.Column) {
			m.Columns = append(m.Columns, pair.Column)
		}
	}
	if len(m.Columns) == 0 {
		return badField("import", layer.Text{Zh: "还没有对应任何列", En: "maps no column yet"})
	}
	return nil
}

func pairsOf(levels format.Levels) format.Mapping {
	var out format.Mapping
	for _, c := range levels.Columns {
		out = append(out, format.Pair{Column: c})
	}
	return out
}

func mappingName(text string) (string, error) {
	name := strings.TrimSpace(text)
	if n := utf8.RuneCountInString(name); n == 0 || n > 100 {
		return "", badField("name", layer.Text{Zh: "应为 1–100 字", En: "must have 1–100 characters"})
	}
	return name, nil
}

// askedMapping is who asks, who may import, and the id of one of that person's mappings.
func (s *server) askedMapping(c echo.Context) (by store.Actor, id uuid.UUID, err error) {
	if err := only(c); err != nil {
		return by, id, err
	}
	who, _, err := s.importer(c)
	if err != nil {
		return by, id, err
	}
	id, err = askedID(c)
	return actorOf(c, who, "import"), id, err
}

// renameImportMapping answers PATCH /api/import-mappings/{id}.
func (s *server) renameImportMapping(c echo.Context) error {
	by, id, err := s.askedMapping(c)
	if err != nil {
		return err
	}
	var body struct {
		Name string `json:"name"`
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	name, err := mappingName(body.Name)
	if err != nil {
		return err
	}
	m, err := s.Store.RenameImportMapping(c.Request().Context(), by, id, name)
	if err != nil {
		return err
	}
	return private(c, http.StatusOK, m)
}

// dropImportMapping answers DELETE /api/import-mappings/{id}.
func (s *server) dropImportMapping(c echo.Context) error {
	by, id, err := s.askedMapping(c)
	if err != nil {
		return err
	}
	if err := s.Store.DropImportMapping(c.Request().Context(), by, id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
