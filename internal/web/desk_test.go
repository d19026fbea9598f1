package web_test

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/live"
	"github.com/oknodesk/okno/internal/secret"
	"github.com/oknodesk/okno/internal/web"
)

const password = "correct horse battery"

// house is the front over a real desk, with the least of a surface.
type house struct {
	*testing.T
	desk *desk.Desk
	url  string
	log  *web.Log
}

func newHouse(t *testing.T) *house {
	t.Helper()
	database := dbtest.Open(t, dbtest.SQLite(t))
	must(t, database.Migrate(t.Context(), jobs.Migrations, desk.Migrations))
	files, err := blob.NewDisk(t.TempDir())
	must(t, err)
	key, err := secret.LoadKey(filepath.Join(t.TempDir(), "key"))
	must(t, err)
	h := &house{T: t, log: &web.Log{}}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.desk = desk.New(desk.Config{DB: database, Blob: files, Key: key, Now: time.Now, Log: log, Lang: "en",
		Consequences: func(okno.Event) []string { return nil }})
	t.Cleanup(h.desk.Close)
	must(t, h.desk.SetUp(t.Context(), okno.Console(), "", desk.Setup{
		Name: "Ada", Address: "ada@desk.example", Password: password, Support: "support@desk.example", Lang: "en"}))
	hub := live.NewHub(time.Now)
	t.Cleanup(database.Listen(desk.LiveTopic, hub.Deliver))
	s, err := web.New(web.Config{MaxUpload: 1 << 20, Now: time.Now, Log: log, Desk: h.desk, Hub: hub}, surface)
	must(t, err)
	server := httptest.NewServer(s)
	t.Cleanup(func() { hub.Shutdown(); server.Close() })
	h.url = server.URL
	return h
}

// surface signs in and out, opens tickets and shows who asks.
func surface(r *web.Router) {
	r.Anyone("POST /login", func(q *web.Request) error {
		f, err := q.Form()
		if err != nil {
			return err
		}
		token, err := q.Desk.SignIn(q.Context(), f.Word("login"), f.Get("password"), q.Session(), q.Browser())
		if err != nil {
			return q.Again(err, func(wrong map[string]string) templ.Component { return templ.Raw(wrong[""]) })
		}
		q.SetSession(token)
		return q.Redirect(q.Return("/desk"))
	})
	r.Customers("POST /logout", func(q *web.Request) error {
		if err := q.Desk.SignOut(q.Context(), q.Actor); err != nil {
			return err
		}
		q.DropSession()
		return q.Redirect("/")
	})
	r.Anyone("POST /open", func(q *web.Request) error {
		f, err := q.Form()
		if err != nil {
			return err
		}
		opened, err := q.Desk.OpenTicket(q.Context(), q.Actor, desk.Opening{
			Key: q.Key(), Name: "Carl", Address: f.Word("email"), Channel: okno.ChannelWeb, Subject: f.Word("subject"), Text: f.Text("text"), Uploads: f.Uploads(), Lang: q.Locale.Lang()})
		if err != nil {
			return err
		}
		return q.Render(templ.Raw(string(opened.Number)))
	}, web.Files())
	show := func(q *web.Request) error { return q.Render(templ.Raw(q.Person.Name + " reads " + q.Locale.Lang())) }
	r.Agents("GET /desk", show)
	r.Admins("GET /admin", show)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// browser keeps cookies and follows no redirect.
type browser struct {
	*house
	http.Client
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	must(h.T, err)
	return &browser{h, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (b *browser) answer(res *http.Response, err error) (int, string) {
	b.Helper()
	must(b.T, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(b.T, err)
	if to := res.Header.Get("Location"); to != "" {
		return res.StatusCode, to
	}
	return res.StatusCode, string(body)
}

func (b *browser) get(path string) (int, string) {
	b.Helper()
	return b.answer(b.Get(b.url + path))
}

func (b *browser) post(path string, pairs ...string) (int, string) {
	b.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.answer(b.PostForm(b.url+path, form))
}

func (b *browser) signIn(login string) {
	b.Helper()
	if code, to := b.post("/login", "login", login, "password", password); code != 303 || to != "/desk" {
		b.Fatalf("sign in: %d %s", code, to)
	}
}

// send is a form with one file.
func (b *browser) send(path, content string, pairs ...string) (int, string) {
	b.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		must(b.T, m.WriteField(pairs[i], pairs[i+1]))
	}
	part, err := m.CreateFormFile("file", "photo.txt")
	must(b.T, err)
	_, err = io.WriteString(part, content)
	must(b.T, err)
	must(b.T, m.Close())
	return b.answer(b.Post(b.url+path, m.FormDataContentType(), &body))
}

func TestSessionFromSignInToSignOut(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	if code, to := b.get("/desk"); code != 303 || to != "/login?back=%2Fdesk" {
		t.Fatalf("before: %d %s", code, to)
	}
	if code, words := b.post("/login", "login", "ada@desk.example", "password", "wrong"); code != 422 || !strings.Contains(words, "no such login") {
		t.Fatalf("wrong: %d %s", code, words)
	}
	b.signIn("ada@desk.example")
	for _, path := range []string{"/desk", "/admin"} {
		if code, words := b.get(path); code != 200 || words != "Ada reads en" {
			t.Errorf("%s: %d %s", path, code, words)
		}
	}
	if code, to := b.post("/language", "lang", "ru", "back", "/desk"); code != 303 || to != "/desk" {
		t.Errorf("language: %d %s", code, to)
	}
	elsewhere := h.browser()
	elsewhere.signIn("ada@desk.example")
	if _, words := elsewhere.get("/desk"); words != "Ada reads ru" {
		t.Errorf("the language is not the account's: %s", words)
	}
	here, err := url.Parse(h.url)
	must(t, err)
	kept := b.Jar.Cookies(here)
	if code, _ := b.post("/logout"); code != 303 {
		t.Errorf("sign out: %d", code)
	}
	thief := h.browser()
	thief.Jar.SetCookies(here, kept)
	if code, _ := thief.get("/desk"); code != 303 {
		t.Errorf("a token that was signed out: %d", code)
	}
	for _, c := range kept {
		if c.Name == "okno" && strings.Contains(h.log.String(), c.Value) {
			t.Error("the token is in the log")
		}
	}
	if strings.Contains(h.log.String(), password) {
		t.Error("the password is in the log")
	}
}

func TestVisitorsUploadIsHisUntilTheTicketHasIt(t *testing.T) {
	h := newHouse(t)
	visitor, other, ada := h.browser(), h.browser(), h.browser()
	ada.signIn("ada@desk.example")
	code, words := visitor.send("/uploads", "first")
	if code != 201 {
		t.Fatalf("upload: %d %s", code, words)
	}
	ref := strings.Split(words, `"`)[3]
	if code, _ := ada.get("/files/" + ref); code != 404 {
		t.Errorf("another's upload: %d", code)
	}
	form := []string{"email", "carl@customer.example", "subject", "Photo", "text", "See here", "upload", ref, "_key", "0123456789abcdefgh"}
	if code, words := other.send("/open", "stolen", form...); code != 422 || !strings.Contains(words, "no longer here") {
		t.Errorf("a form with another's upload: %d %s", code, words)
	}
	code, number := visitor.send("/open", "second", form...)
	if code != 200 || number == "" {
		t.Fatalf("open: %d %s", code, number)
	}
	if code, again := visitor.send("/open", "second", form...); code != 200 || again != number {
		t.Errorf("the form sent twice: %d %s, first %s", code, again, number)
	}
	if code, words := ada.get("/files/" + ref); code != 200 || words != "first" {
		t.Errorf("the ticket's file: %d %s", code, words)
	}
}

func TestStreamTellsOfARealChangeAndEndsWithSignOut(t *testing.T) {
	h := newHouse(t)
	ada := h.browser()
	ada.signIn("ada@desk.example")
	res, err := ada.Get(h.url + "/live")
	must(t, err)
	defer res.Body.Close()
	begin := make([]byte, len("retry: 3000\n\n"))
	_, err = io.ReadFull(res.Body, begin)
	must(t, err)
	code, number := h.browser().send("/open", "x", "email", "carl@customer.example", "subject", "Printer", "text", "Broken")
	if code != 200 {
		t.Fatalf("open: %d %s", code, number)
	}
	if code, _ := ada.post("/logout"); code != 303 {
		t.Fatalf("sign out: %d", code)
	}
	rest, err := io.ReadAll(res.Body)
	must(t, err)
	if !strings.Contains(string(rest), "event: hint\ndata: {\"ticket\":\""+number+"\",\"part\":\"list\",\"at\":") {
		t.Errorf("told %q of ticket %s", rest, number)
	}
}
