package desk

import (
	"context"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/secret"
)

// BanSender bans the address of a ticket's requester; domain bans everyone of
// its domain, which must not be one where anybody gets an address. Letters
// that come from there wait in quarantine.
func (d *Desk) BanSender(ctx context.Context, by okno.Actor, number okno.Number, domain bool) error {
	if by.Door == okno.DoorMail {
		return okno.ErrForbidden
	}
	return d.change(ctx, by, okno.BanSender, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		p, err := tx.Person(t.Requester)
		if err != nil {
			return nil, err
		}
		if p.Agent {
			return nil, okno.Refuse(okno.Conflict, "error.ban.agent")
		}
		what := mail.Fold(p.Address)
		if domain {
			what = "@" + mail.Domain(p.Address)
		}
		if err := d.addBan(tx, by, what); err != nil {
			return nil, err
		}
		return []okno.Event{okno.NewEvent(okno.SenderBanned, okno.EventData{Person: p.ID})}, nil
	})
}

// AddBan bans an address, or a domain written "@shop.example" or
// "shop.example".
func (d *Desk) AddBan(ctx context.Context, by okno.Actor, what string) error {
	what = strings.ToLower(strings.TrimSpace(what))
	if at := strings.LastIndexByte(what, '@'); at <= 0 {
		what = "@" + mail.Domain("x@"+strings.TrimPrefix(what, "@"))
	} else {
		what = mail.Fold(what)
	}
	return d.manage(ctx, by, okno.ManageMailboxes, func(tx store.Tx) (int64, okno.Event, error) {
		return 0, okno.NewEvent(okno.SenderBanned, okno.EventData{}), d.addBan(tx, by, what)
	})
}

func (d *Desk) addBan(tx store.Tx, by okno.Actor, what string) error {
	domain, whole := strings.CutPrefix(what, "@")
	if !whole {
		if _, err := checkAddress("what", what); err != nil {
			return err
		}
	} else if _, err := okno.CheckDomain("what", domain); err != nil {
		return err
	}
	boxes, err := tx.Mailboxes()
	if err != nil {
		return err
	}
	for _, box := range boxes {
		if mail.Domain(box.Address) == strings.TrimPrefix(what, "@") && whole || box.Folded == what {
			return okno.Errors{{Reason: okno.Invalid, Key: "error.ban.own", Field: "what"}}
		}
	}
	now, err := tx.Bans(okno.MaxBans)
	if err != nil {
		return err
	}
	if len(now) >= okno.MaxBans {
		return okno.Errors{{Reason: okno.TooMany, Key: "error.ban.many", Field: "what"}}
	}
	return tx.AddBan(okno.Ban{Ref: okno.Ref(secret.NewRef()), What: what, By: by.Person, At: d.Now()})
}

// Bans are all bans, with the names of those who banned.
func (d *Desk) Bans(ctx context.Context, by okno.Actor) ([]okno.Ban, map[okno.PersonID]okno.Person, error) {
	if !by.MayManage(okno.ManageMailboxes) {
		return nil, nil, okno.ErrForbidden
	}
	var bans []okno.Ban
	var people map[okno.PersonID]okno.Person
	err := d.read(ctx, func(tx store.Tx) (err error) {
		if bans, err = tx.Bans(okno.MaxBans); err != nil {
			return err
		}
		wanted := map[okno.PersonID]bool{}
		for _, b := range bans {
			wanted[b.By] = true
		}
		people, err = peopleOf(tx, wanted)
		return err
	})
	return bans, people, err
}

// LiftBan ends a ban. What waits in quarantine because of it waits on.
func (d *Desk) LiftBan(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	return d.manage(ctx, by, okno.ManageMailboxes, func(tx store.Tx) (int64, okno.Event, error) {
		return 0, okno.NewEvent(okno.BanLifted, okno.EventData{}), tx.LiftBan(ref)
	})
}

// Banned reports whether an address is banned, itself or with its domain or
// one above it.
func (d *Desk) Banned(ctx context.Context, address string) (banned bool, err error) {
	folded := mail.Fold(address)
	if folded == "" {
		return false, nil
	}
	what := []string{folded}
	for domain := mail.Domain(address); strings.Contains(domain, "."); {
		what = append(what, "@"+domain)
		_, domain, _ = strings.Cut(domain, ".")
		if len(what) > 10 {
			break
		}
	}
	err = d.readOneAlong(ctx, func(tx store.Tx) (err error) {
		banned, err = tx.Banned(what)
		return err
	})
	return banned, err
}
