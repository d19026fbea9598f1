package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Snapshot runs fn over one unchanging snapshot as Read does, for as long as it
// takes, on a connection of its own. Changes go on meanwhile.
func (d *DB) Snapshot(ctx context.Context, fn func(*Tx) error) error {
	return d.engine.snapshot(ctx, fn)
}

// Pinned reports whether a snapshot keeps SQLite's log from starting anew: what
// is written meanwhile lengthens it, and every reading looks through it. What
// can wait until it ends had better.
func (d *DB) Pinned() bool {
	s, ok := d.engine.(*sqlite)
	return ok && s.writer.readings.Load() > 0
}

func (s *sqlite) snapshot(ctx context.Context, fn func(*Tx) error) (err error) {
	conn, err := openLite(ctx, s.path, true, sideCache)
	if err != nil {
		return err
	}
	s.writer.readings.Add(1)
	defer func() {
		s.writer.readings.Add(-1)
		err = errors.Join(err, conn.close())
	}()
	if err := conn.run("BEGIN"); err != nil {
		return err
	}
	tx := &Tx{ctx: ctx, on: conn}
	return errors.Join(tx.end(guard(fn, tx)), conn.run("ROLLBACK"), s.writer.settled())
}

func (p *postgres) snapshot(ctx context.Context, fn func(*Tx) error) error {
	conn, err := pgx.ConnectConfig(ctx, p.patient())
	if err != nil {
		return err
	}
	defer hangUp(conn)
	_, end, err := p.over(ctx, newPgSession(conn, &p.texts, beginReading), fn)
	if end != nil {
		end()
	}
	return err
}

// patient is how to connect where statements may take the time they take.
func (p *postgres) patient() *pgx.ConnConfig {
	config := p.pool.Config().ConnConfig
	delete(config.RuntimeParams, "statement_timeout")
	delete(config.RuntimeParams, "idle_in_transaction_session_timeout")
	return config
}

// rowsAtOnce bounds one INSERT of many rows: SQLite compiles a text of that
// length once for a table and keeps it.
const rowsAtOnce = 64

// Insert puts rows into a table, each with a value for each of its columns:
// int64, string, []byte or nil. It is for carrying rows from one database to
// another; there is no ON CONFLICT.
func (tx *Tx) Insert(t Table, rows [][]any) error {
	if copier, ok := tx.on.(*pgSession); ok {
		return copier.copy(tx, t, rows)
	}
	for len(rows) > 0 {
		n := min(rowsAtOnce, len(rows))
		if n < rowsAtOnce {
			n = 1 // two texts a table, not one for each length
		}
		args := make([]any, 0, n*len(t.Columns))
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		line := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(t.Columns)), ", ") + ")"
		text := "INSERT INTO " + quoted(t.Name) + " (" + quotedList(t.Names()) + ") VALUES " + strings.TrimSuffix(strings.Repeat(line+", ", n), ", ")
		if _, err := tx.Exec(text, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// copy is Insert by PostgreSQL's COPY.
func (s *pgSession) copy(tx *Tx, t Table, rows [][]any) error {
	if _, err := tx.ready("COPY "+t.Name, nil); err != nil {
		return err
	}
	if len(s.pending) > 0 {
		if _, err := s.flush(tx.ctx); err != nil {
			return tx.fail("COPY "+t.Name, s.notBegun(err))
		}
	}
	if _, err := s.conn.CopyFrom(tx.ctx, pgx.Identifier{t.Name}, t.Names(), pgx.CopyFromRows(rows)); err != nil {
		return tx.fail("COPY "+t.Name, err)
	}
	return nil
}

// Select is the text that reads a table's rows in the order of its key.
func (t Table) Select() string {
	return "SELECT " + quotedList(t.Names()) + " FROM " + quoted(t.Name) + " ORDER BY " + quotedList(t.Key)
}

// SelectAfter is Select of the rows behind one, whose key is the arguments.
func (t Table) SelectAfter() string {
	return "SELECT " + quotedList(t.Names()) + " FROM " + quoted(t.Name) +
		" WHERE (" + quotedList(t.Key) + ") > (" + strings.TrimSuffix(strings.Repeat("?, ", len(t.Key)), ", ") + ") ORDER BY " + quotedList(t.Key)
}

// KeyOf picks the key out of a row.
func (t Table) KeyOf(row []any) []any {
	var key []any
	for _, name := range t.Key {
		for i, c := range t.Columns {
			if c.Name == name {
				key = append(key, row[i])
			}
		}
	}
	return key
}

// Clear removes every row of a table.
func (tx *Tx) Clear(t Table) error {
	_, err := tx.Exec("DELETE FROM " + quoted(t.Name))
	return err
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quotedList(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = quoted(name)
	}
	return strings.Join(all, ", ")
}

// Sequences are the last values that the database's sequences gave.
func (d *DB) Sequences(tx *Tx) (map[string]int64, error) {
	last := map[string]int64{}
	if d.Dialect() == SQLite {
		there, err := d.HasTable(tx, "sequence")
		if err != nil || !there {
			return last, err
		}
		_, err = Collect(tx, func(row Scanner) (name string, err error) {
			var n int64
			err = row.Scan(&name, &n)
			last[name] = n
			return name, err
		}, `SELECT name, last FROM sequence`)
		return last, err
	}
	names, err := Collect(tx, scanText, `SELECT CAST(c.relname AS TEXT) FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
		WHERE c.relkind = 'S' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('i', 'a'))`)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var n int64
		if err := tx.QueryRow(`SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM ` + quoted(name)).Scan(&n); err != nil {
			return nil, err
		}
		last[name] = n
	}
	return last, nil
}

// Continue has the sequences go on after the values given, and the keys that the
// database fills in after the highest that the tables hold.
func (d *DB) Continue(tx *Tx, tables []Table, last map[string]int64) error {
	for name, n := range last {
		text, args := `UPDATE sequence SET last = ? WHERE name = ?`, []any{n, name}
		if d.Dialect() == Postgres {
			text, args = `SELECT setval(CAST(? AS TEXT)::regclass, CAST(? AS BIGINT), true)`, []any{name, n}
			if n < 0 {
				continue
			}
		}
		if _, err := tx.Exec(text, args...); err != nil {
			return fmt.Errorf("sequence %s: %w", name, err)
		}
	}
	if d.Dialect() == SQLite {
		return nil // the next key is the highest and one
	}
	for _, t := range tables {
		if len(t.Key) != 1 || !slices.Contains(t.Columns, Column{t.Key[0], Int}) {
			continue
		}
		if _, err := tx.Exec(`SELECT setval(s, (SELECT GREATEST(1, COALESCE(max(`+quoted(t.Key[0])+`), 0) + 1) FROM `+quoted(t.Name)+`), false)
			FROM (SELECT pg_get_serial_sequence(CAST(? AS TEXT), CAST(? AS TEXT)) AS s) AS own WHERE s IS NOT NULL`, quoted(t.Name), t.Key[0]); err != nil {
			return fmt.Errorf("keys of %s: %w", t.Name, err)
		}
	}
	return nil
}
