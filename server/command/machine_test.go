package command

import (
	"errors"
	"strings"
	"testing"
)

// The whole tables, once more and written by hand: for each state what each action makes of it. What is not named here
// must be refused.
var expected = map[*Machine]map[State]map[Action]State{
	Incident: {
		"reported":    {"verify": "verified", "reject": "false_alarm", "merge": "merged"},
		"verified":    {"respond": "responding", "reject": "false_alarm", "merge": "merged"},
		"responding":  {"control": "controlled", "merge": "merged"},
		"controlled":  {"end": "ended", "resume": "responding", "merge": "merged"},
		"ended":       {"archive": "archived"},
		"archived":    {},
		"false_alarm": {},
		"merged":      {},
	},
	Order: {
		"draft":        {"issue": "issued", "cancel": "cancelled"},
		"issued":       {"deliver": "delivered", "acknowledge": "acknowledged", "decline": "declined", "expire": "unanswered", "depart": "departed", "cancel": "cancelled", "supersede": "superseded"},
		"delivered":    {"acknowledge": "acknowledged", "decline": "declined", "expire": "unanswered", "depart": "departed", "cancel": "cancelled", "supersede": "superseded"},
		"acknowledged": {"depart": "departed", "arrive": "arrived", "decline": "declined", "cancel": "cancelled", "supersede": "superseded"},
		"departed":     {"arrive": "arrived", "recall": "completed", "supersede": "superseded"},
		"arrived":      {"work": "working", "complete": "completed", "recall": "completed", "supersede": "superseded"},
		"working":      {"complete": "completed", "recall": "completed", "supersede": "superseded"},
		"completed":    {"return": "returned"},
		"unanswered":   {"acknowledge": "acknowledged"},
		"returned":     {},
		"declined":     {},
		"cancelled":    {},
		"superseded":   {},
	},
}

func TestEveryStateTimesEveryAction(t *testing.T) {
	for machine, table := range expected {
		if len(table) != len(machine.States) {
			t.Errorf("%s: %d states, expected %d", machine.Name.En, len(machine.States), len(table))
		}
		for _, state := range machine.States {
			for _, action := range machine.Actions {
				want, possible := table[state.Value][action.Value]
				move, err := machine.Next(state.Value, action.Value)
				var refused *NotPossible
				switch {
				case possible && (err != nil || move.To != want):
					t.Errorf("%s: %s from %s gives %q, %v; expected %s", machine.Name.En, action.Value, state.Value, move.To, err, want)
				case !possible && !errors.As(err, &refused):
					t.Errorf("%s: %s from %s gives %q, %v; expected a refusal", machine.Name.En, action.Value, state.Value, move.To, err)
				}
			}
		}
	}
}

func TestMachinesAreWhole(t *testing.T) {
	for machine := range expected {
		name := machine.Name.En
		reached := map[State]bool{machine.First: true}
		for range machine.States {
			for _, move := range machine.Moves {
				if reached[move.From] {
					reached[move.To] = true
				}
			}
		}
		for _, state := range machine.States {
			if !reached[state.Value] {
				t.Errorf("%s: nothing leads to %s", name, state.Value)
			}
			if state.Label.Zh == "" || state.Label.En == "" {
				t.Errorf("%s: %s has no words", name, state.Value)
			}
		}
		seen := map[[2]string]bool{}
		for _, move := range machine.Moves {
			key := [2]string{string(move.From), string(move.Action)}
			if seen[key] {
				t.Errorf("%s: %v twice", name, key)
			}
			seen[key] = true
			if label(machine.Actions, move.Action).Zh == string(move.Action) {
				t.Errorf("%s: the action %s is not declared", name, move.Action)
			}
			if move.Permission == "" && move.Action != ExpireOrder {
				t.Errorf("%s: nobody may %s", name, move.Action)
			}
		}
	}
}

// What takes a force from its order must say why; what binds it again must be an answer of its own.
func TestOpenOrders(t *testing.T) {
	for _, move := range Order.Moves {
		before, after := OrderIsOpen(move.From), OrderIsOpen(move.To)
		if before && !after && move.Action != ExpireOrder && move.Action != ReturnOrder && move.Needs == 0 {
			t.Errorf("%s from %s frees the force without a reason", move.Action, move.From)
		}
		if !before && after && move.Action != IssueOrder && move.Action != AcknowledgeOrder {
			t.Errorf("%s from %s binds the force", move.Action, move.From)
		}
	}
	if OrderIsOpen(OrderDraft) || OrderIsOpen(OrderReturned) || !OrderIsOpen(OrderCompleted) {
		t.Error("an order is open from issued to completed")
	}
}

func TestNotPossibleSaysWhatIs(t *testing.T) {
	_, err := Order.Next(OrderDeparted, DeclineOrder)
	var refused *NotPossible
	if !errors.As(err, &refused) {
		t.Fatal(err)
	}
	for _, want := range []string{"调度令目前为“出动”", "不能拒绝", "报告到场", "召回"} {
		if !strings.Contains(refused.Text().Zh, want) {
			t.Errorf("%q does not say %q", refused.Text().Zh, want)
		}
	}
	if _, err := Incident.Next(IncidentArchived, VerifyIncident); strings.Contains(err.Error(), "Possible") {
		t.Errorf("%q names what is possible where nothing is", err)
	}
}
