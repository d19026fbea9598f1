package program

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/ext/fts5"
)

// Ledger reads an installation's database past the program, and cannot change
// it.
type Ledger struct {
	db       *sql.DB
	numbered bool // placeholders have numbers: PostgreSQL
}

// Ledger opens the database; Close it when done.
func (p *Program) Ledger() (*Ledger, error) {
	if p.DB != "" {
		config, err := pgx.ParseConfig(p.DB)
		if err != nil {
			return nil, err
		}
		return &Ledger{numbered: true, db: stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "SET default_transaction_read_only = on")
			return err
		}))}, nil
	}
	name := (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.Join(p.Data, "okno.db"), RawQuery: "_timefmt=sqlite"}).String()
	db, err := driver.Open(name, func(c *sqlite3.Conn) error {
		return errors.Join(fts5.Register(c), c.Exec(`PRAGMA busy_timeout=10000; PRAGMA query_only=ON`))
	})
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return &Ledger{db: db}, nil
}

// Close lets the file go.
func (l *Ledger) Close() error { return l.db.Close() }

// text gives the placeholders of a question numbers where they need them.
func (l *Ledger) text(question string) string {
	for n := 1; l.numbered && strings.Contains(question, "?"); n++ {
		question = strings.Replace(question, "?", "$"+strconv.Itoa(n), 1)
	}
	return question
}

// Count is the number that a question of one row and column has for an answer.
func (l *Ledger) Count(ctx context.Context, question string, args ...any) (n int, err error) {
	err = l.db.QueryRowContext(ctx, l.text(question), args...).Scan(&n)
	return n, err
}

// Lines are the rows of a question's answer, each value as text.
func (l *Ledger) Lines(ctx context.Context, question string, args ...any) ([][]string, error) {
	rows, err := l.db.QueryContext(ctx, l.text(question), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var lines [][]string
	for rows.Next() {
		line := make([]sql.NullString, len(names))
		into := make([]any, len(names))
		for i := range line {
			into[i] = &line[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		texts := make([]string, len(names))
		for i, v := range line {
			texts[i] = v.String
		}
		lines = append(lines, texts)
	}
	return lines, rows.Err()
}

// Backlog is how much of what was taken in is not finished: jobs due or in
// hand, apart from the periodic ones and from notices that wait for others to be
// told with them, and how many were given up.
func (l *Ledger) Backlog(ctx context.Context) (waiting, dead int, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT COUNT(*) FILTER (WHERE dead_at IS NULL), COUNT(*) FILTER (WHERE dead_at IS NOT NULL)
		FROM job WHERE kind NOT LIKE 'every:%' AND NOT (kind = 'join' AND claim IS NULL AND due_at > `+strconv.FormatInt(time.Now().UnixMicro(), 10)+`)`).Scan(&waiting, &dead)
	return waiting, dead, err
}
