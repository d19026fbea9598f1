package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// AddTeam keeps a new team with its members and sets its ID.
func (tx Tx) AddTeam(t *okno.Team, at time.Time) error {
	id, err := insert(tx, `INSERT INTO team (ref, name, department, created) VALUES (?, ?, ?, ?) RETURNING id`, t.Ref, t.Name, t.Department, micro(at))
	if err != nil {
		return err
	}
	t.ID, t.Version = okno.TeamID(id), 1
	return tx.setAgents("team_member", "team", id, t.Members)
}

// SaveTeam keeps a changed team over the version it was read at.
func (tx Tx) SaveTeam(t *okno.Team) error {
	if err := stale(tx.Exec(`UPDATE team SET name = ?, closed = ?, version = version + 1 WHERE id = ? AND version = ?`,
		t.Name, micro(t.Closed), t.ID, t.Version)); err != nil {
		return err
	}
	return tx.setAgents("team_member", "team", int64(t.ID), t.Members)
}

// Teams are all teams, closed ones too, by name.
func (tx Tx) Teams() ([]okno.Team, error) {
	teams, err := db.Collect(tx.Tx, func(row db.Scanner) (okno.Team, error) {
		var t okno.Team
		err := row.Scan(&t.ID, &t.Ref, &t.Name, &t.Department, moment{&t.Closed}, &t.Version)
		return t, err
	}, `SELECT id, ref, name, department, closed, version FROM team ORDER BY name, id LIMIT 1000`)
	if err != nil {
		return nil, err
	}
	members, err := tx.agentsBy(`SELECT team, person FROM team_member ORDER BY team, person LIMIT 20000`)
	for i := range teams {
		teams[i].Members = members[int64(teams[i].ID)]
	}
	return teams, err
}

// setAgents replaces the agents of one thing; table and column are ours.
func (tx Tx) setAgents(table, column string, id int64, agents []okno.PersonID) error {
	if _, err := tx.Exec(`DELETE FROM `+table+` WHERE `+column+` = ?`, id); err != nil {
		return err
	}
	for _, p := range agents {
		if _, err := tx.Exec(`INSERT INTO `+table+` (`+column+`, person) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, p); err != nil {
			return err
		}
	}
	return nil
}

// agentsBy reads pairs of a thing and an agent.
func (tx Tx) agentsBy(sql string) (map[int64][]okno.PersonID, error) {
	all := map[int64][]okno.PersonID{}
	_, err := db.Collect(tx.Tx, func(row db.Scanner) (int64, error) {
		var id int64
		var p okno.PersonID
		err := row.Scan(&id, &p)
		all[id] = append(all[id], p)
		return id, err
	}, sql)
	return all, err
}
