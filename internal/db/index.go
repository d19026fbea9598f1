package db

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/stdlib"
)

// Index is one that was taken from a table to be made again.
type Index struct {
	Name string

	table, text string
}

// TakeIndexes drops the indexes of tables that are to be filled, and returns
// them for MakeIndexes: made of all rows at once they cost a fraction. Those
// that keep a table's keys stay. For a database that is marked by Begin, since
// it is of no use without them.
func (d *DB) TakeIndexes(ctx context.Context, tables []Table) ([]Index, error) {
	list := `SELECT CAST(i.indexname AS TEXT), CAST(i.tablename AS TEXT), i.indexdef FROM pg_indexes i WHERE i.schemaname = current_schema() AND NOT EXISTS (
		SELECT 1 FROM pg_constraint c JOIN pg_class r ON r.oid = c.conindid JOIN pg_namespace n ON n.oid = r.relnamespace AND n.nspname = i.schemaname
		WHERE r.relname = i.indexname)`
	if d.Dialect() == SQLite {
		list = `SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`
	}
	var taken []Index
	err := d.Write(ctx, func(tx *Tx) error {
		all, err := Collect(tx, func(row Scanner) (i Index, err error) {
			err = row.Scan(&i.Name, &i.table, &i.text)
			return i, err
		}, list+` ORDER BY 1`)
		if err != nil {
			return err
		}
		taken = slices.DeleteFunc(all, func(i Index) bool {
			return !slices.ContainsFunc(tables, func(t Table) bool { return t.Name == i.table })
		})
		for _, i := range taken {
			if _, err := tx.Exec("DROP INDEX " + quoted(i.Name)); err != nil {
				return err
			}
		}
		return nil
	})
	return taken, err
}

// MakeIndexes makes what TakeIndexes took, for as long as it takes.
func (d *DB) MakeIndexes(ctx context.Context, taken []Index) error {
	for _, i := range taken {
		if err := d.engine.build(ctx, i.text); err != nil {
			return fmt.Errorf("index %s: %w", i.Name, err)
		}
	}
	return nil
}

// sortCache is how much of an index is sorted in memory, in KiB; the rest goes
// through files.
const sortCache = 64 << 10

func (s *sqlite) build(ctx context.Context, text string) error {
	conn, err := openLite(ctx, s.path, false, sortCache)
	if err != nil {
		return err
	}
	if err = conn.run("PRAGMA temp_store=FILE"); err == nil {
		_, err = conn.exec(ctx, text, nil)
	}
	s.tidier.grew()
	return errors.Join(err, conn.close())
}

// sortMemory is what PostgreSQL may take to make an index.
const sortMemory = "256MB"

func (p *postgres) build(ctx context.Context, text string) error {
	config := p.pool.Config().ConnConfig
	delete(config.RuntimeParams, "statement_timeout")
	p.sortInMemory(config)
	pool := stdlib.OpenDB(*config)
	_, err := pool.ExecContext(ctx, text)
	return errors.Join(err, pool.Close())
}
