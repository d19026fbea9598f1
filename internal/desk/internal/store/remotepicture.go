package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// RemoteAsked are those of the messages whose pictures of other hosts a person
// has asked for.
func (tx Tx) RemoteAsked(p okno.PersonID, messages []okno.MessageID) ([]okno.MessageID, error) {
	if p == 0 || len(messages) == 0 {
		return nil, nil
	}
	args := []any{p}
	for _, m := range messages {
		args = append(args, m)
	}
	return db.Collect(tx.Tx, scanOne[okno.MessageID], `SELECT message FROM remote_message WHERE person = ? AND message IN (`+marks(len(messages))+`)`, args...)
}

// RemoteSenders are those of the senders whose pictures a person always wants.
func (tx Tx) RemoteSenders(p okno.PersonID, senders []okno.PersonID) ([]okno.PersonID, error) {
	if p == 0 || len(senders) == 0 {
		return nil, nil
	}
	args := []any{p}
	for _, s := range senders {
		args = append(args, s)
	}
	return db.Collect(tx.Tx, scanOne[okno.PersonID], `SELECT sender FROM remote_sender WHERE person = ? AND sender IN (`+marks(len(senders))+`)`, args...)
}

// ChooseRemote records what a person wants of a message's pictures, and of its
// sender's. It takes back what was chosen before for either.
func (tx Tx) ChooseRemote(p okno.PersonID, m *okno.Message, choice okno.RemoteChoice) error {
	if _, err := tx.Exec(`DELETE FROM remote_message WHERE person = ? AND message = ?`, p, m.ID); err != nil {
		return err
	}
	var err error
	switch choice {
	case okno.RemoteMessage:
		_, err = tx.Exec(`INSERT INTO remote_message (person, message) VALUES (?, ?)`, p, m.ID)
	case okno.RemoteSender:
		_, err = tx.Exec(`INSERT INTO remote_sender (person, sender) VALUES (?, ?) ON CONFLICT DO NOTHING`, p, m.Author)
	case okno.RemoteNone:
		_, err = tx.Exec(`DELETE FROM remote_sender WHERE person = ? AND sender = ?`, p, m.Author)
	}
	return err
}
