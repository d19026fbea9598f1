package peer_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/oknotest"
	"github.com/oknodesk/okno/internal/oknotest/peer"
)

// theDovecot is run once, for whichever test asks first.
var theDovecot = sync.OnceValues(func() (*peer.Dovecot, error) {
	dir := filepath.Join(home, "dovecot")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	d, err := peer.StartDovecot(dir, certificate, "")
	if err == nil {
		atEnd = append(atEnd, d.Kill)
	}
	return d, err
})

var (
	home        string // of all servers
	certificate peer.Certificate
	atEnd       []func() error
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	if home, err = peer.Dir(); err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	if certificate, err = peer.NewCertificate(home); err != nil {
		return 1, err
	}
	// The one authority, of this process and of those it starts.
	if err := errors.Join(os.Setenv("SSL_CERT_FILE", certificate.File), os.Setenv("SSL_CERT_DIR", home)); err != nil {
		return 1, err
	}
	code = m.Run()
	for _, end := range atEnd {
		err = errors.Join(err, end())
	}
	return code, err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// waitTime is more than a command may take that a server went away from.
const waitTime = 2 * time.Minute

// until waits for a fact.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	late := time.After(waitTime)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("after %s still not: %s", waitTime, what)
		}
	}
}

// desk is an installation that fetches from the Dovecot.
type desk struct {
	*oknotest.Rig
	*peer.Dovecot
	t *testing.T
}

func open(t *testing.T) *desk {
	t.Helper()
	peer.Need(t)
	d, err := theDovecot()
	must(t, err)
	return &desk{oknotest.Start(t, oknotest.Options{Args: []string{"--outbound-allow", peer.Host}}), d, t}
}

// mailbox has the letters of user@desk.example fetched as f says; what f does
// not say is the Dovecot's.
func (d *desk) mailbox(f okno.Fetch) {
	d.t.Helper()
	f.Host, f.Password = peer.Host, peer.Password
	departments, err := d.Desk.Departments(d.t.Context())
	must(d.t, err)
	must(d.t, d.Desk.SaveMailbox(d.t.Context(), okno.Console(), "", okno.Mailbox{Address: f.User + "@desk.example", Lang: "en", Fetch: &f}, departments[0].Ref))
}

// state is how fetching for a user goes.
func (d *desk) state(user string) okno.FetchState {
	d.t.Helper()
	boxes, err := d.Desk.Mailboxes(d.t.Context(), okno.Console())
	must(d.t, err)
	for _, b := range boxes {
		if b.Address == user+"@desk.example" {
			return b.State
		}
	}
	d.t.Fatal("no mailbox of " + user)
	return okno.FetchState{}
}

// fetchNow asks for a round of each mailbox.
func (d *desk) fetchNow() {
	d.t.Helper()
	boxes, err := d.Desk.Mailboxes(d.t.Context(), okno.Console())
	must(d.t, err)
	for _, b := range boxes {
		if b.Fetch != nil {
			must(d.t, d.Desk.AskRound(d.t.Context(), okno.Console(), b.Ref))
		}
	}
}

// came are the Message-IDs of the letters that came for a user, with how often
// each did.
func (d *desk) came(user string) map[string]int {
	d.t.Helper()
	letters, _, err := d.Desk.KeptLetters(d.t.Context(), okno.Console(), "", "")
	must(d.t, err)
	came := map[string]int{}
	for _, k := range letters {
		if k.EnvelopeTo == user+"@desk.example" {
			came[k.MessageID]++
		}
	}
	return came
}

// holds is how many letters a folder of the Dovecot's has; -1: there is none.
func (d *desk) holds(user, folder string) int {
	d.t.Helper()
	c, err := d.Open(user)
	must(d.t, err)
	defer c.Close()
	chosen, err := c.Select(folder, nil).Wait()
	if err != nil {
		return -1
	}
	return int(chosen.NumMessages)
}

func letter(to, id string) string {
	return fmt.Sprintf("From: Carl <carl@customer.example>\r\nTo: <%s@desk.example>\r\nSubject: Printer %[2]s\r\nDate: Fri, 20 Nov 2026 08:00:00 +0000\r\nMessage-ID: <%[2]s@customer.example>\r\n\r\nIt does not print.\r\n", to, id)
}
