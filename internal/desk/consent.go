package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/secret"
)

// Consent is an administrator's asking a provider for access to a mailbox.
type Consent struct {
	Mailbox  okno.Mailbox
	Provider okno.Provider // with its secret, once it is taken
	Address  string        // who is expected to give it
	Fetching bool          // the letters are to be fetched from the provider
	State    string        // what the provider sends back
	Verifier string        // RFC 7636
}

// Tokens are what a provider gave.
type Tokens struct {
	Address string    // whose mailbox they open; empty when only renewed
	Token   string    // RFC 6750
	Expires time.Time // of it
	Refresh string    // empty: as before
	Ends    time.Time // of the leave; zero: the provider does not say
}

// verifierUse is what a consent's verifier is sealed for.
const verifierUse = "verifier"

// AskConsent begins to connect a mailbox: address is who is expected to give
// access, the mailbox's own or, of a shared mailbox, one of those who may open
// it. It may be finished once, by the same session, for okno.ConsentLasts.
func (d *Desk) AskConsent(ctx context.Context, by okno.Actor, ref okno.Ref, kind okno.ProviderKind, address string, fetching bool) (Consent, error) {
	if !by.MayManage(okno.ManageMailboxes) {
		return Consent{}, okno.ErrForbidden
	}
	address, err := checkAddress("address", address)
	if err != nil {
		return Consent{}, err
	}
	verifier, _ := secret.NewToken() // 43 characters, as RFC 7636 4.1 asks for
	state, hash := secret.NewToken()
	c := Consent{Address: address, Fetching: fetching, State: state, Verifier: verifier}
	sealed := d.mailboxes.Seal([]byte(verifier), verifierUse)
	return c, d.write(ctx, func(tx store.Tx) error {
		m, err := mailboxIn(tx, ref)
		if err != nil {
			return err
		}
		p, err := tx.Provider(kind)
		if okno.ReasonOf(err) == okno.NotFound {
			return okno.Refuse(okno.Conflict, "error.provider.none")
		}
		if err != nil {
			return err
		}
		c.Mailbox, c.Provider = m.Mailbox, p.Provider
		return tx.AddConsent(store.Consent{Hash: hash, Session: by.Session, Mailbox: m.ID, Provider: kind, Address: address, Fetching: fetching, Verifier: sealed, Expires: d.Now().Add(okno.ConsentLasts)})
	})
}

// errConsent says that there is nothing to finish.
var errConsent = okno.Refuse(okno.Conflict, "error.consent.over")

// TakeConsent takes a consent that the same session has begun, this once.
func (d *Desk) TakeConsent(ctx context.Context, by okno.Actor, state string) (Consent, error) {
	if !by.MayManage(okno.ManageMailboxes) {
		return Consent{}, okno.ErrForbidden
	}
	var c Consent
	err := d.write(ctx, func(tx store.Tx) error {
		kept, err := tx.TakeConsent(secret.HashToken(state), by.Session, d.Now())
		if okno.ReasonOf(err) == okno.NotFound {
			return errConsent
		}
		if err != nil {
			return err
		}
		verifier, err := d.mailboxes.Open(kept.Verifier, verifierUse)
		if err != nil {
			return err
		}
		c = Consent{Address: kept.Address, Fetching: kept.Fetching, State: state, Verifier: string(verifier)}
		boxes, err := tx.Mailboxes()
		if err != nil {
			return err
		}
		c.Mailbox = pick(boxes, func(m store.Mailbox) bool { return m.ID == kept.Mailbox }).Mailbox
		c.Provider, err = d.providerIn(tx, kept.Provider)
		if okno.ReasonOf(err) == okno.NotFound {
			return errConsent
		}
		return err
	})
	return c, err
}

// KeepAccess connects a mailbox with what the provider gave, in the place of
// what it had. Fetching and the relay sign in with it where they stand with
// the provider.
func (d *Desk) KeepAccess(ctx context.Context, by okno.Actor, c Consent, t Tokens) error {
	if mail.Fold(t.Address) != mail.Fold(c.Address) {
		return &okno.Error{Reason: okno.Conflict, Key: "error.consent.other", Args: []any{"Given", t.Address, "Expected", c.Address}}
	}
	now := d.Now()
	return d.manage(ctx, by, okno.ManageMailboxes, func(tx store.Tx) (int64, okno.Event, error) {
		m, err := mailboxIn(tx, c.Mailbox.Ref)
		if err != nil {
			return 0, okno.Event{}, err
		}
		a, err := tx.Access(m.ID)
		if err != nil && okno.ReasonOf(err) != okno.NotFound {
			return 0, okno.Event{}, err
		}
		a = store.Access{MailboxAccess: okno.MailboxAccess{Mailbox: m.ID, Provider: c.Provider.Kind, Address: t.Address, Given: now, Alarm: a.Alarm}, Version: a.Version}
		d.renewed(&a, t, m.Ref, now)
		if err := tx.SaveAccess(&a); err != nil {
			return 0, okno.Event{}, err
		}
		tx.Announce(RoundTopic, string(m.Ref))
		return int64(m.ID), okno.NewEvent(okno.AccessGiven, okno.EventData{Reason: string(a.Provider)}), d.useAccess(tx, m, c)
	})
}

// useAccess has a mailbox sign in with its access where its letters are fetched
// from the provider, or are to be, and where they leave through its relay.
func (d *Desk) useAccess(tx store.Tx, m store.Mailbox, c Consent) error {
	at := c.Provider.Endpoints()
	if m.Fetch == nil && c.Fetching && at.IMAP != "" {
		m.Fetch = &okno.Fetch{Host: at.IMAP, Port: 993, Security: okno.TLS, User: m.Address, Folder: "INBOX", After: okno.MarkSeen}
	}
	if m.Fetch != nil && at.Serves(m.Fetch.Host) {
		m.Fetch.SignIn, m.Sealed = okno.ByToken, nil
		if err := tx.SaveMailbox(&m, false); err != nil {
			return err
		}
	}
	all, err := tx.Sendings()
	if err != nil {
		return err
	}
	s := pick(all, func(s store.Sending) bool { return s.Mailbox == m.ID })
	if s.Relay == nil || s.Relay.User == "" || !at.Serves(s.Relay.Host) {
		return nil
	}
	s.Relay.SignIn, s.Sealed = okno.ByToken, nil
	return tx.SaveSending(&s)
}

// DropAccess disconnects a mailbox. It returns the provider and the refresh
// token, for the provider to be told that it is no longer good; empty: another
// mailbox is connected by the same person, whose access providers end with it.
func (d *Desk) DropAccess(ctx context.Context, by okno.Actor, ref okno.Ref) (p okno.Provider, refresh string, err error) {
	err = d.manage(ctx, by, okno.ManageMailboxes, func(tx store.Tx) (int64, okno.Event, error) {
		m, err := mailboxIn(tx, ref)
		if err != nil {
			return 0, okno.Event{}, err
		}
		a, err := tx.Access(m.ID)
		if err != nil {
			return 0, okno.Event{}, err
		}
		if p, err = d.providerIn(tx, a.Provider); err != nil {
			return 0, okno.Event{}, err
		}
		token, err := d.mailboxes.Open(a.Refresh, refreshUse+string(m.Ref))
		if err != nil {
			return 0, okno.Event{}, err
		}
		all, err := tx.Accesses()
		if err != nil {
			return 0, okno.Event{}, err
		}
		refresh = string(token)
		if slices.ContainsFunc(all, func(o store.Access) bool {
			return o.Mailbox != a.Mailbox && o.Provider == a.Provider && mail.Fold(o.Address) == mail.Fold(a.Address)
		}) {
			refresh = ""
		}
		return int64(m.ID), okno.NewEvent(okno.AccessDropped, okno.EventData{Reason: string(a.Provider)}), tx.DropAccess(m.ID)
	})
	return p, refresh, err
}

// accessFor is what keeps a mailbox's token from a mail server: that there is
// none, or that the server is not its provider's. field is the form's.
func accessFor(tx store.Tx, box okno.MailboxID, host, field string) error {
	a, err := tx.Access(box)
	if okno.ReasonOf(err) == okno.NotFound {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.access.none", Field: "sign_in"}}
	}
	if err != nil {
		return err
	}
	p, err := tx.Provider(a.Provider)
	if err != nil {
		return err
	}
	if at := p.Endpoints(); !at.Serves(host) {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.access.host", Args: []any{"Hosts", strings.Join(at.Hosts, ", ")}, Field: field}}
	}
	return nil
}
