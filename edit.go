package okno

import "time"

// EditWithin is for how long its author may change or delete a message.
const EditWithin = 15 * time.Minute

// EditMessage is changing or deleting one's own public message. That it is his
// own and still young is for Changeable to say.
var EditMessage = declare(Action{Name: "message.edit", Roles: agents, Customers: AsRequester | AsParticipant | AsCompanyAdmin})

// The facts about a message that was changed after it was written.
const (
	MessageEdited  EventKind = "message.edited"
	MessageDeleted EventKind = "message.deleted"
)

func init() {
	eventAudience[MessageEdited] = ForAll
	eventAudience[MessageDeleted] = ForAll
}

// MessageVersion is what a message said before it was changed or deleted.
type MessageVersion struct {
	Text string
	At   time.Time // when it was written
}

// wrote reports whether the actor himself wrote the message, at a door where
// he can take it back: a letter changes nothing that was said, and what an
// agent wrote down for a caller is the agent's.
func (a Actor) wrote(t *Ticket, m *Message) bool {
	return m.Author != 0 && a.Door != DoorMail && m.Channel != ChannelPhone && a.For(t) == m.Author && a.Side() == m.Side
}

// Changeable is why the actor may not change or delete a message of the
// ticket now; nil: he may.
func (a Actor) Changeable(t *Ticket, m *Message, now time.Time) error {
	switch {
	case !a.May(EditMessage, t), !a.wrote(t, m), m.Kind != Public:
		return ErrForbidden
	case !m.Deleted.IsZero():
		return Refuse(Conflict, "error.message.deleted")
	case t.Kind == StatusClosed:
		return Refuse(Conflict, "error.message.closed")
	case now.Sub(m.At) > EditWithin:
		return Refuse(Conflict, "error.message.late", "Minutes", int(EditWithin/time.Minute))
	}
	return nil
}
