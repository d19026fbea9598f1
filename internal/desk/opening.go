package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/safehtml"
	"github.com/oknodesk/okno/internal/secret"
)

// Opening is a request as it comes in by form, by letter or by phone.
type Opening struct {
	// Key is the submission key: the same key again leads to the first ticket.
	Key string

	// Who asks, where the actor is nobody known or an agent who files for a
	// caller. An Address that is known already makes its person the requester
	// and changes nothing about him.
	Name, Address, Phone string
	Requester            okno.PersonID // known already (letters); else 0

	Channel    okno.Channel
	Topic      okno.Ref // "": none chosen
	Department okno.Ref // "": the topic's, the mailbox's, else the first; agents choose
	Company    okno.Ref // for which the requester asks; "": his only one, if he has one
	Assignee   okno.Ref // whom a customer chose of those offered to him (OfferedAssignees); "": nobody
	Mine       bool     // the agent who files it takes it himself: nobody is appointed
	Subject    string
	Text, HTML string     // HTML is made safe here
	Uploads    []okno.Ref // of the actor's session
	Lang       string     // of the page or the letter

	Letter *LetterWords // nil: no letter
	// Continues is the closed ticket whose department, topic and company it
	// keeps; nil: none.
	Continues *okno.Ticket
}

// LetterWords is what a letter brings to a ticket beside its words.
type LetterWords struct {
	Kept         okno.KeptLetterID
	Mailbox      okno.MailboxID
	MessageID    string
	Files        []okno.File // bytes already durable
	Participants []okno.PersonID
	Quoted       string
	Machine      bool
	Date         time.Time
	// Claims are the Message-IDs that a new ticket takes for its own: the
	// letter's and those of letters it answers, which may be still to come. That
	// another ticket took one meanwhile is ErrThreadTaken.
	Claims []string
	// Earlier: the ticket holds an answer to this letter already, which was
	// faster; the message stands before it, as its Date says.
	Earlier bool
}

// ErrThreadTaken says that a letter of the same thread has opened a ticket at
// this moment: the thread is to be looked for once more.
var ErrThreadTaken = okno.Refuse(okno.Busy, "error.busy")

// Opened is what an opening led to.
type Opened struct {
	Ticket  okno.TicketID
	Number  okno.Number
	Message okno.MessageID
	Again   bool // the submission key had led here before
}

// OpenTicket makes a ticket of a request. Anyone may ask at the portal or by
// letter; an agent files for a caller where he may (okno.OpenTicket). Every
// wrong field is named at once (okno.Errors).
func (d *Desk) OpenTicket(ctx context.Context, by okno.Actor, o Opening) (Opened, error) {
	if by.MustChange {
		return Opened{}, okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return Opened{}, err
	}
	if err := o.check(by); err != nil {
		return Opened{}, err
	}
	t, err := d.newTicket(c, by, o)
	if err != nil {
		return Opened{}, err
	}
	if o.HTML != "" {
		o.HTML = safeHTML(o.HTML, o.Letter)
	}
	ref := okno.Ref(secret.NewRef())
	var done Opened
	var ahead foreseen
	err = d.onceForeseeing(ctx, o.Key, func(tx store.Tx) { ahead = foresee(tx, c, by, o, &t) }, func(tx store.Tx) (string, error) {
		t := t
		if err := d.openIn(tx, c, by, o, ahead, &t, ref, &done); err != nil {
			return "", err
		}
		return string(t.Number), nil
	}, func(number string) error {
		done = Opened{Number: okno.Number(number), Again: true}
		return nil
	})
	return done, err
}

// check names every field that is wrong.
func (o *Opening) check(by okno.Actor) error {
	var wrong okno.Errors
	o.Subject, o.Text, o.Name = strings.TrimSpace(o.Subject), strings.TrimSpace(o.Text), strings.TrimSpace(o.Name)
	byHand := o.Letter == nil
	known := o.Requester != 0 || by.Person != 0 && !by.Agent()
	if byHand && !known {
		if o.Address != "" || !by.Agent() {
			addr, err := checkAddress("email", o.Address)
			if err := wrong.Add(err); err != nil {
				return err
			}
			o.Address = addr
		}
		if err := wrong.Add(okno.CheckName("name", o.Name)); err != nil {
			return err
		}
	}
	if len(o.Phone) > 40 {
		wrong = append(wrong, okno.TooLong("phone", 40))
	}
	if byHand {
		if err := wrong.Add(okno.CheckSubject(o.Subject)); err != nil {
			return err
		}
		if err := wrong.Add(okno.CheckText("text", o.Text, len(o.Uploads))); err != nil {
			return err
		}
	}
	if len(o.HTML) > okno.MaxHTML {
		wrong = append(wrong, okno.TooLong("text", okno.MaxText))
	}
	return wrong.Err()
}

// newTicket is the ticket of an opening before its requester is known.
func (d *Desk) newTicket(c *catalogue, by okno.Actor, o Opening) (okno.Ticket, error) {
	status := c.statusOf(okno.StatusNew)
	t := okno.Ticket{
		Subject: o.Subject, Status: status.ID, Kind: status.Kind, Channel: o.Channel, Lang: o.Lang,
		Requester: o.Requester, Opened: d.Now(), LastWord: safehtml.Preview(o.Text, 160), LastBy: okno.SideCustomer,
		ThreadGUID: make([]byte, 16),
	}
	rand.Read(t.ThreadGUID)
	t.Updated = t.Opened
	t.Department = c.firstDepartment().ID
	if o.Letter != nil {
		t.Mailbox, t.Participants = o.Letter.Mailbox, o.Letter.Participants
		if m := c.mailbox(t.Mailbox, 0); m != nil {
			t.Department = m.Department
		}
	}
	if o.Continues != nil {
		c.continueAt(&t, o.Continues)
	}
	for _, topic := range c.topics {
		if topic.Ref == o.Topic && o.Topic != "" && topic.Closed.IsZero() {
			t.Topic, t.Department = topic.ID, topic.Department
		}
	}
	if o.Topic != "" && t.Topic == 0 {
		return t, okno.Errors{{Reason: okno.Invalid, Key: "error.choice", Field: "topic"}}
	}
	if o.Department != "" && (by.Agent() || by.Trusted()) {
		t.Department = 0
		for _, dep := range c.departments {
			if dep.Ref == o.Department && dep.Closed.IsZero() {
				t.Department = dep.ID
			}
		}
	}
	if t.Department == 0 {
		return t, okno.Errors{{Reason: okno.Invalid, Key: "error.choice", Field: "department"}}
	}
	if by.Agent() && !by.MayIn(okno.OpenTicket, t.Department) {
		return t, okno.ErrForbidden
	}
	return t, nil
}

// continueAt lets a ticket stand where the one stood that it continues, unless
// that department was closed.
func (c *catalogue) continueAt(t, old *okno.Ticket) {
	t.Parent, t.Topic = old.ID, old.Topic
	if c.department(old.Department).Closed.IsZero() {
		t.Department = old.Department
	}
}

// foreseen is what an opening asks at once, before it knows that its submission
// key is new.
type foreseen struct {
	requester  *db.Asked[okno.Person] // whose the address is; nil: no address counts
	department *db.Asked[okno.Department]
}

func foresee(tx store.Tx, c *catalogue, by okno.Actor, o Opening, t *okno.Ticket) (ahead foreseen) {
	ids := []string{db.IDs("message"), db.IDs("event")}
	if !c.settings.RandomNumbers {
		ids = append(ids, store.NumberSequence)
	}
	if t.Requester == 0 && (by.Person == 0 || by.Agent()) {
		ids = append(ids, db.IDs("person"))
		if o.Address != "" {
			ahead.requester = tx.AskPersonByAddress(mail.Fold(o.Address))
		}
	}
	tx.Reserve(ids...)
	ahead.department = tx.AskDepartment(t.Department)
	return ahead
}

// openIn keeps the ticket, its first message and the fact.
func (d *Desk) openIn(tx store.Tx, c *catalogue, by okno.Actor, o Opening, ahead foreseen, t *okno.Ticket, ref okno.Ref, done *Opened) (err error) {
	var claimed *db.Asked[okno.AddressID]
	if t.Requester == 0 {
		if t.Requester, claimed, err = d.requester(tx, by, o, ahead.requester); err != nil {
			return err
		}
	}
	if by.Door == okno.DoorMail && by.Person == 0 && o.Address != "" {
		by.Person = t.Requester // whoever wrote the letter
	}
	if known := claimed == nil; known {
		if err := d.knownRequester(tx, by, o, t); err != nil {
			return err
		}
	}
	appointed, err := d.appoint(tx, c, by, o, t)
	if err != nil {
		return err
	}
	if err := d.promise(tx, ahead.department, &okno.Ticket{}, t); err != nil {
		return err
	}
	if err := numbered(tx, c.settings, t); err != nil {
		return err
	}
	if claimed != nil {
		if _, err := claimed.First(); errors.Is(err, db.ErrNotFound) {
			return store.ErrRaced // another letter or form of the same new person was faster
		} else if err != nil {
			return err
		}
	}
	m := okno.Message{
		Ref: ref, Ticket: t.ID, Kind: okno.Public, Side: okno.SideCustomer, Author: t.Requester, Channel: o.Channel,
		Claim: claimOf(by, t), Text: o.Text, HTML: o.HTML, At: t.Opened,
	}
	claims, err := claimThread(tx, t, o.Letter)
	if err != nil {
		return err
	}
	files, err := d.addMessage(tx, by, &m, o.Uploads, o.Letter, claims)
	if err != nil {
		return err
	}
	*done = Opened{Ticket: t.ID, Number: t.Number, Message: m.ID}
	e := okno.NewEvent(okno.TicketOpened, okno.EventData{
		Message: m.ID, Channel: o.Channel, Person: t.Requester, Claim: m.Claim, Files: files, Reason: appointed.Reason,
	})
	e.Data.Machine = o.Letter != nil && o.Letter.Machine
	return d.recordOpened(tx, by, t, e, appointed)
}

// claimThread takes the Message-IDs of a letter's thread for the ticket that it
// opens, and returns them.
func claimThread(tx store.Tx, t *okno.Ticket, l *LetterWords) ([]string, error) {
	if l == nil || len(l.Claims) == 0 {
		return nil, nil
	}
	claimed, err := tx.ClaimThread(t.ID, l.Claims, t.Opened)
	if err == nil && claimed < int64(len(l.Claims)) {
		err = ErrThreadTaken
	}
	return l.Claims, err
}

// recordOpened says that a ticket was opened, and whose work it became.
func (d *Desk) recordOpened(tx store.Tx, by okno.Actor, t *okno.Ticket, opened okno.Event, appointed okno.EventData) error {
	facts := []okno.Event{opened}
	if err := d.record(tx, by, t, facts...); err != nil || t.Assignee == 0 && t.Team == 0 {
		return err
	}
	e := okno.NewEvent(okno.AssigneeChanged, appointed)
	if appointed.Reason != okno.AppointedByRequester {
		by, e.Cause = okno.System(), facts[0].ID
	}
	return d.record(tx, by, t, e)
}

// claimOf grades what an actor says in a ticket: a session, an access link to
// this very ticket and an agent's word on the phone are proof; a form that
// anyone may fill in is a claim.
func claimOf(by okno.Actor, t *okno.Ticket) okno.Claim {
	_, guest := by.Guest[t.ID]
	switch {
	case by.Door == okno.DoorMail:
		return by.Claim
	case by.Person == 0 && !guest && !by.Trusted():
		return okno.Claimed
	}
	return okno.Proven
}

// requester finds or makes the person who asks; known is whose his address is.
// Of a new person with an address it returns whether that became his, which is
// not answered yet; else nil.
func (d *Desk) requester(tx store.Tx, by okno.Actor, o Opening, known *db.Asked[okno.Person]) (okno.PersonID, *db.Asked[okno.AddressID], error) {
	if by.Person != 0 && !by.Agent() {
		return by.Person, nil, nil
	}
	if known != nil {
		if p, err := known.First(); !errors.Is(err, db.ErrNotFound) {
			return p.ID, nil, err
		}
	}
	p := okno.Person{Ref: okno.Ref(secret.NewRef()), Name: cut(o.Name, 4*okno.MaxName), Phone: o.Phone, Lang: o.Lang, Created: d.Now()}
	if err := tx.AddPerson(&p); err != nil || known == nil {
		return p.ID, nil, err
	}
	return p.ID, tx.AskClaimAddress(&okno.Address{Person: p.ID, Address: o.Address, Folded: mail.Fold(o.Address)}, p.Created), nil
}

// knownRequester learns the language of a requester who was there before, and
// finds the company that he asks for. A new one has neither to be looked for.
func (d *Desk) knownRequester(tx store.Tx, by okno.Actor, o Opening, t *okno.Ticket) (err error) {
	if t.Lang != "" {
		if err := tx.LearnLang(t.Requester, t.Lang); err != nil {
			return err
		}
	}
	if t.Company == 0 {
		t.Company, err = companyFor(tx, by, o, t.Requester)
	}
	return err
}

// personOf is whose the address is, else a new person with it. Nothing about
// a known person is changed by what a stranger types.
func (d *Desk) personOf(tx store.Tx, name, address, phone, lang string) (okno.PersonID, error) {
	id, _, err := d.personOrNew(tx, name, address, phone, lang)
	return id, err
}

// personOrNew is personOf that tells whether the person was known before.
func (d *Desk) personOrNew(tx store.Tx, name, address, phone, lang string) (person okno.PersonID, known bool, err error) {
	folded := mail.Fold(address)
	p, err := tx.PersonByAddress(folded)
	if okno.ReasonOf(err) != okno.NotFound {
		return p.ID, true, err
	}
	p = okno.Person{Ref: okno.Ref(secret.NewRef()), Name: name, Phone: phone, Lang: lang, Created: d.Now()}
	if err := tx.AddPerson(&p); err != nil {
		return 0, false, err
	}
	added, err := tx.ClaimAddress(&okno.Address{Person: p.ID, Address: address, Folded: folded}, p.Created)
	if err != nil || added {
		return p.ID, false, err
	}
	// Another letter or form of the same new person was faster.
	if err := tx.ForgetPerson(p.ID); err != nil {
		return 0, false, err
	}
	p, err = tx.PersonByAddress(folded)
	return p.ID, true, err
}
