package desk

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/live"
)

// Bounds of notices.
const (
	noticeRows   = 50   // of a page
	noticesKept  = 90   // days
	noticesMost  = 1000 // of one person
	noticeChunk  = 5000 // forgotten in one transaction
	crowded      = 500  // people with too many, looked after in one round
	unreadLooked = 300  // unread notices that are looked through to count them
)

// UnreadNoticesCounted is how far unread notices are counted.
const UnreadNoticesCounted = 99

// Told is one person to whom a fact is told otherwise than by letter.
type Told struct {
	okno.Notice // Person, Event, Ticket, Kind, Listed
	// Browsers: the browsers that he allowed show it too.
	Browsers bool
}

// addNotices keeps who is told of a fact, each once, and lets their bells and
// browsers know.
func (d *Desk) addNotices(tx store.Tx, all []Told) error {
	for _, told := range all {
		n := told.Notice
		n.At = d.Now()
		added, err := tx.AddNotice(&n)
		if err != nil {
			return err
		}
		if !added {
			continue
		}
		if n.Listed {
			tx.Announce(LiveTopic, bellRings(n.Person))
		}
		if told.Browsers {
			if err := d.putPushes(tx, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// NoticeLine is a notice as its person may read it now.
type NoticeLine struct {
	okno.Notice
	Number  okno.Number
	Subject string
	Actor   string // who did it, by name; empty: nobody known, or the desk itself
}

// NoticePage is one page of an actor's notices, newest first.
type NoticePage struct {
	Lines []NoticeLine
	Next  string // where the next page begins; "": this was the last
}

// bellSide is on which side of the desk the actor is told what concerns him:
// an agent at the portal is only a customer.
func bellSide(by okno.Actor) (okno.Side, error) {
	if err := himself(by); err != nil {
		return "", err
	}
	switch {
	case by.Door == okno.DoorPortal:
		return okno.SideCustomer, nil
	case by.Agent():
		return okno.SideAgent, nil
	}
	return "", okno.ErrNotFound
}

// Notices is one page of the actor's notices, of at most limit (0: as many as
// a page has), from a place ("": from the newest). Those of tickets that he no
// longer sees are not there.
func (d *Desk) Notices(ctx context.Context, by okno.Actor, from string, limit int) (*NoticePage, error) {
	side, err := bellSide(by)
	if err != nil {
		return nil, err
	}
	if limit <= 0 || limit > noticeRows {
		limit = noticeRows
	}
	page := &NoticePage{}
	err = d.read(ctx, func(tx store.Tx) error {
		// A place among notices is an id alone.
		all, err := tx.Notices(by.Person, side, okno.NoticeID(place(from).ID), limit+1)
		if err != nil {
			return err
		}
		*page = NoticePage{}
		if len(all) > limit {
			all = all[:limit]
			page.Next = placeText(store.Place{ID: okno.TicketID(all[limit-1].ID)})
		}
		scope := by.Sees()
		for _, n := range all {
			if hears(by, scope, &n) {
				page.Lines = append(page.Lines, NoticeLine{Notice: n.Notice, Number: n.About.Number, Subject: n.About.Subject, Actor: n.Actor})
			}
		}
		return nil
	})
	return page, err
}

// hears reports whether the actor may still be told: of a ticket that he sees,
// of mailboxes if they are his to manage, of letters if he sees them.
func hears(by okno.Actor, scope okno.Scope, n *store.ListedNotice) bool {
	if n.Ticket == 0 {
		return hearsWithoutTicket(by, n.Kind)
	}
	return scope.Admits(&n.About)
}

// hearsWithoutTicket is hears of what is about no ticket.
func hearsWithoutTicket(by okno.Actor, kind okno.NoticeKind) bool {
	if kind == okno.NoticeEntryReturned {
		return by.MayManage(okno.SeeLetters)
	}
	return by.MayManage(okno.ManageMailboxes)
}

// UnreadNotices counts what the actor has not read, up to one more than
// UnreadNoticesCounted; tickets that he no longer sees do not count. Whoever
// has no bell here has none unread.
func (d *Desk) UnreadNotices(ctx context.Context, by okno.Actor) (int, error) {
	side, err := bellSide(by)
	if err != nil {
		return 0, nil
	}
	unread := 0
	err = d.read(ctx, func(tx store.Tx) error {
		scope := by.Sees()
		// The first look is enough unless much of it is out of his sight.
		for _, looked := range []int{UnreadNoticesCounted + 1, unreadLooked} {
			all, err := tx.UnreadNotices(by.Person, side, looked)
			if err != nil {
				return err
			}
			unread = 0
			for _, n := range all {
				if unread <= UnreadNoticesCounted && hears(by, scope, &n) {
					unread++
				}
			}
			if len(all) < looked || unread > UnreadNoticesCounted {
				return nil
			}
		}
		return nil
	})
	return unread, err
}

// ReadNotices marks everything that the actor is told at this door as read.
func (d *Desk) ReadNotices(ctx context.Context, by okno.Actor) error {
	side, err := bellSide(by)
	if err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error { return d.readNotices(tx, by.Person, side, 0) })
}

// sawNotices marks what the actor was told of a ticket that he has before him.
func (d *Desk) sawNotices(tx store.Tx, by okno.Actor, t okno.TicketID) error {
	side, err := bellSide(by)
	if err != nil {
		return nil // whoever has no bell has nothing to mark
	}
	return d.readNotices(tx, by.Person, side, t)
}

func (d *Desk) readNotices(tx store.Tx, p okno.PersonID, side okno.Side, t okno.TicketID) error {
	n, err := tx.ReadNotices(p, side, t, d.Now())
	if err == nil && n > 0 {
		tx.Announce(LiveTopic, bellRings(p))
	}
	return err
}

// bellRings tells a person's open pages that his notices changed.
func bellRings(p okno.PersonID) string {
	return live.Hint{Part: live.PartBell, Person: int64(p)}.Encode()
}

// dropNotices forgets old notices, and of each person all but the latest.
func (d *Desk) dropNotices(ctx context.Context) error {
	for dropped := int64(noticeChunk); dropped == noticeChunk; {
		if err := d.write(ctx, func(tx store.Tx) (err error) {
			dropped, err = tx.DropOldNotices(d.Now().AddDate(0, 0, -noticesKept), noticeChunk)
			return err
		}); err != nil {
			return err
		}
	}
	var people []okno.PersonID
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		people, err = tx.ManyNotices(noticesMost, crowded)
		return err
	}); err != nil {
		return err
	}
	for _, p := range people {
		if err := d.write(ctx, func(tx store.Tx) error { return tx.KeepNotices(p, noticesMost) }); err != nil {
			return err
		}
	}
	return nil
}
