package desk

import (
	"context"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// UnreadCounted is how far a ticket's new messages are counted.
const UnreadCounted = 99

// Sight is how far somebody who takes part has seen a ticket on its page; that
// his letter was opened says nothing.
type Sight struct {
	Person  okno.PersonID
	Message okno.MessageID // the last one he has seen
	At      time.Time
}

// MarkSeen records that the asker has a ticket before him, up to a message
// ("": the latest). Agents who look at the ticket learn that their answer was
// seen.
func (d *Desk) MarkSeen(ctx context.Context, by okno.Actor, number okno.Number, upTo okno.Ref) error {
	return d.write(ctx, func(tx store.Tx) error {
		t, err := visible(tx, by, number)
		if err != nil {
			return err
		}
		side := by.Sees().Side()
		var last okno.MessageID
		if upTo == "" {
			last, err = tx.LatestMessage(t.ID, side)
		} else {
			var m okno.Message
			if m, err = tx.MessageByRef(upTo); err == nil && (m.Ticket != t.ID || !m.Visible(side)) {
				err = okno.ErrNotFound
			}
			last = m.ID
		}
		if err != nil {
			return err
		}
		news, err := d.sawUpTo(tx, by, &t, last)
		if err == nil && news && side == okno.SideCustomer {
			tx.Announce(LiveTopic, hint(&t, partOf(okno.MessageAdded), true).Encode())
		}
		if err != nil {
			return err
		}
		return d.sawNotices(tx, by, t.ID)
	})
}

// sawUpTo records it within a transaction, and reports whether there was
// anything new to him.
func (d *Desk) sawUpTo(tx store.Tx, by okno.Actor, t *okno.Ticket, last okno.MessageID) (news bool, err error) {
	person := by.For(t)
	if person == 0 || last == 0 {
		return false, nil
	}
	s, err := tx.SeenOf(person, t.ID)
	if err != nil || s.Message >= last {
		return false, err
	}
	unread, err := tx.News([]store.Viewer{{Person: person, Ticket: t.ID}}, by.Sees().Side(), 1)
	if err != nil {
		return false, err
	}
	if news = unread[t.ID] > 0; news || s.At.IsZero() {
		s.At = d.Now()
	}
	s.Message = last
	return news, tx.MarkSeen(s)
}

// readSeen puts on a page how far the asker had seen the ticket, and for
// agents how far those who take part have.
func (d *Desk) readSeen(tx store.Tx, p *TicketPage, side okno.Side) error {
	return tx.Together(func(tx store.Tx) error {
		own, err := tx.SeenOf(p.By.For(&p.Ticket), p.Ticket.ID)
		p.Seen = own.Message
		return err
	}, func(tx store.Tx) error {
		if side != okno.SideAgent {
			return nil
		}
		others, err := tx.SeenBy(p.Ticket.ID, append([]okno.PersonID{p.Ticket.Requester}, p.Ticket.Participants...))
		for _, s := range others {
			if s.Person != p.By.Person {
				p.Sights = append(p.Sights, Sight{s.Person, s.Message, s.At})
			}
		}
		return err
	})
}

// New is the first message of the page that is new to the asker since he was
// last here; nil: none is, or he was never here.
func (p *TicketPage) New() *okno.Message {
	for i := range p.Messages {
		if p.isNew(&p.Messages[i]) {
			return &p.Messages[i]
		}
	}
	return nil
}

// News counts the messages of the page that are new to the asker.
func (p *TicketPage) News() int {
	n := 0
	for i := range p.Messages {
		if p.isNew(&p.Messages[i]) {
			n++
		}
	}
	return n
}

// isNew leaves alone who was never here: all is new to him.
func (p *TicketPage) isNew(m *okno.Message) bool {
	return p.Seen != 0 && m.ID > p.Seen && m.Author != p.By.For(&p.Ticket) && m.Deleted.IsZero()
}

// SightsOf are those who saw this answer of an agent's and none after it.
func (p *TicketPage) SightsOf(m *okno.Message) []Sight {
	if !answered(m) {
		return nil
	}
	next := okno.MessageID(0)
	for i := len(p.Messages) - 1; i >= 0 && p.Messages[i].ID > m.ID; i-- {
		if answered(&p.Messages[i]) {
			next = p.Messages[i].ID
		}
	}
	var sights []Sight
	for _, s := range p.Sights {
		if s.Message >= m.ID && (next == 0 || s.Message < next) {
			sights = append(sights, s)
		}
	}
	return sights
}

func answered(m *okno.Message) bool {
	return m.Side == okno.SideAgent && m.Kind == okno.Public && m.Deleted.IsZero()
}

// unread counts what is new to the asker in each ticket of a list.
func unread(tx store.Tx, by okno.Actor, rows []Row) (map[okno.TicketID]int, error) {
	var viewers []store.Viewer
	for i := range rows {
		if p := by.For(&rows[i].Ticket); p != 0 {
			viewers = append(viewers, store.Viewer{Person: p, Ticket: rows[i].ID})
		}
	}
	return tx.News(viewers, by.Sees().Side(), UnreadCounted)
}
