package layer

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// member is one name and value of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

func (m member) null() bool { return string(m.value) == "null" }

func (m member) text() (string, bool) {
	var s string
	if len(m.value) == 0 || m.value[0] != '"' || json.Unmarshal(m.value, &s) != nil {
		return "", false
	}
	return s, true
}

// readObject reads the members of a JSON object in their order. A name that is there twice is an error, since readers
// differ in which of the values they take.
func readObject(raw []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil {
		return nil, err
	} else if t != json.Delim('{') {
		return nil, fmt.Errorf("it does not begin with a brace")
	}
	var out []member
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: t.(string)} // a key is always a string
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		if seen[m.name] {
			return nil, fmt.Errorf("%q is there twice", clip(m.name))
		}
		seen[m.name] = true
		out = append(out, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, fmt.Errorf("something follows the object")
	}
	return out, nil
}
