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
	// TestFetch tries to reach a mailbox (0: one that is not made yet) without
	// fetching anything. Its error says in plain words what did not go.
	TestFetch func(ctx context.Context, box okno.MailboxID, f okno.Fetch) (Found, error)
	// AskConsent begins to connect a mailbox with a provider and says where the
	// administrator goes to give access; FinishConsent takes what the provider
	// sent him back with, and returns the mailbox also with a refusal.
	AskConsent    func(ctx context.Context, by okno.Actor, c Connecting) (url string, err error)
	FinishConsent func(ctx context.Context, by okno.Actor, state, code string) (okno.Mailbox, error)
	// DropAccess disconnects a mailbox; told: its provider knows, or does not
	// want to.
	DropAccess func(ctx context.Context, by okno.Actor, ref okno.Ref) (told bool, err error)
	// Inspect says in JSON what is read of a raw letter.
	Inspect func(raw []byte) ([]byte, error)
	// TestLetter queues a short letter of a mailbox (0: the first) to an
	// address.
	TestLetter func(ctx context.Context, to string, box okno.MailboxID) error
	// Templates are the letters whose words can be changed.
	Templates Templates
	// TestRelay reaches for a mailbox's own relay; nil: no letter leaves by
	// one here.
	TestRelay func(ctx context.Context, box okno.MailboxID, r okno.Relay) error
	// LookupTXT asks the DNS for the texts of a name.
	LookupTXT func(ctx context.Context, name string) ([]string, error)
	// CheckRelay reaches for the relay that letters leave through; nil: there
	// is none, and letters wait.
	CheckRelay func(ctx context.Context) error
}

// Connecting is a mailbox that is to be connected with a provider.
type Connecting struct {
	Mailbox  okno.Ref
	Provider okno.ProviderKind
	Address  string // who is to give access
	Fetching bool   // its letters are to be fetched from the provider
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
