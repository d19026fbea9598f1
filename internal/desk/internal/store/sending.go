package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Sending is how a mailbox's letters leave, with its secrets as they are kept:
// sealed.
type Sending struct {
	okno.Sending
	Sealed []byte // the relay's password
	Key    []byte // the private half of DKIM
}

func scanSending(row db.Scanner) (Sending, error) {
	var s Sending
	var relay, dkim string
	err := row.Scan(&s.Mailbox, document{&s.Names}, document{&s.Signatures}, &relay, &s.Sealed, &dkim, &s.Key, &s.Version)
	if err == nil && relay != "" {
		err = document{&s.Relay}.Scan(relay)
	}
	if err == nil && dkim != "" {
		err = document{&s.DKIM}.Scan(dkim)
	}
	return s, err
}

// Sendings are how the mailboxes' letters leave, where anything was set.
func (tx Tx) Sendings() ([]Sending, error) {
	return db.Collect(tx.Tx, scanSending, `SELECT mailbox, names, signatures, relay, password, dkim, dkim_key, version FROM sending ORDER BY mailbox LIMIT 1000`)
}

// SaveSending keeps how a mailbox's letters leave over the version it was read
// at; version 0 makes it.
func (tx Tx) SaveSending(s *Sending) error {
	relay, dkim := "", ""
	if s.Relay != nil {
		bare := *s.Relay
		bare.Password = ""
		relay = toJSON(bare)
	}
	if s.DKIM != nil {
		dkim = toJSON(s.DKIM)
	}
	if s.Version == 0 {
		return stale(tx.Exec(`INSERT INTO sending (mailbox, names, signatures, relay, password, dkim, dkim_key) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			s.Mailbox, toJSON(s.Names), toJSON(s.Signatures), relay, s.Sealed, dkim, s.Key))
	}
	return stale(tx.Exec(`UPDATE sending SET names = ?, signatures = ?, relay = ?, password = ?, dkim = ?, dkim_key = ?, version = version + 1 WHERE mailbox = ? AND version = ?`,
		toJSON(s.Names), toJSON(s.Signatures), relay, s.Sealed, dkim, s.Key, s.Mailbox, s.Version))
}
