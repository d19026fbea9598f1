package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// AddRole keeps a new role and sets its ID.
func (tx Tx) AddRole(r *okno.Role) error {
	id, err := insert(tx, `INSERT INTO role (ref, name, builtin, permissions) VALUES (?, ?, ?, ?) RETURNING id`, r.Ref, r.Name, r.BuiltIn, toJSON(r.Permissions))
	r.ID = okno.RoleID(id)
	return err
}

// Roles are all roles, in the order they were made.
func (tx Tx) Roles() ([]okno.Role, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (okno.Role, error) {
		var r okno.Role
		err := row.Scan(&r.ID, &r.Ref, &r.Name, &r.BuiltIn, document{&r.Permissions})
		return r, err
	}, `SELECT id, ref, name, builtin, permissions FROM role ORDER BY id LIMIT 1000`)
}

// GrantsOf are a person's roles with what they permit.
func (tx Tx) GrantsOf(p okno.PersonID) ([]okno.Grant, error) {
	return db.Collect(tx.Tx, scanGrant, `SELECT g.person, g.role, g.department, r.permissions FROM person_role g JOIN role r ON r.id = g.role
		WHERE g.person = ? ORDER BY g.department, g.role`, p)
}

// Grants are everyone's roles.
func (tx Tx) Grants() ([]okno.Grant, error) {
	return db.Collect(tx.Tx, scanGrant, `SELECT g.person, g.role, g.department, r.permissions FROM person_role g JOIN role r ON r.id = g.role
		ORDER BY g.person, g.department, g.role LIMIT 20000`)
}

func scanGrant(row db.Scanner) (okno.Grant, error) {
	var g okno.Grant
	err := row.Scan(&g.Person, &g.Role, &g.Department, document{&g.Permissions})
	return g, err
}

// SetGrants replaces a person's roles.
func (tx Tx) SetGrants(p okno.PersonID, grants []okno.Grant) error {
	if _, err := tx.Exec(`DELETE FROM person_role WHERE person = ?`, p); err != nil {
		return err
	}
	for _, g := range grants {
		if _, err := tx.Exec(`INSERT INTO person_role (person, role, department) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, p, g.Role, g.Department); err != nil {
			return err
		}
	}
	return nil
}

// AgentsIn are the people who may come in and hold a role in the department
// or in all, by name.
func (tx Tx) AgentsIn(d okno.DepartmentID) ([]okno.Person, error) {
	return tx.AskAgentsIn(d).All()
}

// AskAgentsIn is AgentsIn for later.
func (tx Tx) AskAgentsIn(d okno.DepartmentID) *db.Asked[okno.Person] {
	return db.Ask(tx.Tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.agent = 1 AND p.disabled = 0
		AND p.id IN (SELECT person FROM person_role WHERE department IN (0, ?)) ORDER BY p.name, p.id LIMIT 2000`, d)
}
