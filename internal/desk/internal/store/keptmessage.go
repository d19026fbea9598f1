package store

import (
	"errors"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// LetterMessage is the message of a ticket that came by this letter, to
// whichever mailbox; 0: none did.
func (tx Tx) LetterMessage(t okno.TicketID, k okno.KeptLetter) (okno.MessageID, error) {
	id, err := db.First(tx.Tx, scanOne[okno.MessageID], `SELECT m.id FROM message m JOIN kept_letter k ON k.id = m.letter
		WHERE m.ticket = ? AND k.identity = ? AND k.messageid = ? ORDER BY m.id LIMIT 1`, t, k.Identity, k.MessageID)
	if errors.Is(err, db.ErrNotFound) {
		return 0, nil
	}
	return id, err
}

// LetterWaiting reports whether a kept letter of one of these Message-IDs,
// other than but, still has its steps before it; one that failed is tried
// again.
func (tx Tx) LetterWaiting(messageIDs []string, but okno.KeptLetterID) (bool, error) {
	if len(messageIDs) == 0 {
		return false, nil
	}
	args := make([]any, 0, len(messageIDs)+3)
	for _, id := range messageIDs {
		args = append(args, id)
	}
	return tx.exists(`SELECT 1 FROM kept_letter WHERE messageid IN (`+marks(len(messageIDs))+`) AND messageid <> '' AND state IN (?, ?) AND id <> ? LIMIT 1`,
		append(args, okno.KeptNew, okno.KeptFailed, but)...)
}
