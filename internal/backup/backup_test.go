package backup_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/oknodesk/okno/internal/backup"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

var tables = []fs.FS{fstest.MapFS{
	"00001_desk.sql": {Data: []byte(`-- +goose Up
CREATE TABLE zoo (id {{id}}, name TEXT NOT NULL, size {{int}}, picture {{bytes}}){{strict}};
CREATE TABLE animal (zoo {{int}} NOT NULL REFERENCES zoo (id), name TEXT NOT NULL, PRIMARY KEY (zoo, name)){{strict}};
{{sequence ticket_number 100001}};
INSERT INTO zoo (name) VALUES ('made by a migration');
`)},
	"00002_later.sql": {Data: []byte("-- +goose Up\nALTER TABLE zoo ADD COLUMN later {{int}} NOT NULL DEFAULT 7;")},
}}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func now() time.Time { return noon }

const key = "a key that is nobody's\n"

// TestMain lets this binary be a restore that is killed in its middle.
func TestMain(m *testing.M) {
	if from := os.Getenv("OKNO_TEST_RESTORE"); from != "" {
		restoreForEver(from, os.Getenv("OKNO_TEST_TARGET"))
	}
	os.Exit(m.Run())
}

// pausing gives its first bytes, says so, and then none.
type pausing struct {
	from io.Reader
	left int
}

func (p *pausing) Read(b []byte) (int, error) {
	if p.left == 0 {
		fmt.Println("half")
		select {}
	}
	n, err := p.from.Read(b[:min(len(b), p.left)])
	p.left -= n
	return n, err
}

func restoreForEver(from, url string) {
	file, err := os.Open(from)
	if err != nil {
		panic(err)
	}
	m, err := backup.Verify(context.Background(), file, nil)
	if err != nil {
		panic(err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		panic(err)
	}
	d, err := db.Open(context.Background(), url, db.Options{})
	if err != nil {
		panic(err)
	}
	info, err := file.Stat()
	if err != nil {
		panic(err)
	}
	store, err := blob.NewDisk(filepath.Join(filepath.Dir(from), "half"))
	if err != nil {
		panic(err)
	}
	err = backup.Restore(context.Background(), &pausing{file, int(info.Size() / 2)}, m, from, backup.Target{
		DB: d, Migrations: tables, Blob: store, Now: now, SaveKey: func([]byte) error { return nil }})
	panic(fmt.Sprint("the restore came to its end: ", err))
}

// source is a database of many rows with attachments beside it.
func source(t *testing.T, url string) (backup.Source, *blob.Disk) {
	t.Helper()
	d := dbtest.Open(t, url)
	if err := d.Migrate(t.Context(), tables...); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for i := range 3000 {
			noise := make([]byte, 40)
			for j := range noise {
				noise[j] = byte(random.Uint32())
			}
			if _, err := tx.Exec(`INSERT INTO zoo (name, size, picture) VALUES (?, ?, ?)`, fmt.Sprintf("Зоопарк %d \"\\\n\u2028", i), -i, noise); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`INSERT INTO zoo (name, picture) VALUES ('', ?)`, []byte{}); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO animal (zoo, name) VALUES (2, 'tapir'), (2, 'Жук'), (1, 'ёж')`); err != nil {
			return err
		}
		_, err := tx.Sequence("ticket_number")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	store, err := blob.NewDisk(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if _, err := store.Put(t.Context(), strings.NewReader(strings.Repeat(fmt.Sprint("attachment ", i), 1000*i)), 1<<20); err != nil {
			t.Fatal(err)
		}
	}
	return backup.Source{DB: d, Blob: store, Key: []byte(key), Program: "test", Now: now}, store
}

func made(t *testing.T, s backup.Source) ([]byte, backup.Manifest) {
	t.Helper()
	var file bytes.Buffer
	m, err := backup.Write(t.Context(), s, &file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Verify(t.Context(), bytes.NewReader(file.Bytes()), nil); err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), m
}

func TestBackupOfEitherDatabaseIsRestoredToEither(t *testing.T) {
	urls := map[string]func(testing.TB, ...fs.FS) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres}
	for from, fromURL := range urls {
		s, _ := source(t, fromURL(t))
		file, m := made(t, s)
		for to, toURL := range urls {
			t.Run(from+" to "+to, func(t *testing.T) {
				d := dbtest.Open(t, toURL(t))
				store, err := blob.NewDisk(filepath.Join(t.TempDir(), "files"))
				if err != nil {
					t.Fatal(err)
				}
				saved := ""
				target := backup.Target{DB: d, Migrations: tables, Blob: store, Now: now, SaveKey: func(k []byte) error { saved = string(k); return nil }}
				if err := backup.Restore(t.Context(), bytes.NewReader(file), m, "x", target); err != nil {
					t.Fatal(err)
				}
				if saved != key {
					t.Errorf("the key became %q", saved)
				}
				again, n := made(t, backup.Source{DB: d, Blob: store, Key: []byte(saved), Program: "test", Now: now})
				n.Database = m.Database
				if fmt.Sprint(n.Tables, n.Sequences, n.Files, n.FileBytes, n.KeyPrint) != fmt.Sprint(m.Tables, m.Sequences, m.Files, m.FileBytes, m.KeyPrint) || len(again) == 0 {
					t.Errorf("a backup of what was restored says\n%+v\nwhere the first says\n%+v", n, m)
				}
				if err := d.Migrate(t.Context(), tables...); err != nil {
					t.Error(err)
				}
				err = d.Write(t.Context(), func(tx *db.Tx) error {
					var id int64
					number, err := tx.Sequence("ticket_number")
					if err == nil {
						err = tx.QueryRow(`INSERT INTO zoo (name) VALUES ('next') RETURNING id`).Scan(&id)
					}
					if number != 100002 || id != 3003 {
						t.Errorf("the next number is %d, the next key %d", number, id)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestABackupCanBeHeldBackAllAlong(t *testing.T) {
	for from, url := range map[string]func(testing.TB, ...fs.FS) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(from, func(t *testing.T) {
			s, store := source(t, url(t))
			if _, err := store.Put(t.Context(), strings.NewReader(strings.Repeat("a long one ", 200_000)), 4<<20); err != nil {
				t.Fatal(err)
			}
			rests := 0
			s.Rest = func(context.Context) error { rests++; return nil }
			file, m := made(t, s)
			rows, parts := 3001/64, 2_200_000>>18+4 // and four short attachments
			if rests < rows+len(m.Members)+parts+1 {
				t.Errorf("it could be held back %d times only", rests)
			}
			rests = 0
			if _, err := backup.Verify(t.Context(), bytes.NewReader(file), s.Rest); err != nil || rests < len(m.Members)+parts {
				t.Errorf("read back, it could be held back %d times only, error %v", rests, err)
			}
			stop := errors.New("stop")
			s.Rest = func(context.Context) error { return stop }
			if _, err := backup.Verify(t.Context(), bytes.NewReader(file), s.Rest); !errors.Is(err, stop) {
				t.Errorf("reading back, told to stop it said %v", err)
			}
			if _, err := backup.Write(t.Context(), s, io.Discard); !errors.Is(err, stop) {
				t.Errorf("told to stop it said %v", err)
			}
		})
	}
}

func TestDamagedBackupIsRefusedWithItsReason(t *testing.T) {
	s, _ := source(t, dbtest.SQLite(t))
	file, _ := made(t, s)
	for i := range 40 {
		at := i * (len(file) - 1) / 39
		torn := bytes.Clone(file)
		torn[at] ^= 0x10
		var damaged *backup.DamagedError
		if _, err := backup.Verify(t.Context(), bytes.NewReader(torn), nil); !errors.As(err, &damaged) || damaged.Why == "" {
			t.Errorf("byte %d of %d flipped: %v", at, len(file), err)
		}
		if _, err := backup.Verify(t.Context(), bytes.NewReader(file[:at]), nil); !errors.As(err, &damaged) {
			t.Errorf("cut to %d bytes of %d: %v", at, len(file), err)
		}
	}
	for _, other := range [][]byte{nil, []byte("PK\x03\x04"), append(bytes.Clone(file), 'x'), append(bytes.Clone(file), file...)} {
		var damaged *backup.DamagedError
		if _, err := backup.Verify(t.Context(), bytes.NewReader(other), nil); !errors.As(err, &damaged) {
			t.Errorf("%d bytes: %v", len(other), err)
		}
	}
}

func TestAttachmentDamagedOnDiskIsToldOfAndNotRestored(t *testing.T) {
	s, store := source(t, dbtest.SQLite(t))
	var hashes []string
	if err := store.Walk(t.Context(), func(b blob.Blob, _ time.Time) error { hashes = append(hashes, b.Hash); return nil }); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(filepath.Dir(filepath.Dir(pathOf(t, store, hashes[1]))))
	if err := os.WriteFile(filepath.Join(dir, hashes[1][:2], hashes[1][2:4], hashes[1]), []byte("rotten"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, m := made(t, s)
	if fmt.Sprint(m.Damaged) != "["+hashes[1]+"]" {
		t.Fatalf("damaged: %v", m.Damaged)
	}
	to, err := blob.NewDisk(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	d := dbtest.Open(t, dbtest.SQLite(t))
	if err := backup.Restore(t.Context(), bytes.NewReader(file), m, "x", backup.Target{DB: d, Migrations: tables, Blob: to, Now: now, SaveKey: func([]byte) error { return nil }}); err != nil {
		t.Fatal(err)
	}
	restored := 0
	if err := to.Walk(t.Context(), func(blob.Blob, time.Time) error { restored++; return nil }); err != nil || restored != len(hashes)-1 {
		t.Errorf("%d of %d attachments were restored, %v", restored, len(hashes), err)
	}
}

// pathOf finds a blob's file.
func pathOf(t *testing.T, store *blob.Disk, hash string) string {
	t.Helper()
	r, err := store.Open(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return r.(*os.File).Name()
}

func TestRestoreKilledInItsMiddleLeavesATargetThatSaysSo(t *testing.T) {
	s, _ := source(t, dbtest.SQLite(t))
	content, _ := made(t, s)
	file := filepath.Join(t.TempDir(), "backup")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, url := range map[string]string{"sqlite": dbtest.SQLite(t), "postgres": dbtest.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			child := exec.CommandContext(t.Context(), os.Args[0])
			child.Env = append(os.Environ(), "OKNO_TEST_RESTORE="+file, "OKNO_TEST_TARGET="+url)
			child.Stderr = os.Stderr
			out, err := child.StdoutPipe()
			if err == nil {
				err = child.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "half\n" {
				t.Errorf("the child said %q, %v", line, err)
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = child.Wait()
			d := dbtest.Open(t, url)
			var unfinished *db.UnfinishedError
			if err := d.Migrate(t.Context(), tables...); !errors.As(err, &unfinished) || !strings.Contains(unfinished.What, file) {
				t.Errorf("the target says %v", err)
			}
		})
	}
}

func TestBackupOfANewerProgramIsRefused(t *testing.T) {
	s, _ := source(t, dbtest.SQLite(t))
	file, m := made(t, s)
	older := []fs.FS{fstest.MapFS{"00001_desk.sql": {Data: []byte("-- +goose Up\nSELECT 1;")}}}
	d := dbtest.Open(t, dbtest.SQLite(t))
	err := backup.Restore(t.Context(), bytes.NewReader(file), m, "x", backup.Target{DB: d, Migrations: older, Now: now})
	if err == nil || !strings.Contains(err.Error(), "newer program (test, schema 2)") {
		t.Error(err)
	}
	_ = d.Read(t.Context(), func(tx *db.Tx) error {
		if empty, err := d.Empty(tx); !empty || err != nil {
			t.Errorf("the target was touched (%v)", err)
		}
		return nil
	})
}
