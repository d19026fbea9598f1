package portal_test

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/live"
	"github.com/oknodesk/okno/internal/secret"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/portal"
)

const password = "correct horse battery"

// house is the portal over a real desk, on a clock that moves only when told.
type house struct {
	*testing.T
	desk *desk.Desk
	db   *db.DB
	url  string

	mu    sync.Mutex
	clock time.Time
	made  int // letters and submissions, for names that are unlike
}

// each runs the test on both databases, on a desk that Ada has set up.
func each(t *testing.T, test func(h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.must(h.desk.SetUp(t.Context(), okno.Console(), "", desk.Setup{
			Name: "Ada Agent", Address: "ada@desk.example", Password: password, Company: "Supplier Ltd", Support: "support@desk.example", Lang: "en",
		}))
		test(h)
	}, jobs.Migrations, desk.Migrations)
}

// newHouse is a portal whose desk nobody has set up yet.
func newHouse(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{T: t, db: d, clock: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	h.must(d.Migrate(t.Context(), jobs.Migrations, desk.Migrations))
	files, err := blob.NewDisk(t.TempDir())
	h.must(err)
	key, err := secret.LoadKey(filepath.Join(t.TempDir(), "key"))
	h.must(err)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	h.desk = desk.New(desk.Config{
		DB: d, Blob: files, Key: key, Now: h.now, Log: log, Lang: "en",
		Consequences: func(okno.Event) []string { return nil },
	})
	t.Cleanup(h.desk.Close)
	hub := live.NewHub(h.now)
	t.Cleanup(d.Listen(desk.LiveTopic, hub.Deliver))
	s, err := web.New(web.Config{MaxUpload: 25 << 20, Now: h.now, Log: log, Desk: h.desk, Hub: hub}, portal.New(h.desk).Routes)
	h.must(err)
	server := httptest.NewServer(s)
	t.Cleanup(func() { hub.Shutdown(); server.Close() })
	h.url = server.URL
	return h
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *house) later(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

// ada is the agent at her door.
func (h *house) ada() okno.Actor {
	h.Helper()
	token, err := h.desk.SignIn(h.Context(), "ada@desk.example", password, "", "test")
	h.must(err)
	a, _, err := h.desk.ActorOf(h.Context(), token, okno.DoorWorkspace)
	h.must(err)
	return a
}

// agent makes an agent who has chosen the password.
func (h *house) agent(name, address string) {
	h.Helper()
	admin := h.ada()
	admin.Door = okno.DoorAdmin
	roles, err := h.desk.Roles(h.Context(), admin)
	h.must(err)
	h.must(h.desk.AddAgent(h.Context(), admin, h.unlike("agent"), desk.AgentForm{Name: name, Address: address, Role: roles[0].Ref}))
	link, err := h.desk.ResetByConsole(h.Context(), address)
	h.must(err)
	_, err = h.desk.UseEntry(h.Context(), link, password, "", "test")
	h.must(err)
}

func (h *house) unlike(what string) string {
	h.made++
	return fmt.Sprintf("%s-%016d", what, h.made)
}

// file opens a ticket by the form in the name of a visitor.
func (h *house) file(address, subject string) okno.Number {
	h.Helper()
	o, err := h.desk.OpenTicket(h.Context(), okno.Nobody("en"), desk.Opening{
		Key: h.unlike("file"), Name: "Carl Customer", Address: address, Channel: okno.ChannelWeb, Subject: subject, Text: "It does not work.", Lang: "en",
	})
	h.must(err)
	return o.Number
}

// ticket is the ticket as Ada sees it.
func (h *house) ticket(n okno.Number) *desk.TicketPage {
	h.Helper()
	p, err := h.desk.Ticket(h.Context(), h.ada(), n, 0)
	h.must(err)
	return p
}

// access is an access link to the ticket for a person, as a letter carries it.
func (h *house) access(n okno.Number, p okno.PersonID, lasts time.Duration) string {
	h.Helper()
	t := h.ticket(n).Ticket
	if p == 0 {
		p = t.Requester
	}
	link := h.desk.AccessLink(p, t.ID, lasts)
	name := h.unlike("letter")
	h.must(h.desk.QueueLetters(h.Context(), []desk.Outgoing{{
		Letter: okno.Letter{Kind: okno.LetterAccess, Origin: name, Ticket: t.ID, Person: p, To: "someone@customer.example", MessageID: "<" + name + "@desk.example>", Bytes: []byte("x")},
		Links:  []desk.LinkToken{link},
	}}))
	return "/t/" + link.Token
}

// guest is a browser that came by an access link to the ticket.
func (h *house) guest(n okno.Number) *browser {
	h.Helper()
	b := h.browser("en")
	b.lead(b.get(h.access(n, 0, desk.AccessLasts)), "/tickets/"+string(n))
	return b
}

// browser keeps cookies and follows no redirect.
type browser struct {
	*house
	http.Client
	lang string
}

func (h *house) browser(lang string) *browser {
	h.Helper()
	jar, err := cookiejar.New(nil)
	h.must(err)
	return &browser{h, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, lang}
}

// answer is what the portal said.
type answer struct {
	code int
	to   string // of a redirect
	body string
}

// words are the answer as a person reads it: without tags.
func (a answer) words() string {
	text := tag.ReplaceAllString(a.body, " ")
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}

var tag = regexp.MustCompile(`(?s)<script.*?</script>|<[^>]*>`)

// has reports whether each of the texts stands in the page.
func (a answer) has(texts ...string) bool {
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			return false
		}
	}
	return true
}

// key is the submission key of the page's form.
func (a answer) key() string {
	m := regexp.MustCompile(`name="_key" value="([^"]+)"`).FindStringSubmatch(a.body)
	if m == nil {
		return ""
	}
	return m[1]
}

func (b *browser) do(req *http.Request) answer {
	b.Helper()
	req.Header.Set("Accept-Language", b.lang)
	res, err := b.Do(req)
	b.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	b.must(err)
	return answer{res.StatusCode, res.Header.Get("Location"), string(body)}
}

func (b *browser) get(path string) answer {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.url+path, nil)
	b.must(err)
	return b.do(req)
}

// part asks for a part of a page, as an open page does.
func (b *browser) part(path string) answer {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.url+path, nil)
	b.must(err)
	req.Header.Set("HX-Request", "true")
	req.Header.Set("HX-Request-Type", "partial")
	return b.do(req)
}

// post sends a form: name, value pairs.
func (b *browser) post(path string, pairs ...string) answer {
	b.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.url+path, strings.NewReader(form.Encode()))
	b.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

// send sends a form with one file.
func (b *browser) send(path, name string, content []byte, pairs ...string) answer {
	b.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		b.must(m.WriteField(pairs[i], pairs[i+1]))
	}
	part, err := m.CreateFormFile("file", name)
	b.must(err)
	_, err = part.Write(content)
	b.must(err)
	b.must(m.Close())
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.url+path, &body)
	b.must(err)
	req.Header.Set("Content-Type", m.FormDataContentType())
	return b.do(req)
}

// lead demands that the answer leads to a path.
func (b *browser) lead(a answer, to string) {
	b.Helper()
	if a.code != http.StatusSeeOther || a.to != to {
		b.Fatalf("answered %d to %q, want 303 to %q\n%.3000s", a.code, a.to, to, a.words())
	}
}

// show demands a page that says each of the texts.
func (b *browser) show(a answer, code int, texts ...string) {
	b.Helper()
	if a.code != code {
		b.Fatalf("answered %d to %q, want %d\n%.3000s", a.code, a.to, code, a.words())
	}
	for _, text := range texts {
		if !strings.Contains(a.words(), text) {
			b.Errorf("the page does not say %q:\n%.3000s", text, a.words())
		}
	}
}

func (b *browser) signIn(login string) {
	b.Helper()
	if a := b.post("/login", "login", login, "password", password); a.code != http.StatusSeeOther {
		b.Fatalf("sign in: %d\n%.3000s", a.code, a.words())
	}
}
