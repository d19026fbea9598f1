package seed_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/desk/seed"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/secret"
)

var now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

const password = "correct horse battery"

func open(t *testing.T, d *db.DB) (*desk.Desk, *blob.Disk) {
	t.Helper()
	must(t, d.Migrate(t.Context(), jobs.Migrations, desk.Migrations))
	files, err := blob.NewDisk(t.TempDir())
	must(t, err)
	key, err := secret.LoadKey(t.TempDir() + "/key")
	must(t, err)
	k := desk.New(desk.Config{
		DB: d, Blob: files, Key: key, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler), Lang: "en",
		Consequences: func(okno.Event) []string { return nil },
	})
	t.Cleanup(k.Close)
	must(t, k.SetUp(t.Context(), okno.Console(), "", desk.Setup{
		Name: "Ada", Address: "ada@desk.example", Password: password, Company: "Supplier", Support: "support@desk.example", Lang: "en",
	}))
	return k, files
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// enter lets somebody in by a link to a new password.
func enter(t *testing.T, k *desk.Desk, login string, door okno.Door) okno.Actor {
	t.Helper()
	link, err := k.ResetByConsole(t.Context(), login)
	must(t, err)
	token, err := k.UseEntry(t.Context(), link, password, "", "test")
	must(t, err)
	by, _, err := k.ActorOf(t.Context(), token, door)
	must(t, err)
	return by
}

func texts(t *testing.T, d *db.DB, sql string) []string {
	t.Helper()
	var all []string
	must(t, d.Read(t.Context(), func(tx *db.Tx) (err error) {
		all, err = db.Collect(tx, func(row db.Scanner) (s string, err error) { return s, row.Scan(&s) }, sql)
		return err
	}))
	return all
}

// content is what was made, as far as it is the installation's own.
func content(t *testing.T, d *db.DB) string {
	t.Helper()
	sum := sha256.New()
	for _, sql := range []string{
		`SELECT number || subject || kind || lastword || CAST(opened AS TEXT) || CAST(updated AS TEXT) || CAST(requester AS TEXT) || CAST(assignee AS TEXT) FROM ticket ORDER BY id`,
		`SELECT CAST(ticket AS TEXT) || ref || kind || side || body FROM message ORDER BY id`,
		`SELECT CAST(ticket AS TEXT) || kind || data || CAST(at AS TEXT) FROM event WHERE ticket > 0 ORDER BY id`,
		`SELECT ref || name FROM person WHERE name <> 'Ada' ORDER BY id`,
		`SELECT number || name FROM company ORDER BY id`,
		`SELECT word || CAST(n AS TEXT) FROM search_word ORDER BY word`,
	} {
		for _, line := range texts(t, d, sql) {
			fmt.Fprintln(sum, line)
		}
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

func TestSeedLeavesWhatTheDeskWouldHave(t *testing.T) {
	var contents []string
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, files := open(t, d)
		o := seed.Options{Tickets: 1100, Messages: 3, Seed: 11, Now: now}
		indexed := indexes(t, d)
		made, err := seed.Fill(t.Context(), d, files, o)
		must(t, err)
		if per := float64(made.Messages) / float64(made.Tickets); made.Tickets != 1100 || per < 2 || per > 4 {
			t.Errorf("made %d tickets with %.1f messages each", made.Tickets, per)
		}
		contents = append(contents, content(t, d))
		if got := indexes(t, d); !slices.Equal(got, indexed) {
			t.Errorf("indexes were\n%v and are\n%v", indexed, got)
		}
		counters(t, d)
		ann, small, customer := enter(t, k, made.Agents[0], okno.DoorWorkspace), enter(t, k, made.Agents[len(made.Agents)-1], okno.DoorWorkspace), enter(t, k, made.Customers[0], okno.DoorPortal)
		pages(t, k, ann, small, customer)
		found(t, k, ann)
		if _, err := seed.Fill(t.Context(), d, files, o); !errors.Is(err, seed.ErrNotEmpty) {
			t.Errorf("a second filling: %v", err)
		}
		o.More, o.Tickets = true, 30
		_, err = seed.Fill(t.Context(), d, files, o)
		must(t, err)
		counters(t, d)
		// The database goes on behind the ids and numbers that were given.
		opened, err := k.OpenTicket(t.Context(), customer, desk.Opening{Key: "after", Channel: okno.ChannelWeb, Subject: "Zymurgy", Text: "After the seed."})
		must(t, err)
		must(t, k.IndexAll(t.Context()))
		if opened.Number != "101131" {
			t.Errorf("the next ticket is #%s", opened.Number)
		}
		if got, err := k.Search(t.Context(), customer, desk.Asked{Text: "zymurgy"}); err != nil || len(got.Rows) != 1 {
			t.Errorf("found %v, %v", got, err)
		}
	})
	if len(contents) == 2 && contents[0] != contents[1] {
		t.Error("one seed made different contents in the two databases")
	}
}

func TestSeedThatIsCutShortLeavesWhatItMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		_, files := open(t, d)
		before := indexes(t, d)
		ctx, cut := context.WithCancel(t.Context())
		defer cut()
		made, err := seed.Fill(ctx, d, files, seed.Options{Tickets: 2100, Messages: 1, Seed: 11, Now: now, Progress: func(int) { cut() }})
		if !errors.Is(err, context.Canceled) || made.Tickets == 0 || made.Tickets == 2100 {
			t.Fatalf("cut short after %d: %v", made.Tickets, err)
		}
		must(t, d.Migrate(t.Context(), jobs.Migrations, desk.Migrations))
		counters(t, d)
		if after := indexes(t, d); !slices.Equal(after, before) {
			t.Errorf("indexes are %v, were %v", after, before)
		}
	})
}

// A program that is killed meanwhile cannot make the indexes again.
func TestSeedThatIsKilledIsSaidToBeUnfinished(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		_, files := open(t, d)
		checked := false
		_, err := seed.Fill(t.Context(), d, files, seed.Options{Tickets: 600, Messages: 1, Seed: 11, Now: now, Progress: func(int) {
			var unfinished *db.UnfinishedError
			if err := d.Migrate(t.Context(), jobs.Migrations, desk.Migrations); !errors.As(err, &unfinished) {
				t.Errorf("what is not finished is used: %v", err)
			}
			checked = true
		}})
		if must(t, err); !checked {
			t.Error("nothing was looked at")
		}
	})
}

// indexes are the definitions of the database's indexes.
func indexes(t *testing.T, d *db.DB) []string {
	t.Helper()
	if d.Dialect() == db.SQLite {
		return texts(t, d, `SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1`)
	}
	return texts(t, d, `SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1`)
}

// counters compares the counters with the tickets.
func counters(t *testing.T, d *db.DB) {
	t.Helper()
	kept := texts(t, d, `SELECT CAST(department AS TEXT) || kind || CAST(assignee AS TEXT) || '=' || CAST(SUM(n) AS TEXT) FROM counter GROUP BY department, kind, assignee HAVING SUM(n) <> 0 ORDER BY department, kind, assignee`)
	standing := texts(t, d, `SELECT CAST(department AS TEXT) || kind || CAST(assignee AS TEXT) || '=' || CAST(COUNT(*) AS TEXT) FROM ticket GROUP BY department, kind, assignee ORDER BY department, kind, assignee`)
	if !slices.Equal(kept, standing) {
		t.Errorf("the counters say\n%v, the tickets\n%v", kept, standing)
	}
}

// pages opens every view, and tickets of each.
func pages(t *testing.T, k *desk.Desk, ann, small, customer okno.Actor) {
	t.Helper()
	kinds := map[okno.StatusKind]bool{}
	for _, by := range []okno.Actor{ann, small} {
		counts, err := k.Counts(t.Context(), by)
		must(t, err)
		for _, view := range okno.Views {
			list, err := k.View(t.Context(), by, view, "")
			must(t, err)
			if view != okno.ViewTeam && list.Next == "" && int64(len(list.Rows)) != counts[view] {
				t.Errorf("%s holds %d and is counted as %d", view, len(list.Rows), counts[view])
			}
			for i, row := range list.Rows {
				kinds[row.Kind] = true
				if i > 2 {
					continue
				}
				page, err := k.Ticket(t.Context(), by, row.Number, 0)
				must(t, err)
				last := page.Messages[len(page.Messages)-1]
				if page.Events[len(page.Events)-1].Version != row.Version || last.At.After(row.Updated) || row.Updated.After(now) {
					t.Errorf("#%s stands at version %d of %v, its last fact at %d and message at %v", row.Number, row.Version, row.Updated, page.Events[len(page.Events)-1].Version, last.At)
				}
			}
		}
	}
	if missing := slices.DeleteFunc(slices.Clone(okno.StatusKinds), func(kind okno.StatusKind) bool { return kinds[kind] }); len(missing) > 0 {
		t.Errorf("no ticket is %v; there are %v", missing, slices.Collect(maps.Keys(kinds)))
	}
	mine, err := k.MyTickets(t.Context(), customer, desk.Mine{Closed: true})
	if must(t, err); len(mine.Rows) < 10 {
		t.Errorf("the busiest customer has %d closed tickets", len(mine.Rows))
	}
}

// found looks for words that a ticket has.
func found(t *testing.T, k *desk.Desk, by okno.Actor) {
	t.Helper()
	list, err := k.View(t.Context(), by, okno.ViewOpen, "")
	must(t, err)
	row := list.Rows[0]
	page, err := k.Ticket(t.Context(), by, row.Number, 0)
	must(t, err)
	body := strings.Fields(page.Messages[0].Text)
	question := `"` + strings.Join(body[1:min(4, len(body))], " ") + `" requester:"` + row.Requester.Name + `" `
	got, err := k.Search(t.Context(), by, desk.Asked{Text: question})
	must(t, err)
	if !slices.ContainsFunc(got.Rows, func(r desk.Row) bool { return r.Number == row.Number }) {
		t.Errorf("%s does not find #%s", question, row.Number)
	}
}
