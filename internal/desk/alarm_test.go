package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// came keeps a letter to the support address.
func (r *rig) came(id string) {
	r.t.Helper()
	box, err := r.MailboxFor(r.ctx(), "support@desk.example")
	must(r.t, err)
	raw := fmt.Sprintf("From: carl@customer.example\r\nDate: %s\r\nMessage-ID: <%s@customer.example>\r\n\r\nWords.\r\n", r.Now().Format(time.RFC1123Z), id)
	must(r.t, done(r.KeepLetter(r.ctx(), okno.KeptLetter{Mailbox: box.ID, MessageID: id + "@customer.example", Source: "pipe", Raw: []byte(raw)})))
}

// alarm is the state of the support mailbox's alarm after a look at it.
func (r *rig) alarm() okno.AlarmKind {
	r.t.Helper()
	must(r.t, r.WatchMailboxes(r.ctx()))
	boxes, err := r.Mailboxes(r.ctx(), r.admin)
	must(r.t, err)
	return boxes[0].Alarm.Kind
}

// alarms counts the facts of a kind.
func (r *rig) alarms(kind okno.EventKind) (n int) {
	r.t.Helper()
	must(r.t, r.db.Read(r.ctx(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM event WHERE kind = ?`, kind).Scan(&n)
	}))
	return n
}

func TestAMailboxSilentForLongerThanUsualRaisesAnAlarmOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.clock = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) // a Monday
		before := r.alarms(okno.MailboxAlarmed)
		// Ten working days with letters in the morning and in the afternoon.
		for day := range 12 {
			at := time.Date(2026, 11, 2+day, 9, 30, 0, 0, time.UTC)
			if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
				continue
			}
			for n := range 2 {
				r.clock = at.Add(time.Duration(n) * 5 * time.Hour)
				r.came(fmt.Sprintf("%d.%d", day, n))
			}
		}
		r.clock = time.Date(2026, 11, 13, 17, 0, 0, 0, time.UTC) // Friday
		if kind := r.alarm(); kind != "" {
			t.Fatalf("an alarm in the middle of things: %s", kind)
		}
		r.clock = time.Date(2026, 11, 16, 9, 30, 0, 0, time.UTC) // a weekend is no silence
		if kind := r.alarm(); kind != "" {
			t.Fatalf("an alarm for a weekend: %s", kind)
		}
		r.clock = time.Date(2026, 11, 18, 16, 0, 0, 0, time.UTC)
		if kind := r.alarm(); kind != okno.AlarmSilent {
			t.Fatalf("no alarm after three days: %q", kind)
		}
		r.clock = time.Date(2026, 11, 30, 16, 0, 0, 0, time.UTC)
		if kind := r.alarm(); kind != okno.AlarmSilent {
			t.Errorf("the alarm got used to the silence: %q", kind)
		}
		if n := r.alarms(okno.MailboxAlarmed) - before; n != 1 {
			t.Errorf("it was raised %d times", n)
		}
		r.came("again")
		if kind := r.alarm(); kind != "" || r.alarms(okno.MailboxRecovered) != 1 {
			t.Errorf("a letter came, and the alarm is %q", kind)
		}
	})
}

func TestSilenceThatIsUsualOrUnknownOrNotWatchedRaisesNone(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	r.clock = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	r.came("only")
	r.clock = time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)
	if kind := r.alarm(); kind != "" {
		t.Errorf("one letter makes no habit: %q", kind)
	}
	boxes, err := r.Mailboxes(r.ctx(), r.admin)
	must(t, err)
	set := func(quiet int) error {
		box := boxes[0].Mailbox
		box.Quiet = quiet
		err := r.SaveMailbox(r.ctx(), r.admin, box.Ref, box, boxes[0].Department.Ref)
		boxes[0].Version++
		return err
	}
	must(t, set(8))
	if kind := r.alarm(); kind != okno.AlarmSilent {
		t.Errorf("eight hours were set: %q", kind)
	}
	must(t, set(okno.QuietNever))
	if kind := r.alarm(); kind != "" {
		t.Errorf("it was turned off: %q", kind)
	}
	if okno.ReasonOf(set(-2)) == "" || okno.ReasonOf(set(okno.MaxQuiet+1)) == "" {
		t.Error("any number is taken")
	}
}

func TestAMailboxThatFailsRaisesAnAlarmUntilItWorks(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	departments, err := r.Departments(r.ctx())
	must(t, err)
	boxes, err := r.Mailboxes(r.ctx(), r.admin)
	must(t, err)
	box := boxes[0].Mailbox
	box.Fetch = &okno.Fetch{Host: "imap.example", Port: 993, Security: okno.TLS, User: "desk"}
	must(t, r.SaveMailbox(r.ctx(), r.admin, box.Ref, box, departments[0].Ref))
	now := r.Now()
	save := func(s okno.FetchState) { must(t, r.SaveFetchState(r.ctx(), box.ID, s)) }
	save(okno.FetchState{At: now.Add(-time.Hour), Trouble: "connect: no route", Since: now.Add(-5 * time.Minute)})
	if kind := r.alarm(); kind != "" {
		t.Errorf("after five minutes: %q", kind)
	}
	save(okno.FetchState{At: now.Add(-time.Hour), Trouble: "connect: no route", Since: now.Add(-11 * time.Minute)})
	if kind := r.alarm(); kind != okno.AlarmFailed {
		t.Errorf("after eleven: %q", kind)
	}
	if all, err := r.Alarms(r.ctx(), r.admin); err != nil || len(all) != 1 || all[0].Address != box.Address {
		t.Errorf("%v %v", all, err)
	}
	// A letter that was left for its size is told, but rounds go on.
	save(okno.FetchState{At: now, Trouble: "1 letters larger than 50 MB were left in the mailbox", Since: now.Add(-time.Hour)})
	if kind := r.alarm(); kind != "" {
		t.Errorf("it works again: %q", kind)
	}
}
