// Package admin is where an administrator sets the desk up and sees how its
// letters fare.
package admin

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// Config is what the administration works on.
type Config struct {
	Desk *desk.Desk
	// BaseURL begins the addresses that other programs are told, without a
	// slash at its end.
	BaseURL string
	// TestFetch tries to reach a mailbox without fetching anything. Its error
	// says in plain words what did not go.
	TestFetch func(ctx context.Context, f okno.Fetch) (Found, error)
	// Inspect says in JSON what is read of a raw letter.
	Inspect func(raw []byte) ([]byte, error)
	// TestLetter queues a short letter of a mailbox (0: the first) to an
	// address.
	TestLetter func(ctx context.Context, to string, box okno.MailboxID) error
	// Templates are the letters whose words can be changed.
	Templates Templates
	// TestRelay reaches for a mailbox's own relay; nil: no letter leaves by
	// one here.
	TestRelay func(ctx context.Context, r okno.Relay) error
	// LookupTXT asks the DNS for the texts of a name.
	LookupTXT func(ctx context.Context, name string) ([]string, error)
	// CheckRelay reaches for the relay that letters leave through; nil: there
	// is none, and letters wait.
	CheckRelay func(ctx context.Context) error
}

// Found is what a mailbox holds.
type Found struct {
	Letters int
	Unseen  int // of them; these would be fetched first
}

// Admin shows the administration.
type Admin struct {
	desk *desk.Desk
	c    Config
}

// New makes the administration of a desk.
func New(c Config) *Admin { return &Admin{desk: c.Desk, c: c} }
