package layer

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
)

// part reads the lines of a list, which replace those that are there.
func (p *entryParser) part(part Part, m member) {
	var lines []json.RawMessage
	if err := json.Unmarshal(m.value, &lines); err != nil || m.null() {
		p.fault(part.Name, "wrong_type", "应为列表", "must be a list")
		return
	}
	if len(lines) > MaxEntryLines {
		p.fault(part.Name, "too_many", fmt.Sprintf("最多 %d 行", MaxEntryLines), fmt.Sprintf("at most %d lines", MaxEntryLines))
		return
	}
	out := make([]Line, 0, len(lines))
	seen := map[uuid.UUID]bool{}
	for i, raw := range lines {
		line := p.line(part, fmt.Sprintf("%s[%d]", part.Name, i), raw)
		if line.ID != uuid.Nil && seen[line.ID] {
			p.fault(fmt.Sprintf("%s[%d].id", part.Name, i), "duplicate", "编号重复", "is there twice")
		}
		seen[line.ID] = true
		out = append(out, line)
	}
	p.Parts[part.Name] = out
}

func (p *entryParser) line(part Part, path string, raw json.RawMessage) Line {
	line := Line{Values: map[string]any{}}
	members, err := readObject(raw)
	if err != nil {
		p.fault(path, "wrong_type", "应为 JSON 对象", "must be a JSON object")
		return line
	}
members:
	for _, m := range members {
		if m.name == "id" {
			line.ID = p.uuid(path+".id", m)
			continue
		}
		for _, f := range part.Fields {
			if f.Name == m.name {
				p.value(path+"."+f.Name, f, m.value, line.Values)
				continue members
			}
		}
		p.fault(path+"."+m.name, "unknown_field", part.Label.Zh+"没有这个字段", part.Name+" has no such field")
	}
	for _, f := range part.Fields {
		p.missing(path+"."+f.Name, f, line.Values)
	}
	return line
}
