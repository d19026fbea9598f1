package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// KeptLetter is a letter that came in with where its bytes are.
type KeptLetter struct {
	okno.KeptLetter
	Packed []byte // zstd; nil: in Blob, or gone
	Blob   string
}

const keptColumns = `id, ref, mailbox, messageid, identity, envelopefrom, envelopeto, source, peer, helo, size, blob, at, state, ticket, message, trace, cause, writer, subject, released`

func scanKept(row db.Scanner) (KeptLetter, error) {
	var k KeptLetter
	err := row.Scan(k.columns()...)
	return k, err
}

func scanWhole(row db.Scanner) (KeptLetter, error) {
	var k KeptLetter
	err := row.Scan(append(k.columns(), &k.Packed)...)
	return k, err
}

// columns are where keptColumns go.
func (k *KeptLetter) columns() []any {
	return []any{&k.ID, &k.Ref, &k.Mailbox, &k.MessageID, &k.Identity, &k.EnvelopeFrom, &k.EnvelopeTo, &k.Source, &k.Peer, &k.Helo,
		&k.Size, &k.Blob, moment{&k.At}, &k.State, &k.Ticket, &k.Message, document{&k.Trace},
		&k.Cause, &k.Writer, &k.Subject, flag{&k.Released}}
}

// KeepLetter keeps a letter; false: the same letter is kept already and its
// ID is set instead.
func (tx Tx) KeepLetter(k *KeptLetter) (bool, error) {
	ids, err := db.Collect(tx.Tx, scanOne[okno.KeptLetterID], `INSERT INTO kept_letter
		(ref, mailbox, messageid, identity, envelopefrom, envelopeto, source, peer, helo, size, raw, blob, at, state)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (mailbox, identity, messageid) DO NOTHING RETURNING id`,
		k.Ref, k.Mailbox, k.MessageID, k.Identity, k.EnvelopeFrom, k.EnvelopeTo, k.Source, k.Peer, k.Helo, k.Size, k.Packed, k.Blob, micro(k.At), k.State)
	if err != nil {
		return false, err
	}
	if len(ids) == 1 {
		k.ID = ids[0]
		return true, nil
	}
	k.ID, err = db.First(tx.Tx, scanOne[okno.KeptLetterID], `SELECT id FROM kept_letter WHERE mailbox = ? AND identity = ? AND messageid = ?`, k.Mailbox, k.Identity, k.MessageID)
	return false, err
}

// KeptLetter is one kept letter without its bytes, or okno.ErrNotFound.
func (tx Tx) KeptLetter(id okno.KeptLetterID) (KeptLetter, error) {
	return found(db.First(tx.Tx, scanKept, `SELECT `+keptColumns+` FROM kept_letter WHERE id = ?`, id))
}

// WholeLetter is KeptLetter with its bytes where the database holds them.
func (tx Tx) WholeLetter(id okno.KeptLetterID) (KeptLetter, error) {
	return found(db.First(tx.Tx, scanWhole, `SELECT `+keptColumns+`, raw FROM kept_letter WHERE id = ?`, id))
}

// KeptLetterByRef is KeptLetter by public name.
func (tx Tx) KeptLetterByRef(ref okno.Ref) (KeptLetter, error) {
	return found(db.First(tx.Tx, scanKept, `SELECT `+keptColumns+` FROM kept_letter WHERE ref = ?`, ref))
}

// PackedLetter are a kept letter's bytes where the database holds them; nil:
// they are a blob, or gone.
func (tx Tx) PackedLetter(id okno.KeptLetterID) ([]byte, error) {
	return found(db.First(tx.Tx, scanOne[[]byte], `SELECT raw FROM kept_letter WHERE id = ?`, id))
}

// KeptElsewhere is the kept letter that is the same as this one but came to
// another mailbox of ours, if its steps were taken; else okno.ErrNotFound.
func (tx Tx) KeptElsewhere(k okno.KeptLetter) (KeptLetter, error) {
	return found(db.First(tx.Tx, scanKept, `SELECT `+keptColumns+` FROM kept_letter WHERE identity = ? AND messageid = ? AND id <> ? AND ticket > 0 AND state = 'joined' ORDER BY id LIMIT 1`,
		k.Identity, k.MessageID, k.ID))
}

// MessageIDUsed reports whether another kept letter bears the Message-ID.
func (tx Tx) MessageIDUsed(k okno.KeptLetter) (bool, error) {
	return tx.exists(`SELECT 1 FROM kept_letter WHERE messageid = ? AND messageid <> '' AND identity <> ? LIMIT 1`, k.MessageID, k.Identity)
}

// SaveVerdicts keeps what became of a kept letter and why.
func (tx Tx) SaveVerdicts(k okno.KeptLetter) error {
	return tx.Send(`UPDATE kept_letter SET state = ?, waits = ?, ticket = ?, message = ?, trace = ?, cause = ?, writer = ?, subject = ?, released = ? WHERE id = ?`,
		k.State, truth(k.State == okno.KeptQuarantined), k.Ticket, k.Message, toJSON(k.Trace), k.Cause, k.Writer, k.Subject, truth(k.Released), k.ID)
}

// KeptLetters lists kept letters before an id (0: from the newest), newest
// first, in one state or all ("").
func (tx Tx) KeptLetters(state okno.KeptState, before okno.KeptLetterID, limit int) ([]KeptLetter, error) {
	sql, args := `SELECT `+keptColumns+` FROM kept_letter WHERE id < ?`, []any{endless(int64(before))}
	if state != "" {
		sql, args = sql+` AND state = ?`, append(args, state)
	}
	return db.Collect(tx.Tx, scanKept, sql+` ORDER BY id DESC LIMIT ?`, append(args, limit)...)
}

// endless reads "before 0" as "from the newest".
func endless(before int64) int64 {
	if before == 0 {
		return 1<<63 - 1
	}
	return before
}

// DropRawLetters forgets the bytes of letters kept before a moment; their
// trace stays. It returns how many.
func (tx Tx) DropRawLetters(before time.Time) (int64, error) {
	return tx.Exec(`UPDATE kept_letter SET raw = NULL, blob = '' WHERE at < ? AND (raw IS NOT NULL OR blob <> '')`, micro(before))
}

// Quarantined lists the letters of some mailboxes that wait for a decision,
// before an id (0: from the newest), newest first.
func (tx Tx) Quarantined(boxes []okno.MailboxID, before okno.KeptLetterID, limit int) ([]KeptLetter, error) {
	if len(boxes) == 0 {
		return nil, nil
	}
	args := []any{endless(int64(before))}
	for _, box := range boxes {
		args = append(args, box)
	}
	return db.Collect(tx.Tx, scanKept, `SELECT `+keptColumns+` FROM kept_letter WHERE waits = 1 AND id < ? AND mailbox IN (`+marks(len(boxes))+`)
		ORDER BY id DESC LIMIT ?`, append(args, limit)...)
}

// waitsMost is how far back MarkWaiting looks, in kept letters.
const waitsMost = 10_000

// MarkWaiting puts right which letters wait for a decision, where a program of
// before that column ran beside this one.
func (tx Tx) MarkWaiting() error {
	const waits = `CASE state WHEN 'quarantined' THEN 1 ELSE 0 END`
	_, err := tx.Exec(`UPDATE kept_letter SET waits = `+waits+` WHERE id > (SELECT COALESCE(MAX(id), 0) FROM kept_letter) - ? AND waits <> `+waits, waitsMost)
	return err
}

// DiscardQuarantined decides against letters that have waited since before a
// moment and forgets their bytes. It returns how many.
func (tx Tx) DiscardQuarantined(before time.Time) (int64, error) {
	return tx.Exec(`UPDATE kept_letter SET state = 'discarded', waits = 0, raw = NULL, blob = '' WHERE waits = 1 AND at < ?`, micro(before))
}

// DiscardLetter decides against one.
func (tx Tx) DiscardLetter(id okno.KeptLetterID) error {
	_, err := tx.Exec(`UPDATE kept_letter SET state = 'discarded', waits = 0, raw = NULL, blob = '' WHERE id = ?`, id)
	return err
}

// LettersInto counts the messages that came into a ticket by letter since a
// moment, up to limit.
func (tx Tx) LettersInto(t okno.TicketID, since time.Time, limit int) (int, error) {
	ids, err := db.Collect(tx.Tx, scanOne[okno.MessageID], `SELECT id FROM message WHERE ticket = ? AND letter > 0 AND at >= ? LIMIT ?`, t, micro(since), limit)
	return len(ids), err
}
