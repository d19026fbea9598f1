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

// Restore makes an installation of a backup file: in the data directory and the
// database that the configuration names. The file is checked whole before
// anything is written. What is there already is refused, or with replace put
// aside; until the restore has come to its end the database says so.
func Restore(ctx context.Context, c *Config, log *slog.Logger, from string, replace bool, say io.Writer) (err error) {
	file, err := os.Open(from)
	if err != nil {
		return &Refusal{Exit: ExitUsage, Text: "--from: " + err.Error()}
	}
	defer file.Close()
	m, err := backup.Verify(ctx, file, nil)
	if err != nil {
		return unsound(from, err)
	}
	fmt.Fprintf(say, "%s is whole: %s\n", from, describe(m))
	release, err := lockAll(append(homes(c.DB), c.Data), nil)
	if errors.Is(err, ErrLocked) {
		return &Refusal{Exit: ExitTempFail, Text: err.Error() + ": stop the server first"}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	if replace {
		err = putAside(ctx, c, m, log, say)
	} else {
		err = vacant(ctx, c, log)
	}
	if err != nil {
		return err
	}
	if err := keyFor(c, m); err != nil {
		return err
	}
	d, err := db.Open(ctx, c.DB, db.Options{Log: log, Alone: true})
	if err != nil {
		return outOfReach(err)
	}
	err = restoreInto(ctx, c, d, file, from, m)
	if err = errors.Join(err, d.Close()); err != nil {
		return unsound(from, err)
	}
	fmt.Fprintln(say, "Restored. Letters that waited to be sent when the backup was made leave as soon as okno serve runs.")
	return nil
}

// unsound makes a damaged backup a refusal with its reason.
func unsound(from string, err error) error {
	var damaged *backup.DamagedError
	if errors.As(err, &damaged) {
		return &Refusal{Exit: ExitDataErr, Text: from + " is " + damaged.Error()}
	}
	return err
}

func restoreInto(ctx context.Context, c *Config, d *db.DB, file io.ReadSeeker, from string, m backup.Manifest) error {
	store, err := openFiles(ctx, c.Files, c.Data, false)
	if err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return backup.Restore(ctx, file, m, from, backup.Target{
		DB: d, Migrations: migrations, Blob: store, Now: time.Now,
		SaveKey: func(key []byte) error { return saveKey(c.KeyFile, key) },
	})
}

// saveKey puts the key in its place (0600); the same one may be there.
func saveKey(path string, key []byte) error {
	if have, err := os.ReadFile(path); err == nil && backup.Print(have) == backup.Print(key) {
		return nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(key)
	return errors.Join(err, file.Sync(), file.Close(), syncDir(filepath.Dir(path)))
}

// keyFor refuses a key that is there and not the backup's, and a backup without
// one where none is there.
func keyFor(c *Config, m backup.Manifest) error {
	have, err := os.ReadFile(c.KeyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && m.KeyInside:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return &Refusal{Exit: ExitConfig, Text: fmt.Sprintf("the backup was made without its key: put the key whose print is %s at %s first", m.KeyPrint, c.KeyFile)}
	case err != nil:
		return err
	case backup.Print(have) != m.KeyPrint:
		return &Refusal{Exit: ExitConfig, Text: fmt.Sprintf("%s is another installation's key (print %s, the backup's is %s)", c.KeyFile, backup.Print(have), m.KeyPrint)}
	}
	return nil
}

// vacant refuses a target that holds anything.
func vacant(ctx context.Context, c *Config, log *slog.Logger) error {
	occupied := func(what string) error {
		return &Refusal{Exit: ExitUsage, Text: what + " is not empty; --replace puts what is there aside"}
	}
	if path, ok := strings.CutPrefix(c.DB, "sqlite:"); ok {
		if info, err := os.Stat(path); err == nil && info.Size() > 0 {
			return occupied(path)
		}
	} else {
		d, err := db.Open(ctx, c.DB, db.Options{Log: log, Alone: true})
		if err != nil {
			return outOfReach(err)
		}
		empty := false
		err = d.Read(ctx, func(tx *db.Tx) (err error) {
			empty, err = d.Empty(tx)
			return err
		})
		if err = errors.Join(err, d.Close()); err != nil {
			return err
		}
		if !empty {
			return occupied("the database")
		}
	}
	// (Of a bucket nothing is asked: it only gains what it lacks.)
	kept, err := filepath.Glob(filepath.Join(c.Files, "[0-9a-f][0-9a-f]"))
	if err == nil && len(kept) > 0 {
		err = occupied(c.Files)
	}
	return err
}

// putAside moves what the target holds into a directory beside it. A PostgreSQL
// database cannot be moved: its tables are dropped.
func putAside(ctx context.Context, c *Config, m backup.Manifest, log *slog.Logger, say io.Writer) error {
	aside := filepath.Join(c.Data, "replaced-"+time.Now().UTC().Format("20060102T150405Z"))
	names := []string{c.Files}
	if have, err := os.ReadFile(c.KeyFile); err == nil && backup.Print(have) != m.KeyPrint {
		names = append(names, c.KeyFile)
	}
	if path, ok := strings.CutPrefix(c.DB, "sqlite:"); ok {
		names = append(names, path, path+"-wal", path+"-shm")
	} else {
		d, err := db.Open(ctx, c.DB, db.Options{Log: log, Alone: true})
		if err != nil {
			return outOfReach(err)
		}
		if err = errors.Join(d.Wipe(ctx), d.Close()); err != nil {
			return err
		}
		fmt.Fprintln(say, "The database's tables were dropped.")
	}
	for _, name := range names {
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := os.MkdirAll(aside, 0o700); err != nil {
			return err
		}
		if err := os.Rename(name, filepath.Join(aside, filepath.Base(name))); err != nil {
			return err
		}
		fmt.Fprintf(say, "%s was put into %s\n", name, aside)
	}
	return nil
}
