package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/backup"
	"github.com/oknodesk/okno/internal/db"
)

// CopyDB carries an installation's rows from one database to another, SQLite or
// PostgreSQL. The target is refused while any process has it open, the source
// while one may change it: it is only read, and may be served --read-only.
// Broken off, the same command goes on where it was; with replace a target that
// holds something else is emptied first.
func CopyDB(ctx context.Context, c *Config, log *slog.Logger, from, to string, replace bool, say io.Writer) (err error) {
	for _, one := range []struct{ option, url string }{{"--from", from}, {"--to", to}} {
		if one.url == "" {
			return &Refusal{Exit: ExitUsage, Text: one.option + " is missing"}
		}
	}
	if from, err = parseDB(from); err != nil {
		return &Refusal{Exit: ExitUsage, Text: "--from: " + err.Error()}
	}
	if to, err = parseDB(to); err != nil {
		return &Refusal{Exit: ExitUsage, Text: "--to: " + err.Error()}
	}
	if err := twoSides(from, to); err != nil {
		return err
	}
	shared := homes(from)
	if _, err := os.Stat(c.Data); err == nil { // where there is none nothing can be served
		shared = append(shared, c.Data)
	}
	release, err := lockAll(homes(to), shared)
	if errors.Is(err, ErrLocked) {
		text := err.Error() + ": stop the server first, or start it with --read-only"
		if len(homes(from, to)) == 2 {
			text += " and copy into another directory"
		}
		return &Refusal{Exit: ExitTempFail, Text: text}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	source, err := db.Open(ctx, from, db.Options{Log: log, Alone: true})
	if err != nil {
		return side("--from", err)
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	if replace {
		if err := emptied(ctx, to, log, say); err != nil {
			return err
		}
	}
	target, err := db.Open(ctx, to, db.Options{Log: log, Alone: true})
	if err != nil {
		return side("--to", err)
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	last := ""
	p := backup.Passage{From: source, To: target, Name: mask(from), Migrations: migrations, Now: time.Now, Moved: func(table string, rows int64) {
		if table != last {
			last = table
			fmt.Fprintf(say, "%s …\n", table)
		}
	}}
	if err := p.Copy(ctx); errors.Is(err, backup.ErrOccupied) {
		return &Refusal{Exit: ExitUsage, Text: err.Error() + "; --replace empties it first"}
	} else if err != nil {
		return err
	}
	fmt.Fprintf(say, "Every row is there and was compared. Set --db to %s; attachments and key stay in the data directory.\n", mask(to))
	return nil
}

// twoSides refuses what cannot be a copy before anything is made: a file that
// is not there, a directory that is not, one database on both sides.
func twoSides(from, to string) error {
	refuse := func(text string) error { return &Refusal{Exit: ExitUsage, Text: text} }
	if from == to {
		return refuse("--to is the database that --from names")
	}
	path, file := strings.CutPrefix(from, "sqlite:")
	source, err := os.Stat(path)
	if file && err != nil {
		return refuse("--from: " + err.Error())
	}
	other, fileToo := strings.CutPrefix(to, "sqlite:")
	if !fileToo {
		return nil
	}
	if _, err := os.Stat(filepath.Dir(other)); err != nil {
		return refuse("--to: " + err.Error())
	}
	if target, err := os.Stat(other); err == nil && file && os.SameFile(source, target) {
		return refuse("--to is the database that --from names")
	}
	return nil
}

// side says of which database a refusal is.
func side(option string, err error) error {
	err = outOfReach(err)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return &Refusal{Exit: refusal.Exit, Text: option + ": " + refusal.Text}
	}
	if db.IsAway(err) {
		return &Refusal{Exit: ExitUnavailable, Text: option + ": " + err.Error()}
	}
	return fmt.Errorf("%s: %w", option, err)
}

// emptied puts an SQLite file aside and drops the tables of a PostgreSQL
// database.
func emptied(ctx context.Context, url string, log *slog.Logger, say io.Writer) error {
	path, file := strings.CutPrefix(url, "sqlite:")
	if !file {
		d, err := db.Open(ctx, url, db.Options{Log: log, Alone: true})
		if err != nil {
			return side("--to", err)
		}
		fmt.Fprintln(say, "The target's tables are dropped.")
		return errors.Join(d.Wipe(ctx), d.Close())
	}
	aside := ".replaced-" + time.Now().UTC().Format("20060102T150405Z")
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		err := os.Rename(name, name+aside)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(say, "%s is now %s\n", name, name+aside)
	}
	return nil
}
