package oknotest_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// The kept installations in testdata/kept were made by the program as it was at
// schema 6, by its own means: its sample, and a ticket with a file that came by
// the form. Each is a data directory; PostgreSQL's rows are pg_dump's.

// unpacked is a kept installation in a directory of the test's own.
func unpacked(t *testing.T, name string) string {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", "kept", name+".tar.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	plain, err := zstd.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	dir := t.TempDir()
	for members := tar.NewReader(plain); ; {
		head, err := members.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		if head.Typeflag != tar.TypeReg {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(head.Name))
		content, err := io.ReadAll(members)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(path), 0o700)
		}
		if err == nil {
			err = os.WriteFile(path, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// undumped fills a fresh PostgreSQL database with what pg_dump wrote.
func undumped(t *testing.T, dump string) (url string) {
	t.Helper()
	url = dbtest.Postgres(t)
	text, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.PgConn().Exec(t.Context(), string(text)).ReadAll(); err != nil {
		t.Fatal(err)
	}
	return url
}

// lasting are tables whose rows an upgrade has no reason to change.
var lasting = map[string]string{
	"ticket":  `SELECT number, subject, kind, requester, assignee, opened, updated, version FROM ticket ORDER BY id`,
	"message": `SELECT ref, ticket, kind, author, body, html, at FROM message ORDER BY id`,
	"event":   `SELECT id, kind, ticket, data, at FROM event ORDER BY id`,
	"person":  `SELECT ref, name, phone, agent, created FROM person ORDER BY id`,
	"address": `SELECT person, folded, confirmed FROM address ORDER BY id`,
	"account": `SELECT person, folded, password FROM account ORDER BY person`,
	"file":    `SELECT ref, message, name, size, hash FROM file ORDER BY id`,
	"letter":  `SELECT ref, recipient, subject, messageid FROM letter ORDER BY id`,
}

// standing is what the lasting tables say, and how many rows every table has.
func standing(t *testing.T, d *db.DB) (rows map[string][]string, counts map[string]int) {
	t.Helper()
	rows, counts = map[string][]string{}, map[string]int{}
	err := d.Snapshot(t.Context(), func(tx *db.Tx) error {
		for name, question := range lasting {
			lines, err := db.Collect(tx, func(row db.Scanner) (string, error) {
				values, into := make([]any, 8), make([]any, strings.Count(question[:strings.Index(question, " FROM ")], ",")+1)
				for i := range into {
					into[i] = &values[i]
				}
				err := row.Scan(into...)
				return fmt.Sprint(values[:len(into)]), err
			}, question)
			if err != nil {
				return err
			}
			rows[name] = lines
		}
		tables, err := d.Tables(tx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			var n int
			if err := tx.QueryRow(`SELECT count(*) FROM "` + table.Name + `"`).Scan(&n); err != nil {
				return err
			}
			counts[table.Name] = n
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, counts
}

func TestKeptInstallationIsUpgradedWithNothingLost(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		data := unpacked(t, "sqlite")
		upgrade(t, data, "sqlite:"+filepath.Join(data, "okno.db"), "ru")
	})
	t.Run("postgres", func(t *testing.T) {
		data := unpacked(t, "postgres")
		upgrade(t, data, undumped(t, filepath.Join(data, "dump.sql")), "en")
	})
}

// newest is when the last form was sent to an installation. Later than that, some
// of its rows would run out.
func newest(t *testing.T, d *db.DB) time.Time {
	var at int64
	if err := d.ReadOne(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT MAX(created) FROM submission`).Scan(&at) }); err != nil {
		t.Fatal(err)
	}
	return time.UnixMicro(at)
}

func upgrade(t *testing.T, data, url, lang string) {
	ctx := t.Context()
	before, err := db.Open(ctx, url, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, counts := standing(t, before)
	packed := newest(t, before)
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	if counts["ticket"] != 201 || len(rows["file"]) != 1 {
		t.Fatalf("the kept installation holds %v", counts)
	}
	r := oknotest.Start(t, oknotest.Options{Demo: true, Lang: lang, DB: url, Ago: time.Since(packed), Args: []string{"--data", data}})
	now, counted := standing(t, r.DB)
	for name, was := range rows {
		if !slices.Equal(was, now[name]) {
			t.Errorf("%s: %d rows became %d, or others", name, len(was), len(now[name]))
		}
	}
	for name, was := range counts {
		// Duties are worked off, counters folded, notices and sessions run out.
		if !slices.Contains([]string{"job", "counter", "session", "link"}, name) && counted[name] < was {
			t.Errorf("%s had %d rows and has %d", name, was, counted[name])
		}
	}
	readable(t, r, now["ticket"])
}

// readable opens the pages of an upgraded installation and works on in it.
func readable(t *testing.T, r *oknotest.Rig, tickets []string) {
	token, err := r.Desk.SignIn(t.Context(), "admin@okno.example", "open-the-window", "", "test")
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) string {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		q.AddCookie(&http.Cookie{Name: "okno", Value: token})
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		page, err := io.ReadAll(a.Body)
		if err != nil || a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d, %v", path, a.StatusCode, err)
		}
		return string(page)
	}
	for _, path := range []string{"/readyz", "/", "/tickets", "/desk?view=open", "/desk?view=mine", "/admin", "/admin/agents", "/admin/roles", "/admin/mailboxes", "/admin/settings", "/admin/letters", "/admin/kept", "/admin/companies"} {
		get(path)
	}
	last := ""
	for i := len(tickets) - 1; i >= 0; i -= 10 {
		number, _, _ := strings.Cut(tickets[i][1:], " ")
		last = max(last, number)
		get("/desk/tickets/" + number)
	}
	if page := get("/desk/tickets/" + last); !strings.Contains(page, "Words that must not be lost") {
		t.Errorf("ticket %s has lost its words", last)
	}
	by, _, err := r.Desk.ActorOf(t.Context(), token, okno.DoorWorkspace)
	if err != nil {
		t.Fatal(err)
	}
	f := keptFile(t, r)
	_, content, err := r.Desk.OpenFile(t.Context(), by, f)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	if b, err := io.ReadAll(content); err != nil || !bytes.Equal(b, []byte("Kept from an earlier program.\n")) {
		t.Errorf("its file holds %q, %v", b, err)
	}
	opened, err := r.Desk.OpenTicket(t.Context(), okno.Actor{Door: okno.DoorPortal}, desk.Opening{
		Key: "after the upgrade", Name: "New", Address: "new@customer.example", Channel: okno.ChannelWeb, Subject: "After the upgrade", Text: "Still here?",
	})
	if err != nil || string(opened.Number) <= last {
		t.Errorf("the next ticket is %s after %s, %v", opened.Number, last, err)
	}
}

func keptFile(t *testing.T, r *oknotest.Rig) (ref okno.Ref) {
	t.Helper()
	err := r.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT ref FROM file ORDER BY id LIMIT 1`).Scan(&ref)
	})
	if err != nil {
		t.Fatal(err)
	}
	return ref
}
