package desk_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

// pushes are the duties to tell browsers, oldest first.
func (r *rig) pushes() []desk.PushJob {
	r.t.Helper()
	var all []desk.PushJob
	must(r.t, r.db.Read(r.ctx(), func(tx *db.Tx) (err error) {
		all, err = db.Collect(tx, func(row db.Scanner) (desk.PushJob, error) {
			var raw []byte
			var j desk.PushJob
			if err := row.Scan(&raw); err != nil {
				return j, err
			}
			return j, json.Unmarshal(raw, &j)
		}, `SELECT payload FROM job WHERE kind = ? ORDER BY id`, desk.PushJobKind)
		return err
	}))
	return all
}

func TestBrowsersAreToldWhileTheirSessionIsOpen(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		ann := r.enter("ann@desk.example", password) // the latest session, whose id may come again
		must(t, r.AllowPush(r.ctx(), ann, target("one"), "Firefox"))
		r.tell(r.ann.Person, n, okno.NoticeWrote)
		r.tell(r.bob.Person, n, okno.NoticeWrote) // does not see the ticket, and allowed no browser
		jobs := r.pushes()
		if len(jobs) != 1 {
			t.Fatalf("%d duties, want 1", len(jobs))
		}
		p, err := r.PushToSend(r.ctx(), jobs[0])
		must(t, err)
		if p.Endpoint != target("one").Endpoint || p.Number != n || p.Kind != okno.NoticeWrote || p.Reader.ID != r.ann.Person {
			t.Errorf("what goes there: %+v", p)
		}

		must(t, r.SignOut(r.ctx(), ann))
		if _, err := r.PushToSend(r.ctx(), jobs[0]); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("after signing out: %v", err)
		}
		again := r.enter("ann@desk.example", password)
		r.tell(r.ann.Person, n, okno.NoticeWrote)
		if got := len(r.pushes()); got != 1 {
			t.Errorf("signed in elsewhere there are %d duties, want the first one only", got)
		}
		must(t, r.RenewPush(r.ctx(), again, target("one").Endpoint))
		if err := r.RenewPush(r.ctx(), r.bob, target("one").Endpoint); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("another's browser: %v", err)
		}
		must(t, r.MarkSeen(r.ctx(), again, n, ""))
		if _, err := r.PushToSend(r.ctx(), jobs[0]); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("read meanwhile: %v", err)
		}
		r.tell(r.ann.Person, n, okno.NoticeWrote)
		if got := len(r.pushes()); got != 2 {
			t.Fatalf("signed in again: %d duties, want 2", got)
		}
		must(t, r.Transfer(r.ctx(), r.admin, n, r.second.Ref, 0))
		if _, err := r.PushToSend(r.ctx(), r.pushes()[1]); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("a ticket that she no longer sees: %v", err)
		}
	})
}

func TestBrowsersAreToldOfMailboxesWhileTheyAreTheReadersToManage(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		must(t, r.AllowPush(r.ctx(), r.admin, target("admins"), "Firefox"))
		must(t, r.AllowPush(r.ctx(), r.ann, target("anns"), "Firefox"))
		for _, kind := range []okno.NoticeKind{okno.NoticeAlarm, okno.NoticeEntryReturned} {
			before := len(r.pushes())
			for _, p := range []okno.PersonID{r.admin.Person, r.ann.Person} { // Ann was an administrator a moment ago
				told++
				must(t, r.Tell(r.ctx(), nil, []desk.Told{{Notice: okno.Notice{Person: p, Event: told, Kind: kind, Listed: true}, Browsers: true}}))
			}
			due := r.pushes()[before:]
			p, err := r.PushToSend(r.ctx(), due[0])
			if err != nil || p.Kind != kind || p.Number != "" || p.Reader.ID != r.admin.Person {
				t.Errorf("%s: what goes to the administrator is %+v, %v", kind, p, err)
			}
			if _, err := r.PushToSend(r.ctx(), due[1]); okno.ReasonOf(err) != okno.NotFound {
				t.Errorf("%s to an agent: %v", kind, err)
			}
		}
	})
}

func TestBrowsersStaySilentWhenVeryManyTicketsCome(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		must(t, r.AllowPush(r.ctx(), r.ann, target("anns"), "Firefox"))
		n := r.open("carl@customer.example", "Lamp")
		for range okno.DigestFrom + 5 {
			r.tell(r.ann.Person, n, okno.NoticeOpened)
		}
		if got := len(r.pushes()); got != okno.DigestFrom {
			t.Errorf("%d pushes, want %d", got, okno.DigestFrom)
		}
		r.tell(r.ann.Person, n, okno.NoticeCall)
		r.clock = r.clock.Add(okno.DefaultJoin * time.Minute)
		r.tell(r.ann.Person, n, okno.NoticeOpened)
		if got := len(r.pushes()); got != okno.DigestFrom+2 {
			t.Errorf("with a call and a later ticket %d pushes, want %d", got, okno.DigestFrom+2)
		}
	})
}

func TestOnlyTheLatestBrowsersOfAPersonAreKept(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for i := range okno.MaxPushBrowsers + 2 {
			must(t, r.AllowPush(r.ctx(), r.ann, target(fmt.Sprint(i)), fmt.Sprint("Browser ", i)))
			r.clock = r.clock.Add(1e9)
		}
		own, err := r.PushBrowsers(r.ctx(), r.ann)
		must(t, err)
		if len(own) != okno.MaxPushBrowsers || own[0].Browser != "Browser 2" || !own[0].This {
			t.Fatalf("%d browsers, the first %+v", len(own), own[0])
		}
		if err := r.ForbidPush(r.ctx(), r.bob, own[0].Ref); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("Bob ends what is Ann's: %v", err)
		}
		must(t, r.ForbidPush(r.ctx(), r.ann, own[0].Ref))
		bad := target("bad")
		bad.Endpoint = "http://push.example/"
		if err := r.AllowPush(r.ctx(), r.ann, bad, ""); okno.ReasonOf(err) != okno.Invalid {
			t.Errorf("an address that is not https: %v", err)
		}
		// Who signs in at the same browser and allows it there takes it over.
		must(t, r.AllowPush(r.ctx(), r.bob, target("5"), "Browser 5"))
		if own, err = r.PushBrowsers(r.ctx(), r.ann); err != nil || len(own) != okno.MaxPushBrowsers-2 {
			t.Errorf("%d browsers are left to Ann (%v)", len(own), err)
		}
	})
}

func TestTheKeyForPushServicesStaysTheSame(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		first, err := r.PushPublicKey(r.ctx())
		must(t, err)
		again, err := r.PushPublicKey(r.ctx())
		must(t, err)
		key, err := r.PushKey(r.ctx())
		must(t, err)
		raw, err := key.Bytes()
		must(t, err)
		var kept string
		must(t, r.db.Read(r.ctx(), func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT value FROM setting WHERE name = 'push'`).Scan(&kept)
		}))
		if first == "" || first != again {
			t.Errorf("the key is %q, then %q", first, again)
		}
		var parsed struct{ Sealed []byte }
		must(t, json.Unmarshal([]byte(kept), &parsed))
		if len(parsed.Sealed) != len(raw)+41 || string(parsed.Sealed[len(parsed.Sealed)-len(raw):]) == string(raw) {
			t.Errorf("the key is not sealed: %d bytes of %d", len(parsed.Sealed), len(raw))
		}
	})
}
