package seed

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/index"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/safehtml"
)

// making is one ticket as it comes to be: what is said and done in turn.
type making struct {
	*filling
	b     *made
	lang  *language
	text  store.TicketText
	now   time.Time
	agent okno.Person
}

// make makes the tickets from one on, in the order they were opened.
func (f *filling) make(first, n int) *made {
	b := &made{}
	span := f.o.Now.Sub(f.began)
	for i := range n {
		at := f.began.Add(time.Duration(float64(span) * float64(first+i) / float64(f.o.Tickets)))
		m := &making{filling: f, b: b, lang: f.language(), now: at.Truncate(time.Second)}
		m.ticket(float64(first+i) / float64(f.o.Tickets))
	}
	b.known = f.vocabulary.Learn(b.words)
	b.count()
	return b
}

// count counts the batch's tickets where they stand.
func (b *made) count() {
	counts := map[store.Count]int64{}
	for _, t := range b.bulk.Tickets {
		counts[store.Count{Department: t.Department, Kind: t.Kind, Assignee: t.Assignee}]++
	}
	for c, n := range counts {
		c.N = n
		b.bulk.Counts = append(b.bulk.Counts, c)
	}
}

// later lets time pass, but not beyond now.
func (m *making) later(most time.Duration) {
	m.now = m.now.Add(time.Duration(1+m.filling.text.rand.Int64N(int64(most/time.Second))) * time.Second)
	if m.now.After(m.o.Now) {
		m.now = m.o.Now
	}
}

// ticket makes one; age is from 0, the oldest, to 1.
func (m *making) ticket(age float64) {
	w := m.filling.text
	who := m.cast.people[w.often(len(m.cast.people))]
	m.ids.Ticket++
	m.number++
	t := &m.text.Ticket
	dep := 0
	switch n := w.rand.IntN(100); {
	case n == 0:
		dep = 2
	case n < 30:
		dep = 1
	}
	*t = okno.Ticket{
		ID: okno.TicketID(m.ids.Ticket), Number: m.settings.Number(m.number), Subject: capital(w.fill(m.lang, w.one(m.lang.subjects))),
		Status: m.statuses[okno.StatusNew], Kind: okno.StatusNew, Department: m.departments[dep], Requester: who.ID, Company: who.company.ID,
		Channel: []okno.Channel{okno.ChannelMail, okno.ChannelMail, okno.ChannelWeb, okno.ChannelPhone}[w.rand.IntN(4)], Lang: m.lang.code,
		Opened: m.now, Updated: m.now, Version: 1, ThreadGUID: binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, w.rand.Uint64()), w.rand.Uint64()),
	}
	m.text.Requester, m.text.Company = who.Person, who.company.Name
	m.text.Addresses = []okno.Address{{Address: who.address}}
	if other := m.cast.people[w.rand.IntN(len(m.cast.people))]; w.rand.IntN(10) == 0 && other.ID != who.ID {
		t.Participants, m.text.Others = []okno.PersonID{other.ID}, []okno.Person{other.Person}
	}
	first := m.say(okno.Public, okno.SideCustomer, who.ID)
	m.fact(okno.NewEvent(okno.TicketOpened, okno.EventData{Message: first.ID, Channel: t.Channel, Person: who.ID, Claim: okno.Proven, Files: len(first.Files)}), who.ID, okno.DoorPortal)
	m.course(age)
	m.end()
}

// course is what becomes of the ticket: old ones are closed.
func (m *making) course(age float64) {
	w, t := m.filling.text, &m.text.Ticket
	want := okno.StatusClosed
	if age > 0.95 {
		want = []okno.StatusKind{okno.StatusNew, okno.StatusOpen, okno.StatusOpen, okno.StatusOpen, okno.StatusWaiting, okno.StatusWaiting, okno.StatusHold, okno.StatusDone, okno.StatusClosed, okno.StatusClosed}[w.rand.IntN(10)]
	}
	more := 0
	for more < 3*m.o.Messages && w.rand.IntN(m.o.Messages) != 0 {
		more++
	}
	if want == okno.StatusNew {
		return
	}
	if want != okno.StatusClosed && want != okno.StatusDone && w.rand.IntN(4) == 0 {
		more = 0
	}
	own := m.agents[slices.Index(m.departments, t.Department)]
	m.agent = own[w.rand.IntN(len(own))]
	m.later(4 * time.Hour)
	m.take()
	side := okno.SideAgent
	for range more {
		m.later(30 * time.Hour)
		if w.rand.IntN(12) == 0 {
			m.word(okno.Note, okno.SideAgent, m.agent.ID)
			continue
		}
		if side == okno.SideAgent {
			m.word(okno.Public, side, m.agent.ID)
			side = okno.SideCustomer
		} else {
			m.word(okno.Public, side, t.Requester)
			side = okno.SideAgent
		}
	}
	m.later(8 * time.Hour)
	switch want {
	case okno.StatusWaiting, okno.StatusHold, okno.StatusDone:
		m.move(want, m.agent.ID, okno.DoorWorkspace, "by_hand")
	case okno.StatusClosed:
		m.move(okno.StatusDone, m.agent.ID, okno.DoorWorkspace, "by_hand")
		m.later(60 * time.Hour)
		m.move(okno.StatusClosed, t.Requester, okno.DoorPortal, "confirmed")
	}
}

// say keeps a message.
func (m *making) say(kind okno.MessageKind, side okno.Side, author okno.PersonID) *okno.Message {
	w, t := m.filling.text, &m.text.Ticket
	m.ids.Message++
	msg := okno.Message{
		ID: okno.MessageID(m.ids.Message), Ref: m.ref(), Ticket: t.ID, Kind: kind, Side: side, Author: author, Channel: t.Channel, Claim: okno.Proven, At: m.now,
	}
	if side == okno.SideAgent {
		msg.Channel = okno.ChannelWeb
	}
	switch {
	case kind == okno.Note:
		msg.Text = w.sentences(m.lang, m.lang.notes, 1)
	case side == okno.SideAgent:
		msg.Text = strings.Join([]string{w.one(m.lang.greetings), w.sentences(m.lang, m.lang.answers, 1+w.rand.IntN(3))}, "\n\n")
	default:
		msg.Text = strings.Join([]string{w.one(m.lang.greetings), w.sentences(m.lang, m.lang.asks, 2+w.rand.IntN(4)), w.fill(m.lang, w.one(m.lang.farewells))}, "\n\n")
	}
	if w.rand.IntN(20) == 0 {
		m.ids.File++
		b := m.attached[w.rand.IntN(len(m.attached))]
		msg.Files = []okno.File{{ID: okno.FileID(m.ids.File), Ref: m.ref(), Message: msg.ID, Name: w.one(m.lang.files), Type: "application/octet-stream", Size: b.Size, Hash: b.Hash}}
	}
	if kind == okno.Public {
		t.LastWord, t.LastBy = safehtml.Preview(msg.Text, 160), side
	}
	m.text.Messages = append(m.text.Messages, msg)
	return &m.text.Messages[len(m.text.Messages)-1]
}

// word is a message after the first.
func (m *making) word(kind okno.MessageKind, side okno.Side, author okno.PersonID) {
	msg := m.say(kind, side, author)
	fact, door := okno.MessageAdded, okno.DoorPortal
	if kind == okno.Note {
		fact = okno.NoteAdded
	}
	if side == okno.SideAgent {
		door = okno.DoorWorkspace
	}
	m.change()
	m.fact(okno.NewEvent(fact, okno.EventData{Message: msg.ID, Side: side, Channel: msg.Channel, Claim: msg.Claim, Files: len(msg.Files)}), author, door)
}

// change is one more version of the ticket.
func (m *making) change() {
	m.text.Ticket.Version++
	m.text.Ticket.Updated = m.now
}

func (m *making) fact(e okno.Event, actor okno.PersonID, via okno.Door) {
	m.ids.Event++
	e.ID, e.Ticket, e.Version, e.Actor, e.Via, e.At = okno.EventID(m.ids.Event), m.text.Ticket.ID, m.text.Ticket.Version, actor, via, m.now
	e.Data.Silent = true
	m.b.bulk.Events = append(m.b.bulk.Events, e)
}

// take makes it the agent's work.
func (m *making) take() {
	t := &m.text.Ticket
	m.change()
	t.Assignee = m.agent.ID
	m.given[m.agent.ID] = m.now
	m.fact(okno.NewEvent(okno.AssigneeChanged, okno.EventData{From: "0", To: strconv.FormatInt(int64(m.agent.ID), 10), Person: m.agent.ID, Reason: "taken"}), m.agent.ID, okno.DoorWorkspace)
	m.status(okno.StatusOpen, m.agent.ID, okno.DoorWorkspace, "taken")
}

func (m *making) move(to okno.StatusKind, by okno.PersonID, via okno.Door, reason string) {
	m.change()
	m.status(to, by, via, reason)
}

func (m *making) status(to okno.StatusKind, by okno.PersonID, via okno.Door, reason string) {
	t := &m.text.Ticket
	from := t.Kind
	t.Kind, t.Status = to, m.statuses[to]
	switch to {
	case okno.StatusClosed:
		t.Closed, t.Closing = m.now, okno.Closing{}
	case okno.StatusDone:
		t.Closing.At = m.o.Now.AddDate(0, 0, 4)
	case okno.StatusHold:
		t.Hold = okno.Hold{Until: m.o.Now.AddDate(0, 0, 1+m.filling.text.rand.IntN(30)), WakeOnAnswer: true}
	}
	side := okno.SideAgent
	if via == okno.DoorPortal {
		side = okno.SideCustomer
	}
	m.fact(okno.NewEvent(okno.StatusChanged, okno.EventData{From: string(from), To: string(to), Reason: reason, Side: side}), by, via)
}

// end puts the ticket into the batch, with who has seen it and its words.
func (m *making) end() {
	t := &m.text.Ticket
	last := m.text.Messages[len(m.text.Messages)-1]
	m.b.bulk.Tickets = append(m.b.bulk.Tickets, *t)
	m.b.bulk.Messages = append(m.b.bulk.Messages, m.text.Messages...)
	for _, p := range []okno.PersonID{t.Requester, t.Assignee} {
		if p != 0 && m.filling.text.rand.IntN(10) > 0 {
			m.b.bulk.Seen = append(m.b.bulk.Seen, store.Seen{Person: p, Ticket: t.ID, Message: last.ID, At: m.now})
		}
	}
	slices.Reverse(m.text.Messages)
	m.b.words = append(m.b.words, index.Of(&m.text))
}
