package store

import (
	"fmt"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Bulk is rows put many at once, for an installation that is filled to be
// tried or measured. Ids are the caller's; Continue lets the database go on
// behind them. Nothing is recorded, counted or indexed but what stands here.
type Bulk struct {
	People      []okno.Person
	Addresses   []okno.Address
	Accounts    []Account
	Companies   []okno.Company
	Memberships []okno.Membership
	Joined      time.Time // of the memberships
	Tickets     []okno.Ticket
	Messages    []okno.Message // with their Files
	Events      []okno.Event
	Seen        []Seen
	Counts      []Count
	Given       map[okno.PersonID]time.Time
}

func columns(table string, names ...string) db.Table {
	t := db.Table{Name: table}
	for _, n := range names {
		c := db.Column{Name: n}
		if n == "id" {
			c.Kind, t.Key = db.Int, []string{n}
		}
		t.Columns = append(t.Columns, c)
	}
	return t
}

// The columns that Bulk fills.
var (
	bulkPerson     = columns("person", "id", "ref", "name", "phone", "lang", "agent", "created")
	bulkAddress    = columns("address", "id", "person", "address", "folded", "confirmed", "created")
	bulkAccount    = columns("account", "person", "login", "folded", "password", "must_change", "expires", "changed")
	bulkCompany    = columns("company", "id", "ref", "number", "name", "sees_all", "created")
	bulkMembership = columns("membership", "person", "company", "administrator", "ref", "name", "joined")
	bulkTicket     = columns("ticket", "id", "number", "subject", "status", "kind", "department", "assignee", "team", "topic", "requester", "company",
		"channel", "lang", "opened", "updated", "closed", "hold_until", "hold_wakes", "lastword", "lastby", "guid", "closes", "version")
	bulkParticipant = columns("participant", "ticket", "person")
	bulkMessage     = columns("message", "id", "ref", "ticket", "kind", "side", "author", "channel", "claim", "body", "at")
	bulkFile        = columns("file", "id", "ref", "message", "name", "type", "size", "hash", "created")
	bulkEvent       = columns("event", "id", "kind", "v", "audience", "ticket", "version", "actor", "via", "data", "at")
	bulkSeen        = columns("seen", "person", "ticket", "message", "at")
	bulkCounter     = columns("counter", "department", "kind", "assignee", "n")
)

// AddBulk keeps it all.
func (tx Tx) AddBulk(b *Bulk) error {
	for _, part := range []struct {
		table db.Table
		rows  [][]any
	}{
		{bulkPerson, rowsOf(b.People, func(p okno.Person) []any {
			return []any{int64(p.ID), string(p.Ref), p.Name, p.Phone, p.Lang, truth(p.Agent), micro(p.Created)}
		})},
		{bulkAddress, rowsOf(b.Addresses, func(a okno.Address) []any {
			return []any{int64(a.ID), int64(a.Person), a.Address, a.Folded, micro(a.Confirmed), micro(a.Confirmed)}
		})},
		{bulkAccount, rowsOf(b.Accounts, func(a Account) []any {
			return []any{int64(a.Person), a.Login, a.Folded, a.Password, truth(a.MustChange), micro(a.Expires), micro(a.Changed)}
		})},
		{bulkCompany, rowsOf(b.Companies, func(c okno.Company) []any {
			return []any{int64(c.ID), string(c.Ref), c.Number, c.Name, truth(c.SeesAll), micro(c.Created)}
		})},
		{bulkMembership, rowsOf(b.Memberships, func(m okno.Membership) []any {
			return []any{int64(m.Person), int64(m.Company), truth(m.Administrator), fmt.Sprint("bulk", m.Person, "-", m.Company), "", micro(b.Joined)}
		})},
		{bulkTicket, rowsOf(b.Tickets, ticketRow)},
		{bulkParticipant, participantRows(b.Tickets)},
		{bulkMessage, rowsOf(b.Messages, func(m okno.Message) []any {
			return []any{int64(m.ID), string(m.Ref), int64(m.Ticket), string(m.Kind), string(m.Side), int64(m.Author), string(m.Channel), string(m.Claim), m.Text, micro(m.At)}
		})},
		{bulkFile, fileRows(b.Messages)},
		{bulkEvent, rowsOf(b.Events, func(e okno.Event) []any {
			return []any{int64(e.ID), string(e.Kind), int64(e.V), string(e.Audience), int64(e.Ticket), e.Version, int64(e.Actor), string(e.Via), toJSON(e.Data), micro(e.At)}
		})},
		{bulkSeen, rowsOf(b.Seen, func(s Seen) []any {
			return []any{int64(s.Person), int64(s.Ticket), int64(s.Message), micro(s.At)}
		})},
		{bulkCounter, rowsOf(b.Counts, func(c Count) []any {
			return []any{int64(c.Department), string(c.Kind), int64(c.Assignee), c.N}
		})},
	} {
		if len(part.rows) == 0 {
			continue
		}
		if err := tx.Insert(part.table, part.rows); err != nil {
			return err
		}
	}
	for p, at := range b.Given {
		if err := tx.give(p, at); err != nil {
			return err
		}
	}
	return nil
}

func rowsOf[T any](all []T, row func(T) []any) [][]any {
	rows := make([][]any, len(all))
	for i, x := range all {
		rows[i] = row(x)
	}
	return rows
}

func ticketRow(t okno.Ticket) []any {
	return []any{int64(t.ID), string(t.Number), t.Subject, int64(t.Status), string(t.Kind), int64(t.Department), int64(t.Assignee), int64(t.Team), int64(t.Topic),
		int64(t.Requester), int64(t.Company), string(t.Channel), t.Lang, micro(t.Opened), micro(t.Updated), micro(t.Closed), micro(t.Hold.Until), truth(t.Hold.WakeOnAnswer),
		t.LastWord, string(t.LastBy), t.ThreadGUID, micro(t.Closing.At), t.Version}
}

func participantRows(ts []okno.Ticket) (rows [][]any) {
	for _, t := range ts {
		for _, p := range t.Participants {
			rows = append(rows, []any{int64(t.ID), int64(p)})
		}
	}
	return rows
}

func fileRows(ms []okno.Message) (rows [][]any) {
	for _, m := range ms {
		for _, f := range m.Files {
			rows = append(rows, []any{int64(f.ID), string(f.Ref), int64(m.ID), f.Name, f.Type, f.Size, f.Hash, micro(m.At)})
		}
	}
	return rows
}

// AnyTicket reports whether there is a ticket.
func (tx Tx) AnyTicket() (bool, error) { return tx.exists(`SELECT 1 FROM ticket LIMIT 1`) }

// LastIDs are the highest ids given so far.
type LastIDs struct {
	Person, Address, Company, Ticket, Message, File, Event int64
}

// LastIDs reads them.
func (tx Tx) LastIDs() (l LastIDs, err error) {
	for table, to := range map[string]*int64{
		"person": &l.Person, "address": &l.Address, "company": &l.Company, "ticket": &l.Ticket, "message": &l.Message, "file": &l.File, "event": &l.Event,
	} {
		if *to, err = db.First(tx.Tx, scanOne[int64], `SELECT COALESCE(MAX(id), 0) FROM `+table); err != nil {
			return l, err
		}
	}
	return l, nil
}

// BulkTables are those whose ids Bulk gives.
func BulkTables() []db.Table {
	return []db.Table{bulkPerson, bulkAddress, bulkCompany, bulkTicket, bulkMessage, bulkFile, bulkEvent}
}

// BulkIndexed are the tables where Bulk's tickets stand, and the index of their words.
func BulkIndexed() []db.Table {
	return []db.Table{bulkTicket, bulkParticipant, bulkMessage, bulkFile, bulkEvent, bulkSeen, {Name: TicketWords.Name}}
}
