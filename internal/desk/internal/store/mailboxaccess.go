package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Consent is one that was begun. Its verifier is sealed.
type Consent struct {
	Hash     []byte
	Session  okno.SessionID
	Mailbox  okno.MailboxID
	Provider okno.ProviderKind
	Address  string
	Fetching bool
	Verifier []byte
	Expires  time.Time
}

// AddConsent keeps a consent that was begun.
func (tx Tx) AddConsent(c Consent) error {
	_, err := tx.Exec(`INSERT INTO consent (hash, session, mailbox, provider, address, fetching, verifier, expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		c.Hash, c.Session, c.Mailbox, c.Provider, c.Address, truth(c.Fetching), c.Verifier, micro(c.Expires))
	return err
}

// TakeConsent takes a session's consent away, or okno.ErrNotFound.
func (tx Tx) TakeConsent(hash []byte, session okno.SessionID, now time.Time) (Consent, error) {
	return found(db.First(tx.Tx, func(row db.Scanner) (Consent, error) {
		c := Consent{Hash: hash, Session: session}
		err := row.Scan(&c.Mailbox, &c.Provider, &c.Address, flag{&c.Fetching}, &c.Verifier, moment{&c.Expires})
		return c, err
	}, `DELETE FROM consent WHERE hash = ? AND session = ? AND expires > ? RETURNING mailbox, provider, address, fetching, verifier, expires`, hash, session, micro(now)))
}

// DropConsents forgets consents that ended before a moment.
func (tx Tx) DropConsents(before time.Time) error {
	_, err := tx.Exec(`DELETE FROM consent WHERE expires < ?`, micro(before))
	return err
}

// Access is a mailbox's access with its tokens as they are kept: sealed.
type Access struct {
	okno.MailboxAccess
	Refresh []byte
	Token   []byte
	Claimed time.Time // until when somebody asks for the next token
	Again   time.Time // it is not to be asked for before
	Version int64
}

const accessColumns = `mailbox, provider, address, refresh, token, expires, given, refreshed, ends, span, claimed, again, refused, trouble, since, alarm, alarmed, version`

func scanAccess(row db.Scanner) (Access, error) {
	var a Access
	var span int64
	err := row.Scan(&a.Mailbox, &a.Provider, &a.Address, &a.Refresh, &a.Token, moment{&a.Expires}, moment{&a.Given}, moment{&a.Refreshed}, moment{&a.Ends}, &span,
		moment{&a.Claimed}, moment{&a.Again}, &a.Refused, &a.Trouble, moment{&a.Since}, &a.Alarm.Kind, moment{&a.Alarm.Since}, &a.Version)
	a.Span = time.Duration(span) * time.Microsecond
	return a, err
}

// Accesses are those of all mailboxes that are connected.
func (tx Tx) Accesses() ([]Access, error) {
	return db.Collect(tx.Tx, scanAccess, `SELECT `+accessColumns+` FROM mailbox_access ORDER BY mailbox LIMIT 1000`)
}

// Access is one mailbox's, or okno.ErrNotFound.
func (tx Tx) Access(box okno.MailboxID) (Access, error) {
	return found(db.First(tx.Tx, scanAccess, `SELECT `+accessColumns+` FROM mailbox_access WHERE mailbox = ?`, box))
}

// SaveAccess keeps a mailbox's access over the version it was read at; version
// 0 makes it.
func (tx Tx) SaveAccess(a *Access) error {
	if a.Version == 0 {
		return stale(tx.Exec(`INSERT INTO mailbox_access (provider, address, refresh, token, expires, given, refreshed, ends, span, mailbox) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			a.Provider, a.Address, a.Refresh, a.Token, micro(a.Expires), micro(a.Given), micro(a.Refreshed), micro(a.Ends), a.Span.Microseconds(), a.Mailbox))
	}
	return stale(tx.Exec(`UPDATE mailbox_access SET provider = ?, address = ?, refresh = ?, token = ?, expires = ?, given = ?, refreshed = ?, ends = ?, span = ?,
		claimed = ?, again = ?, refused = ?, trouble = ?, since = ?, version = version + 1 WHERE mailbox = ? AND version = ?`,
		a.Provider, a.Address, a.Refresh, a.Token, micro(a.Expires), micro(a.Given), micro(a.Refreshed), micro(a.Ends), a.Span.Microseconds(),
		micro(a.Claimed), micro(a.Again), a.Refused, a.Trouble, micro(a.Since), a.Mailbox, a.Version))
}

// SaveAccessAlarm keeps what alarm was raised about a mailbox's access; it is
// no change of the access.
func (tx Tx) SaveAccessAlarm(box okno.MailboxID, alarm okno.Alarm) error {
	_, err := tx.Exec(`UPDATE mailbox_access SET alarm = ?, alarmed = ? WHERE mailbox = ?`, alarm.Kind, micro(alarm.Since), box)
	return err
}

// DropAccess forgets a mailbox's access with its tokens.
func (tx Tx) DropAccess(box okno.MailboxID) error {
	_, err := tx.Exec(`DELETE FROM mailbox_access WHERE mailbox = ?`, box)
	return err
}
