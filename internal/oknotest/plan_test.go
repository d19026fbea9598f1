package oknotest_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/desk/seed"
	"github.com/oknodesk/okno/internal/oknotest"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// growing are the tables that have a row for every so many tickets, people or
// letters: whoever waits for an answer waits for none of them to be read
// through, nor to be sorted.
var growing = []string{
	"ticket", "message", "ticket_tag", "event", "file", "seen", "notice", "participant", "letter", "kept_letter", "thread", "submission", "session", "session_ticket", "link",
	"person", "address", "account", "company", "membership", "search_pending", "search_word", "job", "call", "draft", "push_browser", "registration", "ticket_words",
}

// excused are statements that read through a growing table, each with the
// reason why its cost does not grow; they are known by what they contain.
var excused = map[string]string{
	"FROM (SELECT size FROM file WHERE message = 0 LIMIT ?)":                "uploads that wait, from their own index, counted up to a limit",
	"FROM call c CROSS JOIN ticket t WHERE t.id = c.ticket AND c.ended = 0": "the open calls, from an index that holds no others",
	"(SELECT person FROM address WHERE folded >= ? AND folded < ? ORDER BY": "the people of a page of addresses",
	"SELECT ticket FROM search_pending ORDER BY id LIMIT ?":                 "the first of those that wait",
}

// few are marks of a statement that sorts only a bounded part: pages of their
// own LIMIT, rows of given ids, what one person has, what one ticket took in.
var few = []string{") AS part", ") AS such", ") AS latest", " IN (?", ".id = ", "person = ?", "p.agent = 1", "ORDER BY folded LIMIT ?)", "t.merged = ?"}

// indexAlone are marks of the questions how many messages of each listed ticket
// are new, and which others a requester has; SQLite says whether it reads more
// than an index.
var indexAlone = []string{"(SELECT 1 FROM message WHERE ticket = viewer.ticket", "FROM ticket WHERE requester = ? AND id <> ?"}

// wordsFound is in the question which tickets have some words: PostgreSQL
// prefers to look into each one's words, which costs a hundred times what it
// believes.
const wordsFound = "ORDER BY id DESC LIMIT ?"

// statements are the statements that were run, each with the arguments of one time.
type statements struct {
	mu  sync.Mutex
	all map[string][]any
}

func (a *statements) take(text string, args []any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.all[text]; !known {
		a.all[text] = slices.Clone(args)
	}
}

// TestNoPageReadsThroughWhatGrows asks each database how it carries out every
// statement that the main pages and commands run.
func TestNoPageReadsThroughWhatGrows(t *testing.T) {
	oknotest.Each(t, oknotest.Options{}, func(t *testing.T, r *oknotest.Rig) {
		made, err := seed.Fill(t.Context(), r.DB, r.Blob, seed.Options{Tickets: 600, Messages: 3, Seed: 5, Now: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		w := walker{t: t, r: r, made: made, in: map[string]string{}}
		w.mostSeeOne()
		w.walk() // so that what is only read once is in memory
		a := statements{all: map[string][]any{}}
		stop := db.Watch(a.take)
		w.walk()
		stop()
		if len(a.all) < 60 {
			t.Errorf("only %d statements were run", len(a.all))
		}
		for _, text := range slices.Sorted(maps.Keys(a.all)) {
			if fault := judge(t, r.DB, text, a.all[text]); fault != "" {
				t.Errorf("%s\n  in %s", fault, strings.Join(strings.Fields(text), " "))
			}
		}
	})
}

// walker walks through the pages as several people.
type walker struct {
	t    *testing.T
	r    *oknotest.Rig
	made *seed.Result
	in   map[string]string // session tokens by login
}

func (w *walker) walk() {
	for _, login := range []string{oknotest.Ada, w.made.Agents[0], w.made.Agents[len(w.made.Agents)-1]} {
		w.agent(login)
	}
	w.customer(w.made.Customers[0])
}

// mostSeeOne has very many people who have seen one ticket: by such statistics
// PostgreSQL takes an agent, who has seen very many, for one of them.
func (w *walker) mostSeeOne() {
	w.must(w.r.DB.Write(w.t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO seen (person, ticket, message, at)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT 1000000 + i, 1, 1, 1 FROM n`)
		if err == nil && w.r.DB.Dialect() == db.Postgres {
			_, err = tx.Exec(`ANALYZE seen`)
		}
		return err
	}))
}

// enter signs somebody in by a link to a new password.
func (w *walker) enter(login string, door okno.Door) (okno.Actor, *traffic.Browser) {
	w.t.Helper()
	d, ctx := w.r.Desk, w.t.Context()
	token := w.in[login]
	if token == "" {
		link, err := d.ResetByConsole(ctx, login)
		w.must(err)
		token, err = d.UseEntry(ctx, link, "another "+oknotest.Password, "", "test")
		w.must(err)
		w.in[login] = token
	}
	by, _, err := d.ActorOf(ctx, token, door)
	w.must(err)
	b := traffic.NewBrowser(w.r.URL, 1)
	jar, err := cookiejar.New(nil)
	w.must(err)
	at, err := url.Parse(w.r.URL)
	w.must(err)
	jar.SetCookies(at, []*http.Cookie{{Name: "okno", Value: token}})
	b.HTTP.Jar = jar
	return by, b
}

func (w *walker) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *walker) get(b *traffic.Browser, paths ...string) {
	w.t.Helper()
	for _, path := range paths {
		status, page, err := b.Get(w.t.Context(), path)
		if err != nil || status != http.StatusOK {
			w.t.Fatalf("%s: %d %v\n%.300s", path, status, err, page)
		}
	}
}

func (w *walker) agent(login string) {
	d, ctx := w.r.Desk, w.t.Context()
	by, b := w.enter(login, okno.DoorWorkspace)
	defer b.HTTP.CloseIdleConnections()
	for _, view := range okno.Views {
		w.get(b, "/desk?view="+string(view), "/desk?rows=100&view="+string(view))
		list, err := d.View(ctx, by, view, "")
		w.must(err)
		if list.Next != "" {
			w.get(b, "/desk?view="+string(view)+"&from="+list.Next)
		}
	}
	for _, q := range []string{"принтер", "printer works", "прин", `"does not work"`, "status:open", "assignee:me printer", "created:>2020 has:file a", "-status:closed", "deadline:past", "company:школа", "requester:iva", "mx1000"} {
		w.get(b, "/desk?q="+url.QueryEscape(q))
	}
	w.views(by, b)
	list, err := d.View(ctx, by, okno.ViewClosed, "")
	w.must(err)
	number := list.Rows[0].Number
	w.get(b, "/desk/tickets/"+string(number), "/desk/tickets/"+string(number)+"/details", "/desk/new", "/desk/notices", "/desk/search/offers?q=st", "/desk/search/offers?q=requester:",
		"/desk/search/offers?q=company:%D1%88", "/desk/palette", "/desk/palette?q="+url.QueryEscape("прин"), "/desk/palette?q=ива", "/desk/palette?q=1000", "/desk/palette?recent="+string(number))
	key := fmt.Sprint("plan ", by.Person, time.Now().UnixNano())
	_, err = d.AddMessage(ctx, by, number, desk.Words{Key: key, Text: "We are at it.", Channel: okno.ChannelWeb})
	w.must(err)
	_, err = d.AddNote(ctx, by, number, desk.Words{Key: key + "n", Text: "Between us.", Channel: okno.ChannelWeb})
	w.must(err)
	w.must(d.MarkSeen(ctx, by, number, ""))
	w.must(d.SaveDraft(ctx, by, number, okno.Public, "Perhaps"))
}

// views walks through every order of views whose conditions an index answers,
// of those that are looked through, and of those with words or tags.
func (w *walker) views(by okno.Actor, b *traffic.Browser) {
	d, ctx := w.r.Desk, w.t.Context()
	all, err := d.View(ctx, by, okno.ViewClosed, "")
	w.must(err)
	w.must(d.ChangeTags(ctx, by, all.Rows[0].Number, []string{"plan"}, nil))
	alive, is := okno.ViewOpen.View().Conditions, okno.OpIs
	var saved []okno.View
	for _, more := range [][]okno.Condition{
		nil,
		{{Field: okno.FieldAssignee, Op: is, Values: []string{okno.ValueMe}}},
		{{Field: okno.FieldAssignee, Op: is, Values: []string{okno.ValueNobody}}},
		{{Field: okno.FieldTeam, Op: is, Values: []string{okno.ValueMine}}},
		{{Field: okno.FieldChannel, Op: is, Values: []string{string(okno.ChannelWeb)}}},
		{{Field: okno.FieldTag, Op: is, Values: []string{"plan"}}, {Field: okno.FieldHas, Op: is, Values: []string{okno.ValueCall}}},
		{{Field: okno.FieldTag, Op: okno.OpNot, Values: []string{"plan"}}, {Field: okno.FieldUpdated, Op: okno.OpWithin, Values: []string{"900"}}},
		{{Field: okno.FieldWords, Op: is, Values: []string{"printer"}}},
		{{Field: okno.FieldDeadline, Op: is, Values: []string{okno.ValuePast}}},
	} {
		for _, order := range okno.Orders {
			saved = append(saved, okno.View{Name: "plan", Conditions: append(slices.Clone(alive), more...), Order: order})
		}
	}
	for _, v := range saved {
		page, err := d.ViewPage(ctx, by, v, "")
		w.must(err)
		if page.Next != "" {
			_, err = d.ViewPage(ctx, by, v, page.Next)
			w.must(err)
		}
	}
	_, err = d.ViewCounts(ctx, by, saved)
	w.must(err)
	ref, err := d.SaveView(ctx, by, saved[0])
	w.must(err)
	w.get(b, "/desk?view="+string(ref), "/desk/views/new", "/desk/views/"+string(ref), "/desk/tags/offers?q=p")
	w.must(d.DropView(ctx, by, ref))
}

func (w *walker) customer(login string) {
	d, ctx := w.r.Desk, w.t.Context()
	by, b := w.enter(login, okno.DoorPortal)
	defer b.HTTP.CloseIdleConnections()
	w.get(b, "/tickets", "/tickets?state=closed", "/tickets?q=printer", "/tickets?status=open", "/notices", "/profile", "/open")
	if len(by.Companies) > 0 && by.Companies[0].Administrator {
		w.get(b, "/company")
	}
	opened, err := d.OpenTicket(ctx, by, desk.Opening{Key: fmt.Sprint("plan ", by.Person, time.Now().UnixNano()), Channel: okno.ChannelWeb, Subject: "A lamp", Text: "It is dark."})
	w.must(err)
	w.get(b, "/tickets/"+string(opened.Number))
	_, err = d.AddMessage(ctx, by, opened.Number, desk.Words{Key: string(opened.Number), Text: "Still dark.", Channel: okno.ChannelWeb})
	w.must(err)
	w.must(d.CloseTicket(ctx, by, opened.Number, "page"))
	w.must(d.RequestAccess(ctx, "en", login, string(opened.Number)))
}

var (
	joined   = regexp.MustCompile(`^SEARCH t USING .*INDEX ticket_(kind|nobody|department|unassigned) `)
	liteScan = regexp.MustCompile(`^SCAN (\w+)(.*)$`)
	rowsRead = regexp.MustCompile(`^SEARCH (message|ticket) `)
	sifted   = regexp.MustCompile(`Filter: .*\b(id|ticket|person|message) = ANY \(`)
	pgScan   = regexp.MustCompile(`Seq Scan on (\w+)`)
	aliased  = regexp.MustCompile(`(?i)(?:FROM|JOIN)\s+(\w+)(?:\s+AS)?\s+(\w+)`)
)

// judge says what is wrong with the way that a statement is carried out; "":
// nothing.
func judge(t *testing.T, d *db.DB, text string, args []any) string {
	t.Helper()
	word := strings.ToUpper(strings.Fields(text)[0])
	if !slices.Contains([]string{"SELECT", "UPDATE", "DELETE", "INSERT", "WITH"}, word) {
		return ""
	}
	for part := range excused {
		if strings.Contains(strings.Join(strings.Fields(text), " "), part) {
			return ""
		}
	}
	steps := plan(t, d, text, args)
	if d.Dialect() == db.Postgres && strings.Contains(text, "words @@") && strings.Contains(text, wordsFound) && !strings.Contains(strings.Join(steps, "\n"), "Bitmap Index Scan on ticket_words_words") {
		return "words are looked for in the tickets' texts instead of the index: " + strings.Join(steps, " | ")
	}
	for i, step := range steps {
		var table string
		if found := liteScan.FindStringSubmatch(step); found != nil && !strings.Contains(found[2], "VIRTUAL TABLE INDEX") {
			table = found[1]
		} else if found := pgScan.FindStringSubmatch(step); found != nil {
			table = found[1]
		}
		for _, a := range aliased.FindAllStringSubmatch(text, -1) {
			if a[2] == table {
				table = a[1]
			}
		}
		if d.Dialect() == db.SQLite && !strings.Contains(step, "COVERING INDEX") && rowsRead.MatchString(step) &&
			slices.ContainsFunc(indexAlone, func(mark string) bool { return strings.Contains(text, mark) }) {
			return "rows are read where an index has all that is asked for: " + step
		}
		if i > 0 && strings.Contains(steps[i-1], "Index Cond:") && sifted.MatchString(step) {
			return "given ids are looked for in all that something else finds: " + step
		}
		if joined.MatchString(step) {
			return "tickets are joined by what very many have: " + step
		}
		if strings.Contains(step, "TEMP B-TREE FOR ORDER BY") && !slices.ContainsFunc(few, func(mark string) bool { return strings.Contains(text, mark) }) {
			return "what it finds is sorted, however much that is: " + step
		}
		if slices.Contains(growing, table) {
			return fmt.Sprintf("%s is read through: %q", table, step)
		}
	}
	return ""
}

// plan is how the database would carry a statement out.
func plan(t *testing.T, d *db.DB, text string, args []any) []string {
	t.Helper()
	var steps []string
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		if d.Dialect() == db.SQLite {
			steps, err = db.Collect(tx, func(row db.Scanner) (step string, err error) {
				var id, parent, unused int
				return step, row.Scan(&id, &parent, &unused, &step)
			}, `EXPLAIN QUERY PLAN `+text, args...)
			return err
		}
		// A few hundred rows are read through sooner than looked up: what counts
		// is whether there is another way.
		if _, err := tx.Exec(`SET LOCAL enable_seqscan = off`); err != nil {
			return err
		}
		steps, err = db.Collect(tx, func(row db.Scanner) (step string, err error) { return step, row.Scan(&step) }, `EXPLAIN `+text, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%v\n  in %s", err, text)
	}
	return steps
}
