package desk_test

import (
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
)

// accessSteps are what is done with mailboxes' access.
var accessSteps = []step{
	{"Providers", managing, func(s *scene, by okno.Actor) error { return done(s.Providers(s.ctx(), by)) }},
	{"SaveProvider", managing, func(s *scene, by okno.Actor) error {
		all, err := s.Providers(s.ctx(), s.admin)
		must(s.t, err)
		return s.SaveProvider(s.ctx(), by, okno.Provider{Kind: okno.Microsoft, App: "walk", Version: all[1].Version})
	}},
	{"DropProvider", managing, func(s *scene, by okno.Actor) error {
		if by.MayManage(okno.ManageMailboxes) {
			all, err := s.Providers(s.ctx(), s.admin)
			must(s.t, err)
			must(s.t, s.SaveProvider(s.ctx(), by, okno.Provider{Kind: okno.Microsoft, App: "walk", Version: all[1].Version}))
		}
		return s.DropProvider(s.ctx(), by, okno.Microsoft)
	}},
	{"AskConsent", managing, func(s *scene, by okno.Actor) error {
		return done(s.AskConsent(s.ctx(), by, s.box(), okno.Google, "support@desk.example", false))
	}},
	{"TakeConsent", managing, func(s *scene, by okno.Actor) error {
		state := "none"
		if by.MayManage(okno.ManageMailboxes) {
			asked, err := s.AskConsent(s.ctx(), by, s.box(), okno.Google, "support@desk.example", false)
			must(s.t, err)
			state = asked.State
		}
		return done(s.TakeConsent(s.ctx(), by, state))
	}},
	{"KeepAccess", managing, func(s *scene, by okno.Actor) error { return s.connect(by, desk.Tokens{}) }},
	{"DropAccess", managing, func(s *scene, by okno.Actor) error {
		if by.MayManage(okno.ManageMailboxes) {
			must(s.t, s.connect(by, desk.Tokens{}))
		}
		_, _, err := s.DropAccess(s.ctx(), by, s.box())
		return err
	}},
}

// connect connects the first mailbox with Google; what t does not say is usual.
func (r *rig) connect(by okno.Actor, t desk.Tokens) error {
	r.t.Helper()
	all, err := r.Mailboxes(r.ctx(), r.admin)
	must(r.t, err)
	t.Address, t.Token, t.Refresh = all[0].Address, "token", "refresh"
	if t.Expires.IsZero() {
		t.Expires = r.Now().Add(time.Hour)
	}
	return r.KeepAccess(r.ctx(), by, desk.Consent{Mailbox: all[0].Mailbox, Provider: okno.Provider{Kind: okno.Google}, Address: all[0].Address, Fetching: true}, t)
}

// google sets Google up.
func (r *rig) google(p okno.Provider) {
	r.t.Helper()
	p.Kind, p.App = okno.Google, "app"
	all, err := r.Providers(r.ctx(), r.admin)
	must(r.t, err)
	p.Version = all[0].Version
	must(r.t, r.SaveProvider(r.ctx(), r.admin, p))
}

// accessAlarm is the alarm about the first mailbox's access after a look at it.
func (r *rig) accessAlarm() okno.AlarmKind {
	r.t.Helper()
	must(r.t, r.WatchMailboxes(r.ctx()))
	boxes, err := r.Mailboxes(r.ctx(), r.admin)
	must(r.t, err)
	return boxes[0].Access.Alarm.Kind
}

func TestAConsentIsFinishedOnceByWhoBeganItInTime(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.google(okno.Provider{Secret: "app's secret"})
		boxes, err := r.Mailboxes(r.ctx(), r.admin)
		must(t, err)
		ask := func() string {
			c, err := r.AskConsent(r.ctx(), r.admin, boxes[0].Ref, okno.Google, "support@desk.example", true)
			must(t, err)
			if c.Provider.Secret != "" {
				t.Error("the secret goes with what is only asked")
			}
			return c.State
		}
		state := ask()
		another := r.admin
		another.Session = r.admin.Session + 1
		if _, err := r.TakeConsent(r.ctx(), another, state); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("another session: %v", err)
		}
		c, err := r.TakeConsent(r.ctx(), r.admin, state)
		if err != nil || len(c.Verifier) < 43 || c.Provider.Secret != "app's secret" || c.Mailbox.Ref != boxes[0].Ref || !c.Fetching {
			t.Errorf("%+v %v", c, err)
		}
		if _, err := r.TakeConsent(r.ctx(), r.admin, state); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("taken twice: %v", err)
		}
		state = ask()
		r.clock = r.clock.Add(okno.ConsentLasts)
		if _, err := r.TakeConsent(r.ctx(), r.admin, state); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("taken too late: %v", err)
		}
		err = r.KeepAccess(r.ctx(), r.admin, c, desk.Tokens{Address: "else@desk.example", Token: "t", Refresh: "r", Expires: r.Now().Add(time.Hour)})
		if okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("another's mailbox: %v", err)
		}
	})
}

// A mailbox that nothing is fetched for yet is fetched from its provider, by
// its token; a token goes nowhere else.
func TestATokenIsShownToItsProvidersServersOnly(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	r.google(okno.Provider{})
	departments, err := r.Departments(r.ctx())
	must(t, err)
	save := func(host string) error {
		boxes, err := r.Mailboxes(r.ctx(), r.admin)
		must(t, err)
		m := boxes[0].Mailbox
		m.Fetch = &okno.Fetch{Host: host, Port: 993, Security: okno.TLS, User: m.Address, SignIn: okno.ByToken, Password: "typed all the same"}
		return r.SaveMailbox(r.ctx(), r.admin, m.Ref, m, departments[0].Ref)
	}
	if err := save("imap.gmail.com"); okno.ReasonOf(err) != okno.Invalid {
		t.Errorf("without being connected: %v", err)
	}
	must(t, r.connect(r.admin, desk.Tokens{}))
	boxes, err := r.Mailboxes(r.ctx(), r.admin)
	must(t, err)
	if f := boxes[0].Fetch; f == nil || f.Host != "imap.gmail.com" || f.SignIn != okno.ByToken || f.User != boxes[0].Address {
		t.Errorf("after connecting: %+v", f)
	}
	for _, host := range []string{"imap.evil.example", "gmail.com.evil.example", "notgmail.com"} {
		if err := save(host); okno.ReasonOf(err) != okno.Invalid {
			t.Errorf("%s: %v", host, err)
		}
		if _, err := r.FetchSettings(r.ctx(), r.admin, boxes[0].Ref, okno.Fetch{Host: host, SignIn: okno.ByToken}); okno.ReasonOf(err) != okno.Invalid {
			t.Errorf("a test with %s: %v", host, err)
		}
		relay := okno.Relay{Host: host, Port: 587, Security: okno.StartTLS, User: "x", SignIn: okno.ByToken, Connections: 1}
		if err := r.SaveSending(r.ctx(), r.admin, boxes[0].Ref, okno.Sending{Relay: &relay}); okno.ReasonOf(err) != okno.Invalid {
			t.Errorf("a relay at %s: %v", host, err)
		}
	}
	must(t, save("imap.gmail.com"))
	boxes, err = r.Mailboxes(r.ctx(), r.admin)
	must(t, err)
	if boxes[0].HasSecret {
		t.Error("a password is kept beside the token")
	}
	if err := r.DropProvider(r.ctx(), r.admin, okno.Google); okno.ReasonOf(err) != okno.Conflict {
		t.Errorf("a provider that is used is dropped: %v", err)
	}
}

func TestOneAsksForTheNextTokenAndARotatedOneIsKeptWithIt(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.google(okno.Provider{Secret: "s"})
		must(t, r.connect(r.admin, desk.Tokens{}))
		boxes, err := r.Mailboxes(r.ctx(), r.admin)
		must(t, err)
		box, seen := boxes[0].ID, boxes[0].Access.Refreshed
		if due, err := r.TokensDue(r.ctx()); err != nil || len(due) != 0 {
			t.Errorf("due at once: %v %v", due, err)
		}
		r.clock = r.clock.Add(51 * time.Minute)
		if due, err := r.TokensDue(r.ctx()); err != nil || len(due) != 1 {
			t.Errorf("nine minutes before its end: %v %v", due, err)
		}
		first, err := r.ClaimRefresh(r.ctx(), box, seen)
		if err != nil || first == nil || first.Refresh != "refresh" || first.Provider.Secret != "s" {
			t.Fatalf("%+v %v", first, err)
		}
		if second, err := r.ClaimRefresh(r.ctx(), box, seen); err != nil || second != nil {
			t.Errorf("two ask at once: %+v %v", second, err)
		}
		r.clock = r.clock.Add(61 * time.Second) // the first died
		second, err := r.ClaimRefresh(r.ctx(), box, seen)
		if err != nil || second == nil {
			t.Fatalf("after a death: %+v %v", second, err)
		}
		must(t, r.KeepRefreshed(r.ctx(), second, desk.Tokens{Token: "next", Refresh: "rotated", Expires: r.Now().Add(time.Hour)}))
		must(t, r.KeepRefreshed(r.ctx(), first, desk.Tokens{Token: "late", Refresh: "late", Expires: r.Now().Add(time.Hour)})) // it lived after all
		now, err := r.Token(r.ctx(), box)
		if err != nil || now.Token != "next" {
			t.Errorf("%+v %v", now, err)
		}
		if late, err := r.ClaimRefresh(r.ctx(), box, seen); err != nil || late != nil {
			t.Errorf("who saw the token before asks too: %+v %v", late, err)
		}
		third, err := r.ClaimRefresh(r.ctx(), box, now.Refreshed)
		if err != nil || third == nil || third.Refresh != "rotated" {
			t.Errorf("%+v %v", third, err)
		}
	})
}

func TestAccessThatIsRefusedRaisesAnAlarmEachDayUntilItIsGivenAgain(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	r.google(okno.Provider{})
	must(t, r.connect(r.admin, desk.Tokens{}))
	boxes, err := r.Mailboxes(r.ctx(), r.admin)
	must(t, err)
	refuse := func(why okno.AccessRefusal) {
		now, err := r.Token(r.ctx(), boxes[0].ID)
		must(t, err)
		c, err := r.ClaimRefresh(r.ctx(), boxes[0].ID, now.Refreshed)
		must(t, err)
		must(t, r.RefreshFailed(r.ctx(), c, why, "invalid_something: words"))
	}
	refuse(okno.GrantRefused)
	// What the fetcher says of it raises no second alarm.
	must(t, r.SaveFetchState(r.ctx(), boxes[0].ID, okno.FetchState{Trouble: "access refused", Since: r.Now().Add(-time.Hour)}))
	for day := range 3 {
		if kind := r.accessAlarm(); kind != okno.AlarmGrant || r.alarms(okno.MailboxAlarmed) != day+1 {
			t.Errorf("day %d: %q, %d alarms", day, kind, r.alarms(okno.MailboxAlarmed))
		}
		r.clock = r.clock.Add(12 * time.Hour)
		r.accessAlarm()
		r.clock = r.clock.Add(12 * time.Hour)
	}
	must(t, r.connect(r.admin, desk.Tokens{}))
	if kind := r.accessAlarm(); kind != "" || r.alarms(okno.MailboxRecovered) != 1 {
		t.Errorf("given again: %q", kind)
	}
	refuse(okno.AppRefused)
	if kind := r.accessAlarm(); kind != okno.AlarmApp {
		t.Errorf("the app was refused: %q", kind)
	}
	r.google(okno.Provider{Secret: "new"})
	if kind := r.accessAlarm(); kind != "" {
		t.Errorf("with a new secret: %q", kind)
	}
	r.clock = r.clock.Add(time.Hour)
	if due, err := r.TokensDue(r.ctx()); err != nil || len(due) != 1 {
		t.Errorf("it is not tried again: %v %v", due, err)
	}
}

func TestAnEndThatIsKnownIsWarnedOfDaysBefore(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		grant, secret time.Duration // until their ends; 0: not known
		quiet, warned time.Duration
		kind          okno.AlarmKind
	}{
		"a month":                          {grant: 30 * day, quiet: 22 * day, warned: 23 * day, kind: okno.AlarmEnds},
		"seven days of an unverified app":  {grant: 7 * day, quiet: 3 * day, warned: 4 * day, kind: okno.AlarmEnds},
		"unused for half a year":           {quiet: 172 * day, warned: 173 * day, kind: okno.AlarmEnds},
		"the app's secret, of a long life": {secret: 60 * day, quiet: 52 * day, warned: 53 * day, kind: okno.AlarmSecretEnds},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
			begun := r.Now()
			at := func(in time.Duration) time.Time {
				if in == 0 {
					return time.Time{}
				}
				return begun.Add(in)
			}
			r.google(okno.Provider{SecretEnds: at(c.secret)})
			must(t, r.connect(r.admin, desk.Tokens{Ends: at(c.grant)}))
			r.clock = begun.Add(c.quiet)
			if kind := r.accessAlarm(); kind != "" {
				t.Errorf("too early: %q", kind)
			}
			r.clock = begun.Add(c.warned)
			if kind := r.accessAlarm(); kind != c.kind {
				t.Errorf("in time: %q", kind)
			}
		})
	}
}
