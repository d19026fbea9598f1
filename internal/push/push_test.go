package push_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/outbound"
	"github.com/oknodesk/okno/internal/push"
	"github.com/oknodesk/okno/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const password = "correct horse battery"

// rig is a desk whose administrator Ada has allowed one browser, on a clock
// that moves only when told.
type rig struct {
	*desk.Desk
	t       *testing.T
	runner  *jobs.Runner
	service *service
	ada     okno.Actor
	number  okno.Number
	ticket  okno.TicketID
	fact    okno.EventID

	mu  sync.Mutex
	at  time.Time
	log strings.Builder
}

// each runs the test on both databases. guarded: the way to push services is
// the real one, which leads to public addresses only.
func each(t *testing.T, guarded bool, test func(t *testing.T, r *rig)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newRig(t, d, guarded)) }, jobs.Migrations, desk.Migrations)
}

func newRig(t *testing.T, d *db.DB, guarded bool) *rig {
	t.Helper()
	ctx := t.Context()
	must(t, d.Migrate(ctx, jobs.Migrations, desk.Migrations))
	files, err := blob.NewDisk(t.TempDir())
	must(t, err)
	key, err := secret.LoadKey(t.TempDir() + "/key")
	must(t, err)
	r := &rig{t: t, at: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	log := slog.New(slog.NewTextHandler(r, nil))
	r.Desk = desk.New(desk.Config{DB: d, Blob: files, Key: key, Now: r.now, Log: log, Lang: "en", Consequences: func(okno.Event) []string { return nil }})
	t.Cleanup(r.Close)
	must(t, r.SetUp(ctx, okno.Console(), "", desk.Setup{Name: "Ada", Address: "ada@desk.example", Password: password, Company: "Supplier", Support: "support@desk.example", Lang: "en"}))
	token, err := r.SignIn(ctx, "ada@desk.example", password, "", "test")
	must(t, err)
	r.ada, _, err = r.ActorOf(ctx, token, okno.DoorWorkspace)
	must(t, err)
	o, err := r.OpenTicket(ctx, okno.Nobody("en"), desk.Opening{Key: "the one of this test", Name: "Carl", Address: "carl@customer.example", Channel: okno.ChannelWeb, Subject: "Secret subject", Text: "Secret text.", Lang: "en"})
	must(t, err)
	r.number, r.ticket = o.Number, o.Ticket
	r.service = newService(t, r.now)
	r.service.key, err = r.PushPublicKey(ctx)
	must(t, err)
	must(t, r.AllowPush(ctx, r.ada, r.service.target(), "Firefox"))
	r.run(d, log, guarded)
	return r
}

// run works duties off until the test ends.
func (r *rig) run(d *db.DB, log *slog.Logger, guarded bool) {
	known := r.service.Client() // it knows the service's certificate
	known.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r.t.Cleanup(known.CloseIdleConnections)
	web := push.Asker(known)
	if guarded {
		dialer, err := outbound.New(nil)
		must(r.t, err)
		web = push.Web(dialer)
	}
	base, err := url.Parse("https://desk.example")
	must(r.t, err)
	r.runner = jobs.NewRunner(d, r.now, log)
	push.New(push.Config{Desk: r.Desk, Web: web, BaseURL: base, Log: log}).Register(r.runner)
	running, stop := context.WithCancel(r.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.runner.Run(running) }()
	r.t.Cleanup(func() {
		stop()
		must(r.t, <-ended)
	})
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	r.at = r.at.Add(d)
	r.mu.Unlock()
	r.runner.Wake()
	r.settle()
}

// Write keeps the log for the test to look at.
func (r *rig) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.Write(p)
}

func (r *rig) logged() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.String()
}

// tell tells Ada of the ticket and waits until what is due is done.
func (r *rig) tell(kind okno.NoticeKind) {
	r.t.Helper()
	r.fact++
	must(r.t, r.Tell(r.t.Context(), nil, []desk.Told{{Notice: okno.Notice{Person: r.ada.Person, Event: r.fact, Ticket: r.ticket, Kind: kind, Listed: true}, Browsers: true}}))
	r.settle()
}

func (r *rig) settle() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	must(r.t, r.runner.Settle(ctx))
}

func (r *rig) browsers() int {
	r.t.Helper()
	own, err := r.PushBrowsers(r.t.Context(), r.ada)
	must(r.t, err)
	return len(own)
}

func TestBrowserIsToldTheNumberAndWhatHappened(t *testing.T) {
	each(t, false, func(t *testing.T, r *rig) {
		r.tell(okno.NoticeWrote)
		must(t, r.SetLang(t.Context(), r.ada, "ru"))
		r.tell(okno.NoticeCall)
		want := []pushed{
			{Title: "Okno", Body: "The customer wrote in ticket #100001", Tag: "100001", Path: "/desk/tickets/100001", ttl: "43200", urgency: "normal"},
			{Title: "Okno", Body: "Клиент просит позвонить по заявке #100001", Tag: "100001", Path: "/desk/tickets/100001", ttl: "43200", urgency: "high"},
		}
		got := r.service.pushes()
		if len(got) != len(want) {
			t.Fatalf("%d came, want %d: %+v", len(got), len(want), got)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("shown %+v, want %+v", got[i], want[i])
			}
		}
		if strings.Contains(r.logged(), r.service.URL) {
			t.Errorf("the address of the browser is in the log: %s", r.logged())
		}
	})
}

func TestBrowserIsToldOfWhatIsAboutNoTicket(t *testing.T) {
	each(t, false, func(t *testing.T, r *rig) {
		r.ticket = 0
		r.tell(okno.NoticeAlarm)
		r.tell(okno.NoticeEntryReturned)
		want := []pushed{
			{Title: "Okno", Body: "A mailbox fails or is silent", Tag: "/admin/mailboxes", Path: "/admin/mailboxes", ttl: "43200", urgency: "normal"},
			{Title: "Okno", Body: "An invitation or a registration’s letter was not delivered", Tag: "/admin/letters", Path: "/admin/letters", ttl: "43200", urgency: "normal"},
		}
		if got := r.service.pushes(); !slices.Equal(got, want) {
			t.Errorf("shown %+v, want %+v", got, want)
		}
	})
}

func TestABrowserThatIsGoneIsForgotten(t *testing.T) {
	each(t, false, func(t *testing.T, r *rig) {
		r.service.answer(410)
		r.tell(okno.NoticeWrote)
		if n := r.browsers(); n != 0 {
			t.Fatalf("%d browsers are left", n)
		}
		r.tell(okno.NoticeWrote)
		if n := r.service.times(); n != 1 {
			t.Errorf("the push service was asked %d times, want once", n)
		}
	})
}

func TestTroubleIsTriedAgainAndTooLateIsNever(t *testing.T) {
	each(t, false, func(t *testing.T, r *rig) {
		r.service.answer(500, 429)
		r.tell(okno.NoticeWrote)
		r.pass(time.Minute)
		if n := r.service.times(); n != 2 {
			t.Fatalf("asked %d times within a minute, want 2", n)
		}
		r.pass(100 * time.Second)
		if n := r.service.times(); n != 2 {
			t.Fatalf("asked %d times before the pause that it named was over", n)
		}
		r.pass(30 * time.Second)
		if n := len(r.service.pushes()); n != 1 {
			t.Fatalf("%d came after the pause, want 1", n)
		}
		r.service.answer(503)
		r.tell(okno.NoticeWrote)
		r.pass(13 * time.Hour)
		if n := len(r.service.pushes()); n != 1 {
			t.Errorf("%d came: one of yesterday too", n)
		}
	})
}

func TestWhatRedirectsIsNotFollowed(t *testing.T) {
	each(t, false, func(t *testing.T, r *rig) {
		r.service.answer(307)
		r.tell(okno.NoticeWrote)
		if n := r.service.times(); n != 1 || r.browsers() != 1 {
			t.Errorf("asked %d times, %d browsers left, want 1 and 1", n, r.browsers())
		}
		dead, err := r.DeadJobs(t.Context(), okno.System())
		must(t, err)
		if len(dead) != 1 || dead[0].Kind != desk.PushJobKind {
			t.Errorf("duties given up: %+v", dead)
		}
	})
}

// A browser's address is what whoever signed in says it is: it leads to no
// machine of the network around us.
func TestPrivateAddressesAreNotAsked(t *testing.T) {
	each(t, true, func(t *testing.T, r *rig) {
		r.tell(okno.NoticeWrote)
		if n := r.service.times(); n != 0 {
			t.Errorf("it was asked %d times", n)
		}
		if n := r.browsers(); n != 0 {
			t.Errorf("%d browsers are left", n)
		}
	})
}
