package store

import (
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Letter is a letter that leaves with its bytes as they are kept.
type Letter struct {
	okno.Letter
	Folded string // recipient, as compared
	Sealed []byte
	Blob   string
}

const letterColumns = `id, ref, kind, origin, event, ticket, message, person, mailbox, sender, recipient, folded, subject, messageid,
	state, attempts, trouble, answer, at, sent, shown, announces`

func scanLetter(row db.Scanner) (Letter, error) {
	var l Letter
	err := row.Scan(l.columns()...)
	return l, err
}

func scanSealedLetter(row db.Scanner) (Letter, error) {
	var l Letter
	err := row.Scan(append(l.columns(), &l.Sealed, &l.Blob)...)
	return l, err
}

// columns are where letterColumns go.
func (l *Letter) columns() []any {
	return []any{&l.ID, &l.Ref, &l.Kind, &l.Origin, &l.Event, &l.Ticket, &l.Message, &l.Person, &l.Mailbox, &l.From, &l.To, &l.Folded,
		&l.Subject, &l.MessageID, &l.State, &l.Attempts, &l.Trouble, &l.Answer, moment{&l.At}, moment{&l.Sent}, &l.Shown, moment{&l.Announces}}
}

// QueueLetters keeps letters to be sent and sets their ids; 0: its origin has a
// letter already.
func (tx Tx) QueueLetters(all []*Letter) error {
	for some := range db.Batches(all) {
		if err := tx.queueSome(some); err != nil {
			return err
		}
	}
	return nil
}

func (tx Tx) queueSome(some []*Letter) error {
	const row = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	var args []any
	byOrigin := make(map[string]*Letter, len(some))
	for _, l := range some {
		byOrigin[l.Origin] = l
		args = append(args, l.Ref, l.Kind, l.Origin, l.Event, l.Ticket, l.Message, l.Person, l.Mailbox,
			l.From, l.To, l.Folded, l.Subject, l.MessageID, l.State, micro(l.At), l.Sealed, l.Blob, l.Shown, micro(l.Announces))
	}
	_, err := db.Collect(tx.Tx, func(r db.Scanner) (origin string, err error) {
		var id okno.LetterID
		if err = r.Scan(&id, &origin); err == nil {
			byOrigin[origin].ID = id
		}
		return origin, err
	}, `INSERT INTO letter (ref, kind, origin, event, ticket, message, person, mailbox,
		sender, recipient, folded, subject, messageid, state, at, sealed, blob, shown, announces)
		VALUES `+row+strings.Repeat(", "+row, len(some)-1)+` ON CONFLICT (origin) DO NOTHING RETURNING id, origin`, args...)
	return err
}

// Letter is one letter without its bytes, or okno.ErrNotFound.
func (tx Tx) Letter(id okno.LetterID) (Letter, error) {
	return found(db.First(tx.Tx, scanLetter, `SELECT `+letterColumns+` FROM letter WHERE id = ?`, id))
}

// LettersToSend are those of some letters that there are, with their bytes or the
// hash of their blob; where both are empty it was sent.
func (tx Tx) LettersToSend(ids []okno.LetterID) ([]Letter, error) {
	return among(tx, scanSealedLetter, `SELECT `+letterColumns+`, sealed, blob FROM letter WHERE id IN `, ids, ``)
}

// LetterByRef is Letter by public name.
func (tx Tx) LetterByRef(ref okno.Ref) (Letter, error) {
	return found(db.First(tx.Tx, scanLetter, `SELECT `+letterColumns+` FROM letter WHERE ref = ?`, ref))
}

// LetterByMessageID finds the letter a bounce speaks of, or okno.ErrNotFound.
func (tx Tx) LetterByMessageID(id string) (Letter, error) {
	return found(db.First(tx.Tx, scanLetter, `SELECT `+letterColumns+` FROM letter WHERE messageid = ?`, id))
}

// SealedLetter are a letter's bytes, or the hash of their blob; both empty:
// it was sent.
func (tx Tx) SealedLetter(id okno.LetterID) (sealed []byte, blob string, err error) {
	_, err = found(db.First(tx.Tx, func(row db.Scanner) (int, error) { return 0, row.Scan(&sealed, &blob) }, `SELECT sealed, blob FROM letter WHERE id = ?`, id))
	return sealed, blob, err
}

// astray is what stands of a letter's state in an index: nothing of one that is
// queued or sent.
func astray(s okno.LetterState) okno.LetterState {
	if s == okno.LetterQueued || s == okno.LetterSent {
		return ""
	}
	return s
}

// astrayMost is how far back MarkAstray looks, in letters.
const astrayMost = 10_000

// MarkAstray puts into their index what letters a program of before that index
// has left out of it while both were running.
func (tx Tx) MarkAstray() error {
	_, err := tx.Exec(`UPDATE letter SET astray = state WHERE id > (SELECT COALESCE(MAX(id), 0) FROM letter) - ? AND astray = '' AND state NOT IN ('queued', 'sent')`, astrayMost)
	return err
}

// SaveDelivery keeps how far a letter has come. Once it is sent or given up,
// its bytes, which hold secrets, are forgotten.
func (tx Tx) SaveDelivery(l *okno.Letter) error {
	sql := `UPDATE letter SET state = ?, astray = ?, attempts = ?, trouble = ?, answer = ?, sent = ?`
	if l.State == okno.LetterSent || l.State == okno.LetterBounced || l.State == okno.LetterCancelled {
		sql += `, sealed = NULL, blob = ''`
	}
	return tx.Send(sql+` WHERE id = ?`, l.State, astray(l.State), l.Attempts, l.Trouble, l.Answer, micro(l.Sent), l.ID)
}

// LettersOfTickets are the letters that tickets' messages left as, the newest
// first.
func (tx Tx) LettersOfTickets(tickets []okno.TicketID, limit int) ([]Letter, error) {
	return db.Collect(tx.Tx, scanLetter, `SELECT `+letterColumns+` FROM letter WHERE ticket IN (`+marks(len(tickets))+`) AND ticket > 0 ORDER BY id DESC LIMIT ?`,
		append(anys(tickets), limit)...)
}

// LettersTo counts the letters of some kinds queued for an address since a
// moment, up to limit.
func (tx Tx) LettersTo(folded string, kinds []okno.LetterKind, since time.Time, limit int) (int, error) {
	ids, err := tx.AskLettersTo(folded, kinds, since, limit).All()
	return len(ids), err
}

// AskLettersTo is LettersTo for later: a row each.
func (tx Tx) AskLettersTo(folded string, kinds []okno.LetterKind, since time.Time, limit int) *db.Asked[okno.LetterID] {
	return db.Ask(tx.Tx, scanOne[okno.LetterID], `SELECT id FROM letter WHERE folded = ? AND kind IN (`+marks(len(kinds))+`) AND at >= ? LIMIT ?`,
		append(append([]any{folded}, anys(kinds)...), micro(since), limit)...)
}

// DropFailedLetters forgets the bytes of letters refused for good before a
// moment.
func (tx Tx) DropFailedLetters(before time.Time) error {
	_, err := tx.Exec(`UPDATE letter SET sealed = NULL, blob = '' WHERE astray = 'failed' AND astray <> '' AND at < ? AND (sealed IS NOT NULL OR blob <> '')`, micro(before))
	return err
}
