package tiles

import (
	"net/http"
	"net/url"

	"fourmaps/geo/layer"
)

// langParameter is the language of messages, zh or en. Every address knows it; it never changes what is sent.
const langParameter = "lang"

// noParameter is told of parameters that an address does not know.
var noParameter = layer.Text{Zh: "没有这个参数", En: "there is no such parameter"}

// onlyLang refuses every parameter but lang, with the reason why.
func onlyLang(r *http.Request, why layer.Text) error {
	if r.URL.RawQuery == "" {
		return nil
	}
	values, err := layer.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	for name := range values {
		if name != langParameter {
			return &layer.ParameterError{Parameter: name, Code: "unknown_parameter", Text: why}
		}
	}
	return checkLang(values)
}

func checkLang(values url.Values) error {
	switch values.Get(langParameter) {
	case "", "zh", "en":
		return nil
	}
	return &layer.ParameterError{Parameter: langParameter, Code: "bad_value", Text: layer.Text{Zh: "应为 zh 或 en", En: "must be zh or en"}}
}
