package db

import (
	"errors"
	"fmt"
	"slices"
)

// Kind is what a column holds, the same in both databases.
type Kind string

// The kinds.
const (
	Int   Kind = "int"
	Text  Kind = "text"
	Bytes Kind = "bytes"
)

// Column is one column of a Table.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

// Table is a table of rows that stands alike in both databases.
type Table struct {
	Name    string
	Columns []Column
	Key     []string // columns of its primary key, in order

	refers []string // other tables that its rows point to
}

// ownTables are kept by migrations and markers; their rows belong to one
// database and are never carried to another.
var ownTables = []string{"goose_db_version", "schema_oldest", "unfinished", "copied", "sequence"}

// Tables lists the tables whose rows are the installation's, each after those it
// refers to. Indexes for searching, which each database keeps in a form of its
// own, are not among them: they are made anew from the rows.
func (d *DB) Tables(tx *Tx) ([]Table, error) {
	list := pgTables
	if d.Dialect() == SQLite {
		list = liteTables
	}
	all, err := list(tx)
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	kept := slices.DeleteFunc(all, func(t Table) bool { return slices.Contains(ownTables, t.Name) || !t.plain() })
	return inOrder(kept)
}

// plain tells whether every column is of a kind that both databases have.
func (t Table) plain() bool {
	return !slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Kind == "" })
}

// Names are the columns' names.
func (t Table) Names() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// HasTable tells whether the database has a table of that name.
func (d *DB) HasTable(tx *Tx, name string) (bool, error) {
	text := `SELECT CAST(count(*) AS BIGINT) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ?`
	if d.Dialect() == SQLite {
		text = `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?`
	}
	var n int
	err := tx.QueryRow(text, name).Scan(&n)
	return n > 0, err
}

// Empty tells whether nothing was ever put into the database.
func (d *DB) Empty(tx *Tx) (bool, error) {
	text := `SELECT CAST(count(*) AS BIGINT) FROM information_schema.tables WHERE table_schema = current_schema()`
	if d.Dialect() == SQLite {
		text = `SELECT count(*) FROM sqlite_schema`
	}
	var n int
	err := tx.QueryRow(text).Scan(&n)
	return n == 0, err
}

func liteTables(tx *Tx) ([]Table, error) {
	names, err := Collect(tx, scanText, `SELECT name FROM pragma_table_list
		WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	kinds := map[string]Kind{"INTEGER": Int, "TEXT": Text, "BLOB": Bytes}
	var all []Table
	for _, name := range names {
		t := Table{Name: name}
		type part struct {
			Column
			key int
		}
		parts, err := Collect(tx, func(row Scanner) (p part, err error) {
			var declared string
			err = row.Scan(&p.Name, &declared, &p.key)
			p.Kind = kinds[declared]
			return p, err
		}, `SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid`, name)
		if err != nil {
			return nil, err
		}
		keys := 0
		for _, p := range parts {
			t.Columns = append(t.Columns, p.Column)
			keys = max(keys, p.key)
		}
		t.Key = make([]string, keys)
		for _, p := range parts {
			if p.key > 0 {
				t.Key[p.key-1] = p.Name
			}
		}
		if t.refers, err = Collect(tx, scanText, `SELECT DISTINCT "table" FROM pragma_foreign_key_list(?)`, name); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

func pgTables(tx *Tx) ([]Table, error) {
	kinds := map[string]Kind{"bigint": Int, "text": Text, "bytea": Bytes}
	var all []Table
	at := map[string]int{}
	_, err := Collect(tx, func(row Scanner) (c Column, err error) {
		var table, declared string
		if err = row.Scan(&table, &c.Name, &declared); err != nil {
			return c, err
		}
		c.Kind = kinds[declared]
		if _, seen := at[table]; !seen {
			at[table] = len(all)
			all = append(all, Table{Name: table})
		}
		t := &all[at[table]]
		t.Columns = append(t.Columns, c)
		return c, nil
	}, `SELECT CAST(c.table_name AS TEXT), CAST(c.column_name AS TEXT), CAST(c.data_type AS TEXT) FROM information_schema.columns c
		JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
		WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position`)
	if err != nil {
		return nil, err
	}
	pair := func(into func(t *Table, word string)) func(Scanner) (string, error) {
		return func(row Scanner) (table string, err error) {
			var word string
			err = row.Scan(&table, &word)
			if i, known := at[table]; err == nil && known {
				into(&all[i], word)
			}
			return table, err
		}
	}
	_, err = Collect(tx, pair(func(t *Table, column string) { t.Key = append(t.Key, column) }),
		`SELECT CAST(r.relname AS TEXT), CAST(a.attname AS TEXT) FROM pg_index i
		JOIN pg_class r ON r.oid = i.indrelid JOIN pg_namespace n ON n.oid = r.relnamespace AND n.nspname = current_schema()
		CROSS JOIN LATERAL unnest(CAST(i.indkey AS INT2[])) WITH ORDINALITY AS k (attnum, place)
		JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum
		WHERE i.indisprimary ORDER BY r.relname, k.place`)
	if err != nil {
		return nil, err
	}
	_, err = Collect(tx, pair(func(t *Table, other string) { t.refers = append(t.refers, other) }),
		`SELECT DISTINCT CAST(r.relname AS TEXT), CAST(o.relname AS TEXT) FROM pg_constraint c
		JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class o ON o.oid = c.confrelid
		JOIN pg_namespace n ON n.oid = r.relnamespace AND n.nspname = current_schema() WHERE c.contype = 'f'`)
	return all, err
}

func scanText(row Scanner) (s string, err error) { return s, row.Scan(&s) }

// inOrder puts each table after those it refers to, else by name.
func inOrder(tables []Table) ([]Table, error) {
	slices.SortFunc(tables, func(a, b Table) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	left, sorted := tables, make([]Table, 0, len(tables))
	for len(left) > 0 {
		var waiting []Table
		for _, t := range left {
			if slices.ContainsFunc(left, func(o Table) bool { return o.Name != t.Name && slices.Contains(t.refers, o.Name) }) {
				waiting = append(waiting, t)
			} else {
				sorted = append(sorted, t)
			}
		}
		if len(waiting) == len(left) {
			return nil, errors.New("tables refer to one another in a circle")
		}
		left = waiting
	}
	return sorted, nil
}
