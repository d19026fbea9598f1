package desk

import (
	"context"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/secret"
)

// How long access links and what they are traded for last.
const (
	AccessLasts = 30 * 24 * time.Hour // a link in a letter about the ticket (spec R14)
	AskedLasts  = time.Hour           // a link that was asked for (spec R21)
	guestLasts  = 12 * time.Hour      // the grant a link is traded for
)

// AccessJob is the duty to mail an access link, if the pair is right. It is
// put whether or not it is, so that answer and time tell nothing (spec R22).
type AccessJob struct {
	Sealed []byte `json:"sealed"` // address and number; never in the clear, it may be a stranger's
	Lang   string `json:"lang"`
}

// AccessJobKind is the kind of the job that RequestAccess puts.
const AccessJobKind = "access"

// RequestAccess asks for a link to the ticket of that number to be mailed to
// the address. It never says whether the pair is right.
func (d *Desk) RequestAccess(ctx context.Context, lang, address, number string) error {
	address, err := checkAddress("email", address)
	var wrong okno.Errors
	if err := wrong.Add(err); err != nil {
		return err
	}
	if number == "" {
		wrong = append(wrong, okno.Missing("number"))
	}
	if len(number) > 40 {
		wrong = append(wrong, okno.TooLong("number", 40))
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	sealed := d.letters.Seal([]byte(mail.Fold(address)+"\n"+number), AccessJobKind)
	return d.write(ctx, func(tx store.Tx) error {
		return jobs.Put(tx.Tx, d.Now(), jobs.New{Kind: AccessJobKind, V: 1, Payload: AccessJob{Sealed: sealed, Lang: lang}})
	})
}

// Trade is what an access link was traded for.
type Trade struct {
	Number okno.Number
	Token  string // for the cookie; "": the visitor's session holds the grant already
}

// Expired is the refusal of an access link that has expired: a fresh one can
// be mailed to the same address (FreshLink).
var Expired = okno.Refuse(okno.NotFound, "error.link.expired")

// TradeLink trades an access link's token for a grant to its one ticket, added
// to the visitor's session, signed in or not. It may be done again until the
// link expires, and changes nothing but the visitor's own rights.
func (d *Desk) TradeLink(ctx context.Context, link, token, browser string) (Trade, error) {
	var trade Trade
	fresh, hash := secret.NewToken()
	now := d.Now()
	err := d.write(ctx, func(tx store.Tx) error {
		trade = Trade{}
		l, err := tx.LinkByHash(secret.HashToken(link))
		if err != nil {
			return err
		}
		if l.Purpose != store.LinkAccess {
			return okno.ErrNotFound
		}
		if !now.Before(l.Expires) {
			return Expired
		}
		t, err := tx.TicketLed(okno.System().Sees(), l.Ticket)
		if err != nil {
			return err
		}
		if t.ID != l.Ticket && !t.TakesPart(l.Person) {
			return okno.ErrNotFound
		}
		trade.Number = t.Number
		s, err := tx.SessionByHash(secret.HashToken(token), now)
		if okno.ReasonOf(err) == okno.NotFound {
			s = store.Session{Hash: hash, Created: now, Seen: now, Expires: now.Add(guestLasts), Agent: cut(browser, 200)}
			trade.Token = fresh
			err = tx.AddSession(&s)
		}
		if err != nil {
			return err
		}
		if trade.Token == "" {
			// Its open pages may hear of one more ticket: they listen anew.
			tx.Announce(LiveTopic, sessionEnded(s.ID))
		}
		if s.Person == 0 && trade.Token == "" {
			if err := tx.TouchSession(s.ID, now, now.Add(guestLasts)); err != nil {
				return err
			}
		}
		return tx.GrantTicket(s.ID, store.GuestGrant{Ticket: l.Ticket, Person: l.Person, Expires: now.Add(guestLasts)})
	})
	return trade, err
}

// FreshLink mails a new access link to the address that an expired one was
// mailed to. A token that never was a link is answered alike.
func (d *Desk) FreshLink(ctx context.Context, lang, link string) error {
	var address, number string
	err := d.read(ctx, func(tx store.Tx) error {
		l, err := tx.LinkByHash(secret.HashToken(link))
		if err != nil || l.Purpose != store.LinkAccess {
			return err
		}
		p, err := tx.Person(l.Person)
		if err != nil {
			return err
		}
		t, err := tx.TicketByID(okno.System().Sees(), l.Ticket)
		address, number = p.Address, string(t.Number)
		return err
	})
	if okno.ReasonOf(err) == okno.NotFound || err == nil && address == "" {
		return nil
	}
	if err != nil {
		return err
	}
	return d.RequestAccess(ctx, lang, address, number)
}

// newLink keeps a link and returns its token.
func (d *Desk) newLink(tx store.Tx, purpose store.Purpose, person okno.PersonID, ticket okno.TicketID, lasts time.Duration) (string, error) {
	token, hash := secret.NewToken()
	return token, tx.AddLinks(store.Link{Hash: hash, Purpose: purpose, Person: person, Ticket: ticket, Created: d.Now(), Expires: d.Now().Add(lasts)})
}
