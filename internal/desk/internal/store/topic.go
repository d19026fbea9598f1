package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

const topicColumns = `id, ref, names, department, position, team, closed, version`

func scanTopic(row db.Scanner) (okno.Topic, error) {
	var t okno.Topic
	err := row.Scan(&t.ID, &t.Ref, document{&t.Names}, &t.Department, &t.Position, &t.Team, moment{&t.Closed}, &t.Version)
	return t, err
}

// AddTopic keeps a new help topic and sets its ID.
func (tx Tx) AddTopic(t *okno.Topic) error {
	id, err := insert(tx, `INSERT INTO topic (ref, names, department, position, team) VALUES (?, ?, ?, ?, ?) RETURNING id`,
		t.Ref, toJSON(t.Names), t.Department, t.Position, t.Team)
	if err != nil {
		return err
	}
	t.ID, t.Version = okno.TopicID(id), 1
	return tx.setAgents("topic_agent", "topic", id, t.Agents)
}

// SaveTopic keeps a changed help topic over the version it was read at.
func (tx Tx) SaveTopic(t okno.Topic) error {
	if err := stale(tx.Exec(`UPDATE topic SET names = ?, department = ?, position = ?, team = ?, closed = ?, version = version + 1 WHERE id = ? AND version = ?`,
		toJSON(t.Names), t.Department, t.Position, t.Team, micro(t.Closed), t.ID, t.Version)); err != nil {
		return err
	}
	return tx.setAgents("topic_agent", "topic", int64(t.ID), t.Agents)
}

// Topics are all help topics, closed ones too, in their order.
func (tx Tx) Topics() ([]okno.Topic, error) {
	topics, err := db.Collect(tx.Tx, scanTopic, `SELECT `+topicColumns+` FROM topic ORDER BY position, id LIMIT 1000`)
	if err != nil {
		return nil, err
	}
	agents, err := tx.agentsBy(`SELECT topic, person FROM topic_agent ORDER BY topic, person LIMIT 20000`)
	for i := range topics {
		topics[i].Agents = agents[int64(topics[i].ID)]
	}
	return topics, err
}
