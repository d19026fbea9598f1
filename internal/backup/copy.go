package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/oknodesk/okno/internal/db"
)

// Passage is a move of all rows from one database to another. Nobody else may
// work on either while it lasts.
type Passage struct {
	From, To   *db.DB
	Name       string // of the source, in the target's mark: a passage goes on only from where it began
	Migrations []fs.FS
	Now        func() time.Time
	Moved      func(table string, rows int64) // is told how far a table has come; nil: nobody is
}

// copyRows bounds what is carried between two notes of how far it has come.
const copyRows = 4096

// ErrOccupied says that the target holds something else already.
var ErrOccupied = errors.New("the target is not empty")

// Copy carries all rows over, each batch in a change that also notes how far it
// has come, so that a passage broken off goes on where it was; then it reads
// both sides and compares every row. Until it returns nil the target's database
// says that it is unfinished. The source is only read.
func (p *Passage) Copy(ctx context.Context) error {
	schema, err := p.begin(ctx)
	if err != nil {
		return err
	}
	err = p.From.Snapshot(ctx, func(tx *db.Tx) error {
		if now, err := p.From.Schema(tx); err != nil || now != schema {
			return errors.Join(err, fmt.Errorf("the source is at schema %d and was at %d when the copy began", now, schema))
		}
		tables, err := p.From.Tables(tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if err := p.table(ctx, tx, t); err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
		}
		last, err := p.From.Sequences(tx)
		if err != nil {
			return err
		}
		if err := p.To.Write(ctx, func(to *db.Tx) error { return p.To.Continue(to, tables, last) }); err != nil {
			return err
		}
		return p.compare(ctx, tx, tables)
	})
	if err != nil {
		return err
	}
	return p.To.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`DROP TABLE copied`); err != nil {
			return err
		}
		_, err := tx.Exec(`DROP TABLE unfinished`)
		return err
	})
}

// begin makes the target ready, or finds that it is: it returns the schema that
// both sides have.
func (p *Passage) begin(ctx context.Context) (schema int64, err error) {
	what := db.CopyOf(p.Name)
	var unfinished *db.UnfinishedError
	if err := p.To.Unfinished(ctx); errors.As(err, &unfinished) {
		if unfinished.What != what {
			return 0, fmt.Errorf("%w: %w", ErrOccupied, err)
		}
		begun, schema, err := p.begun(ctx)
		if begun || err != nil {
			return schema, err
		}
	} else if err != nil {
		return 0, err
	} else if err := p.vacant(ctx); err != nil {
		return 0, err
	}
	err = p.From.Read(ctx, func(tx *db.Tx) (err error) {
		schema, err = p.From.Schema(tx)
		return err
	})
	newest, err2 := db.Newest(p.Migrations...)
	if err = errors.Join(err, err2, p.From.Unfinished(ctx)); err != nil {
		return 0, err
	}
	if schema == 0 || schema > newest {
		return 0, fmt.Errorf("the source is at schema %d and this program knows up to %d", schema, newest)
	}
	if err := p.To.Begin(ctx, what, p.Now()); err != nil {
		return 0, err
	}
	if err := p.To.MigrateTo(ctx, schema, p.Migrations...); err != nil {
		return 0, err
	}
	return schema, p.clear(ctx, schema)
}

func (p *Passage) vacant(ctx context.Context) error {
	return p.To.Read(ctx, func(tx *db.Tx) error {
		empty, err := p.To.Empty(tx)
		if err == nil && !empty {
			err = ErrOccupied
		}
		return err
	})
}

// clear removes what migrations have put into the target and begins to note.
func (p *Passage) clear(ctx context.Context, schema int64) error {
	return p.To.Write(ctx, func(tx *db.Tx) error {
		tables, err := p.To.Tables(tx)
		if err != nil {
			return err
		}
		for i := range tables {
			if err := tx.Clear(tables[len(tables)-1-i]); err != nil {
				return err
			}
		}
		// "" is not a table: its line holds the schema.
		if _, err := tx.Exec(`CREATE TABLE copied (name TEXT PRIMARY KEY, at TEXT NOT NULL, moved BIGINT NOT NULL)`); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO copied (name, at, moved) VALUES ('', '', ?)`, schema)
		return err
	})
}

// begun tells whether rows may have been carried already; without that note the
// target is made ready anew.
func (p *Passage) begun(ctx context.Context) (begun bool, schema int64, err error) {
	err = p.To.Read(ctx, func(tx *db.Tx) error {
		if there, err := p.To.HasTable(tx, "copied"); err != nil || !there {
			return err
		}
		begun = true
		return tx.QueryRow(`SELECT moved FROM copied WHERE name = ''`).Scan(&schema)
	})
	return begun, schema, err
}

// table carries one table's rows from where it stands.
func (p *Passage) table(ctx context.Context, tx *db.Tx, t db.Table) error {
	text, args, moved, err := p.standing(ctx, t)
	if err != nil {
		return err
	}
	var rows [][]any
	size := 0
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		last, err := appendRow(nil, t.Columns, rows[len(rows)-1])
		if err != nil {
			return err
		}
		moved += int64(len(rows))
		err = p.To.Write(ctx, func(to *db.Tx) error {
			if err := to.Insert(t, rows); err != nil {
				return err
			}
			_, err := to.Exec(`INSERT INTO copied (name, at, moved) VALUES (?, ?, ?)
				ON CONFLICT (name) DO UPDATE SET at = excluded.at, moved = excluded.moved`, t.Name, string(last), moved)
			return err
		})
		rows, size = nil, 0
		if err == nil && p.Moved != nil {
			p.Moved(t.Name, moved)
		}
		return err
	}
	err = eachRow(tx, t, text, args, func(row []any) error {
		rows = append(rows, slices.Clone(row))
		for _, v := range row {
			switch v := v.(type) {
			case string:
				size += len(v)
			case []byte:
				size += len(v)
			}
		}
		if len(rows) >= copyRows || size >= chunkBytes {
			return flush()
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	return flush()
}

// standing is the question for the rows of a table that are still to be carried.
func (p *Passage) standing(ctx context.Context, t db.Table) (text string, args []any, moved int64, err error) {
	var at string
	err = p.To.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT at, moved FROM copied WHERE name = ?`, t.Name).Scan(&at, &moved)
	})
	if errors.Is(err, db.ErrNotFound) {
		return t.Select(), nil, 0, nil
	}
	if err != nil {
		return "", nil, 0, err
	}
	last, err := readRow([]byte(at), t.Columns)
	if err != nil {
		return "", nil, 0, err
	}
	return t.SelectAfter(), t.KeyOf(last), moved, nil
}

// compare reads every row of both sides.
func (p *Passage) compare(ctx context.Context, from *db.Tx, tables []db.Table) error {
	return p.To.Snapshot(ctx, func(to *db.Tx) error {
		for _, t := range tables {
			want, err := sumOf(from, t)
			if err != nil {
				return err
			}
			got, err := sumOf(to, t)
			if err != nil {
				return err
			}
			if got != want {
				return fmt.Errorf("table %s has %d rows on one side and %d, or others, on the other: the source was changed; begin anew", t.Name, want.rows, got.rows)
			}
		}
		return nil
	})
}
