package workspace

import (
	"context"
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/live"
	"github.com/oknodesk/okno/internal/web"
)

// beat notes that the agent has the ticket open (writing=1: and is writing);
// a page says so every few seconds.
func (w *Workspace) beat(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	if form.Get("left") == "1" { // a page that is being closed can only post
		return w.leave(q)
	}
	return w.sign(q, live.Beat{Viewer: live.Viewer{Name: q.Person.Short(), Writing: form.Get("writing") == "1"}})
}

// leave notes that the agent has closed the ticket.
func (w *Workspace) leave(q *web.Request) error { return w.sign(q, live.Beat{Left: true}) }

// sign notes a sign of presence here, and tells the other processes and, when
// it changes who is there, the open pages.
func (w *Workspace) sign(q *web.Request, b live.Beat) error {
	t, err := w.desk.Ticket(q.Context(), q.Actor, okno.Number(q.Path("number")), 0)
	if err != nil {
		return err
	}
	b.Ticket, b.Person = int64(t.Ticket.ID), int64(q.Actor.Person)
	changed := w.presence.Merge(b, q.Now)
	if err := w.announce(q.Context(), PresenceTopic, b.Encode()); err != nil {
		return err
	}
	if changed {
		if err := w.tell(q.Context(), &t.Ticket); err != nil {
			return err
		}
	}
	return q.Done()
}

// tell has the open pages of a ticket find out who is there.
func (w *Workspace) tell(ctx context.Context, t *okno.Ticket) error {
	return w.announce(ctx, desk.LiveTopic, live.Hint{
		Ticket: int64(t.ID), Number: string(t.Number), Department: int64(t.Department), AgentsOnly: true, Part: live.PartPresence,
	}.Encode())
}

// Hear takes an announcement of PresenceTopic, also from another process. One
// that cannot be read is passed over: the next beat comes within seconds.
func (w *Workspace) Hear(payload string) {
	if b, err := live.DecodeBeat(payload); err == nil {
		w.presence.Merge(b, w.desk.Now())
	}
}

// Sweep forgets the agents whose pages have fallen silent. It is to be called
// every few seconds.
func (w *Workspace) Sweep(ctx context.Context) error {
	for _, id := range w.presence.Sweep(w.desk.Now()) {
		t, err := w.desk.TicketOf(ctx, okno.TicketID(id))
		if err != nil {
			return err
		}
		if err := w.tell(ctx, &t); err != nil {
			return err
		}
	}
	return nil
}

// others are the other agents who have the ticket open.
func (w *Workspace) others(q *web.Request, t okno.TicketID) []live.Viewer {
	return slices.DeleteFunc(w.presence.On(int64(t), q.Now), func(v live.Viewer) bool { return v.Person == int64(q.Actor.Person) })
}
