package backup

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

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
	r := &restorer{ctx: ctx, to: to, m: m}
	if err := r.prepare(); err != nil {
		return err
	}
	if err := walk(ctx, from, r.member); err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return err
	}
	return to.DB.Finish(ctx)
}

type restorer struct {
	ctx    context.Context
	to     Target
	m      Manifest
	tables []db.Table
}

// prepare matches the manifest's tables with the target's and clears away what
// migrations have put there.
func (r *restorer) prepare() error {
	err := r.to.DB.Read(r.ctx, func(tx *db.Tx) (err error) {
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
	return r.to.DB.Write(r.ctx, func(tx *db.Tx) error {
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

// rows puts one member's rows into their table.
func (r *restorer) rows(name string, size int64, content io.Reader) error {
	word, _, _ := strings.Cut(strings.TrimPrefix(name, rowsDir), "-")
	t, ok := r.table(word)
	if !ok || size > maxChunk {
		return damaged("nothing is known of a member %q", name)
	}
	var rows [][]any
	for lines := bufio.NewReaderSize(content, 1<<20); ; {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(bytes.TrimSpace(line)) == 0 {
			break
		}
		if err != nil {
			return err
		}
		row, err := readRow(line, t.Columns)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		rows = append(rows, row)
	}
	return insert(r.ctx, r.to.DB, t, rows)
}

// insertRows bounds one change, so that it is short of the time a change has.
const insertRows = 4096

// insert puts rows into a table, in changes of bounded length.
func insert(ctx context.Context, d *db.DB, t db.Table, rows [][]any) error {
	for part := range slices.Chunk(rows, insertRows) {
		if err := d.Write(ctx, func(tx *db.Tx) error { return tx.Insert(t, part) }); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	return nil
}

// check reads back what was restored and has keys and numbers go on after it.
func (r *restorer) check() error {
	err := r.to.DB.Snapshot(r.ctx, func(tx *db.Tx) error {
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
	if err != nil {
		return err
	}
	return r.to.DB.Write(r.ctx, func(tx *db.Tx) error { return r.to.DB.Continue(tx, r.tables, r.m.Sequences) })
}
