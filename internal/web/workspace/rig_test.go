package workspace_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/live"
	"github.com/oknodesk/okno/internal/secret"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/workspace"
)

const password = "correct horse battery"

// rig is the workspace over a real desk with two departments: Ann and Abe work
// in the first, Bob in the second. Its clock moves only when told.
type rig struct {
	*desk.Desk
	t         *testing.T
	db        *db.DB
	server    http.Handler
	workspace *workspace.Workspace
	hub       *live.Hub
	clock     time.Time

	admin         okno.Actor
	first, second okno.Department
	ann, abe, bob agent
}

// agent is an agent's browser.
type agent struct {
	*rig
	okno.Actor
	cookie string
}

// each runs the test on both databases.
func each(t *testing.T, test func(t *testing.T, r *rig)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newRig(t, d)) }, jobs.Migrations, desk.Migrations)
}

func newRig(t *testing.T, d *db.DB) *rig {
	t.Helper()
	must(t, d.Migrate(t.Context(), jobs.Migrations, desk.Migrations))
	files, err := blob.NewDisk(t.TempDir())
	must(t, err)
	key, err := secret.LoadKey(filepath.Join(t.TempDir(), "key"))
	must(t, err)
	r := &rig{t: t, db: d, clock: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return r.clock }
	r.hub = live.NewHub(now)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	r.Desk = desk.New(desk.Config{DB: d, Blob: files, Key: key, Now: now, Log: log, Lang: "en",
		Consequences: func(okno.Event) []string { return nil }})
	t.Cleanup(r.Close)
	t.Cleanup(r.hub.Shutdown)
	t.Cleanup(d.Listen(desk.LiveTopic, r.hub.Deliver))
	r.workspace = workspace.New(r.Desk, live.NewPresence(), d.Announce)
	t.Cleanup(d.Listen(workspace.PresenceTopic, r.workspace.Hear))
	r.server, err = web.New(web.Config{MaxUpload: 1 << 20, Now: now, Log: log, Desk: r.Desk, Hub: r.hub},
		entrance, r.workspace.Routes)
	must(t, err)

	must(t, r.SetUp(t.Context(), okno.Console(), "", desk.Setup{
		Name: "Ada Admin", Address: "ada@desk.example", Password: password, Company: "Supplier", Support: "support@desk.example", Lang: "en"}))
	r.admin = r.actor(r.token("ada@desk.example"), okno.DoorAdmin)
	r.undoWithin(0)
	must(t, r.SaveDepartment(t.Context(), r.admin, "", okno.Department{Name: "Second"}))
	departments, err := r.Departments(t.Context())
	must(t, err)
	r.first, r.second = departments[0], departments[1]
	r.ann, r.abe, r.bob = r.hire("Ann Agent", r.first), r.hire("Abe Agent", r.first), r.hire("Bob Agent", r.second)
	return r
}

// entrance lets a browser in, as the portal's sign-in page does.
func entrance(r *web.Router) {
	r.Anyone("GET /login", func(q *web.Request) error { return q.Render(templ.NopComponent) })
	r.Anyone("POST /login", func(q *web.Request) error {
		form, err := q.Form()
		if err != nil {
			return err
		}
		token, err := q.Desk.SignIn(q.Context(), form.Word("login"), form.Get("password"), q.Session(), q.Browser())
		if err != nil {
			return err
		}
		q.SetSession(token)
		return q.Redirect("/desk")
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) token(login string) string {
	r.t.Helper()
	token, err := r.SignIn(r.t.Context(), login, password, "", "test")
	must(r.t, err)
	return token
}

func (r *rig) actor(token string, door okno.Door) okno.Actor {
	r.t.Helper()
	a, _, err := r.ActorOf(r.t.Context(), token, door)
	must(r.t, err)
	return a
}

// hire makes an agent who has chosen a password and is signed in.
func (r *rig) hire(name string, department okno.Department) agent {
	r.t.Helper()
	ctx := r.t.Context()
	roles, err := r.Roles(ctx, r.admin)
	must(r.t, err)
	address := strings.ToLower(strings.Fields(name)[0]) + "@desk.example"
	must(r.t, r.AddAgent(ctx, r.admin, "add "+address+" to the desk", desk.AgentForm{Name: name, Address: address, Role: roles[0].Ref, Departments: []okno.Ref{department.Ref}}))
	link, err := r.ResetByConsole(ctx, address)
	must(r.t, err)
	token, err := r.UseEntry(ctx, link, password, "", "test")
	must(r.t, err)
	return agent{r, r.actor(token, okno.DoorWorkspace), token}
}

// open files a ticket of Carl's through the form.
func (r *rig) open(subject string) okno.Number {
	r.t.Helper()
	o, err := r.OpenTicket(r.t.Context(), okno.Nobody("en"), desk.Opening{
		Key: rand.Text(), Name: "Carl Customer", Address: "carl@customer.example", Phone: "+375 29 625-48-95",
		Channel: okno.ChannelWeb, Subject: subject, Text: "It does not work.", Lang: "en"})
	must(r.t, err)
	return o.Number
}

// reach is the ticket as its department's agent sees it.
func (a agent) reach(n okno.Number) *desk.TicketPage {
	a.t.Helper()
	p, err := a.Ticket(a.t.Context(), a.Actor, n, 0)
	must(a.t, err)
	return p
}

// answer is what the server said.
type answer struct {
	code int
	body string
	to   string // where it led
}

func (a agent) send(method, path string, form url.Values, headers ...string) answer {
	a.t.Helper()
	if form != nil {
		headers = append(headers, "Content-Type", "application/x-www-form-urlencoded")
	}
	return a.ask(method, path, strings.NewReader(form.Encode()), headers...)
}

func (a agent) ask(method, path string, body io.Reader, headers ...string) answer {
	a.t.Helper()
	req := httptest.NewRequest(method, path, body)
	req.Header.Set("Accept-Language", "en")
	if a.cookie != "" {
		req.Header.Set("Cookie", "okno="+a.cookie)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	a.server.ServeHTTP(w, req)
	return answer{w.Code, w.Body.String(), w.Header().Get("Location")}
}

func (a agent) get(path string) answer { a.t.Helper(); return a.send("GET", path, nil) }

// part fetches a part of a page as an open page does.
func (a agent) part(path string) answer {
	a.t.Helper()
	return a.send("GET", path, nil, "HX-Request", "true", "HX-Request-Type", "partial")
}

func (a agent) post(path string, pairs ...string) answer {
	a.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return a.send("POST", path, form)
}

// attach sends a form with one file.
func (a agent) attach(path, name, content string, pairs ...string) answer {
	a.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		must(a.t, m.WriteField(pairs[i], pairs[i+1]))
	}
	part, err := m.CreateFormFile("file", name)
	must(a.t, err)
	_, err = part.Write([]byte(content))
	must(a.t, err)
	must(a.t, m.Close())
	return a.ask("POST", path, &body, "Content-Type", m.FormDataContentType())
}

// value is what a hidden field of a page holds.
func (s answer) value(t *testing.T, near, name string) string {
	t.Helper()
	from := strings.Index(s.body, near)
	if from < 0 {
		t.Fatalf("the page has no %q", near)
	}
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(s.body[from:])
	if found == nil {
		t.Fatalf("no field %q after %q", name, near)
	}
	return found[1]
}

func (s answer) has(t *testing.T, code int, texts ...string) {
	t.Helper()
	if s.code != code {
		t.Fatalf("answered %d %s, want %d: %.800s", s.code, s.to, code, s.body)
	}
	for _, text := range texts {
		if !strings.Contains(s.body, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
}

func (s answer) lacks(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(s.body, text) {
			t.Errorf("the page says %q", text)
		}
	}
}

// leads fails unless the answer leads to the path.
func (s answer) leads(t *testing.T, path string) {
	t.Helper()
	to := s.to
	if end := strings.IndexAny(to, "?#"); end >= 0 {
		to = to[:end]
	}
	if s.code != http.StatusSeeOther || to != path {
		t.Fatalf("answered %d to %s, want 303 to %s: %.800s", s.code, s.to, path, s.body)
	}
}

func page(n okno.Number) string { return "/desk/tickets/" + string(n) }

// undoWithin sets for how long an answer can be taken back.
func (r *rig) undoWithin(seconds int) {
	r.t.Helper()
	s, err := r.Settings(r.t.Context())
	must(r.t, err)
	s.UndoSeconds = seconds
	must(r.t, r.SaveSettings(r.t.Context(), r.admin, s))
}
