package desk

import (
	"slices"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// entryReturned records that a letter by which somebody was to come in did not
// arrive. Anybody can ask for registrations in made-up addresses, so of those
// one a day is told: enough to see that all of them come back.
func (d *Desk) entryReturned(tx store.Tx, l *okno.Letter) error {
	data := okno.EventData{Letter: l.ID, Reason: string(l.Kind)}
	switch l.Kind {
	case okno.LetterInvitation:
		p, err := tx.Person(l.Person)
		if err != nil || !p.Agent {
			return unlessNotFound(err)
		}
		data.Person = p.ID
	case okno.LetterRegistration:
		if first, err := d.firstOf(tx, "registration returned", 24*time.Hour); err != nil || !first {
			return err
		}
	default:
		return nil
	}
	return d.record(tx, okno.System(), nil, okno.NewEvent(okno.EntryReturned, data))
}

// noticeEntry finds the letter that such a fact is about and who is to know of
// it: whoever sees letters and manages people.
func noticeEntry(tx store.Tx, n *Notice, wanted map[okno.PersonID]bool) error {
	if n.Event.Kind != okno.EntryReturned {
		return nil
	}
	l, err := tx.Letter(n.Event.Data.Letter)
	if err != nil {
		return err
	}
	n.Returned = l.Letter
	return noticeAdmins(tx, n, wanted, okno.SeeLetters, okno.ManagePeople)
}

// noticeAdmins are those who hold all of some permissions.
func noticeAdmins(tx store.Tx, n *Notice, wanted map[okno.PersonID]bool, all ...okno.Action) error {
	grants, err := tx.Grants()
	if err != nil {
		return err
	}
	by := map[okno.PersonID]*okno.Actor{}
	for _, g := range grants {
		if by[g.Person] == nil {
			by[g.Person] = &okno.Actor{Person: g.Person, Door: okno.DoorAdmin}
		}
		by[g.Person].Grants = append(by[g.Person].Grants, g)
	}
	for _, g := range grants {
		may := true
		for _, action := range all {
			may = may && by[g.Person].MayManage(action)
		}
		if may && g.Person != n.Event.Data.Person && !slices.Contains(n.Admins, g.Person) {
			n.Admins, wanted[g.Person] = append(n.Admins, g.Person), true
		}
	}
	return nil
}
