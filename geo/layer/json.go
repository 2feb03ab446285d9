package layer

import "encoding/json"

// Lists in JSON are never null: a client may walk them without asking.

// MarshalJSON writes the declaration with empty lists as [].
func (l Layer) MarshalJSON() ([]byte, error) {
	type plain Layer
	l.Fields, l.Parts = listed(l.Fields), listed(l.Parts)
	return json.Marshal(plain(l))
}

// MarshalJSON writes the part with empty lists as [].
func (p Part) MarshalJSON() ([]byte, error) {
	type plain Part
	p.Fields = listed(p.Fields)
	return json.Marshal(plain(p))
}

// MarshalJSON writes the field with empty lists as [].
func (f Field) MarshalJSON() ([]byte, error) {
	type plain Field
	f.Choices, f.Synonyms = listed(f.Choices), listed(f.Synonyms)
	return json.Marshal(plain(f))
}

// MarshalJSON writes the option with empty lists as [].
func (o Option) MarshalJSON() ([]byte, error) {
	type plain Option
	o.Synonyms = listed(o.Synonyms)
	return json.Marshal(plain(o))
}

func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
