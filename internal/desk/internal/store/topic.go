package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

const topicColumns = `id, ref, names, department, position, closed`

func scanTopic(row db.Scanner) (okno.Topic, error) {
	var t okno.Topic
	err := row.Scan(&t.ID, &t.Ref, document{&t.Names}, &t.Department, &t.Position, moment{&t.Closed})
	return t, err
}

// AddTopic keeps a new help topic and sets its ID.
func (tx Tx) AddTopic(t *okno.Topic) error {
	id, err := insert(tx, `INSERT INTO topic (ref, names, department, position) VALUES (?, ?, ?, ?) RETURNING id`, t.Ref, toJSON(t.Names), t.Department, t.Position)
	t.ID = okno.TopicID(id)
	return err
}

// SaveTopic keeps a changed help topic.
func (tx Tx) SaveTopic(t okno.Topic) error {
	_, err := tx.Exec(`UPDATE topic SET names = ?, department = ?, position = ?, closed = ? WHERE id = ?`, toJSON(t.Names), t.Department, t.Position, micro(t.Closed), t.ID)
	return err
}

// Topics are all help topics, closed ones too, in their order.
func (tx Tx) Topics() ([]okno.Topic, error) {
	return db.Collect(tx.Tx, scanTopic, `SELECT `+topicColumns+` FROM topic ORDER BY position, id LIMIT 1000`)
}
