package access_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/access"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/oknotest/peer"
	"github.com/oknodesk/okno/internal/outbound"
	"github.com/oknodesk/okno/internal/secret"
)

const support = "support@desk.example"

// rig is a desk whose mailbox lies at an authority of the test's.
type rig struct {
	*desk.Desk
	t         *testing.T
	db        *db.DB
	url       string
	authority *peer.Authority
	access    *access.Access
	log       *words
	box       okno.Mailbox
	key       secret.Key

	mu    sync.Mutex
	clock time.Time
}

// words is a log that is read while it is written.
type words struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.clock
}

func (r *rig) later(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock = r.clock.Add(d)
}

func each(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newRig(t, dbtest.SQLite(t))) })
	t.Run("postgres", func(t *testing.T) { test(t, newRig(t, dbtest.Postgres(t, jobs.Migrations, desk.Migrations))) })
}

func one(t *testing.T) *rig { return newRig(t, dbtest.SQLite(t)) }

func newRig(t *testing.T, url string) *rig {
	t.Helper()
	d := dbtest.Open(t, url)
	must(t, d.Migrate(t.Context(), jobs.Migrations, desk.Migrations))
	r := &rig{t: t, db: d, url: url, authority: peer.NewAuthority(), log: &words{}, clock: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	t.Cleanup(r.authority.Close)
	var err error
	r.key, err = secret.LoadKey(t.TempDir() + "/key")
	must(t, err)
	r.Desk, r.access = r.process(d)
	must(t, r.SetUp(t.Context(), okno.Console(), "", desk.Setup{Name: "Ada", Address: "ada@desk.example", Password: "correct horse battery", Company: "Supplier", Support: support, Lang: "en"}))
	r.box, err = r.MailboxFor(t.Context(), support)
	must(t, err)
	r.provider(peer.AppSecret)
	return r
}

// process is one more program on a database.
func (r *rig) process(d *db.DB) (*desk.Desk, *access.Access) {
	r.t.Helper()
	files, err := blob.NewDisk(r.t.TempDir())
	must(r.t, err)
	log := slog.New(slog.NewTextHandler(r.log, nil))
	k := desk.New(desk.Config{DB: d, Blob: files, Key: r.key, Now: r.now, Log: log, Lang: "en", Consequences: func(okno.Event) []string { return nil }})
	r.t.Cleanup(k.Close)
	near, err := outbound.New([]string{"127.0.0.1"})
	must(r.t, err)
	return k, access.New(k, near, "https://desk.example", log)
}

// provider sets the authority up.
func (r *rig) provider(appSecret string) {
	r.t.Helper()
	all, err := r.Providers(r.t.Context(), okno.Console())
	must(r.t, err)
	must(r.t, r.SaveProvider(r.t.Context(), okno.Console(), okno.Provider{
		Kind: okno.OtherProvider, App: peer.App, Secret: appSecret, Name: "Authority", Hosts: []string{"imap.example"}, Scopes: []string{"openid", "email"},
		AuthURL: r.authority.URL + "/authorize", TokenURL: r.authority.URL + "/token", RevokeURL: r.authority.URL + "/revoke", Version: all[2].Version,
	}))
}

// connect has somebody give access to the mailbox.
func (r *rig) connect(address string) error {
	r.t.Helper()
	asked, err := r.access.Ask(r.t.Context(), okno.Console(), r.box.Ref, okno.OtherProvider, support, false)
	must(r.t, err)
	if strings.Contains(asked.URL, peer.AppSecret) || strings.Contains(asked.URL, asked.Verifier) {
		r.t.Errorf("a secret stands in %s", asked.URL)
	}
	state, code, err := r.authority.Consent(asked.URL, address)
	must(r.t, err)
	_, err = r.access.Finish(r.t.Context(), okno.Console(), state, code)
	return err
}

func (r *rig) token() string {
	r.t.Helper()
	token, err := r.access.Token(r.t.Context(), r.box.ID)
	must(r.t, err)
	return token
}

// refusal is why there is no token.
func (r *rig) refusal() (okno.AccessRefusal, string) {
	r.t.Helper()
	_, err := r.access.Token(r.t.Context(), r.box.ID)
	var no *access.Trouble
	if !errors.As(err, &no) {
		r.t.Fatalf("no trouble: %v", err)
	}
	return no.Refused, no.Words
}

func TestATokenIsRenewedBeforeItsEndAndTheRotatedOneKept(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		if _, err := r.access.Token(t.Context(), r.box.ID); !errors.Is(err, access.ErrNone) {
			t.Errorf("a mailbox that is not connected: %v", err)
		}
		must(t, r.connect(support))
		first := r.token()
		if r.authority.Whose(first) != support {
			t.Error("the token opens nothing")
		}
		r.later(45 * time.Minute)
		must(t, r.access.Refresh(t.Context()))
		if r.token() != first || r.authority.Refreshes() != 0 {
			t.Error("it is renewed too early")
		}
		r.later(6 * time.Minute)
		for range 3 { // each refresh token is good once
			must(t, r.access.Refresh(t.Context()))
			r.later(51 * time.Minute)
		}
		if n := r.authority.Refreshes(); n != 3 || r.token() == first || r.authority.Grants() != 1 {
			t.Errorf("renewed %d times, %d refresh tokens are good", n, r.authority.Grants())
		}
		r.later(24 * time.Hour) // nothing ran
		if r.authority.Whose(r.token()) != support {
			t.Error("a token that had ended was not renewed when it was wanted")
		}
		told, err := r.access.Drop(t.Context(), okno.Console(), r.box.Ref)
		if err != nil || !told || r.authority.Grants() != 0 {
			t.Errorf("disconnected: told %v, %v, %d refresh tokens are good", told, err, r.authority.Grants())
		}
	})
}

// Many ask in two programs at the same moment, while the answer is awaited.
func TestOneOfTwoProcessesAsksForTheNextToken(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		must(t, r.connect(support))
		second := r.db // on SQLite one process serves alone
		if second.Dialect() == db.Postgres {
			second = dbtest.Open(t, r.url)
		}
		_, other := r.process(second)
		r.later(2 * time.Hour)
		hold := make(chan struct{})
		r.authority.Answer(peer.Answers{Hold: hold})
		var wait sync.WaitGroup
		tokens := make(chan string, 8)
		for n := range 8 {
			by := []*access.Access{r.access, other}[n%2]
			wait.Go(func() {
				token, err := by.Token(context.WithoutCancel(t.Context()), r.box.ID)
				if err != nil {
					t.Error(err)
				}
				tokens <- token
			})
		}
		hold <- struct{}{} // one asks
		close(hold)        // as would all others
		wait.Wait()
		close(tokens)
		first := <-tokens
		for token := range tokens {
			if token != first || token == "" {
				t.Error("two tokens were given out")
			}
		}
		if n := r.authority.Refreshes(); n != 1 {
			t.Errorf("%d asked", n)
		}
	})
}

func TestWhatAProviderRefusesIsSaidByItsNameAndNotAskedForAgain(t *testing.T) {
	r := one(t)
	must(t, r.connect(support))
	r.later(2 * time.Hour)
	r.authority.Withdraw()
	if refused, words := r.refusal(); refused != okno.GrantRefused || !strings.Contains(words, "invalid_grant: the authority says invalid_grant") {
		t.Errorf("%q %s", refused, words)
	}
	must(t, r.connect(support))
	r.token()

	r.later(2 * time.Hour)
	r.authority.Answer(peer.Answers{Secret: "another secret"})
	if refused, words := r.refusal(); refused != okno.AppRefused || !strings.Contains(words, "invalid_client") {
		t.Errorf("%q %s", refused, words)
	}
	r.authority.Answer(peer.Answers{})
	r.later(24 * time.Hour)
	if refused, _ := r.refusal(); refused != okno.AppRefused {
		t.Error("it is asked although nothing has changed")
	}
	r.provider("a new one")
	r.authority.Answer(peer.Answers{Secret: "a new one"})
	r.token()
	if log := r.log.String(); strings.Contains(log, peer.AppSecret) || strings.Contains(log, "a new one") || !strings.Contains(log, "invalid_client") {
		t.Errorf("the log:\n%s", log)
	}
}

func TestTroubleThatPassesIsTriedAgainLater(t *testing.T) {
	r := one(t)
	must(t, r.connect(support))
	r.later(2 * time.Hour)
	r.authority.Answer(peer.Answers{Error: "temporarily_unavailable"})
	if refused, words := r.refusal(); refused != "" || !strings.Contains(words, "temporarily_unavailable") {
		t.Errorf("%q %s", refused, words)
	}
	r.authority.Answer(peer.Answers{})
	if refused, _ := r.refusal(); refused != "" {
		t.Errorf("at once: %q", refused)
	}
	r.later(31 * time.Second)
	r.token()
	r.authority.Close() // nobody answers at all
	r.later(2 * time.Hour)
	if refused, words := r.refusal(); refused != "" || !strings.Contains(words, "connection refused") {
		t.Errorf("%q %s", refused, words)
	}
}

func TestATokenThatAMailServerRefusedIsReplaced(t *testing.T) {
	r := one(t)
	must(t, r.connect(support))
	first := r.token()
	r.access.Refused(t.Context(), r.box.ID, "some other token")
	if r.token() != first {
		t.Error("another's refusal counts")
	}
	r.access.Refused(t.Context(), r.box.ID, first)
	if r.token() == first {
		t.Error("it is shown again")
	}
}

func TestConnectingIsRefusedWithTheReason(t *testing.T) {
	r := one(t)
	for name, c := range map[string]struct {
		answers peer.Answers
		address string
		key     string
	}{
		"another's mailbox":       {address: "else@desk.example", key: "error.consent.other"},
		"no refresh token":        {answers: peer.Answers{NoRefresh: true}, address: support, key: "error.consent.norefresh"},
		"the provider says no":    {answers: peer.Answers{Error: "invalid_scope"}, address: support, key: "error.consent.refused"},
		"the app is not good":     {answers: peer.Answers{Secret: "other"}, address: support, key: "error.consent.refused"},
		"a code for another PKCE": {address: "", key: "error.consent.refused"},
	} {
		r.authority.Answer(c.answers)
		err := r.connect(c.address)
		var no *okno.Error
		if !errors.As(err, &no) || no.Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := r.access.Token(t.Context(), r.box.ID); !errors.Is(err, access.ErrNone) {
			t.Errorf("%s: something was kept", name)
		}
	}
}

// A grant that ends is told of by the provider with each token; one that every
// token prolongs is prolonged in time.
func TestTheEndOfAGrantIsKnown(t *testing.T) {
	r := one(t)
	const week = 7 * 24 * time.Hour
	r.authority.Answer(peer.Answers{GrantLife: week})
	must(t, r.connect(support))
	access := func() *okno.MailboxAccess {
		boxes, err := r.Mailboxes(t.Context(), okno.Console())
		must(t, err)
		return boxes[0].Access
	}
	if a := access(); a.Span != week || !a.Ends.Equal(r.Now().Add(week)) {
		t.Errorf("%+v", a)
	}
	r.later(24 * time.Hour)
	r.authority.Answer(peer.Answers{GrantLife: week - 24*time.Hour})
	r.token()
	if a := access(); a.Span != week || !a.Ends.Equal(r.Now().Add(week-24*time.Hour)) {
		t.Errorf("a day later: %+v", a)
	}
	r.authority.Answer(peer.Answers{GrantLife: 30 * time.Minute, Life: 24 * time.Hour})
	must(t, r.connect(support))
	for range 4 {
		r.later(11 * time.Minute)
		before := r.authority.Refreshes()
		must(t, r.access.Refresh(t.Context()))
		if a := access(); r.authority.Refreshes() != before+1 || a.Ends.Sub(r.Now()) != 30*time.Minute {
			t.Errorf("a grant that is prolonged by use: %+v", a)
		}
	}
}
