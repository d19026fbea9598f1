package desk

import (
	"context"
	"slices"
	"strconv"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/safehtml"
)

// Merging is how one ticket goes into another, as its agent decided with the
// MergeView before him.
type Merging struct {
	Into okno.Number
	// Version and IntoVersion are of the tickets that the agent saw.
	Version, IntoVersion int64
	// Shown: the agent confirms that people read what they could not before
	// (MergeView.Confirms).
	Shown bool
}

// MergeView is what merging two tickets would do, for the agent who decides.
type MergeView struct {
	From, Into okno.Ticket
	// Refused is why they cannot be merged; nil: they can.
	Refused error
	// Joining take part in Into from then on, and read all of it; they do not
	// now.
	Joining []okno.Person
	// Reading take part in Into, and will read what stands in From; they cannot
	// now.
	Reading []okno.Person
	// Company is the one whose administrators will read what stands in From;
	// zero: none will.
	Company          okno.Company
	Requester, Other okno.Person        // of From, of Into
	Departments      [2]okno.Department // of From, of Into
	Held             int                // answers to From that are not given yet and will wait for a decision
	Tags             []okno.Tag         // of From, that Into will have too
	Then             okno.StatusKind    // how Into will stand
}

// Confirms reports whether somebody would read what he cannot read now: the
// agent must say that it is meant.
func (v *MergeView) Confirms() bool { return len(v.Joining)+len(v.Reading) > 0 || v.Company.ID != 0 }

// merging are the two tickets and what merging them comes to.
type merging struct {
	from, into *okno.Ticket
	joining    []okno.PersonID
	reading    []okno.PersonID
	company    okno.CompanyID
	tags       []okno.TagID // of from, that into has not
}

// mergeOf says what merging would do, or refuses. Another company's ticket is
// never merged: its administrators would lose it, or read another's.
func mergeOf(tx store.Tx, c *catalogue, from, into *okno.Ticket) (m merging, err error) {
	m = merging{from: from, into: into}
	switch {
	case from.ID == into.ID:
		return m, okno.Errors{{Reason: okno.Conflict, Key: "error.merge.same", Field: "into"}}
	case from.Company != 0 && from.Company != into.Company:
		return m, okno.Errors{{Reason: okno.Conflict, Key: "error.merge.company", Field: "into"}}
	}
	if from.Company != into.Company {
		m.company = into.Company
	}
	for _, p := range append([]okno.PersonID{from.Requester}, from.Participants...) {
		if !into.TakesPart(p) {
			m.joining = append(m.joining, p)
		}
	}
	for _, p := range append([]okno.PersonID{into.Requester}, into.Participants...) {
		if !from.TakesPart(p) {
			m.reading = append(m.reading, p)
		}
	}
	for _, ids := range []*[]okno.PersonID{&m.joining, &m.reading} { // who was erased reads nothing
		people, err := tx.People(*ids)
		if err != nil {
			return m, err
		}
		*ids = slices.DeleteFunc(*ids, func(p okno.PersonID) bool {
			return slices.ContainsFunc(people, func(q okno.Person) bool { return q.ID == p && !q.Erased.IsZero() })
		})
	}
	if len(into.Participants)+len(m.joining) > maxParticipants {
		return m, okno.Refuse(okno.Invalid, "error.participants.many", "Max", maxParticipants)
	}
	if m.tags, err = tagsToCarry(tx, c, from.ID, into.ID); err != nil {
		return m, err
	}
	open, err := tx.OpenCalls([]okno.TicketID{from.ID, into.ID})
	if err == nil && len(open) > 1 {
		err = okno.Errors{{Reason: okno.Conflict, Key: "error.merge.calls", Field: "into"}}
	}
	return m, err
}

// tagsToCarry are the tags of a ticket that another lacks.
func tagsToCarry(tx store.Tx, c *catalogue, from, into okno.TicketID) (carried []okno.TagID, err error) {
	on, err := tx.TagsOf([]okno.TicketID{from, into})
	if err != nil {
		return nil, err
	}
	there := on[into]
	for _, tag := range on[from] {
		if !slices.ContainsFunc(there, func(id okno.TagID) bool { return c.tag(id).ID == c.tag(tag).ID }) {
			there, carried = append(there, tag), append(carried, tag)
		}
	}
	if len(carried) > 0 && len(there) > okno.MaxTicketTags {
		return nil, okno.Errors{{Reason: okno.Conflict, Key: "error.merge.tags", Args: []any{"Max", okno.MaxTicketTags}, Field: "into"}}
	}
	return carried, nil
}

// then is how the other ticket stands afterwards: as if what is unanswered in
// the first had been written there.
func (m *merging) then() okno.StatusKind {
	from, into := m.from.Kind, m.into.Kind
	switch {
	case !from.Alive():
		return into
	case into == okno.StatusClosed, into == okno.StatusNew && from != okno.StatusNew:
		return okno.StatusOpen
	case from == okno.StatusNew || from == okno.StatusOpen:
		if into == okno.StatusWaiting || into == okno.StatusHold || into == okno.StatusDone {
			return okno.StatusOpen
		}
	}
	return into
}

// MergeView is what merging a ticket into another would do. The other is one
// that the agent may merge too; else it is okno.ErrNotFound.
func (d *Desk) MergeView(ctx context.Context, by okno.Actor, number, into okno.Number) (v *MergeView, err error) {
	if by.Door == okno.DoorMail {
		return nil, okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	v = &MergeView{}
	err = d.see(ctx, by, number, func(tx store.Tx, t *okno.Ticket) error {
		*v = MergeView{From: *t}
		if !by.May(okno.MergeTicket, t) {
			return okno.ErrForbidden
		}
		if v.Into, err = visible(tx, by, into); err != nil {
			return err
		}
		if !by.May(okno.MergeTicket, &v.Into) {
			return okno.ErrForbidden
		}
		v.Departments = [2]okno.Department{c.department(t.Department), c.department(v.Into.Department)}
		m, err := mergeOf(tx, c, t, &v.Into)
		if okno.ReasonOf(err) != "" {
			v.Refused = err
		} else if err != nil {
			return err
		}
		v.Then, v.Tags = m.then(), c.tagsOf(m.tags)
		return v.read(tx, &m)
	})
	return v, err
}

// read names those whom it concerns.
func (v *MergeView) read(tx store.Tx, m *merging) (err error) {
	if v.Joining, err = tx.People(m.joining); err != nil {
		return err
	}
	if v.Reading, err = tx.People(m.reading); err != nil {
		return err
	}
	if v.Requester, err = tx.Person(m.from.Requester); err != nil {
		return err
	}
	if v.Other, err = tx.Person(m.into.Requester); err != nil {
		return err
	}
	if m.company != 0 {
		if v.Company, err = tx.Company(m.company); err != nil {
			return err
		}
	}
	held, err := tx.HeldOf(m.from.ID, okno.MaxHeld)
	v.Held = len(held)
	return err
}

// Merge puts a ticket into another: what was said in it stands there from now
// on, in the order of time, its people take part there, and its number leads
// there. It keeps its history and is closed. Undone by SplitOff.
func (d *Desk) Merge(ctx context.Context, by okno.Actor, number okno.Number, how Merging) error {
	if by.Door == okno.DoorMail {
		return okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	return d.change(ctx, by, okno.MergeTicket, how.Into, func(tx store.Tx, into *okno.Ticket) ([]okno.Event, error) {
		if err := fresh(tx, by, into, how.IntoVersion); err != nil {
			return nil, err
		}
		var facts []okno.Event
		var from okno.Ticket
		err := d.changeIn(tx, by, okno.MergeTicket, number, func(tx store.Tx, t *okno.Ticket) (_ []okno.Event, err error) {
			if err := fresh(tx, by, t, how.Version); err != nil {
				return nil, err
			}
			from = *t
			facts, err = d.merge(tx, c, by, t, into, how)
			return []okno.Event{okno.NewEvent(okno.TicketMerged, okno.EventData{To: id(into.ID), Reason: string(from.Kind)})}, err
		})
		return facts, err
	})
}

func (d *Desk) merge(tx store.Tx, c *catalogue, by okno.Actor, from, into *okno.Ticket, how Merging) ([]okno.Event, error) {
	m, err := mergeOf(tx, c, from, into)
	if err != nil {
		return nil, err
	}
	if !how.Shown && (len(m.joining)+len(m.reading) > 0 || m.company != 0) {
		return nil, okno.Errors{{Reason: okno.Invalid, Key: "error.merge.confirm", Field: "shown"}}
	}
	then := m.then()
	kept := okno.Merge{Ticket: from.ID, Into: into.ID, Was: from.Kind, At: d.Now(), Joined: m.joining, Tags: m.tags}
	if err := tx.AddMerge(kept); err != nil {
		return nil, err
	}
	if from.Kind != okno.StatusClosed {
		if err := from.Move(c.statusOf(okno.StatusClosed), okno.ByAgent, d.Now()); err != nil {
			return nil, err
		}
	}
	facts := []okno.Event{okno.NewEvent(okno.TicketJoined, okno.EventData{From: id(from.ID)})}
	for _, tag := range m.tags {
		facts = append(facts, okno.NewEvent(okno.TagAdded, okno.EventData{To: id(tag)}))
	}
	for _, p := range m.joining {
		into.Participants = append(into.Participants, p)
		if err := tx.AddParticipant(into.ID, p); err != nil {
			return nil, err
		}
	}
	if err := lastWord(tx, into); err != nil {
		return nil, err
	}
	if then != into.Kind {
		moved, err := d.move(c, by, into, then, "merged")
		if err != nil {
			return nil, err
		}
		facts = append(facts, moved...)
	}
	return facts, d.hearAnew(tx, from.ID)
}

// lastWord reads anew what was said last.
func lastWord(tx store.Tx, t *okno.Ticket) error {
	last, err := tx.LastWord(t.ID)
	if err == nil && last.ID != 0 {
		t.LastWord, t.LastBy = safehtml.Preview(last.Text, 160), last.Side
	}
	return err
}

// hearAnew has the open pages of those who came by a link to a ticket find out
// of which they hear.
func (d *Desk) hearAnew(tx store.Tx, t okno.TicketID) error {
	sessions, err := tx.SessionsGranted(t, d.Now())
	for _, s := range sessions {
		tx.Announce(LiveTopic, sessionEnded(s))
	}
	return err
}

const mergedKey = "error.merged"

// wentInto refuses an agent's command on a number that leads to another ticket:
// he had the one that went into it before him. Customers and letters mean their
// request, wherever it is.
func wentInto(by okno.Actor, number okno.Number, t *okno.Ticket) error {
	if t.Number == number || !by.Agent() || by.Door == okno.DoorMail {
		return nil
	}
	return okno.Refuse(okno.Conflict, mergedKey, "Number", string(number), "Into", string(t.Number))
}

// tickets are this one and those that lead here.
func (p *TicketPage) tickets() []okno.TicketID {
	all := []okno.TicketID{p.Ticket.ID}
	for _, m := range p.Merges {
		all = append(all, m.Ticket)
	}
	return all
}

// readNumbers puts on a page the numbers of the tickets that it names.
func readNumbers(tx store.Tx, p *TicketPage) (err error) {
	named := map[okno.TicketID]bool{}
	for _, m := range p.Merges {
		named[m.Ticket] = true
	}
	for _, e := range p.Events {
		for _, t := range mergedIn(e) {
			named[t] = true
		}
	}
	if len(named) == 0 {
		return nil
	}
	named[p.Ticket.ID] = true
	ids := make([]okno.TicketID, 0, len(named))
	for t := range named {
		ids = append(ids, t)
	}
	p.Numbers, err = tx.Numbers(ids)
	return err
}

// mergedIn are the tickets that a fact about merging names.
func mergedIn(e okno.Event) []okno.TicketID {
	named := e.Data.From
	switch e.Kind {
	case okno.TicketMerged:
		named = e.Data.To
	case okno.TicketSplit, okno.TicketJoined, okno.TicketLeft:
	default:
		return nil
	}
	n, err := strconv.ParseInt(named, 10, 64)
	if err != nil {
		return nil
	}
	return []okno.TicketID{okno.TicketID(n)}
}
