package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Mailbox is a mailbox with its password as it is kept: sealed.
type Mailbox struct {
	okno.Mailbox
	Sealed []byte
	State  okno.FetchState
	Watch  Watch
	// Delivery is the key of letters handed over by HTTP, sealed; nil: none.
	Delivery []byte
}

// Watch is what is known of a mailbox's silence.
type Watch struct {
	Alarm   okno.Alarm
	Gap     time.Duration // the longest usual, of working time; 0: not known
	Learned time.Time
}

const mailboxColumns = `id, ref, address, folded, name, department, lang, fetching, password, closed, version, fetched, trouble, trouble_kind, since, uidvalidity, lastuid, quiet, alarm, alarmed, gap, learned, delivery`

func scanMailbox(row db.Scanner) (Mailbox, error) {
	var m Mailbox
	var fetch string
	var gap int64
	err := row.Scan(&m.ID, &m.Ref, &m.Address, &m.Folded, &m.Name, &m.Department, &m.Lang, &fetch, &m.Sealed, moment{&m.Closed}, &m.Version,
		moment{&m.State.At}, &m.State.Trouble, &m.State.Kind, moment{&m.State.Since}, &m.State.UIDValidity, &m.State.LastUID,
		&m.Quiet, &m.Watch.Alarm.Kind, moment{&m.Watch.Alarm.Since}, &gap, moment{&m.Watch.Learned}, &m.Delivery)
	m.Watch.Gap = time.Duration(gap) * time.Microsecond
	if err == nil && fetch != "" {
		err = document{&m.Fetch}.Scan(fetch)
	}
	return m, err
}

// fetchJSON is where letters are fetched from, without the password.
func fetchJSON(f *okno.Fetch) string {
	if f == nil {
		return ""
	}
	bare := *f
	bare.Password = ""
	return toJSON(bare)
}

// AddMailbox keeps a new mailbox and sets its ID; that its address is taken
// is a unique violation of mailbox.folded.
func (tx Tx) AddMailbox(m *Mailbox, at time.Time) error {
	id, err := insert(tx, `INSERT INTO mailbox (ref, address, folded, name, department, lang, fetching, password, quiet, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		m.Ref, m.Address, m.Folded, m.Name, m.Department, m.Lang, fetchJSON(m.Fetch), m.Sealed, m.Quiet, micro(at))
	m.ID, m.Version = okno.MailboxID(id), 1
	return err
}

// SaveMailbox keeps a changed mailbox over the version it was read at and
// forgets where fetching stood if it is fetched from elsewhere now.
func (tx Tx) SaveMailbox(m *Mailbox, elsewhere bool) error {
	if err := stale(tx.Exec(`UPDATE mailbox SET address = ?, folded = ?, name = ?, department = ?, lang = ?, fetching = ?, password = ?, quiet = ?, closed = ?, version = version + 1
		WHERE id = ? AND version = ?`,
		m.Address, m.Folded, m.Name, m.Department, m.Lang, fetchJSON(m.Fetch), m.Sealed, m.Quiet, micro(m.Closed), m.ID, m.Version)); err != nil {
		return err
	}
	if !elsewhere {
		return nil
	}
	if _, err := tx.Exec(`UPDATE mailbox SET fetched = 0, trouble = '', since = 0, uidvalidity = 0, lastuid = 0 WHERE id = ?`, m.ID); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM fetched_letter WHERE mailbox = ?`, m.ID)
	return err
}

// SaveDeliveryKey keeps the sealed key of letters handed over by HTTP; nil:
// none.
func (tx Tx) SaveDeliveryKey(id okno.MailboxID, sealed []byte) error {
	_, err := tx.Exec(`UPDATE mailbox SET delivery = ? WHERE id = ?`, sealed, id)
	return err
}

// SaveWatch keeps what is known of a mailbox's silence.
func (tx Tx) SaveWatch(id okno.MailboxID, w Watch) error {
	_, err := tx.Exec(`UPDATE mailbox SET alarm = ?, alarmed = ?, gap = ?, learned = ? WHERE id = ?`,
		w.Alarm.Kind, micro(w.Alarm.Since), w.Gap.Microseconds(), micro(w.Learned), id)
	return err
}

// CameTo are the times at which letters came to a mailbox since a moment, in
// order, at most limit of them.
func (tx Tx) CameTo(id okno.MailboxID, since time.Time, limit int) ([]time.Time, error) {
	return db.Collect(tx.Tx, scanMoment, `SELECT at FROM kept_letter WHERE mailbox = ? AND at > ? ORDER BY at LIMIT ?`, id, micro(since), limit)
}

// LastCameTo is when the last letter came to a mailbox; zero: none has.
func (tx Tx) LastCameTo(id okno.MailboxID) (time.Time, error) {
	return db.First(tx.Tx, scanMoment, `SELECT COALESCE(MAX(at), 0) FROM kept_letter WHERE mailbox = ?`, id)
}

func scanMoment(row db.Scanner) (t time.Time, err error) {
	err = row.Scan(moment{&t})
	return t, err
}

// Fetched are the names of letters that were fetched from a mailbox's server
// and left there.
func (tx Tx) Fetched(id okno.MailboxID) ([]string, error) {
	return db.Collect(tx.Tx, scanOne[string], `SELECT name FROM fetched_letter WHERE mailbox = ?`, id)
}

// NoteFetched adds one; known ones are known.
func (tx Tx) NoteFetched(id okno.MailboxID, name string) error {
	_, err := tx.Exec(`INSERT INTO fetched_letter (mailbox, name) VALUES (?, ?) ON CONFLICT (mailbox, name) DO NOTHING`, id, name)
	return err
}

// ForgetFetched drops one.
func (tx Tx) ForgetFetched(id okno.MailboxID, name string) error {
	_, err := tx.Exec(`DELETE FROM fetched_letter WHERE mailbox = ? AND name = ?`, id, name)
	return err
}

// SaveFetchState keeps how fetching a mailbox goes; it is no change of the
// mailbox.
func (tx Tx) SaveFetchState(id okno.MailboxID, s okno.FetchState) error {
	_, err := tx.Exec(`UPDATE mailbox SET fetched = ?, trouble = ?, trouble_kind = ?, since = ?, uidvalidity = ?, lastuid = ? WHERE id = ?`,
		micro(s.At), s.Trouble, s.Kind, micro(s.Since), s.UIDValidity, s.LastUID, id)
	return err
}

// Mailboxes are all mailboxes, closed ones too, in the order they were made.
func (tx Tx) Mailboxes() ([]Mailbox, error) {
	return db.Collect(tx.Tx, scanMailbox, `SELECT `+mailboxColumns+` FROM mailbox ORDER BY id LIMIT 1000`)
}
