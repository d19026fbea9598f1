package notify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// joinWithin is the time within which a letter is joined to others about its
// ticket; 0: it goes by itself. Customers' letters always do, and a call must
// not wait.
func (r recipient) joinWithin(n *desk.Notice) time.Duration {
	kind := r.notice(n)
	if !r.agent || kind == "" || kind.Matter() == okno.MatterAsked || n.Ticket.ID == 0 || !r.person.Switches.Joins() {
		return 0
	}
	return time.Duration(n.Settings.JoinMinutes) * time.Minute
}

// tellTogether tells an agent in one letter what of a ticket has waited for it, as far
// as he is still to be told.
func (w *Notifier) tellTogether(ctx context.Context, j jobs.Job) error {
	var about desk.JoinJob
	if err := payload(j, &about); err != nil {
		return err
	}
	if about.Ticket == 0 {
		return w.tellDigest(ctx, about, j)
	}
	facts, err := w.desk.JoinedFacts(ctx, about, desk.JoinedMost)
	if err != nil {
		return err
	}
	var parts []draft
	for _, fact := range facts {
		part, told, err := w.part(ctx, about.Person, fact, true)
		if err != nil {
			return err
		}
		if told {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return w.desk.TellJoined(ctx, about, nil, facts, 0, j)
	}
	d := parts[len(parts)-1]
	if d.thread, err = w.threadOf(ctx, d.n, []recipient{d.recipient}); err != nil {
		return err
	}
	if len(parts) > 1 {
		d.letter, d.parts = okno.LetterJoined, parts
		d.origin = fmt.Sprintf("joined:%d:%d", d.n.Event.ID, about.Person)
	}
	o, err := w.write(ctx, d)
	if err != nil {
		return err
	}
	if len(parts) > 1 { // it is no single message's letter
		o.Message, o.Told = 0, 0
	}
	return w.desk.TellJoined(ctx, about, []desk.Outgoing{o}, facts, 0, j)
}

// part is what a fact tells a person as an agent, with its files or without;
// false: nothing, any more.
func (w *Notifier) part(ctx context.Context, p okno.PersonID, fact okno.EventID, files bool) (draft, bool, error) {
	n, err := w.desk.Notice(ctx, fact)
	if err != nil {
		return draft{}, false, err
	}
	told, _ := byLetter(n, recipients(n))
	told = slices.DeleteFunc(told, func(r recipient) bool { return r.person.ID != p || !r.agent })
	if told, err = w.reachable(ctx, n, told); err != nil || len(told) == 0 {
		return draft{}, false, err
	}
	d := draft{n: n, recipient: told[0], origin: fmt.Sprintf("event:%d:%s:%d", n.Event.ID, told[0].letter, p)}
	if files {
		d.files, err = w.enclose(ctx, n, told)
	}
	return d, true, err
}

// joined is what each of the facts tells, the oldest first, under when it was.
func (d *draft) joined() []block {
	blocks := []block{strong(d.words.N("letter.joined.text", len(d.parts), "Number", d.number()))}
	for _, part := range d.parts {
		part.words, part.date, part.links = d.words, d.date, d.links
		blocks = append(blocks, divider{}, quiet(d.words.Full(part.n.Event.At)))
		blocks = append(blocks, part.toAgent()...)
	}
	return blocks
}
