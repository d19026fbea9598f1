package desk

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// TicketPage is a ticket as one asker may see it: everything in it is already
// cut down to what he may know.
type TicketPage struct {
	Ticket     okno.Ticket
	Status     okno.Status
	Department okno.Department
	Topic      okno.Topic // zero: none
	Team       okno.Team  // whose work it is, without its members; zero: no team's
	Company    okno.Company
	Messages   []okno.Message // the latest, oldest first
	Earlier    okno.MessageID // 0: Messages begin at the first; else ask for those before it
	Events     []okno.Event   // of the time of Messages
	People     map[okno.PersonID]okno.Person
	Teams      map[okno.TeamID]okno.Team // that the page names
	Calls      []okno.Call               // the latest first
	By         okno.Actor
	Seen       okno.MessageID // up to where the asker had seen it; 0: never
	// Remote is what the asker wants of the messages' pictures of other hosts; one
	// that is missing is okno.RemoteNone.
	Remote map[okno.MessageID]okno.RemoteChoice

	// For agents only.
	Letters map[okno.MessageID][]okno.Letter // how each message left, newest first
	Other   []okno.Ticket                    // the requester's, latest first: store.Tx.OtherTickets
	// Addresses are the requester's, the one that he is written to first.
	Addresses []okno.Address
	Agents    []okno.Person // who may be made the assignee
	Tags      []okno.Tag
	TagNames  map[okno.TagID]string // of those that Events name
	Drafts    map[okno.MessageKind]okno.Draft
	Held      []okno.HeldAnswer // not given yet, the next one first; agents only
	// Mornings begin the next working days: when an answer may be sent later.
	Mornings []time.Time
	// TeamChoices are the teams that it can be given to.
	TeamChoices []okno.Team
	Parent      okno.Number                   // the ticket it continues; "": none
	Merges      []okno.Merge                  // the tickets that lead here
	Numbers     map[okno.TicketID]okno.Number // of tickets that Messages and Events name
	Sights      []Sight                       // of those who take part
}

// May reports whether the asker may do this here.
func (p *TicketPage) May(act okno.Action) bool { return p.By.May(act, &p.Ticket) }

// Moves lists the kinds of status the asker may move the ticket to.
func (p *TicketPage) Moves() []okno.StatusKind {
	return okno.MovesFrom(p.Ticket.Kind, p.By.Mover())
}

// Person is someone on the page; the zero Person: nobody, or the system.
func (p *TicketPage) Person(id okno.PersonID) okno.Person { return p.People[id] }

// SeesTicket reports whether a number is that of a ticket that the actor sees.
func (d *Desk) SeesTicket(ctx context.Context, by okno.Actor, number okno.Number) (bool, error) {
	err := d.see(ctx, by, number, func(store.Tx, *okno.Ticket) error { return nil })
	if okno.ReasonOf(err) == okno.NotFound {
		return false, nil
	}
	return err == nil, err
}

// pageMessages is how many messages a page shows at first.
const pageMessages = 100

// Ticket is a ticket's page as the actor sees it, with the latest messages
// before one (0: the last).
func (d *Desk) Ticket(ctx context.Context, by okno.Actor, number okno.Number, before okno.MessageID) (*TicketPage, error) {
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	p := &TicketPage{By: by}
	err = d.see(ctx, by, number, func(tx store.Tx, t *okno.Ticket) error {
		p.Ticket = *t
		p.Status, p.Department, p.Topic = c.status(t.Status), c.department(t.Department), c.topic(t.Topic)
		side := by.Sees().Side()
		if err := d.readBesideMessages(tx, c, p, side, before); err != nil {
			return err
		}
		if err := d.readHistory(tx, p, side); err != nil {
			return err
		}
		nameTeams(c, p, side)
		if side == okno.SideAgent {
			nameTags(c, p)
			_, work := c.calendars.of(t.Department)
			p.Mornings = mornings(work, d.Now())
		}
		return tx.Together(
			func(tx store.Tx) error { return readNumbers(tx, p) },
			func(tx store.Tx) error { return d.readPeople(tx, p, side) },
		)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// readBesideMessages reads the messages and what of the page hangs on none of
// them.
func (d *Desk) readBesideMessages(tx store.Tx, c *catalogue, p *TicketPage, side okno.Side, before okno.MessageID) error {
	parts := []func(store.Tx) error{
		func(tx store.Tx) (err error) {
			p.Messages, err = tx.BareMessages(p.Ticket.ID, side, before, pageMessages+1)
			return err
		},
		func(tx store.Tx) (err error) {
			p.Merges, err = tx.MergesOf(p.Ticket.ID)
			return err
		},
		func(tx store.Tx) error { return d.readCalls(tx, p, side) },
		func(tx store.Tx) error { return d.readSeen(tx, p, side) },
		func(tx store.Tx) error { return readCompany(tx, p) },
	}
	if side == okno.SideAgent {
		parts = append(parts, d.forAgent(c, p)...)
	}
	return tx.Together(parts...)
}

// forAgent are the parts of the page that agents alone see.
func (d *Desk) forAgent(c *catalogue, p *TicketPage) []func(store.Tx) error {
	scope := p.By.Sees()
	return []func(store.Tx) error{
		func(tx store.Tx) (err error) {
			p.Addresses, err = tx.AddressesOf(p.Ticket.Requester)
			return err
		},
		func(tx store.Tx) (err error) {
			p.Other, err = tx.OtherTickets(scope, p.Ticket.Requester, p.Ticket.ID, 10)
			return err
		},
		func(tx store.Tx) (err error) {
			p.Agents, err = tx.AgentsIn(p.Ticket.Department)
			return err
		},
		func(tx store.Tx) (err error) {
			p.Held, err = tx.HeldOf(p.Ticket.ID, okno.MaxHeld)
			return err
		},
		func(tx store.Tx) (err error) {
			p.Drafts, err = tx.Drafts(p.By.Person, p.Ticket.ID)
			return err
		},
		func(tx store.Tx) error {
			tags, err := tx.TagsOf([]okno.TicketID{p.Ticket.ID})
			p.Tags = c.tagsOf(tags[p.Ticket.ID])
			return err
		},
		func(tx store.Tx) error {
			if p.Ticket.Parent == 0 {
				return nil
			}
			parent, err := tx.TicketByID(scope, p.Ticket.Parent)
			p.Parent = parent.Number
			return unlessNotFound(err)
		},
	}
}

// readHistory reads what hangs on the messages and on the tickets that went into
// this one: for agents the history of all of them, for customers this one's.
func (d *Desk) readHistory(tx store.Tx, p *TicketPage, side okno.Side) error {
	from := time.Time{}
	if len(p.Messages) > pageMessages {
		p.Messages = p.Messages[1:]
		p.Earlier, from = p.Messages[0].ID, p.Messages[0].At
	}
	histories := p.tickets()
	if side != okno.SideAgent {
		histories = histories[:1]
	}
	return tx.Together(func(tx store.Tx) error {
		return tx.Attach(p.Messages)
	}, func(tx store.Tx) (err error) {
		p.Remote, err = remoteChoices(tx, p.By.For(&p.Ticket), side, p.Messages)
		return err
	}, func(tx store.Tx) (err error) {
		p.Events, err = tx.EventsOf(histories, side, from, 500)
		return err
	}, func(tx store.Tx) error {
		if side != okno.SideAgent {
			return nil
		}
		return readLetters(tx, p)
	})
}

func readLetters(tx store.Tx, p *TicketPage) error {
	letters, err := tx.LettersOfTickets(p.tickets(), 500)
	p.Letters = map[okno.MessageID][]okno.Letter{}
	for _, l := range letters {
		if l.Message != 0 && l.Kind != okno.LetterCustomer && l.Kind != okno.LetterJoined && l.Kind != okno.LetterOpened && l.Kind != okno.LetterCameBack && l.Kind != okno.LetterStopped {
			p.Letters[l.Message] = append(p.Letters[l.Message], l.Letter)
		}
	}
	return err
}

func readCompany(tx store.Tx, p *TicketPage) error {
	if p.Ticket.Company == 0 {
		return nil
	}
	cs, err := tx.Companies([]okno.CompanyID{p.Ticket.Company})
	if len(cs) == 1 {
		p.Company = cs[0]
	}
	return err
}

// readPeople finds everyone the page names. A customer learns others' names
// and nothing else about them.
func (d *Desk) readPeople(tx store.Tx, p *TicketPage, side okno.Side) error {
	wanted := map[okno.PersonID]bool{p.Ticket.Requester: true, p.Ticket.Assignee: true}
	for _, q := range p.Ticket.Participants {
		wanted[q] = true
	}
	for _, m := range p.Messages {
		wanted[m.Author] = true
	}
	for _, h := range p.Held {
		wanted[h.Author] = true
	}
	for _, c := range p.Calls {
		wanted[c.Asker], wanted[c.Taker] = true, true
	}
	for _, e := range p.Events {
		wanted[e.Actor], wanted[e.Data.Person] = true, true
	}
	var err error
	if p.People, err = peopleOf(tx, wanted); err != nil {
		return err
	}
	if side != okno.SideAgent {
		self := p.By.For(&p.Ticket)
		for id, person := range p.People {
			if id != self {
				p.People[id] = okno.Person{ID: id, Name: nameForCustomer(person), Agent: person.Agent, Erased: person.Erased}
			}
		}
	}
	return nil
}

// nameForCustomer is what another customer may call a person: never the
// address.
func nameForCustomer(p okno.Person) string { return p.Name }

func peopleOf(tx store.Tx, wanted map[okno.PersonID]bool) (map[okno.PersonID]okno.Person, error) {
	return peopleByID(askPeople(tx, wanted))
}

// askPeople is peopleOf for later; nil: nobody is wanted.
func askPeople(tx store.Tx, wanted map[okno.PersonID]bool) *db.Asked[okno.Person] {
	delete(wanted, 0)
	if len(wanted) == 0 {
		return nil
	}
	return tx.AskPeople(slices.Collect(maps.Keys(wanted)))
}

func peopleByID(asked *db.Asked[okno.Person]) (map[okno.PersonID]okno.Person, error) {
	if asked == nil {
		return map[okno.PersonID]okno.Person{}, nil
	}
	people, err := asked.All()
	if err != nil {
		return nil, err
	}
	byID := make(map[okno.PersonID]okno.Person, len(people))
	for _, p := range people {
		byID[p.ID] = p
	}
	return byID, nil
}
