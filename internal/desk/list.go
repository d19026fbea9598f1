package desk

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// Row is a ticket in a list.
type Row struct {
	okno.Ticket
	Status     okno.Status
	Department okno.Department
	Requester  okno.Person
	Assignee   okno.Person // zero: no agent
	Team       okno.Team   // zero: no team
	Company    okno.Company
	Unread     int // messages that are new to the asker, counted up to UnreadCounted
	Call       CallMark
	Excerpt    *Excerpt // nil: no words were looked for
}

// List is one page of a list of tickets, latest change first.
type List struct {
	Rows []Row
	Next string // where the next page begins; "": this was the last
	// Partial: only so many of the tickets that have the words were looked at;
	// Next goes on behind them.
	Partial bool
	// Misread are the filters whose value means nothing; then nothing is found.
	Misread []string
}

// countTeams is how far the tickets of an agent's teams are counted.
const countTeams = 1000

// pageRows is how many tickets a page of a list holds.
const pageRows = 50

// alive are the kinds of status in which somebody owes the ticket something.
var alive = slices.DeleteFunc(slices.Clone(okno.StatusKinds), func(k okno.StatusKind) bool { return !k.Alive() })

// listing is the question a built-in view asks.
func listing(view okno.ViewKind, by okno.Actor, teams []okno.TeamID) store.Listing {
	l := store.Listing{Kinds: alive, Limit: pageRows + 1}
	switch view {
	case okno.ViewMine:
		l.Assignee = by.Person
	case okno.ViewTeam:
		l.Teams = teams
	case okno.ViewUnassigned:
		l.Nobodys = true
	case okno.ViewWaiting:
		l.Kinds = []okno.StatusKind{okno.StatusWaiting}
	case okno.ViewHold:
		l.Kinds = []okno.StatusKind{okno.StatusHold}
	case okno.ViewDone:
		l.Kinds = []okno.StatusKind{okno.StatusDone}
	case okno.ViewClosed:
		l.Kinds = []okno.StatusKind{okno.StatusClosed}
	}
	return l
}

// View is one page of a built-in view of the agent's tickets, from a place
// ("": from the top).
func (d *Desk) View(ctx context.Context, by okno.Actor, view okno.ViewKind, from string) (*List, error) {
	if !by.Agent() || !slices.Contains(okno.Views, view) {
		return nil, okno.ErrNotFound
	}
	if view == okno.ViewCalls {
		return d.callView(ctx, by, from)
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	l := listing(view, by, c.teamsFor(by))
	if view == okno.ViewTeam && len(l.Teams) == 0 {
		return &List{}, nil
	}
	l.After = place(from)
	return d.list(ctx, by, func(tx store.Tx) ([]okno.Ticket, error) { return tx.List(by.Sees(), l) })
}

func (d *Desk) list(ctx context.Context, by okno.Actor, read func(store.Tx) ([]okno.Ticket, error)) (*List, error) {
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	list := &List{}
	err = d.read(ctx, func(tx store.Tx) error {
		ts, err := read(tx)
		if err != nil {
			return err
		}
		if len(ts) > pageRows {
			ts = ts[:pageRows]
			list.Next = placeText(store.After(ts[pageRows-1]))
		}
		list.Rows, err = d.rows(tx, c, by, ts)
		return err
	})
	return list, err
}

// rows joins to each ticket what a list says of it.
func (d *Desk) rows(tx store.Tx, c *catalogue, by okno.Actor, ts []okno.Ticket) ([]Row, error) {
	wanted := map[okno.PersonID]bool{}
	var companyIDs []okno.CompanyID
	for _, t := range ts {
		wanted[t.Requester], wanted[t.Assignee] = true, true
		if t.Company != 0 && !slices.Contains(companyIDs, t.Company) {
			companyIDs = append(companyIDs, t.Company)
		}
	}
	people, err := peopleOf(tx, wanted)
	if err != nil {
		return nil, err
	}
	companies, err := tx.Companies(companyIDs)
	if err != nil {
		return nil, err
	}
	fresh, err := unread(tx, by, ts)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(ts))
	for i, t := range ts {
		rows[i] = Row{
			Ticket: t, Status: c.status(t.Status), Department: c.department(t.Department),
			Requester: people[t.Requester], Assignee: people[t.Assignee], Team: c.team(t.Team),
			Unread: fresh[t.ID],
		}
		for _, company := range companies {
			if company.ID == t.Company {
				rows[i].Company = company
			}
		}
	}
	return rows, markCalls(tx, rows)
}

// Counts are how many tickets each built-in view of the agent holds. Who is in
// no team has no ViewTeam.
func (d *Desk) Counts(ctx context.Context, by okno.Actor) (map[okno.ViewKind]int64, error) {
	if !by.Agent() {
		return nil, okno.ErrNotFound
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	teams := c.teamsFor(by)
	var counts []store.Count
	var calls, teamwork int64
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		if counts, err = tx.Counts(); err != nil {
			return err
		}
		if teamwork, err = tx.CountTeams(teams, alive, countTeams); err != nil {
			return err
		}
		calls, err = tx.CountCalls(by.Sees(), countCalls)
		return err
	}); err != nil {
		return nil, err
	}
	scope := by.Sees()
	n := map[okno.ViewKind]int64{okno.ViewCalls: calls}
	if len(teams) > 0 {
		n[okno.ViewTeam] = teamwork
	}
	for _, c := range counts {
		if !scope.Everything() && !slices.Contains(scope.Departments(), c.Department) {
			continue
		}
		for _, view := range okno.Views {
			l := listing(view, by, nil)
			if view != okno.ViewCalls && view != okno.ViewTeam && slices.Contains(l.Kinds, c.Kind) && (l.Assignee == 0 || c.Assignee == l.Assignee) && (!l.Nobodys || c.Assignee == 0) {
				n[view] += c.N
			}
		}
	}
	return n, nil
}

// FoldCounters joins the appended changes of the counters once there are many;
// an idle desk writes nothing.
func (d *Desk) FoldCounters(ctx context.Context) error {
	many := false
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		many, err = tx.CountersUnfolded()
		return err
	}); err != nil || !many {
		return err
	}
	return d.write(ctx, store.Tx.FoldCounters)
}

// countersTold is how many wrong counters the log tells of.
const countersTold = 20

// CheckCounters compares the counters with the tickets. What differs is put
// right and logged: somebody has changed rows by hand, or the program is wrong.
func (d *Desk) CheckCounters(ctx context.Context) error {
	var wrong []string
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		wrong, err = tx.WrongCounters(countersTold)
		return err
	}); err != nil || len(wrong) == 0 {
		return err
	}
	d.log.Error("counters of tickets were wrong; they are put right", "counters", wrong)
	return d.write(ctx, store.Tx.MendCounters)
}

// place reads where a page begins; what is no place is the top.
func place(s string) store.Place {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != 16 {
		return store.Place{}
	}
	return store.Place{Updated: int64(binary.BigEndian.Uint64(b)), ID: okno.TicketID(binary.BigEndian.Uint64(b[8:]))}
}

func placeText(p store.Place) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], uint64(p.Updated))
	binary.BigEndian.PutUint64(b[8:], uint64(p.ID))
	return base64.RawURLEncoding.EncodeToString(b[:])
}
