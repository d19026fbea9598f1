package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/safehtml"
	"github.com/oknodesk/okno/internal/secret"
)

// Words is a message or a note as it is written.
type Words struct {
	Key        string // submission key
	Text, HTML string // HTML is made safe here
	Uploads    []okno.Ref
	Channel    okno.Channel
	Letter     *LetterWords // nil: no letter

	// Then is the kind of status the agent chose with his answer ("send and
	// wait", "send and done"); empty: as it is.
	Then okno.StatusKind
	// Version is of the ticket the agent saw; with it an answer over another
	// agent's is refused. 0: not asked.
	Version int64
	// Participants are addresses added to those who take part (CC).
	Participants []string
	// Hold: an agent's answer waits for as long as it can be taken back
	// (Settings.UndoSeconds), or until At.
	Hold bool
	At   time.Time // zero: at once

	held   *okno.HeldAnswer // it becomes a message now; nil: it was not held
	unsure bool             // an agent's, they say
}

// Written is what a message led to.
type Written struct {
	Number  okno.Number // of the ticket it joined; another one than asked when the old was closed too long ago
	Message okno.MessageID
	Ref     okno.Ref
	Again   bool
	Held    bool // it is not given yet: Ref is the held answer's
}

// AddMessage adds a public message to a ticket: the requester's, a
// participant's, or an agent's answer. A customer's message moves a waiting,
// done or lately closed ticket back to open; to one closed too long ago it
// opens a new ticket linked to the old.
func (d *Desk) AddMessage(ctx context.Context, by okno.Actor, number okno.Number, w Words) (Written, error) {
	return d.writeWords(ctx, by, number, w, okno.Public, okno.WriteMessage)
}

// AddNote adds an internal note that only agents will ever see.
func (d *Desk) AddNote(ctx context.Context, by okno.Actor, number okno.Number, w Words) (Written, error) {
	if by.Side() == okno.SideCustomer {
		return Written{}, okno.ErrNotFound
	}
	return d.writeWords(ctx, by, number, w, okno.Note, okno.WriteNote)
}

// AddUnsureNote keeps as a note what a letter says that an agent of the ticket's
// department wrote, though nothing proves it: nobody but agents sees it until
// one of them publishes it. From anyone else it is okno.ErrNotFound.
func (d *Desk) AddUnsureNote(ctx context.Context, by okno.Actor, number okno.Number, w Words) (Written, error) {
	if by.Door != okno.DoorMail {
		return Written{}, okno.ErrNotFound
	}
	w.unsure = true
	return d.writeWords(ctx, by, number, w, okno.Note, okno.WriteMessage)
}

func (d *Desk) writeWords(ctx context.Context, by okno.Actor, number okno.Number, w Words, kind okno.MessageKind, act okno.Action) (Written, error) {
	w.Text = strings.TrimSpace(w.Text)
	if w.Letter == nil {
		if err := okno.CheckText("text", w.Text, len(w.Uploads)); err != nil {
			return Written{}, okno.Errors{err.(*okno.Error)}
		}
	}
	c, err := d.config(ctx)
	if err != nil {
		return Written{}, err
	}
	if w.HTML != "" {
		w.HTML = safeHTML(w.HTML, w.Letter)
	}
	late, err := d.tooLate(ctx, by, number, kind)
	if err != nil {
		return Written{}, err
	}
	if late != nil {
		return d.continueIn(ctx, by, late, w)
	}
	if w.Hold && kind == okno.Public && by.Side() == okno.SideAgent && (c.settings.UndoSeconds > 0 || !w.At.IsZero()) {
		return d.hold(ctx, c, by, number, w)
	}
	ref := okno.Ref(secret.NewRef())
	var done Written
	ahead := func(tx store.Tx) { tx.Reserve(db.IDs("message"), db.IDs("event")) }
	err = d.onceForeseeing(ctx, w.Key, ahead, func(tx store.Tx) (string, error) {
		err := d.changeIn(tx, by, act, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
			return d.addWords(tx, c, by, t, w, kind, ref, &done)
		})
		return string(number) + " " + string(ref), err
	}, func(result string) error {
		n, r, _ := strings.Cut(result, " ")
		done = Written{Number: okno.Number(n), Ref: okno.Ref(r), Again: true}
		return nil
	})
	return done, err
}

// tooLate is the ticket when a customer's message comes so long after closing
// that it opens a new one; nil: it is not too late.
func (d *Desk) tooLate(ctx context.Context, by okno.Actor, number okno.Number, kind okno.MessageKind) (*okno.Ticket, error) {
	if kind != okno.Public || by.Side() != okno.SideCustomer {
		return nil, nil
	}
	var late *okno.Ticket
	err := d.read(ctx, func(tx store.Tx) error {
		t, err := tx.Ticket(by.Sees(), number)
		if err == nil && !t.TakesMessages(d.Now()) {
			late = &t
		}
		return err
	})
	return late, err
}

// continueIn opens a new ticket that continues a closed one.
func (d *Desk) continueIn(ctx context.Context, by okno.Actor, old *okno.Ticket, w Words) (Written, error) {
	if !by.May(okno.WriteMessage, old) {
		return Written{}, okno.ErrForbidden
	}
	o := Opening{
		Key: w.Key, Requester: by.For(old), Channel: w.Channel, Subject: old.Subject, Text: w.Text, HTML: w.HTML,
		Uploads: w.Uploads, Lang: old.Lang, Letter: w.Letter, Continues: old,
	}
	opened, err := d.OpenTicket(ctx, by, o)
	return Written{Number: opened.Number, Message: opened.Message, Again: opened.Again}, err
}

// addWords keeps the message and decides what follows for the ticket.
func (d *Desk) addWords(tx store.Tx, c *catalogue, by okno.Actor, t *okno.Ticket, w Words, kind okno.MessageKind, ref okno.Ref, done *Written) ([]okno.Event, error) {
	if err := fresh(tx, by, t, w.Version); err != nil {
		return nil, err
	}
	m := okno.Message{
		Ref: ref, Ticket: t.ID, Kind: kind, Side: by.Side(), Author: by.For(t), Channel: w.Channel, Claim: claimOf(by, t),
		Text: w.Text, HTML: w.HTML, At: d.Now(),
	}
	if w.Letter != nil {
		m.Machine = w.Letter.Machine
	}
	if w.unsure {
		if err := worksIn(tx, by.Person, t.Department); okno.ReasonOf(err) != "" {
			return nil, okno.ErrNotFound
		} else if err != nil {
			return nil, err
		}
		m.Side = okno.SideAgent
	}
	m.Apart = kind == okno.Public && by.Door == okno.DoorMail && !by.Agent() && by.StandingIn(t) == okno.AsStranger
	if w.Letter != nil && w.Letter.Earlier {
		if err := standEarlier(tx, &m, w.Letter.Date); err != nil {
			return nil, err
		}
	}
	files, err := d.addMessage(tx, by, &m, w.Uploads, w.Letter, nil)
	if err == nil && w.held != nil {
		files, err = tx.GiveHeldFiles(w.held.ID, m.ID)
	}
	if err != nil {
		return nil, err
	}
	*done = Written{Number: t.Number, Message: m.ID, Ref: ref}
	fact := okno.MessageAdded
	if kind == okno.Note {
		fact = okno.NoteAdded
	}
	facts := []okno.Event{okno.NewEvent(fact, okno.EventData{
		Message: m.ID, Side: m.Side, Channel: m.Channel, Claim: m.Claim, Machine: m.Machine, Apart: m.Apart, Files: files,
	})}
	if m.Visible(okno.SideCustomer) && (w.Letter == nil || !w.Letter.Earlier) {
		t.LastWord, t.LastBy = safehtml.Preview(m.Text, 160), m.Side
	}
	if by.Side() == okno.SideAgent && w.held == nil {
		if err := tx.SaveDraft(by.Person, t.ID, kind, "", m.At); err != nil {
			return nil, err
		}
	}
	if (by.Side() == okno.SideAgent || by.Door == okno.DoorPortal) && w.held == nil {
		if _, err := d.sawUpTo(tx, by, t, m.ID); err != nil {
			return nil, err
		}
	}
	people, err := d.joinPeople(tx, by, t, w)
	if err != nil {
		return nil, err
	}
	facts = append(facts, people...)
	d.heard(c, t, &m)
	moved, err := d.movedByWords(c, by, t, w, m)
	return append(facts, moved...), err
}

// earliest is how long before a ticket's first message a letter may stand that
// was overtaken by its answer.
const earliest = 30 * 24 * time.Hour

// standEarlier puts a message before the ticket's first, when its letter was
// written if that can be believed.
func standEarlier(tx store.Tx, m *okno.Message, written time.Time) error {
	first, err := tx.FirstMessage(m.Ticket)
	if err != nil {
		return err
	}
	m.At = first.At.Add(-time.Millisecond)
	if written.Before(m.At) && first.At.Sub(written) < earliest {
		m.At = written.UTC().Truncate(time.Microsecond)
	}
	return nil
}

// movedByWords is what a message does to the status.
func (d *Desk) movedByWords(c *catalogue, by okno.Actor, t *okno.Ticket, w Words, m okno.Message) ([]okno.Event, error) {
	switch {
	case m.Machine || m.Apart || m.Kind == okno.Note && w.Then == "", w.Letter != nil && w.Letter.Earlier:
		return nil, nil
	case by.Side() == okno.SideAgent:
		then := w.Then
		if then == "" && t.Kind == okno.StatusNew {
			then = okno.StatusOpen // the first public answer
		}
		if then == "" || then == t.Kind {
			return nil, nil
		}
		return d.move(c, by, t, then, "answered")
	case t.WokenBy(m.Side) && (by.Door != okno.DoorMail || by.Claim == okno.Proven):
		return d.move(c, by, t, okno.StatusOpen, "customer")
	}
	return nil, nil
}

// move changes the status by the table and says so as a fact.
func (d *Desk) move(c *catalogue, by okno.Actor, t *okno.Ticket, to okno.StatusKind, reason string) ([]okno.Event, error) {
	from := t.Kind
	if err := t.Move(c.statusOf(to), by.Mover(), d.Now()); err != nil {
		return nil, err
	}
	if from == t.Kind {
		return nil, nil
	}
	d.announce(c, t)
	return []okno.Event{okno.NewEvent(okno.StatusChanged, okno.EventData{From: string(from), To: string(t.Kind), Reason: reason, Side: by.Side()})}, nil
}

// fresh refuses a change over a version the person did not see, and says what
// has changed since. Whoever changed it himself in between has seen it.
func fresh(tx store.Tx, by okno.Actor, t *okno.Ticket, seen int64) error {
	if seen == 0 || seen >= t.Version {
		return nil
	}
	changed, err := tx.EventsSince(t.ID, by.Sees().Side(), seen)
	if err != nil {
		return err
	}
	changed = newsOf(changed)
	if !slices.ContainsFunc(changed, func(e okno.Event) bool { return e.Actor != by.Person }) {
		return nil
	}
	return &okno.Error{Reason: okno.Conflict, Key: "error.changed", Changed: changed}
}

// joinPeople adds the people in a letter's To and CC, or an agent's CC, to
// those who take part.
func (d *Desk) joinPeople(tx store.Tx, by okno.Actor, t *okno.Ticket, w Words) ([]okno.Event, error) {
	var facts []okno.Event
	var join []okno.PersonID
	if w.Letter != nil && by.May(okno.AddParticipants, t) {
		join = append(join, w.Letter.Participants...)
	}
	if len(w.Participants) > 0 && !by.May(okno.AddParticipants, t) {
		return nil, okno.ErrForbidden
	}
	for _, address := range w.Participants {
		address, err := checkAddress("cc", address)
		if err != nil {
			return nil, err
		}
		p, err := d.personOf(tx, "", address, "", "")
		if err != nil {
			return nil, err
		}
		join = append(join, p)
	}
	for _, p := range join {
		if t.TakesPart(p) {
			continue
		}
		if len(t.Participants) >= maxParticipants {
			return nil, okno.Refuse(okno.Invalid, "error.participants.many", "Max", maxParticipants)
		}
		t.Participants = append(t.Participants, p)
		if err := tx.AddParticipant(t.ID, p); err != nil {
			return nil, err
		}
		facts = append(facts, okno.NewEvent(okno.ParticipantAdded, okno.EventData{Person: p}))
	}
	return facts, nil
}

// maxParticipants bounds how many letters one message can make.
const maxParticipants = 50

// addMessage keeps a message with its files: the session's uploads and a
// letter's attachments. It returns how many files there are. claimed are
// Message-IDs that are the ticket's already.
func (d *Desk) addMessage(tx store.Tx, by okno.Actor, m *okno.Message, uploads []okno.Ref, l *LetterWords, claimed []string) (int, error) {
	if l != nil {
		m.Letter, m.Quoted, m.Machine = l.Kept, l.Quoted, l.Machine
	}
	if err := tx.AddMessage(m); err != nil {
		return 0, err
	}
	for _, ref := range uploads {
		taken, err := tx.TakeUpload(ref, by.Session, m.ID)
		if err != nil {
			return 0, err
		}
		if !taken {
			return 0, okno.Errors{{Reason: okno.Invalid, Key: "error.upload.gone", Field: "file"}}
		}
	}
	if l == nil {
		return len(uploads), nil
	}
	for _, f := range l.Files {
		f.Message = m.ID
		if err := tx.AddFile(&f, 0, m.At); err != nil {
			return 0, err
		}
	}
	if err := tx.AddToThreads(store.InThread{MessageID: l.MessageID, Ticket: m.Ticket, At: m.At, Claimed: slices.Contains(claimed, l.MessageID)}); err != nil {
		return 0, err
	}
	return len(uploads) + len(l.Files), nil
}

// safeHTML makes a message's HTML harmless: a letter's keeps its looks for the
// frame it is shown in, what was typed here keeps its meaning only.
func safeHTML(html string, l *LetterWords) string {
	if l == nil {
		return safehtml.Composer(html)
	}
	return safehtml.Letter(html, func(contentID string) (string, bool) {
		for _, f := range l.Files {
			if f.ContentID == contentID && contentID != "" {
				return "/files/" + string(f.Ref) + "/picture", true
			}
		}
		return "", false
	}).HTML
}
