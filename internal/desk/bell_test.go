package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/live"
)

// belled: whoever is himself at the portal's or the workspace's door.
var belled = only(okno.NotFound, "stranger", "other's agent", "participant", "requester", "agent", "admin").but(okno.Forbidden, "held", "held agent", "held admin")

// bellSteps are what one does about what one is told.
var bellSteps = []step{
	{"Notices", belled, func(s *scene, by okno.Actor) error { return done(s.Notices(s.ctx(), by, "", 0)) }},
	{"UnreadNotices", everyone, func(s *scene, by okno.Actor) error { return done(s.UnreadNotices(s.ctx(), by)) }},
	{"ReadNotices", belled, func(s *scene, by okno.Actor) error { return s.ReadNotices(s.ctx(), by) }},
	{"SetSwitches", belled, func(s *scene, by okno.Actor) error {
		return s.SetSwitches(s.ctx(), by, func(okno.Matter, okno.Way) bool { return true })
	}},
	{"JoinNotices", belled, func(s *scene, by okno.Actor) error { return s.JoinNotices(s.ctx(), by, true) }},
	{"PushBrowsers", belled.but("", "no role"), func(s *scene, by okno.Actor) error { return done(s.PushBrowsers(s.ctx(), by)) }},
	// Some here have no session that a browser could belong to.
	{"AllowPush", belled.but(okno.NotFound, "stranger", "participant"), func(s *scene, by okno.Actor) error {
		return s.AllowPush(s.ctx(), by, target(fmt.Sprint("of ", by.Person)), "Firefox")
	}},
	{"RenewPush", belled.but(okno.NotFound, "stranger", "participant"), func(s *scene, by okno.Actor) error {
		if by.Session != 0 && !by.MustChange {
			must(s.t, s.AllowPush(s.ctx(), by, target(fmt.Sprint("of ", by.Person)), "Firefox"))
		}
		return s.RenewPush(s.ctx(), by, target(fmt.Sprint("of ", by.Person)).Endpoint)
	}},
	{"ForbidPush", only(okno.NotFound).but(okno.Forbidden, "held", "held agent", "held admin"), func(s *scene, by okno.Actor) error { return s.ForbidPush(s.ctx(), by, "nobodys") }},
}

// target is where a push service takes what is for a browser.
func target(name string) okno.PushTarget {
	return okno.PushTarget{
		Endpoint: "https://push.example/" + strings.ReplaceAll(name, " ", "-"),
		P256DH:   append([]byte{4}, make([]byte, 64)...), Auth: make([]byte, 16),
	}
}

// tell tells a person of a ticket, as a fact of its own.
func (r *rig) tell(p okno.PersonID, n okno.Number, kind okno.NoticeKind) {
	r.t.Helper()
	t, err := r.TicketOfNumber(r.ctx(), n)
	must(r.t, err)
	told++
	must(r.t, r.Tell(r.ctx(), nil, []desk.Told{{Notice: okno.Notice{Person: p, Event: told, Ticket: t.ID, Kind: kind, Listed: true}, Browsers: true}}))
}

// told counts the facts that were told.
var told = okno.EventID(1 << 30)

func (r *rig) unread(by okno.Actor) int {
	r.t.Helper()
	n, err := r.UnreadNotices(r.ctx(), by)
	must(r.t, err)
	return n
}

// heard are the hints that reach one person alone until the test ends.
func (r *rig) heard(by okno.Actor) <-chan string {
	heard := make(chan string, 100)
	r.t.Cleanup(r.db.Listen(desk.LiveTopic, func(text string) {
		if h, err := live.Decode(text); err == nil && h.Person == int64(by.Person) {
			heard <- h.Part
		}
	}))
	return heard
}

func next(t *testing.T, heard <-chan string, part string) {
	t.Helper()
	select {
	case got := <-heard:
		if got != part {
			t.Errorf("heard %q, want %q", got, part)
		}
	case <-time.After(time.Minute):
		t.Errorf("%q was not heard", part)
	}
}

func TestBellCountsAndIsReadByOpeningTheTicket(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		lamp, chair := r.open("carl@customer.example", "Lamp"), r.open("carl@customer.example", "Chair")
		heard := r.heard(r.ann)
		r.tell(r.ann.Person, lamp, okno.NoticeAssigned)
		next(t, heard, live.PartBell)
		r.tell(r.ann.Person, lamp, okno.NoticeWrote)
		next(t, heard, live.PartBell)
		r.tell(r.ann.Person, chair, okno.NoticeWrote)
		next(t, heard, live.PartBell)
		if n := r.unread(r.ann); n != 3 {
			t.Fatalf("%d are unread, want 3", n)
		}
		page, err := r.Notices(r.ctx(), r.ann, "", 2)
		must(t, err)
		if len(page.Lines) != 2 || page.Lines[0].Number != chair || page.Lines[1].Kind != okno.NoticeWrote || page.Lines[1].Subject != "Lamp" || page.Next == "" {
			t.Fatalf("the first page: %+v", page)
		}
		page, err = r.Notices(r.ctx(), r.ann, page.Next, 2)
		must(t, err)
		if len(page.Lines) != 1 || page.Lines[0].Kind != okno.NoticeAssigned || page.Next != "" {
			t.Errorf("the second page: %+v", page)
		}

		must(t, r.MarkSeen(r.ctx(), r.ann, lamp, ""))
		next(t, heard, live.PartBell)
		if n := r.unread(r.ann); n != 1 {
			t.Errorf("after the lamp was seen %d are unread, want 1", n)
		}
		must(t, r.ReadNotices(r.ctx(), r.ann))
		if n := r.unread(r.ann); n != 0 {
			t.Errorf("after all were read %d are unread", n)
		}
	})
}

func TestAFactIsToldOnceAndOnlyToAccounts(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		ticket, err := r.TicketOfNumber(r.ctx(), n)
		must(t, err)
		fact := desk.Told{Notice: okno.Notice{Person: r.ann.Person, Event: 1, Ticket: ticket.ID, Kind: okno.NoticeWrote, Listed: true}}
		must(t, r.Tell(r.ctx(), nil, []desk.Told{fact}))
		must(t, r.Tell(r.ctx(), nil, []desk.Told{fact}))
		if n := r.unread(r.ann); n != 1 {
			t.Errorf("%d are unread, want 1", n)
		}
		guest := fact
		guest.Person, guest.Kind = ticket.Requester, okno.NoticeAnswer
		must(t, r.Tell(r.ctx(), nil, []desk.Told{guest}))
		if n := r.unread(okno.Actor{Person: ticket.Requester, Door: okno.DoorPortal}); n != 0 {
			t.Errorf("%d are unread of one who cannot sign in", n)
		}
	})
}

// A notice of a ticket that went where its person does not see it is neither
// shown nor counted, and an agent at the portal is only a customer.
func TestNoticesOfTicketsOutOfSightAreNotThere(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("ann@desk.example", "Lamp")
		r.tell(r.ann.Person, n, okno.NoticeWrote)
		r.tell(r.ann.Person, n, okno.NoticeAnswer)
		customer := okno.Actor{Person: r.ann.Person, Door: okno.DoorPortal}
		if a, c := r.unread(r.ann), r.unread(customer); a != 1 || c != 1 {
			t.Fatalf("unread at the workspace %d and at the portal %d, want 1 and 1", a, c)
		}
		must(t, r.Transfer(r.ctx(), r.admin, n, r.second.Ref, 0))
		if a, c := r.unread(r.ann), r.unread(customer); a != 0 || c != 1 {
			t.Errorf("after the transfer unread at the workspace %d and at the portal %d, want 0 and 1", a, c)
		}
		page, err := r.Notices(r.ctx(), r.ann, "", 0)
		must(t, err)
		if len(page.Lines) != 0 {
			t.Errorf("Ann is shown %+v", page.Lines)
		}
		page, err = r.Notices(r.ctx(), customer, "", 0)
		must(t, err)
		if len(page.Lines) != 1 || page.Lines[0].Kind != okno.NoticeAnswer {
			t.Errorf("as a customer she is shown %+v", page.Lines)
		}
	})
}

func TestUnreadAreCountedBehindThoseOutOfSight(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		seen, gone := r.open("carl@customer.example", "Lamp"), r.open("carl@customer.example", "Chair")
		r.tell(r.ann.Person, seen, okno.NoticeWrote)
		for range desk.UnreadNoticesCounted + 1 {
			r.tell(r.ann.Person, gone, okno.NoticeWrote)
		}
		if n := r.unread(r.ann); n != desk.UnreadNoticesCounted+1 {
			t.Errorf("%d are counted, want no more than %d", n, desk.UnreadNoticesCounted+1)
		}
		must(t, r.Transfer(r.ctx(), r.admin, gone, r.second.Ref, 0))
		if n := r.unread(r.ann); n != 1 {
			t.Errorf("%d are unread, want the one of the ticket that she sees", n)
		}
	})
}

func TestOldNoticesAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		ticket, err := r.TicketOfNumber(r.ctx(), n)
		must(t, err)
		many := make([]desk.Told, 1010)
		for i := range many {
			many[i] = desk.Told{Notice: okno.Notice{Person: r.ann.Person, Event: okno.EventID(i + 1), Ticket: ticket.ID, Kind: okno.NoticeWrote, Listed: true}}
		}
		must(t, r.Tell(r.ctx(), nil, many))
		must(t, r.Tidy(r.ctx()))
		if got := r.count("notice"); got != 1000 {
			t.Errorf("%d notices are kept, want the latest 1000", got)
		}
		r.clock = r.clock.AddDate(0, 0, 89)
		r.tell(r.bob.Person, n, okno.NoticeAssigned)
		r.clock = r.clock.AddDate(0, 0, 2)
		must(t, r.Tidy(r.ctx()))
		if got := r.count("notice"); got != 1 {
			t.Errorf("after 91 days %d notices are kept, want the one of 2 days", got)
		}
	})
}

func (r *rig) count(table string) (n int) {
	r.t.Helper()
	must(r.t, r.db.Read(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT COUNT(*) FROM " + table).Scan(&n)
	}))
	return n
}

func TestSwitchesAreKeptForEachDoor(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		customer := okno.Actor{Person: r.ann.Person, Door: okno.DoorPortal}
		must(t, r.SetSwitches(r.ctx(), r.ann, func(m okno.Matter, w okno.Way) bool { return m == okno.MatterDepartment }))
		must(t, r.SetSwitches(r.ctx(), customer, func(m okno.Matter, w okno.Way) bool { return w != okno.WayLetter }))
		p, err := r.KnownSender(r.ctx(), "ann@desk.example")
		must(t, err)
		for _, c := range []struct {
			m    okno.Matter
			w    okno.Way
			want bool
		}{
			{okno.MatterDepartment, okno.WayBell, true}, {okno.MatterWrote, okno.WayLetter, false},
			{okno.MatterAnswers, okno.WayLetter, false}, {okno.MatterAnswers, okno.WayBell, true},
		} {
			if p.Switches.On(c.m, c.w) != c.want {
				t.Errorf("%s by %s: %v (%q)", c.m, c.w, !c.want, p.Switches)
			}
		}
	})
}
