package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/secret"
	"github.com/oknodesk/okno/internal/sla"
)

// GiveJobKind is the duty to give a held answer when it is due; its payload is
// a GiveJob.
const GiveJobKind = "give"

// GiveJob says which answer is to be given.
type GiveJob struct {
	Held okno.HeldID `json:"held"`
}

// How an answer is held, as its facts say it.
const (
	forAMoment = "moment"
	asPlanned  = "planned"
)

// hold keeps an answer that is not given yet. Whatever would keep it from being
// given is refused now, while its author is there.
func (d *Desk) hold(ctx context.Context, c *catalogue, by okno.Actor, number okno.Number, w Words) (Written, error) {
	h := okno.HeldAnswer{
		Ref: okno.Ref(secret.NewRef()), Author: by.Person, Session: by.Session, Text: w.Text, HTML: w.HTML, Then: w.Then, CC: w.Participants,
		Written: d.Now(), Due: d.Now().Add(time.Duration(c.settings.UndoSeconds) * time.Second), Planned: !w.At.IsZero(),
	}
	if h.Planned {
		if err := d.checkPlan(w.At); err != nil {
			return Written{}, err
		}
		h.Due = w.At
	}
	done := Written{Number: number, Ref: h.Ref, Held: true}
	err := d.once(ctx, w.Key, func(tx store.Tx) (string, error) {
		var facts []okno.Event
		err := d.changeIn(tx, by, okno.WriteMessage, number, func(tx store.Tx, t *okno.Ticket) (_ []okno.Event, err error) {
			if err := fresh(tx, by, t, w.Version); err != nil {
				return nil, err
			}
			facts, err = d.keepHeld(tx, c, by, t, &h, w.Uploads)
			return facts, err
		})
		if err != nil {
			return "", err
		}
		return string(number) + " " + string(h.Ref), tx.SetHeldFact(h.ID, facts[0].ID) // recorded by now
	}, func(result string) error {
		n, r, _ := strings.Cut(result, " ")
		done = Written{Number: okno.Number(n), Ref: okno.Ref(r), Again: true, Held: true}
		return nil
	})
	return done, err
}

// checkPlan refuses a time that is over or too far ahead.
func (d *Desk) checkPlan(at time.Time) error {
	if !at.After(d.Now()) {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.plan.past", Field: "at"}}
	}
	if at.Sub(d.Now()) > okno.MaxPlanned {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.plan.far", Field: "at"}}
	}
	return nil
}

func (d *Desk) keepHeld(tx store.Tx, c *catalogue, by okno.Actor, t *okno.Ticket, h *okno.HeldAnswer, uploads []okno.Ref) ([]okno.Event, error) {
	others, err := tx.HeldOf(t.ID, okno.MaxHeld)
	if err != nil {
		return nil, err
	}
	if len(others) >= okno.MaxHeld {
		return nil, okno.Refuse(okno.Conflict, "error.held.many", "Max", okno.MaxHeld)
	}
	if err := givable(c, by, *t, h, d.Now()); err != nil {
		return nil, err
	}
	h.Ticket = t.ID
	if h.After, err = tx.LatestMessage(t.ID, okno.SideAgent); err != nil {
		return nil, err
	}
	if err := tx.AddHeld(h); err != nil {
		return nil, err
	}
	for _, ref := range uploads {
		taken, err := tx.TakeUploadHeld(ref, by.Session, h.ID)
		if err != nil {
			return nil, err
		}
		if !taken {
			return nil, okno.Errors{{Reason: okno.Invalid, Key: "error.upload.gone", Field: "file"}}
		}
	}
	if err := tx.SaveDraft(by.Person, t.ID, okno.Public, "", h.Written); err != nil {
		return nil, err
	}
	if _, err := d.sawUpTo(tx, by, t, h.After); err != nil {
		return nil, err
	}
	return []okno.Event{okno.NewEvent(okno.AnswerHeld, okno.EventData{Held: h.ID, Files: len(uploads), Reason: howHeld(h)})}, d.putGive(tx, h)
}

// givable refuses an answer that could not be given to the ticket as it stands.
// t is a copy: nothing is moved.
func givable(c *catalogue, by okno.Actor, t okno.Ticket, h *okno.HeldAnswer, now time.Time) error {
	if len(h.CC) > 0 && !by.May(okno.AddParticipants, &t) {
		return okno.ErrForbidden
	}
	if len(h.CC) > maxParticipants {
		return okno.Refuse(okno.Invalid, "error.participants.many", "Max", maxParticipants)
	}
	for _, address := range h.CC {
		if _, err := checkAddress("cc", address); err != nil {
			return err
		}
	}
	if h.Then == "" || h.Then == t.Kind {
		return nil
	}
	return t.Move(c.statusOf(h.Then), by.Mover(), now)
}

func howHeld(h *okno.HeldAnswer) string {
	if h.Planned {
		return asPlanned
	}
	return forAMoment
}

// putGive makes the duty to give an answer at its time. Each time has a duty of
// its own: one that comes at another time than the answer's does nothing.
func (d *Desk) putGive(tx store.Tx, h *okno.HeldAnswer) error {
	return jobs.Put(tx.Tx, d.Now(), jobs.New{
		Kind: GiveJobKind, V: 1, Payload: GiveJob{Held: h.ID}, At: h.Due, Key: id(h.ID) + "/" + strconv.FormatInt(h.Due.UnixMicro(), 10),
	})
}

// GiveAnswer works off a GiveJobKind: the answer becomes a message, or it waits
// for a decision because of what has happened meanwhile.
func (d *Desk) GiveAnswer(ctx context.Context, j jobs.Job) error {
	var job GiveJob
	if err := json.Unmarshal(j.Payload, &job); err != nil || j.V != 1 {
		return jobs.Cancel(fmt.Errorf("job %s of version %d: %w", j.Kind, j.V, err))
	}
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		h, err := tx.Held(job.Held)
		if okno.ReasonOf(err) == okno.NotFound {
			return j.Done(tx.Tx) // it was taken back
		}
		if err != nil {
			return err
		}
		if h.Stopped != "" || h.Due.After(d.Now()) {
			return j.Done(tx.Tx)
		}
		if err := d.giveDue(tx, c, &h); err != nil {
			return err
		}
		return j.Done(tx.Tx)
	})
}

// giveDue gives an answer whose time has come, unless something speaks against
// it.
func (d *Desk) giveDue(tx store.Tx, c *catalogue, h *okno.HeldAnswer) error {
	t, err := tx.TicketByID(okno.System().Sees(), h.Ticket)
	if err != nil {
		return err
	}
	by := okno.Actor{Door: okno.DoorWorkspace}
	if _, err := fillActor(tx, &by, h.Author); err != nil {
		return err
	}
	why, err := d.speaksAgainst(tx, c, by, &t, h)
	if err != nil {
		return err
	}
	if why == "" {
		return d.give(tx, c, by, t.Number, h)
	}
	h.Stopped = why
	if err := tx.SaveHeld(h); err != nil {
		return err
	}
	e := okno.NewEvent(okno.AnswerStopped, okno.EventData{Held: h.ID, Person: h.Author, Reason: string(why)})
	return d.changeIn(tx, okno.System(), okno.WriteMessage, t.Number, func(store.Tx, *okno.Ticket) ([]okno.Event, error) {
		return []okno.Event{e}, nil
	})
}

// speaksAgainst is why an answer is not given now; "": nothing does. A status
// that others have set meanwhile stays as they set it and stops no answer that
// was held for a moment only.
func (d *Desk) speaksAgainst(tx store.Tx, c *catalogue, by okno.Actor, t *okno.Ticket, h *okno.HeldAnswer) (okno.StopReason, error) {
	if !by.Agent() || !by.Sees().Admits(t) || !by.May(okno.WriteMessage, t) {
		return okno.StopRights, nil
	}
	if h.Planned {
		wrote, err := tx.CustomerWroteAfter(t.ID, h.After)
		if err != nil || wrote {
			return okno.StopCustomer, err
		}
		if t.Kind == okno.StatusClosed {
			return okno.StopClosed, nil
		}
	}
	if h.Then != "" && h.Then != t.Kind && !okno.MayMove(t.Kind, h.Then, by.Mover()) {
		h.Then = ""
	}
	switch err := givable(c, by, *t, h, d.Now()); okno.ReasonOf(err) {
	case "":
		return "", err
	default:
		return okno.StopRefused, nil
	}
}

// give makes the answer a message, in its author's name. Whoever takes the
// held one away first has it.
func (d *Desk) give(tx store.Tx, c *catalogue, by okno.Actor, number okno.Number, h *okno.HeldAnswer) error {
	gone, err := tx.DropHeld(h)
	if err != nil {
		return err
	}
	if !gone {
		return errGiven
	}
	w := Words{Text: h.Text, HTML: h.HTML, Channel: okno.ChannelWeb, Then: h.Then, Participants: h.CC, held: h}
	return d.changeIn(tx, by, okno.WriteMessage, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		var done Written
		facts, err := d.addWords(tx, c, by, t, w, okno.Public, h.Ref, &done)
		for i := range facts {
			facts[i].Cause = h.Fact
		}
		return facts, err
	})
}

// newsOf leaves out of what has changed the giving of an answer that stood held
// on the page already: the fact that held it, its cause, is not among the
// changes.
func newsOf(changed []okno.Event) []okno.Event {
	return slices.DeleteFunc(slices.Clone(changed), func(e okno.Event) bool {
		return e.Cause != 0 && !slices.ContainsFunc(changed, func(x okno.Event) bool { return x.ID == e.Cause })
	})
}

// mornings are when the next working day begins and, if it is another one, the
// first of the week after.
func mornings(work *sla.Calendar, now time.Time) []time.Time {
	local := now.In(work.Zone())
	midnight := func(days int) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+days, 0, 0, 0, 0, work.Zone())
	}
	toMonday := 8 - int(local.Weekday())
	if local.Weekday() == time.Sunday {
		toMonday = 1
	}
	var all []time.Time
	for _, from := range []time.Time{midnight(1), midnight(toMonday)} {
		open := work.Add(from, time.Minute)
		if open.IsZero() {
			continue
		}
		if open = open.Add(-time.Minute); !slices.Contains(all, open) {
			all = append(all, open)
		}
	}
	return all
}
