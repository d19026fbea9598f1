package desk

import (
	"context"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
)

// PersonCounted is how far a person's tickets in work are counted.
const PersonCounted = 100

// PersonCard is what is kept of a person, for whoever manages people.
type PersonCard struct {
	okno.Person
	Addresses []okno.Address
	Login     string
	Companies []okno.Company // in which he has a place, taken up or not
	Tickets   []okno.Ticket  // his latest, as the asker sees them
	InWork    int            // of his tickets, counted up to one more than PersonCounted
	Erasing   bool           // what he wrote is still being erased
	Refusal   error          // why he cannot be erased now; nil: he can
}

// People lists whom the desk knows, newest first, before one of them ("": from
// the newest), 50 at a time; words cut it down to those with an address that
// begins so, or to the requester of the ticket of that number. Who was erased
// is not listed.
func (d *Desk) People(ctx context.Context, by okno.Actor, words string, before okno.Ref) (people []okno.Person, more bool, err error) {
	if !by.MayManage(okno.ManagePeople) {
		return nil, false, okno.ErrForbidden
	}
	words = strings.ToLower(strings.TrimSpace(cut(words, okno.MaxAddress)))
	err = d.read(ctx, func(tx store.Tx) (err error) {
		if words != "" {
			people, err = d.peopleFound(tx, by, words)
			return err
		}
		var from okno.PersonID
		if before != "" {
			p, err := tx.PersonByRef(before)
			if err != nil {
				return err
			}
			from = p.ID
		}
		people, err = tx.LatestPeople(from, pageRows+1)
		if more = len(people) > pageRows; more {
			people = people[:pageRows]
		}
		return err
	})
	return people, more, err
}

func (d *Desk) peopleFound(tx store.Tx, by okno.Actor, words string) ([]okno.Person, error) {
	t, err := tx.Ticket(by.Sees(), okno.TypedNumber(words))
	if err == nil {
		p, err := tx.Person(t.Requester)
		if err != nil || !p.Erased.IsZero() {
			return nil, err
		}
		return []okno.Person{p}, nil
	}
	if okno.ReasonOf(err) != okno.NotFound {
		return nil, err
	}
	if folded := mail.Fold(words); folded != "" {
		words = folded
	}
	return tx.PeopleAt(words, pageRows)
}

// PersonCard is one person, erased or not.
func (d *Desk) PersonCard(ctx context.Context, by okno.Actor, ref okno.Ref) (card PersonCard, err error) {
	if !by.MayManage(okno.ManagePeople) && !by.MayManage(okno.ErasePerson) {
		return card, okno.ErrForbidden
	}
	err = d.read(ctx, func(tx store.Tx) (err error) {
		card, err = d.personCard(tx, by, ref)
		return err
	})
	return card, err
}

func (d *Desk) personCard(tx store.Tx, by okno.Actor, ref okno.Ref) (card PersonCard, err error) {
	if card.Person, err = tx.PersonByRef(ref); err != nil {
		return card, err
	}
	if card.Addresses, err = tx.AddressesOf(card.ID); err != nil {
		return card, err
	}
	account, err := tx.AccountOf(card.ID)
	if err != nil && okno.ReasonOf(err) != okno.NotFound {
		return card, err
	}
	card.Login = account.Login
	places, err := tx.PlacesOf(card.ID)
	if err != nil {
		return card, err
	}
	var companies []okno.CompanyID
	for _, m := range places {
		companies = append(companies, m.Company)
	}
	if card.Companies, err = tx.Companies(companies); err != nil {
		return card, err
	}
	if card.Tickets, err = tx.OtherTickets(by.Sees(), card.ID, 0, 10); err != nil {
		return card, err
	}
	if card.InWork, err = tx.CountRequested(card.ID, alive, PersonCounted+1); err != nil {
		return card, err
	}
	_, err = tx.Erasure(card.ID)
	if err != nil && okno.ReasonOf(err) != okno.NotFound {
		return card, err
	}
	card.Erasing = err == nil
	if card.Refusal = erasable(tx, by, &card.Person); card.Refusal != nil && okno.ReasonOf(card.Refusal) == "" {
		return card, card.Refusal
	}
	return card, nil
}
