package store

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Erasure is a duty to erase one person, as far as it has come.
type Erasure struct {
	Person okno.PersonID
	Asked  time.Time
	Sealed []byte // the addresses he had
	Look   int    // 1, or 2: once more, for what was under way during the first
	Sweep  int    // which of the sweeps
	Upto   int64  // up to which id of its table it has come
}

// AddErasure begins a duty to erase.
func (tx Tx) AddErasure(e Erasure) error {
	_, err := tx.Exec(`INSERT INTO erasure (person, asked, sealed, look, sweep, upto) VALUES (?, ?, ?, ?, ?, ?)`, e.Person, micro(e.Asked), e.Sealed, e.Look, e.Sweep, e.Upto)
	return err
}

// Erasure is the duty to erase a person, or okno.ErrNotFound: there is none, or
// it is done.
func (tx Tx) Erasure(p okno.PersonID) (Erasure, error) {
	return found(db.First(tx.Tx, func(row db.Scanner) (Erasure, error) {
		var e Erasure
		err := row.Scan(&e.Person, moment{&e.Asked}, &e.Sealed, &e.Look, &e.Sweep, &e.Upto)
		return e, err
	}, `SELECT person, asked, sealed, look, sweep, upto FROM erasure WHERE person = ?`, p))
}

// SaveErasure keeps how far a duty has come.
func (tx Tx) SaveErasure(e Erasure) error {
	_, err := tx.Exec(`UPDATE erasure SET look = ?, sweep = ?, upto = ? WHERE person = ?`, e.Look, e.Sweep, e.Upto, e.Person)
	return err
}

// EndErasure forgets a duty that is done, with the addresses.
func (tx Tx) EndErasure(p okno.PersonID) error {
	_, err := tx.Exec(`DELETE FROM erasure WHERE person = ?`, p)
	return err
}

// ErasePerson leaves of a person, over the version that was seen, that he was
// there: no name, no address, no way to come in, no right.
func (tx Tx) ErasePerson(p *okno.Person, at time.Time) error {
	if err := stale(tx.Exec(`UPDATE person SET name = '', phone = '', lang = '', zone = '', theme = '', away = 0, away_until = 0, picture = '', picture_type = '',
		switches = '', disabled = ?, erased = ?, version = version + 1 WHERE id = ? AND version = ?`, micro(at), micro(at), p.ID, p.Version)); err != nil {
		return err
	}
	for _, sql := range []string{
		`DELETE FROM address WHERE person = ?`, `DELETE FROM address_change WHERE person = ?`, `DELETE FROM account WHERE person = ?`,
		`DELETE FROM link WHERE person = ?`, `DELETE FROM session_ticket WHERE person = ?`, `DELETE FROM push_browser WHERE person = ?`,
		`DELETE FROM membership WHERE person = ?`, `DELETE FROM person_role WHERE person = ?`, `DELETE FROM team_member WHERE person = ?`,
		`DELETE FROM company_agent WHERE person = ?`, `DELETE FROM topic_agent WHERE person = ?`, `DELETE FROM given WHERE person = ?`,
		`UPDATE company SET assignee = 0 WHERE assignee = ?`, `DELETE FROM draft WHERE person = ?`, `DELETE FROM seen WHERE person = ?`,
		`DELETE FROM remote_message WHERE person = ?`, `DELETE FROM remote_sender WHERE person = ?`, `DELETE FROM remote_sender WHERE sender = ?`,
	} {
		if _, err := tx.Exec(sql, p.ID); err != nil {
			return err
		}
	}
	return tx.LeaveBytes(p.ID, p.Picture)
}

// AllAddresses are the folded addresses that a person has, had lately or asked
// for.
func (tx Tx) AllAddresses(p okno.PersonID) ([]string, error) {
	return db.Collect(tx.Tx, scanOne[string], `SELECT folded FROM address WHERE person = ?
		UNION SELECT folded FROM address_change WHERE person = ? UNION SELECT former FROM address_change WHERE person = ? AND former <> ''`, p, p, p)
}

// LeaveBytes records that bytes lost their row by a person's erasure; empty:
// there are none.
func (tx Tx) LeaveBytes(p okno.PersonID, hash string) error {
	if hash == "" {
		return nil
	}
	_, err := tx.Exec(`INSERT INTO erased_bytes (person, hash) VALUES (?, ?) ON CONFLICT DO NOTHING`, p, hash)
	return err
}

// LeaveUploads records the bytes of a person's uploads that wait for their
// forms; the uploads go with his sessions.
func (tx Tx) LeaveUploads(p okno.PersonID) error {
	_, err := tx.Exec(`INSERT INTO erased_bytes (person, hash) SELECT DISTINCT CAST(? AS BIGINT), hash FROM file WHERE message = 0
		AND session IN (SELECT id FROM session WHERE person = ? AND person > 0) ON CONFLICT DO NOTHING`, p, p)
	return err
}

// LeftBytes are the bytes that an erasure has left without a row, after one of
// them.
func (tx Tx) LeftBytes(p okno.PersonID, after string, limit int) ([]string, error) {
	return db.Collect(tx.Tx, scanOne[string], `SELECT hash FROM erased_bytes WHERE person = ? AND hash > ? ORDER BY hash LIMIT ?`, p, after, limit)
}

// ForgetBytes ends the record of bytes left.
func (tx Tx) ForgetBytes(p okno.PersonID, hash string) error {
	_, err := tx.Exec(`DELETE FROM erased_bytes WHERE person = ? AND hash = ?`, p, hash)
	return err
}

// Range is some of a table's ids: above From, up to To.
type Range struct{ From, To int64 }

// All is the range of every id.
var All = Range{0, math.MaxInt64}

// LastID is the highest id of a table, which is ours to name.
func (tx Tx) LastID(table string) (int64, error) {
	return db.First(tx.Tx, scanOne[int64], `SELECT COALESCE(MAX(id), 0) FROM `+table)
}

// TicketsWritten are the tickets in which a person wrote one of these
// messages as a customer.
func (tx Tx) TicketsWritten(p okno.PersonID, r Range) ([]okno.TicketID, error) {
	return db.Collect(tx.Tx, scanOne[okno.TicketID], `SELECT DISTINCT ticket FROM message WHERE id > ? AND id <= ? AND author = ? AND side = 'customer'`, r.From, r.To, p)
}

// TicketsRequested are those of these tickets that are a person's.
func (tx Tx) TicketsRequested(p okno.PersonID, r Range) ([]okno.TicketID, error) {
	return db.Collect(tx.Tx, scanOne[okno.TicketID], `SELECT id FROM ticket WHERE id > ? AND id <= ? AND requester = ?`, r.From, r.To, p)
}

// TicketsOfCalls are the tickets of those of these calls that a person asked
// for.
func (tx Tx) TicketsOfCalls(p okno.PersonID, r Range) ([]okno.TicketID, error) {
	return db.Collect(tx.Tx, scanOne[okno.TicketID], `SELECT DISTINCT ticket FROM call WHERE id > ? AND id <= ? AND asker = ?`, r.From, r.To, p)
}

// EraseNotices forgets those of these notices that a person was given.
func (tx Tx) EraseNotices(p okno.PersonID, r Range) error {
	_, err := tx.Exec(`DELETE FROM notice WHERE id > ? AND id <= ? AND person = ?`, r.From, r.To, p)
	return err
}

// EraseMessages leaves tombstones where a person wrote in a ticket as a
// customer, at most limit; it returns how many. What they said before and their
// files go with them.
func (tx Tx) EraseMessages(p okno.PersonID, t okno.TicketID, at time.Time, limit int) (int, error) {
	ids, err := db.Collect(tx.Tx, scanOne[okno.MessageID], `SELECT id FROM message m WHERE ticket = ? AND author = ? AND side = 'customer'
		AND (deleted = 0 OR body <> '' OR html <> '' OR quoted <> '' OR EXISTS (SELECT 1 FROM message_version v WHERE v.message = m.id)
			OR EXISTS (SELECT 1 FROM file f WHERE f.message = m.id AND f.message > 0)) ORDER BY id LIMIT ?`, t, p, limit)
	for _, m := range ids {
		if err := tx.eraseMessage(p, m, at); err != nil {
			return 0, err
		}
	}
	return len(ids), err
}

func (tx Tx) eraseMessage(p okno.PersonID, m okno.MessageID, at time.Time) error {
	if _, err := tx.Exec(`INSERT INTO erased_bytes (person, hash) SELECT DISTINCT CAST(? AS BIGINT), hash FROM file WHERE message = ? AND message > 0 ON CONFLICT DO NOTHING`, p, m); err != nil {
		return err
	}
	if err := tx.DropFiles(m); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM message_version WHERE message = ?`, m); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE message SET body = '', html = '', quoted = '', deleted = CASE WHEN deleted = 0 THEN ? ELSE deleted END, version = version + 1 WHERE id = ?`, micro(at), m)
	return err
}

// EraseQuotes forgets what was cut as quoted from a ticket's letters: it is
// what others wrote. It returns how many had any.
func (tx Tx) EraseQuotes(t okno.TicketID) (int64, error) {
	return tx.Exec(`UPDATE message SET quoted = '' WHERE ticket = ? AND quoted <> ''`, t)
}

// EraseHeldCopies takes the addresses that were his at their time from those of
// these answers that wait. Whoever gives one at this moment reads it anew.
func (tx Tx) EraseHeldCopies(r Range, his func(address string, at time.Time) bool) error {
	all, err := db.Collect(tx.Tx, scanHeld, `SELECT `+heldColumns+` FROM held_answer WHERE id > ? AND id <= ? AND cc NOT IN ('[]', 'null')`, r.From, r.To)
	if err != nil {
		return err
	}
	for _, h := range all {
		cc := slices.DeleteFunc(slices.Clone(h.CC), func(a string) bool { return his(a, h.Written) })
		if len(cc) == len(h.CC) {
			continue
		}
		if _, err := tx.Exec(`UPDATE held_answer SET cc = ?, version = version + 1 WHERE id = ?`, toJSON(cc), h.ID); err != nil {
			return err
		}
	}
	return nil
}

// EraseDraftCopies does so for drafts of answers that were taken back; they are
// few.
func (tx Tx) EraseDraftCopies(his func(address string, at time.Time) bool) error {
	type draft struct {
		person okno.PersonID
		ticket okno.TicketID
		kind   okno.MessageKind
		cc     string
		at     time.Time
	}
	all, err := db.Collect(tx.Tx, func(row db.Scanner) (d draft, err error) {
		return d, row.Scan(&d.person, &d.ticket, &d.kind, &d.cc, moment{&d.at})
	}, `SELECT person, ticket, kind, cc, updated FROM draft WHERE cc <> ''`)
	if err != nil {
		return err
	}
	for _, d := range all {
		was := strings.Split(d.cc, ", ")
		cc := slices.DeleteFunc(slices.Clone(was), func(a string) bool { return his(a, d.at) })
		if len(cc) == len(was) {
			continue
		}
		if _, err := tx.Exec(`UPDATE draft SET cc = ? WHERE person = ? AND ticket = ? AND kind = ?`, strings.Join(cc, ", "), d.person, d.ticket, d.kind); err != nil {
			return err
		}
	}
	return nil
}

// EraseCalls forgets what a person asked for calls with, in a ticket; all says
// that the ticket is his and so are all calls. It returns how many were his.
func (tx Tx) EraseCalls(p okno.PersonID, t okno.TicketID, all bool) (int64, error) {
	return tx.Exec(`UPDATE call SET phone = '', suits = '', about = '', version = version + 1
		WHERE (ticket = ? AND (asker = ? OR CAST(? AS BIGINT) = 1 AND home = 0)
				OR ticket IN (SELECT merged FROM ticket WHERE id = ? AND merged > 0) AND home = ? AND (asker = ? OR CAST(? AS BIGINT) = 1))
			AND (phone <> '' OR suits <> '' OR about <> '')`, t, p, truth(all), t, t, p, truth(all))
}

// ErasedKept is a kept letter as an erasure looks at it.
type ErasedKept struct {
	KeptLetter
	Author    okno.PersonID // of the customer's message it became; 0: none
	Requester okno.PersonID // of its ticket
}

// KeptToErase are those of these kept letters that still say anything.
func (tx Tx) KeptToErase(r Range) ([]ErasedKept, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (ErasedKept, error) {
		var k ErasedKept
		err := row.Scan(&k.ID, &k.Message, &k.EnvelopeFrom, &k.Blob, &k.State, moment{&k.At}, &k.Author, &k.Requester)
		return k, err
	}, `SELECT k.id, k.message, k.envelopefrom, k.blob, k.state, k.at, COALESCE(m.author, 0), COALESCE(t.requester, 0)
		FROM kept_letter k LEFT JOIN message m ON m.id = k.message AND m.side = 'customer' LEFT JOIN ticket t ON t.id = k.ticket
		WHERE k.id > ? AND k.id <= ? AND (k.raw IS NOT NULL OR k.blob <> '' OR k.envelopefrom <> '' OR k.trace <> '[]' OR k.writer <> '' OR k.subject <> '')`, r.From, r.To)
}

// EraseKept forgets the bytes of a kept letter, who sent it and why it was
// judged so; its Message-ID stays, so that it is not taken in again.
func (tx Tx) EraseKept(p okno.PersonID, k KeptLetter) error {
	if err := tx.LeaveBytes(p, k.Blob); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE kept_letter SET raw = NULL, blob = '', envelopefrom = '', peer = '', helo = '', trace = '[]', writer = '', subject = '' WHERE id = ?`, k.ID)
	return err
}

// ErasedLetter is a letter that leaves or left as an erasure looks at it.
type ErasedLetter struct {
	Letter
	Author    okno.PersonID // of the customer's message it tells; 0: none
	Requester okno.PersonID // of its ticket
}

// LettersToErase are those of these letters that still say anything.
func (tx Tx) LettersToErase(r Range) ([]ErasedLetter, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (ErasedLetter, error) {
		var l ErasedLetter
		err := row.Scan(&l.ID, &l.Kind, &l.Person, &l.Folded, &l.State, &l.Attempts, moment{&l.At}, moment{&l.Sent}, &l.Blob, &l.Author, &l.Requester)
		return l, err
	}, `SELECT l.id, l.kind, l.person, l.folded, l.state, l.attempts, l.at, l.sent, l.blob, COALESCE(m.author, 0), COALESCE(t.requester, 0)
		FROM letter l LEFT JOIN message m ON m.id = l.message AND m.side = 'customer' LEFT JOIN ticket t ON t.id = l.ticket
		WHERE l.id > ? AND l.id <= ? AND (l.recipient <> '' OR l.subject <> '' OR l.shown <> '' OR l.sealed IS NOT NULL OR l.blob <> '')`, r.From, r.To)
}

// EraseLetter forgets what a letter said; to says that it was to the person
// himself, and then also its recipient, the relay's words and its bytes.
func (tx Tx) EraseLetter(p okno.PersonID, l Letter, to bool) error {
	if !to {
		_, err := tx.Exec(`UPDATE letter SET subject = '', shown = '' WHERE id = ?`, l.ID)
		return err
	}
	if err := tx.LeaveBytes(p, l.Blob); err != nil {
		return err
	}
	if err := tx.EraseAttempts(l.ID); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE letter SET recipient = '', folded = '', subject = '', shown = '', trouble = '', answer = '', sealed = NULL, blob = '' WHERE id = ?`, l.ID)
	return err
}

// EraseAttempts forgets what relays said of a letter.
func (tx Tx) EraseAttempts(l okno.LetterID) error {
	_, err := tx.Exec(`DELETE FROM letter_attempt WHERE letter = ?`, l)
	return err
}

// DropBan forgets that letters from an address, folded, are not taken in.
func (tx Tx) DropBan(address string) error {
	_, err := tx.Exec(`DELETE FROM ban WHERE what = ?`, address)
	return err
}

// WordsAfter are the next words that tickets were met with, in their order.
func (tx Tx) WordsAfter(word string, limit int) ([]string, error) {
	return db.Collect(tx.Tx, scanOne[string], `SELECT word FROM search_word WHERE word > ? ORDER BY word LIMIT ?`, word, limit)
}

// WordUsed reports whether any ticket is found by a word, or by it as a part of
// a name.
func (tx Tx) WordUsed(word string, ofName bool) (bool, error) {
	in := TicketWords.Columns[:len(TicketWords.Columns)-1]
	if ofName {
		in = []string{WordsCompany, WordsRequester}
	}
	found, err := TicketWords.Find(tx.Tx, []db.Term{{In: in, Phrases: [][]string{{word}}}}, math.MaxInt64, 1)
	return len(found) > 0, err
}

// DropWord forgets a word that tickets were met with.
func (tx Tx) DropWord(word string) error {
	_, err := tx.Exec(`DELETE FROM search_word WHERE word = ?`, word)
	return err
}
