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
// PostgreSQL. Both are refused while any process works on them; the source is
// only read. Broken off, the same command goes on where it was; with replace a
// target that holds something else is emptied first.
func CopyDB(ctx context.Context, c *Config, log *slog.Logger, from, to string, replace bool, say io.Writer) (err error) {
	if from, err = parseDB(from); err != nil {
		return &Refusal{Exit: ExitUsage, Text: "--from: " + err.Error()}
	}
	if to, err = parseDB(to); err != nil {
		return &Refusal{Exit: ExitUsage, Text: "--to: " + err.Error()}
	}
	release, err := lockAll(c.Data, from, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	source, err := existing(ctx, from, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	if replace {
		if err := emptied(ctx, to, log, say); err != nil {
			return err
		}
	}
	target, err := db.Open(ctx, to, db.Options{Log: log, Alone: true})
	if err != nil {
		return outOfReach(err)
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

// existing opens a database that must be there.
func existing(ctx context.Context, url string, log *slog.Logger) (*db.DB, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		if _, err := os.Stat(path); err != nil {
			return nil, &Refusal{Exit: ExitUsage, Text: "--from: " + err.Error()}
		}
	}
	d, err := db.Open(ctx, url, db.Options{Log: log, Alone: true})
	if err != nil {
		return nil, outOfReach(err)
	}
	return d, nil
}

// lockAll takes the locks of the data directory and of those that SQLite files
// lie in.
func lockAll(data string, urls ...string) (release func() error, err error) {
	dirs := []string{data}
	for _, url := range urls {
		if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	var locks []*DataLock
	release = func() (err error) {
		for _, l := range locks {
			err = errors.Join(err, l.Release())
		}
		return err
	}
	taken := map[string]bool{}
	for _, dir := range dirs {
		whole, err := filepath.Abs(dir)
		if err != nil {
			return nil, errors.Join(err, release())
		}
		if taken[whole] {
			continue
		}
		taken[whole] = true
		lock, err := LockData(whole, time.Now())
		if errors.Is(err, ErrLocked) {
			err = &Refusal{Exit: ExitTempFail, Text: err.Error() + ": stop the server first"}
		}
		if err != nil {
			return nil, errors.Join(err, release())
		}
		locks = append(locks, lock)
	}
	return release, nil
}

// emptied puts an SQLite file aside and drops the tables of a PostgreSQL
// database.
func emptied(ctx context.Context, url string, log *slog.Logger, say io.Writer) error {
	path, file := strings.CutPrefix(url, "sqlite:")
	if !file {
		d, err := db.Open(ctx, url, db.Options{Log: log, Alone: true})
		if err != nil {
			return outOfReach(err)
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
