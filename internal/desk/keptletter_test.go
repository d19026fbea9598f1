package desk_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

func TestTheBeginningOfAKeptLetterIsReadWithoutTheRest(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		box, err := r.MailboxFor(r.ctx(), "support@desk.example")
		must(t, err)
		noise := make([]byte, 400<<10)
		rand.NewChaCha8([32]byte{}).Read(noise)
		for name, body := range map[string][]byte{"in the database": noise[:100<<10], "in a blob": noise, "short": []byte("It is broken.")} {
			raw := append([]byte("Subject: Scanner\r\n\r\n"), body...)
			id := name + "@customer.example"
			must(t, done(r.KeepLetter(r.ctx(), okno.KeptLetter{Mailbox: box.ID, MessageID: id, Source: "pipe", Raw: raw})))
			var kept int64
			must(t, r.db.Read(r.ctx(), func(tx *db.Tx) (err error) {
				kept, err = db.First(tx, func(row db.Scanner) (id int64, err error) { err = row.Scan(&id); return id, err }, `SELECT id FROM kept_letter WHERE messageid = ?`, id)
				return err
			}))
			head, messageID, err := r.KeptHead(r.ctx(), okno.KeptLetterID(kept))
			must(t, err)
			if want := raw[:min(len(raw), 64<<10)]; messageID != id || !bytes.Equal(head, want) {
				t.Errorf("%s: %d bytes of %d, of %q", name, len(head), len(want), messageID)
			}
		}
	})
}
