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

// digestShown is how many tickets a digest names; the rest it counts.
const digestShown = 50

// listed parts from those who are told of a new ticket the agents who had so
// many letters of new ones that this one is listed to them with others. A
// thousand letters tell nobody more than one, and hold up those to customers.
func (w *Notifier) listed(ctx context.Context, n *desk.Notice, told []recipient) (each []recipient, listed []desk.Listing, err error) {
	var agents []okno.Person
	var within time.Duration
	for _, r := range told {
		if r.letter == okno.LetterOpened && r.joinWithin(n) > 0 {
			agents, within = append(agents, r.person), r.joinWithin(n)
		}
	}
	if len(agents) == 0 {
		return told, nil, nil
	}
	flooded, err := w.desk.Flooded(ctx, agents, within)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range agents {
		if flooded[p.ID] {
			listed = append(listed, desk.Listing{Person: p.ID, Event: n.Event.ID, After: within})
		}
	}
	return slices.DeleteFunc(told, func(r recipient) bool { return flooded[r.person.ID] }), listed, nil
}

// tellDigest lists to an agent the new tickets that have waited for it, as far as
// he is still to be told of them; a lone one is told by itself.
func (w *Notifier) tellDigest(ctx context.Context, about desk.JoinJob, j jobs.Job) error {
	facts, err := w.desk.JoinedFacts(ctx, about, desk.DigestMost)
	if err != nil {
		return err
	}
	s, err := w.desk.Settings(ctx)
	if err != nil {
		return err
	}
	var next time.Duration
	if len(facts) < desk.DigestMost {
		next = time.Duration(s.JoinMinutes) * time.Minute
	}
	var parts []draft
	looked := 0
	for _, fact := range facts {
		if len(parts) == digestShown {
			break
		}
		looked++
		part, told, err := w.part(ctx, about.Person, fact, len(facts) == 1)
		if err != nil {
			return err
		}
		if told {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return w.desk.TellJoined(ctx, about, nil, facts, next, j)
	}
	d := parts[len(parts)-1]
	if len(facts) > 1 {
		n := *d.n
		n.Ticket, n.Message = okno.Ticket{}, okno.Message{}
		d = draft{n: &n, recipient: d.recipient, parts: parts, more: len(facts) - looked}
		d.letter, d.origin = okno.LetterDigest, fmt.Sprintf("digest:%d:%d", n.Event.ID, about.Person)
	} else if d.thread, err = w.threadOf(ctx, d.n, []recipient{d.recipient}); err != nil {
		return err
	}
	o, err := w.write(ctx, d)
	if err != nil {
		return err
	}
	return w.desk.TellJoined(ctx, about, []desk.Outgoing{o}, facts, next, j)
}

// digest names each new ticket, the oldest first.
func (d *draft) digest() []block {
	blocks := []block{say(d.words.T("letter.digest.text"))}
	for _, part := range d.parts {
		t := &part.n.Ticket
		after := " " + t.Subject
		if name := part.n.People[t.Requester].Short(); name != "" {
			after += " · " + name
		}
		blocks = append(blocks, paragraph{link: "#" + string(t.Number), after: after, href: d.links.workspace(string(t.Number))})
	}
	if d.more > 0 {
		blocks = append(blocks, say(d.words.N("letter.digest.more", d.more)))
	}
	blocks = append(blocks, buttons{{label: d.words.T("letter.digest.open"), href: d.links.queue()}}, divider{}, quiet(d.words.T("letter.digest.reply")))
	return append(append(blocks, d.switches()...), d.house())
}
