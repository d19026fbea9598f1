package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/oknodesk/okno/internal/backup"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
)

const askBackup = "backup"

// Backup writes the installation into a new file (0600), through the server that
// runs on the data or alone, reads it back whole, and says in words what it
// holds. A file that is there already is not touched.
func Backup(ctx context.Context, c *Config, log *slog.Logger, to string, withoutKey bool, say io.Writer) (err error) {
	if _, err := os.Lstat(to); err == nil {
		return &Refusal{Exit: ExitUsage, Text: to + " is there already"}
	}
	part := to + ".part"
	file, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(part))
		}
	}()
	m, err := fillBackup(ctx, c, log, file, withoutKey)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, to); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(to)); err != nil {
		return err
	}
	fmt.Fprintf(say, "%s: %s\n", to, describe(m))
	for _, hash := range m.Damaged {
		fmt.Fprintf(say, "attention: the attachment %s is damaged on the disk\n", hash)
	}
	if m.KeyInside {
		fmt.Fprintln(say, "It holds the installation's key and everybody's letters: keep it where nobody else reads it.")
	} else {
		fmt.Fprintf(say, "The key (print %s) is not in it: keep %s apart, a restore asks for it.\n", m.KeyPrint, c.KeyFile)
	}
	return nil
}

// fillBackup writes a backup into the file and reads it back.
func fillBackup(ctx context.Context, c *Config, log *slog.Logger, file *os.File, withoutKey bool) (backup.Manifest, error) {
	args := url.Values{}
	if withoutKey {
		args.Set("key", "out")
	}
	piecewise := &durably{file: file}
	var rest backup.Rest = newPace(somebody).rest
	err := AskOrLock(c.Data, time.Now(),
		func() error { return AskStream(ctx, c.Data, askBackup, args, piecewise) },
		func() error {
			rest = nil // nobody else is at work
			if _, err := os.Stat(c.KeyFile); err != nil {
				return &Refusal{Exit: ExitConfig, Text: "there is no installation here: " + err.Error()}
			}
			d, err := db.Open(ctx, c.DB, db.Options{Log: log})
			if err != nil {
				return outOfReach(err)
			}
			if err := d.Unfinished(ctx); err != nil {
				return errors.Join(outOfReach(err), d.Close())
			}
			store, err := openFiles(ctx, c.Files, c.Data, false)
			if err == nil {
				err = writeBackup(ctx, c, d, store, time.Now, withoutKey, nil, piecewise)
			}
			return errors.Join(err, d.Close())
		})
	if err != nil {
		return backup.Manifest{}, err
	}
	if err := file.Sync(); err != nil {
		return backup.Manifest{}, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return backup.Manifest{}, err
	}
	return backup.Verify(ctx, file, rest)
}

// somebody is how many wait for a running server's answers as far as another
// process knows.
func somebody() int64 { return 1 }

// durableEvery is how many bytes of a backup are made durable together.
const durableEvery = 8 << 20

// durably makes a long file durable as it grows. Done at its end, it would hold
// up whoever else makes something durable on that disk: on ext4 a log's commit
// waits for all new bytes of other files.
type durably struct {
	file  *os.File
	loose int // bytes not made durable yet
}

func (d *durably) Write(p []byte) (int, error) {
	n, err := d.file.Write(p)
	if d.loose += n; err == nil && d.loose >= durableEvery {
		d.loose = 0
		err = d.file.Sync()
	}
	return n, err
}

// writeBackup writes one; rest may hold it back again and again (nil: nobody
// else is at work).
func writeBackup(ctx context.Context, c *Config, d *db.DB, store blob.Store, now func() time.Time, withoutKey bool, rest backup.Rest, to io.Writer) error {
	key, err := os.ReadFile(c.KeyFile)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	_, err = backup.Write(ctx, backup.Source{DB: d, Blob: store, Key: key, KeyOut: withoutKey, Program: db.Version(), Now: now, Rest: rest}, to)
	return err
}

// backupTo is the running server's part.
func (h *House) backupTo(ctx context.Context, answer io.Writer, args url.Values) error {
	return writeBackup(ctx, h.Config, h.DB, h.Blob, h.Now, args.Get("key") == "out", newPace(h.inside).rest, answer)
}

// describe says what a backup holds.
func describe(m backup.Manifest) string {
	return fmt.Sprintf("%d rows of %d tables from %s, %d attachments of %d bytes, made %s by %s at schema %d",
		m.RowCount(), len(m.Tables), m.Database, m.Files, m.FileBytes, m.Made.Format(time.RFC3339), m.Program, m.Schema)
}

func syncDir(dir string) error {
	file, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
