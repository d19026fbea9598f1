package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// PushBrowser is a browser that its person allowed to show his notices.
type PushBrowser struct {
	ID      int64
	Ref     okno.Ref
	Person  okno.PersonID
	Session okno.SessionID // 0: it ended, and nothing is told there
	okno.PushTarget
	Agent   string
	Created time.Time
}

const pushColumns = `b.id, b.ref, b.person, b.session, b.endpoint, b.p256dh, b.auth, b.agent, b.created`

func scanPush(row db.Scanner) (PushBrowser, error) {
	var b PushBrowser
	err := row.Scan(&b.ID, &b.Ref, &b.Person, &b.Session, &b.Endpoint, &b.P256DH, &b.Auth, &b.Agent, moment{&b.Created})
	return b, err
}

// AddPushBrowser keeps a browser; one that was there already is this person's
// and this session's from now on, under its new name.
func (tx Tx) AddPushBrowser(b *PushBrowser) error {
	_, err := tx.Exec(`INSERT INTO push_browser (ref, person, session, endpoint, p256dh, auth, agent, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (endpoint) DO UPDATE SET ref = excluded.ref, person = excluded.person, session = excluded.session, p256dh = excluded.p256dh, auth = excluded.auth,
			agent = excluded.agent, created = excluded.created`,
		b.Ref, b.Person, b.Session, b.Endpoint, b.P256DH, b.Auth, b.Agent, micro(b.Created))
	return err
}

// RenewPushBrowser gives a person's browser another session of his; false: it
// is not his.
func (tx Tx) RenewPushBrowser(p okno.PersonID, endpoint string, s okno.SessionID) (bool, error) {
	n, err := tx.Exec(`UPDATE push_browser SET session = ? WHERE endpoint = ? AND person = ?`, s, endpoint, p)
	return n == 1, err
}

// PushBrowsers are a person's browsers whose session has not ended, the first
// allowed first.
func (tx Tx) PushBrowsers(p okno.PersonID, now time.Time, limit int) ([]PushBrowser, error) {
	return db.Collect(tx.Tx, scanPush, `SELECT `+pushColumns+` FROM push_browser b JOIN session s ON s.id = b.session
		WHERE b.person = ? AND s.person = b.person AND s.expires > ? ORDER BY b.created, b.id LIMIT ?`, p, micro(now), limit)
}

// PushBrowser is one browser whose session has not ended, or okno.ErrNotFound.
func (tx Tx) PushBrowser(ref okno.Ref, now time.Time) (PushBrowser, error) {
	return found(db.First(tx.Tx, scanPush, `SELECT `+pushColumns+` FROM push_browser b JOIN session s ON s.id = b.session
		WHERE b.ref = ? AND s.person = b.person AND s.expires > ?`, ref, micro(now)))
}

// DropPushBrowser forgets a person's browser; false: it is not his.
func (tx Tx) DropPushBrowser(p okno.PersonID, ref okno.Ref) (bool, error) {
	n, err := tx.Exec(`DELETE FROM push_browser WHERE person = ? AND ref = ?`, p, ref)
	return n == 1, err
}

// KeepPushBrowsers forgets all but the browsers that a person allowed last.
func (tx Tx) KeepPushBrowsers(p okno.PersonID, latest int) error {
	_, err := tx.Exec(`DELETE FROM push_browser WHERE person = ? AND id NOT IN
		(SELECT id FROM push_browser WHERE person = ? ORDER BY created DESC, id DESC LIMIT ?)`, p, p, latest)
	return err
}

// DropOldPushBrowsers forgets browsers allowed before a moment that have no
// session.
func (tx Tx) DropOldPushBrowsers(before time.Time) error {
	_, err := tx.Exec(`DELETE FROM push_browser WHERE created < ? AND session = 0`, micro(before))
	return err
}

// PushKeys hold the desk's own key for push services (RFC 8292), sealed.
type PushKeys struct {
	Sealed []byte `json:"sealed"`
}

// PushKeys are those that were kept, or okno.ErrNotFound.
func (tx Tx) PushKeys() (PushKeys, error) {
	return found(db.First(tx.Tx, func(row db.Scanner) (PushKeys, error) {
		var k PushKeys
		err := row.Scan(document{&k})
		return k, err
	}, `SELECT value FROM setting WHERE name = 'push'`))
}

// AddPushKeys keeps the keys unless there are some.
func (tx Tx) AddPushKeys(k PushKeys) error {
	_, err := tx.Exec(`INSERT INTO setting (name, value, version) VALUES ('push', ?, 1) ON CONFLICT DO NOTHING`, toJSON(k))
	return err
}
