package db

import (
	"context"
	"fmt"
)

// maxFaults bounds what Integrity tells.
const maxFaults = 20

// Integrity looks for faults of the database itself: SQLite's pages and the rows
// that refer to what is not there; PostgreSQL's indexes that are not whole. It
// reads an SQLite file whole. No fault: an empty list.
func (d *DB) Integrity(ctx context.Context) (faults []string, err error) {
	err = d.Snapshot(ctx, func(tx *Tx) error {
		if d.Dialect() == Postgres {
			faults, err = Collect(tx, scanText, `SELECT 'index ' || CAST(c.relname AS TEXT) || ' is not valid' FROM pg_index i
				JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
				WHERE NOT i.indisvalid OR NOT i.indisready LIMIT 20`)
			return err
		}
		said, err := Collect(tx, scanText, fmt.Sprintf(`PRAGMA quick_check(%d)`, maxFaults))
		if err != nil {
			return err
		}
		if len(said) != 1 || said[0] != "ok" {
			faults = said
		}
		lost, err := Collect(tx, func(row Scanner) (string, error) {
			var table, parent string
			var id *int64
			var key int64
			err := row.Scan(&table, &id, &parent, &key)
			return fmt.Sprintf("a row of %s refers to one of %s that is not there", table, parent), err
		}, `SELECT "table", rowid, parent, fkid FROM pragma_foreign_key_check LIMIT 20`)
		faults = append(faults, lost...)
		return err
	})
	return faults, err
}
