package backup

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
)

// Target is the empty installation that a backup is restored to.
type Target struct {
	DB         *db.DB
	Migrations []fs.FS
	Blob       blob.Store
	SaveKey    func(key []byte) error // called where the backup holds a key
	Now        func() time.Time
}

// Restore fills the target from a backup that Verify has found whole. Until it
// returns nil the target's database says that it is unfinished, whatever ends
// the process; name says in its words where it comes from.
func Restore(ctx context.Context, from io.Reader, m Manifest, name string, to Target) error {
	newest, err := db.Newest(to.Migrations...)
	if err != nil {
		return err
	}
	if m.Schema > newest {
		return fmt.Errorf("the backup was made by a newer program (%s, schema %d); this one knows the schema up to %d", m.Program, m.Schema, newest)
	}
	if err := to.DB.Begin(ctx, "a restore from "+name, to.Now()); err != nil {
		return err
	}
	if err := to.DB.MigrateTo(ctx, m.Schema, to.Migrations...); err != nil {
		return err
	}
	r := &restorer{to: to, m: m, written: make(chan part), parsed: make(chan part)}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	indexes, err := to.DB.TakeIndexes(ctx, r.tables)
	if err != nil {
		return err
	}
	if err := r.fill(ctx, from); err != nil {
		return err
	}
	// Indexes are made while the rows are read back.
	both, side := errgroup.WithContext(ctx)
	both.Go(func() error { return to.DB.MakeIndexes(side, indexes) })
	both.Go(func() error { return r.check(side) })
	if err := both.Wait(); err != nil {
		return err
	}
	return r.finish(ctx)
}

// restorer fills a target in three steps side by side: the file is read, rows
// are made of lines, and rows are kept, in their order.
type restorer struct {
	ctx             context.Context // of the filling
	to              Target
	m               Manifest
	tables          []db.Table
	written, parsed chan part
}

// part is one member with a table's rows.
type part struct {
	name  string
	table db.Table
	lines []byte
	rows  [][]any
}

func (r *restorer) fill(ctx context.Context, from io.Reader) error {
	steps, ctx := errgroup.WithContext(ctx)
	r.ctx = ctx
	steps.Go(func() error {
		defer close(r.written)
		return walk(ctx, from, true, r.member)
	})
	steps.Go(func() error {
		defer close(r.parsed)
		return r.parse()
	})
	steps.Go(func() error {
		for p := range r.parsed {
			if err := insert(ctx, r.to.DB, p.table, p.rows); err != nil {
				return err
			}
		}
		return nil
	})
	return steps.Wait()
}

// prepare matches the manifest's tables with the target's and clears away what
// migrations have put there.
func (r *restorer) prepare(ctx context.Context) error {
	err := r.to.DB.Read(ctx, func(tx *db.Tx) (err error) {
		r.tables, err = r.to.DB.Tables(tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, rows := range r.m.Tables {
		if t, ok := r.table(rows.Name); !ok || !sameColumns(t.Columns, rows.Columns) {
			return fmt.Errorf("table %s of the backup has no equal at schema %d", rows.Name, r.m.Schema)
		}
	}
	return r.to.DB.Write(ctx, func(tx *db.Tx) error {
		for _, t := range slices.Backward(r.tables) {
			if err := tx.Clear(t); err != nil {
				return err
			}
		}
		return nil
	})
}

// sameColumns tells whether both have the same columns in any order: an older
// database has got some of them later.
func sameColumns(a, b []db.Column) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(c db.Column) bool { return !slices.Contains(b, c) })
}

// table is the target's table of that name, its columns in the backup's order.
func (r *restorer) table(name string) (db.Table, bool) {
	i := slices.IndexFunc(r.tables, func(t db.Table) bool { return t.Name == name })
	j := slices.IndexFunc(r.m.Tables, func(t Rows) bool { return t.Name == name })
	if i < 0 || j < 0 {
		return db.Table{}, false
	}
	t := r.tables[i]
	if sameColumns(t.Columns, r.m.Tables[j].Columns) {
		t.Columns = r.m.Tables[j].Columns
	}
	return t, true
}

func (r *restorer) member(name string, size int64, content io.Reader) error {
	switch {
	case name == manifestName:
		return nil
	case name == keyName:
		if size > maxKey {
			return damaged("its key has %d bytes", size)
		}
		key, err := io.ReadAll(content)
		if err != nil {
			return err
		}
		return r.to.SaveKey(key)
	case strings.HasPrefix(name, filesDir):
		return r.file(strings.TrimPrefix(name, filesDir), size, content)
	case strings.HasPrefix(name, rowsDir):
		return r.rows(name, size, content)
	}
	return damaged("nothing is known of a member %q", name)
}

// file keeps an attachment. One that was damaged before the backup is left out:
// its name would lie.
func (r *restorer) file(hash string, size int64, content io.Reader) error {
	if slices.Contains(r.m.Damaged, hash) {
		return nil
	}
	kept, err := r.to.Blob.Put(r.ctx, content, size)
	if err == nil && kept.Hash != hash {
		err = damaged("the attachment %s has changed since it was checked", hash)
	}
	return err
}

// rows hands one member's rows on.
func (r *restorer) rows(name string, size int64, content io.Reader) error {
	word, _, _ := strings.Cut(strings.TrimPrefix(name, rowsDir), "-")
	t, ok := r.table(word)
	if !ok || size > maxChunk {
		return damaged("nothing is known of a member %q", name)
	}
	lines, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	return hand(r.ctx, r.written, part{name: name, table: t, lines: lines})
}

func hand(ctx context.Context, to chan<- part, p part) error {
	select {
	case to <- p:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// parse makes rows of lines.
func (r *restorer) parse() error {
	for p := range r.written {
		for line := range bytes.Lines(p.lines) {
			row, err := readRow(line, p.table.Columns)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			p.rows = append(p.rows, row)
		}
		p.lines = nil
		if err := hand(r.ctx, r.parsed, p); err != nil {
			return err
		}
	}
	return nil
}

// insertRows bounds one change, so that it is short of the time a change has.
const insertRows = 4 << 10

// insert puts rows into a table, in changes of bounded length.
func insert(ctx context.Context, d *db.DB, t db.Table, rows [][]any) error {
	for part := range slices.Chunk(rows, insertRows) {
		if err := d.Write(ctx, func(tx *db.Tx) error { return tx.Insert(t, part) }); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	return nil
}

// check reads back what was restored.
func (r *restorer) check(ctx context.Context) error {
	return r.to.DB.Snapshot(ctx, func(tx *db.Tx) error {
		for _, want := range r.m.Tables {
			t, _ := r.table(want.Name)
			got, err := sumOf(tx, t)
			if err != nil {
				return err
			}
			if got.rows != want.Count || got.String() != want.Sum {
				return fmt.Errorf("table %s holds %d rows after the restore and should hold %d, the same ones", want.Name, got.rows, want.Count)
			}
		}
		return nil
	})
}

// finish has keys and numbers go on after what was restored, and takes the mark
// away.
func (r *restorer) finish(ctx context.Context) error {
	err := r.to.DB.Write(ctx, func(tx *db.Tx) error { return r.to.DB.Continue(tx, r.tables, r.m.Sequences) })
	if err != nil {
		return err
	}
	return r.to.DB.Finish(ctx)
}
