package desk

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/mail"
)

// EraseJobKind is the duty to erase a person; its payload is an EraseJob.
const EraseJobKind = "erase"

// EraseJob says who is to be erased.
type EraseJob struct {
	Person okno.PersonID `json:"person"`
}

// Errors of ErasePerson that do not hang on what was typed.
var (
	errEraseAgent  = okno.Refuse(okno.Conflict, "error.erase.agent")
	errErased      = okno.Refuse(okno.Conflict, "error.erase.again")
	errEraseAsking = okno.Refuse(okno.Conflict, "error.erase.oneself")
)

// ConfirmErasing is what is typed to confirm that a person is meant: his
// address, else his name, else his phone number.
func (c *PersonCard) ConfirmErasing() string {
	for _, word := range []string{c.Address, c.Name} {
		if word != "" {
			return word
		}
	}
	return c.Phone
}

// ErasePerson has everything erased that is kept of a person, over the version
// of him that was seen. typed confirms who is meant (PersonCard.ConfirmErasing).
// From then on he cannot come in and is found nowhere; what he wrote goes by a
// duty that outlasts the process. Refused, with the reason, are agents who may
// still come in and a company's last administrator.
func (d *Desk) ErasePerson(ctx context.Context, by okno.Actor, ref okno.Ref, typed string, version int64) error {
	return d.manage(ctx, by, okno.ErasePerson, func(tx store.Tx) (int64, okno.Event, error) {
		none := okno.Event{}
		card, err := d.personCard(tx, by, ref)
		if err != nil {
			return 0, none, err
		}
		if card.Refusal != nil {
			return 0, none, card.Refusal
		}
		if word := strings.TrimSpace(typed); word == "" || !strings.EqualFold(word, card.ConfirmErasing()) {
			return 0, none, okno.Errors{{Reason: okno.Invalid, Key: "error.erase.word", Field: "word"}}
		}
		card.Version = version
		if err := d.beginErasing(tx, &card.Person); err != nil {
			return 0, none, err
		}
		return int64(card.ID), okno.NewEvent(okno.PersonErased, okno.EventData{Person: card.ID}), nil
	})
}

// erasable says why a person cannot be erased now; nil: he can.
func erasable(tx store.Tx, by okno.Actor, p *okno.Person) error {
	switch {
	case !p.Erased.IsZero():
		return errErased
	case p.ID == by.Person:
		return errEraseAsking
	case p.Agent && p.Disabled.IsZero():
		return errEraseAgent
	}
	places, err := tx.PlacesOf(p.ID)
	if err != nil {
		return err
	}
	for i := range places {
		err := stepDown(tx, &places[i])
		if err == errLastAdministrator {
			c, err := tx.Company(places[i].Company)
			if err != nil {
				return err
			}
			return okno.Refuse(okno.Conflict, "error.erase.lastadmin", "Company", c.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// beginErasing takes from a person what he is and how he comes in, and puts the
// duty to erase the rest.
func (d *Desk) beginErasing(tx store.Tx, p *okno.Person) error {
	places, err := tx.PlacesOf(p.ID)
	if err != nil {
		return err
	}
	for i := range places { // so that two last administrators do not go at once
		if err := tx.LockCompany(places[i].Company); err != nil {
			return err
		}
		if err := stepDown(tx, &places[i]); err != nil {
			return err
		}
	}
	addresses, err := tx.AllAddresses(p.ID)
	if err != nil {
		return err
	}
	if err := tx.LeaveUploads(p.ID); err != nil {
		return err
	}
	if err := d.endSessions(tx, p.ID); err != nil {
		return err
	}
	e := erasure{store.Erasure{Person: p.ID, Asked: d.Now(), Look: 1}, map[string]bool{}}
	for i := range addresses {
		addresses[i] = mail.Fold(addresses[i])
		e.addresses[addresses[i]] = true
		if err := errors.Join(tx.DropRegistrations(addresses[i]), tx.DropBan(addresses[i])); err != nil {
			return err
		}
	}
	if err := tx.Overwriting(func() error { return e.eraseCopies(tx, store.All) }); err != nil { // an answer given from now on would make a new person of his address
		return err
	}
	tx.OnCommit(d.wakeIndex)
	if err := tx.PendPerson(p.ID, d.Now()); err != nil { // his tickets are found by his name no more
		return err
	}
	if err := tx.ErasePerson(p, d.Now()); err != nil {
		return err
	}
	list, err := json.Marshal(addresses)
	if err != nil {
		return err
	}
	e.Sealed = d.erasures.Seal(list, id(p.ID))
	if err := tx.AddErasure(e.Erasure); err != nil {
		return err
	}
	tx.Announce(LiveTopic, rightsChanged(p.ID))
	return jobs.Put(tx.Tx, d.Now(), jobs.New{Kind: EraseJobKind, V: 1, Payload: EraseJob{Person: p.ID}, Key: id(p.ID)})
}

// erasure is a duty to erase with the addresses its person had.
type erasure struct {
	store.Erasure
	addresses map[string]bool // folded
}

func (d *Desk) erasure(ctx context.Context, p okno.PersonID) (erasure, error) {
	var e erasure
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		e.Erasure, err = tx.Erasure(p)
		return err
	}); err != nil {
		return e, err
	}
	list, err := d.erasures.Open(e.Sealed, id(p))
	if err != nil {
		return e, err
	}
	var addresses []string
	if err := json.Unmarshal(list, &addresses); err != nil {
		return e, err
	}
	e.addresses = map[string]bool{}
	for _, a := range addresses {
		if a != "" {
			e.addresses[a] = true
		}
	}
	return e, nil
}

// his reports whether what was sent from or to an address at a time was his: a
// later letter from there makes a new person.
func (e *erasure) his(address string, at time.Time) bool {
	return !at.After(e.Asked) && e.addresses[mail.Fold(address)]
}
