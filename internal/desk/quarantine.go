package desk

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/mail"
)

// QuarantinedPage is a letter that waits for a decision, as an agent sees it.
type QuarantinedPage struct {
	okno.KeptLetter
	Mailbox string      // its address
	Number  okno.Number // of the ticket it was for, or was; "": none
	Text    string      // its beginning, plain
	Files   []string    // names of its attachments
}

// quarantineText is how much of a letter's text is shown, in characters.
const quarantineText = 4000

// Quarantine lists the letters to the actor's departments that wait for a
// decision, newest first, before one of them ("": from the newest).
func (d *Desk) Quarantine(ctx context.Context, by okno.Actor, before okno.Ref) (letters []okno.KeptLetter, more bool, err error) {
	boxes, err := d.quarantineOf(ctx, by)
	if err != nil {
		return nil, false, err
	}
	return d.keptRows(ctx, before, func(tx store.Tx, from okno.KeptLetterID, limit int) ([]store.KeptLetter, error) {
		return tx.Quarantined(boxes, from, limit)
	})
}

// QuarantineCounted is how far the letters that wait are counted.
const QuarantineCounted = 99

// QuarantineCount counts the letters that wait for the actor, up to one more
// than QuarantineCounted; whoever may not decide has none.
func (d *Desk) QuarantineCount(ctx context.Context, by okno.Actor) (n int, err error) {
	boxes, err := d.quarantineOf(ctx, by)
	if okno.ReasonOf(err) == okno.NotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	err = d.read(ctx, func(tx store.Tx) error {
		ks, err := tx.Quarantined(boxes, 0, QuarantineCounted+1)
		n = len(ks)
		return err
	})
	return n, err
}

// quarantineOf are the mailboxes of the departments whose letters the actor
// decides on; to whom there is none the quarantine does not exist.
func (d *Desk) quarantineOf(ctx context.Context, by okno.Actor) ([]okno.MailboxID, error) {
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	var boxes []okno.MailboxID
	for _, m := range c.mailboxes {
		if by.Door != okno.DoorMail && by.MayIn(okno.HandleQuarantine, m.Department) {
			boxes = append(boxes, m.ID)
		}
	}
	if len(boxes) == 0 {
		return nil, okno.ErrNotFound
	}
	return boxes, nil
}

// quarantined is a letter that waits and that the actor decides on.
func (d *Desk) quarantined(tx store.Tx, boxes []okno.MailboxID, ref okno.Ref) (store.KeptLetter, error) {
	k, err := tx.KeptLetterByRef(ref)
	if err == nil && (k.State != okno.KeptQuarantined || !slices.Contains(boxes, k.Mailbox)) {
		err = okno.ErrNotFound
	}
	return k, err
}

// QuarantinedLetter is one letter that waits.
func (d *Desk) QuarantinedLetter(ctx context.Context, by okno.Actor, ref okno.Ref) (*QuarantinedPage, error) {
	boxes, err := d.quarantineOf(ctx, by)
	if err != nil {
		return nil, err
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	p := &QuarantinedPage{}
	var k store.KeptLetter
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		if k, err = d.quarantined(tx, boxes, ref); err != nil {
			return err
		}
		if k.Packed, err = tx.PackedLetter(k.ID); err != nil || k.Ticket == 0 {
			return err
		}
		t, err := tx.TicketByID(by.Sees(), k.Ticket)
		p.Number = t.Number
		return unlessNotFound(err)
	}); err != nil {
		return nil, err
	}
	if err := d.unpack(ctx, &k); err != nil {
		return nil, err
	}
	p.KeptLetter = k.KeptLetter
	if m := c.mailbox(k.Mailbox, 0); m != nil {
		p.Mailbox = m.Address
	}
	if k.Raw != nil {
		l := mail.Read(k.Raw)
		p.Text = cut(l.Text, quarantineText)
		for _, a := range l.Attachments[:min(len(l.Attachments), okno.MaxFiles)] {
			p.Files = append(p.Files, a.Name)
		}
	}
	p.Raw = nil
	return p, nil
}

// ReleaseLetter lets a letter in that waited: its steps are taken as if it had
// just come. A ticket that was marked as spam is open again.
func (d *Desk) ReleaseLetter(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	return d.decide(ctx, by, ref, okno.LetterReleased, func(tx store.Tx, k *store.KeptLetter) error {
		if k.Cause == okno.CauseMarked {
			k.State = okno.KeptJoined
			return d.unmarkSpam(tx, by, k.Ticket)
		}
		k.State, k.Ticket, k.Released = okno.KeptNew, 0, true
		return jobs.Put(tx.Tx, d.Now(), jobs.New{Kind: IntakeJobKind, V: 1, Payload: IntakeJob{Letter: k.ID}, Key: id(k.ID) + "/released"})
	})
}

// DiscardLetter decides against a letter that waited: its bytes are forgotten,
// that it came is not.
func (d *Desk) DiscardLetter(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	return d.decide(ctx, by, ref, okno.LetterDiscarded, func(tx store.Tx, k *store.KeptLetter) error {
		k.State = okno.KeptDiscarded
		return tx.DiscardLetter(k.ID)
	})
}

func (d *Desk) decide(ctx context.Context, by okno.Actor, ref okno.Ref, fact okno.EventKind, fn func(store.Tx, *store.KeptLetter) error) error {
	boxes, err := d.quarantineOf(ctx, by)
	if err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		k, err := d.quarantined(tx, boxes, ref)
		if err != nil {
			return err
		}
		e := okno.NewEvent(fact, okno.EventData{Reason: string(k.Cause)})
		e.Subject = int64(k.ID)
		if err := fn(tx, &k); err != nil {
			return err
		}
		if err := tx.SaveVerdicts(k.KeptLetter); err != nil {
			return err
		}
		return d.record(tx, by, nil, e)
	})
}

// MarkSpam says that a ticket that came by letter is nobody's request: it is
// closed, which nobody is told, and the letter waits in quarantine.
func (d *Desk) MarkSpam(ctx context.Context, by okno.Actor, number okno.Number, version int64) error {
	if by.Door == okno.DoorMail {
		return okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	return d.change(ctx, by, okno.HandleQuarantine, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		if err := fresh(tx, by, t, version); err != nil {
			return nil, err
		}
		first, err := tx.FirstMessage(t.ID)
		if err != nil {
			return nil, err
		}
		if first.Letter == 0 {
			return nil, okno.Refuse(okno.Conflict, "error.spam.noletter")
		}
		k, err := tx.KeptLetter(first.Letter)
		if err != nil {
			return nil, err
		}
		k.State, k.Cause, k.Subject = okno.KeptQuarantined, okno.CauseMarked, t.Subject
		if p, err := tx.Person(t.Requester); err != nil {
			return nil, err
		} else if k.Writer = p.Address; k.Writer == "" {
			k.Writer = p.Name
		}
		if err := tx.SaveVerdicts(k.KeptLetter); err != nil {
			return nil, err
		}
		facts, err := d.moveSilently(c, by, t, okno.StatusClosed)
		return append(facts, okno.NewEvent(okno.MarkedSpam, okno.EventData{})), err
	})
}

func (d *Desk) unmarkSpam(tx store.Tx, by okno.Actor, ticket okno.TicketID) error {
	c := d.cached.Load()
	t, err := tx.TicketByID(by.Sees(), ticket)
	if err != nil || c == nil {
		return err
	}
	return d.changeIn(tx, by, okno.HandleQuarantine, t.Number, func(_ store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		facts, err := d.moveSilently(c, by, t, okno.StatusOpen)
		return append(facts, okno.NewEvent(okno.UnmarkedSpam, okno.EventData{})), err
	})
}

// moveSilently changes the status without anyone being told, unless it is so
// already.
func (d *Desk) moveSilently(c *catalogue, by okno.Actor, t *okno.Ticket, to okno.StatusKind) ([]okno.Event, error) {
	if t.Kind == to || !okno.MayMove(t.Kind, to, by.Mover()) {
		return nil, nil
	}
	facts, err := d.move(c, by, t, to, "spam")
	for i := range facts {
		facts[i].Data.Silent = true
	}
	return facts, err
}

// LettersInto counts the messages that came into a ticket by letter since a
// moment, up to limit.
func (d *Desk) LettersInto(ctx context.Context, t okno.TicketID, since time.Time, limit int) (n int, err error) {
	err = d.read(ctx, func(tx store.Tx) (err error) {
		n, err = tx.LettersInto(t, since, limit)
		return err
	})
	return n, err
}

// stopped tells the ticket's agents, once an hour, that its letters wait.
func (d *Desk) stopped(tx store.Tx, k okno.KeptLetter) error {
	if k.State != okno.KeptQuarantined || k.Cause != okno.CauseFlood || k.Ticket == 0 {
		return nil
	}
	first, err := d.firstOf(tx, "stopped:"+id(k.Ticket), time.Hour)
	if err != nil || !first {
		return err
	}
	t, err := tx.TicketLed(okno.System().Sees(), k.Ticket)
	if err != nil {
		return err
	}
	return d.record(tx, okno.System(), &t, okno.NewEvent(okno.LettersStopped, okno.EventData{}))
}

// firstOf reports whether this is the first time within a stretch of the clock
// that something happens, and notes it.
func (d *Desk) firstOf(tx store.Tx, what string, within time.Duration) (bool, error) {
	key := what + ":" + strconv.FormatInt(d.Now().UnixMicro()/within.Microseconds(), 10)
	before, err := tx.Submitted(key)
	if err != nil || before != "" {
		return false, err
	}
	return true, tx.Submit(key, "told", d.Now())
}

// discardWaited decides against letters that nobody decided on in time.
func (d *Desk) discardWaited(tx store.Tx, s okno.Settings) error {
	_, err := tx.DiscardQuarantined(d.Now().AddDate(0, 0, -s.Limits.InForce().Quarantine))
	return err
}
