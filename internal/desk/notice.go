package desk

import (
	"context"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/mail"
)

// Notice is a fact with all that a letter about it may need. It is the
// system's: whoever writes the letter decides what its reader may know.
type Notice struct {
	Event      okno.Event
	Ticket     okno.Ticket // zero: not about a ticket
	Other      okno.Ticket // that went into Ticket or was split off from it, or the other way round; zero: the fact is about no merge
	Settings   okno.Settings
	Zone       *time.Location
	Status     okno.Status
	Department okno.Department
	Topic      okno.Topic
	Team       okno.Team                     // whose work it is; zero: no team's
	Mailbox    okno.Mailbox                  // letters leave from it; zero: there is none
	Sending    okno.Sending                  // how its letters leave; no secret is in it
	Texts      map[string]locale.Texts       // the installation's own words, by language
	Message    okno.Message                  // whose text is told; zero: none
	First      okno.Message                  // what the ticket was opened with
	People     map[okno.PersonID]okno.Person // by id: requester, participants, assignee, actor, author, Data.Person
	Agents     []okno.Person                 // of the department
	Keepers    []okno.PersonID               // those of Agents who manage people; only of a letter that came back
	Thread     []string                      // Message-IDs for References
	Confirmed  map[okno.PersonID]bool        // whose first address has been shown to be his
	Call       okno.Call                     // of Data.Call; zero: none
	Login      string                        // of Data.Person's account, or Addressee's; "": none, or the fact is about a ticket
	Company    okno.Company                  // the fact is about; zero: about none
	Troubled   MailboxState                  // the fact is about; zero: about none
	Provider   okno.Provider                 // that it is connected with; zero: it is not
	LastLetter time.Time                     // that came to it; zero: none
	Returned   okno.Letter                   // by which somebody was to come in; zero: none
	Admins     []okno.PersonID               // who are to hear of it
	Password   string                        // issued by the fact; "": none, or its letter is queued
	// Addressee has the address that was asked about, who need not be known:
	// his ID is 0 then. Zero: the fact is about no address, or it was forgotten.
	Addressee okno.Person
}

// Notice reads a fact for whoever tells of it.
func (d *Desk) Notice(ctx context.Context, event okno.EventID) (*Notice, error) {
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	n := &Notice{Texts: c.texts, Settings: c.settings, Zone: c.zone}
	var late lateNotice
	err = d.readAlong(ctx, func(tx store.Tx) (err error) {
		late = lateNotice{}
		if n.Event, err = tx.Event(event); err != nil {
			return err
		}
		wanted := map[okno.PersonID]bool{n.Event.Actor: true, n.Event.Data.Person: true}
		if n.Event.Ticket != 0 {
			if err := d.noticeTicket(tx, c, n, wanted, &late); err != nil {
				return err
			}
		}
		if n.Event.Data.Person != 0 && n.Event.Ticket == 0 {
			a, err := tx.AccountOf(n.Event.Data.Person)
			if err != nil && okno.ReasonOf(err) != okno.NotFound {
				return err
			}
			n.Login = a.Login
		}
		if err := noticeAddressee(tx, n); err != nil {
			return err
		}
		if err := d.noticeContact(tx, n); err != nil {
			return err
		}
		if err := noticeMailbox(tx, c, n, wanted); err != nil {
			return err
		}
		if err := noticeEntry(tx, n, wanted); err != nil {
			return err
		}
		if n.Mailbox.ID == 0 {
			if m := c.mailbox(0, 0); m != nil {
				n.Mailbox = m.Mailbox
			}
		}
		n.Sending = c.wording(n.Mailbox.ID)
		late.people = askPeople(tx, wanted)
		return nil
	})
	if err != nil {
		return n, err
	}
	return n, late.into(n)
}

// lateNotice is what of a Notice is answered with the end of its reading.
type lateNotice struct {
	agents    *db.Asked[okno.Person] // nil: no ticket's
	addresses map[okno.PersonID]*db.Asked[okno.Address]
	people    *db.Asked[okno.Person] // nil: nobody is wanted
}

func (late *lateNotice) into(n *Notice) (err error) {
	if late.agents != nil {
		if n.Agents, err = late.agents.All(); err != nil {
			return err
		}
		n.Confirmed = map[okno.PersonID]bool{}
	}
	for p, asked := range late.addresses {
		addresses, err := asked.All()
		if err != nil {
			return err
		}
		n.Confirmed[p] = len(addresses) > 0 && !addresses[0].Confirmed.IsZero()
	}
	n.People, err = peopleByID(late.people)
	return err
}

// noticeAddressee finds the address that a fact is about and who has it.
func noticeAddressee(tx store.Tx, n *Notice) error {
	var address, lang string
	switch n.Event.Kind {
	case okno.RegistrationAsked:
		r, err := tx.Registration(n.Event.Subject)
		if err != nil {
			return unlessNotFound(err)
		}
		address, lang = r.Address, r.Lang
	case okno.AddressAsked, okno.AddressChanged:
		c, err := tx.AddressChange(n.Event.Subject)
		if err != nil {
			return unlessNotFound(err)
		}
		p, err := tx.Person(c.Person)
		if err != nil {
			return err
		}
		address, lang = c.Address, p.Lang
		if n.Event.Kind == okno.AddressChanged {
			address = c.Former
		}
	default:
		return nil
	}
	p, err := tx.PersonByAddress(mail.Fold(address))
	if err != nil && okno.ReasonOf(err) != okno.NotFound {
		return err
	}
	n.Addressee = okno.Person{ID: p.ID, Address: address, Lang: p.Lang, Disabled: p.Disabled}
	if p.Lang == "" {
		n.Addressee.Lang = lang
	}
	if n.Event.Kind != okno.RegistrationAsked || p.ID == 0 {
		return nil
	}
	a, err := tx.AccountOf(p.ID)
	n.Login = a.Login
	return unlessNotFound(err)
}

// unlessNotFound is err, but for what is simply not there.
func unlessNotFound(err error) error {
	if okno.ReasonOf(err) == okno.NotFound {
		return nil
	}
	return err
}

func (d *Desk) noticeTicket(tx store.Tx, c *catalogue, n *Notice, wanted map[okno.PersonID]bool, late *lateNotice) (err error) {
	message := n.Event.Data.Message
	var first *db.Asked[okno.Message]
	if n.Event.Kind == okno.TicketOpened {
		first = tx.AskMessage(message)
	} else {
		first = tx.AskFirstMessage(n.Event.Ticket)
	}
	thread, files := tx.AskThreadOf(n.Event.Ticket, 10), tx.AskFilesOf(message)
	if n.Ticket, err = tx.TicketByID(okno.System().Sees(), n.Event.Ticket); err != nil {
		return err
	}
	t := &n.Ticket
	n.Status, n.Department, n.Topic = c.status(t.Status), c.department(t.Department), c.topic(t.Topic)
	n.Team = c.team(t.Team)
	if m := c.mailbox(t.Mailbox, t.Department); m != nil {
		n.Mailbox = m.Mailbox
	}
	if n.Thread, err = thread.All(); err != nil {
		return err
	}
	if n.First, err = store.FirstOf(first); err != nil {
		return err
	}
	if n.First.ID != message {
		files = tx.AskFilesOf(n.First.ID)
	}
	if n.First.Files, err = files.All(); err != nil {
		return err
	}
	if message != 0 {
		if n.Message = n.First; n.First.ID != message {
			n.Message, err = tx.Message(message)
		}
		if err != nil {
			return err
		}
		wanted[n.Message.Author] = true
	}
	if n.Event.Data.Call != 0 {
		if n.Call, err = tx.CallByID(n.Event.Data.Call); err != nil {
			return err
		}
		wanted[n.Call.Asker] = true
	}
	for _, other := range mergedIn(n.Event) {
		if n.Other, err = tx.TicketByID(okno.System().Sees(), other); err != nil {
			return err
		}
		wanted[n.Other.Requester], wanted[n.Other.Assignee] = true, true
	}
	late.agents = tx.AskAgentsIn(t.Department)
	if n.Event.Kind == okno.LetterReturned {
		agents, err := late.agents.All()
		if err != nil {
			return err
		}
		if n.Keepers, err = keepers(tx, agents); err != nil {
			return err
		}
	}
	wanted[t.Requester], wanted[t.Assignee] = true, true
	late.addresses = map[okno.PersonID]*db.Asked[okno.Address]{}
	for _, p := range append([]okno.PersonID{t.Requester}, t.Participants...) {
		wanted[p] = true
		late.addresses[p] = tx.AskAddressesOf(p)
	}
	return nil
}

// keepers are the agents who manage people.
func keepers(tx store.Tx, agents []okno.Person) ([]okno.PersonID, error) {
	var ids []okno.PersonID
	for _, p := range agents {
		grants, err := tx.GrantsOf(p.ID)
		if err != nil {
			return nil, err
		}
		if (okno.Actor{Door: okno.DoorAdmin, Person: p.ID, Grants: grants}).MayManage(okno.ManagePeople) {
			ids = append(ids, p.ID)
		}
	}
	return ids, nil
}

// AccessNotice opens the pair of an AccessJob; okno.ErrNotFound: it is wrong,
// and nobody learns so. The Notice has no event.
func (d *Desk) AccessNotice(ctx context.Context, j AccessJob) (*Notice, okno.Person, error) {
	plain, err := d.letters.Open(j.Sealed, AccessJobKind)
	if err != nil {
		return nil, okno.Person{}, err
	}
	address, number, _ := strings.Cut(string(plain), "\n")
	c, err := d.config(ctx)
	if err != nil {
		return nil, okno.Person{}, err
	}
	n := &Notice{Texts: c.texts, Settings: c.settings, Zone: c.zone}
	var p okno.Person
	var late lateNotice
	err = d.read(ctx, func(tx store.Tx) (err error) {
		late = lateNotice{}
		if p, err = tx.PersonByAddress(address); err != nil {
			return err
		}
		t, err := tx.Ticket(okno.System().Sees(), okno.Number(number))
		if err != nil {
			return err
		}
		if !t.TakesPart(p.ID) {
			return okno.ErrNotFound
		}
		n.Event.Ticket = t.ID
		wanted := map[okno.PersonID]bool{p.ID: true}
		if err := d.noticeTicket(tx, c, n, wanted, &late); err != nil {
			return err
		}
		n.Sending = c.wording(n.Mailbox.ID)
		late.people = askPeople(tx, wanted)
		p.Address = address
		return nil
	})
	if err != nil {
		return n, p, err
	}
	return n, p, late.into(n)
}

// LettersTo counts letters of a kind to an address since a moment, up to
// limit: what unproven addresses may be sent is bounded.
func (d *Desk) LettersTo(ctx context.Context, address string, kind okno.LetterKind, since time.Time, limit int) (n int, err error) {
	err = d.readOneAlong(ctx, func(tx store.Tx) (err error) {
		n, err = tx.LettersTo(mail.Fold(address), []okno.LetterKind{kind}, since, limit)
		return err
	})
	return n, err
}

// FileBytes are an attachment's bytes, for the letter that carries it.
func (d *Desk) FileBytes(ctx context.Context, f okno.File) ([]byte, error) {
	return d.readBlob(ctx, f.Hash)
}
