package workspace

import (
	"errors"
	"maps"
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/safehtml"
	"github.com/oknodesk/okno/internal/web/ui"
)

// change is what somebody else has done since the agent looked.
type change struct {
	event okno.Event
	words string // the fact; beside a message, who wrote it
	said  string // the first words of a message; "": the change is none
}

// shownOfChange is how much of another's message stands in the notice, in
// characters; the whole stands in the thread above.
const shownOfChange = 600

// refuse puts why a command was not carried out above the ticket.
func (v *ticketView) refuse(refusal error, wrong map[string]string) {
	var conflict *okno.Error
	if errors.As(refusal, &conflict) {
		v.changed = v.changes(conflict.Changed)
	}
	for _, field := range slices.Sorted(maps.Keys(wrong)) {
		if !v.answer.owns(field) && !v.note.owns(field) {
			v.wrong = append(v.wrong, ui.Wrong{Text: wrong[field]})
		}
	}
	v.answer.refuse(wrong)
	v.note.refuse(wrong)
}

// changes says what others have done: their messages, and facts in words.
func (v *ticketView) changes(events []okno.Event) []change {
	var cs []change
	for _, e := range events {
		if e.Actor == v.By.Person {
			continue
		}
		c := change{event: e, words: v.who.fact(e)}
		i := slices.IndexFunc(v.Messages, func(m okno.Message) bool { return m.ID == e.Data.Message })
		if e.Data.Message != 0 && i >= 0 {
			c.words, c.said = v.author(&v.Messages[i]), safehtml.Preview(v.Messages[i].Text, shownOfChange)
		}
		if i := slices.IndexFunc(v.Held, func(h okno.HeldAnswer) bool { return h.ID == e.Data.Held }); e.Kind == okno.AnswerHeld && i >= 0 {
			c.words, c.said = v.who.person(v.Held[i].Author), safehtml.Preview(v.Held[i].Text, shownOfChange)
		}
		cs = append(cs, c)
	}
	return cs
}
