// Package command is the rules of dispatch: which states there are, who may move a thing from one to the next, and what is
// decided by arithmetic alone. It knows no SQL, no HTTP and no clock: the time is handed in.
package command

import (
	"fmt"
	"strings"

	"fourmaps/geo/layer"
)

// State is where a thing stands, as the database and the API name it.
type State string

// Action is what somebody does to a thing, or what time does.
type Action string

// Need is what must come with a move.
type Need uint8

// The needs; a move may have several.
const (
	NeedReason Need = 1 << iota // a text that the record keeps
	NeedOther                   // the id of the other thing: merged into, replaced by
)

// Move is one line of a machine: in From, who holds Permission on the area may do Action, and the thing is in To.
type Move struct {
	From       State
	Action     Action
	To         State
	Permission string // "" for what only the program does: a deadline that passes
	Needs      Need
}

// Machine is all moves of one kind of thing. What is not in the table cannot be done; the database refuses it too.
type Machine struct {
	Name    layer.Text
	First   State // of what is new
	States  []Named[State]
	Actions []Named[Action]
	Moves   []Move
}

// Named is a state or an action with its words on screen.
type Named[T ~string] struct {
	Value T
	Label layer.Text
}

// Next gives the move of an action from a state, or a *NotPossible.
func (m *Machine) Next(from State, action Action) (Move, error) {
	for _, move := range m.Moves {
		if move.From == from && move.Action == action {
			return move, nil
		}
	}
	return Move{}, &NotPossible{Machine: m, From: from, Action: action}
}

// From gives what can be done from a state, in the order of the table; nothing from an unknown one.
func (m *Machine) From(state State) []Move {
	var out []Move
	for _, move := range m.Moves {
		if move.From == state {
			out = append(out, move)
		}
	}
	return out
}

// NotPossible says that an action is not possible from a state, and what is.
type NotPossible struct {
	Machine *Machine
	From    State
	Action  Action
}

// Error is Text in English.
func (e *NotPossible) Error() string { return e.Text().En }

// Text is the sentence for people.
func (e *NotPossible) Text() layer.Text {
	state, action := label(e.Machine.States, e.From), label(e.Machine.Actions, e.Action)
	var zh, en []string
	for _, move := range e.Machine.From(e.From) {
		possible := label(e.Machine.Actions, move.Action)
		zh, en = append(zh, possible.Zh), append(en, possible.En)
	}
	text := layer.Text{
		Zh: fmt.Sprintf("%s目前为“%s”，不能%s。", e.Machine.Name.Zh, state.Zh, action.Zh),
		En: fmt.Sprintf("The %s is “%s”: %s is not possible.", e.Machine.Name.En, state.En, action.En),
	}
	if len(zh) > 0 {
		text.Zh += "现在可以：" + strings.Join(zh, "、") + "。"
		text.En += " Possible now: " + strings.Join(en, ", ") + "."
	}
	return text
}

// label gives the words of a value, or the value itself when it is unknown.
func label[T ~string](list []Named[T], value T) layer.Text {
	for _, one := range list {
		if one.Value == value {
			return one.Label
		}
	}
	return layer.Text{Zh: string(value), En: string(value)}
}
