package admin_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
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
	"github.com/oknodesk/okno/internal/web/admin"
)

const password = "correct horse battery"

// rig is the administration over a real desk, with Ada for its administrator.
type rig struct {
	*testing.T
	db      *db.DB
	desk    *desk.Desk
	server  *web.Server
	url     string
	ada     okno.Actor
	tested  []okno.Fetch      // what was to be tried
	mailed  []string          // addresses of test letters
	relays  []okno.Relay      // that were tried
	records map[string]string // texts of the DNS
}

// each runs the test on both databases.
func each(t *testing.T, test func(r *rig)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(newRig(t, d)) }, jobs.Migrations, desk.Migrations)
}

func newRig(t *testing.T, d *db.DB) *rig {
	t.Helper()
	r := &rig{T: t, db: d}
	r.must(d.Migrate(t.Context(), jobs.Migrations, desk.Migrations))
	files, err := blob.NewDisk(t.TempDir())
	r.must(err)
	key, err := secret.LoadKey(filepath.Join(t.TempDir(), "key"))
	r.must(err)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	r.desk = desk.New(desk.Config{DB: d, Blob: files, Key: key, Now: time.Now, Log: log, Lang: "en", Consequences: func(e okno.Event) []string {
		if e.Kind == okno.PersonAdded {
			return []string{"notify"}
		}
		return nil
	}})
	t.Cleanup(r.desk.Close)
	r.must(r.desk.SetUp(t.Context(), okno.Console(), "", desk.Setup{Name: "Ada Admin", Address: "ada@desk.example", Password: password, Support: "support@desk.example", Lang: "en"}))
	a := admin.New(admin.Config{
		Desk: r.desk,
		TestFetch: func(_ context.Context, _ okno.MailboxID, f okno.Fetch) (admin.Found, error) {
			r.tested = append(r.tested, f)
			if f.Host == "nowhere.example" {
				return admin.Found{}, &okno.ServerError{Trouble: okno.TroubleHost, Err: errors.New("connect: lookup nowhere.example: no such host")}
			}
			return admin.Found{Letters: 3, Unseen: 1}, nil
		},
		Inspect: func(raw []byte) ([]byte, error) {
			return fmt.Appendf(nil, "{\"size\": %d, \"html\": \"<b>\"}", len(raw)), nil
		},
		Templates: oneTemplate(),
		TestLetter: func(_ context.Context, to string, _ okno.MailboxID) error {
			r.mailed = append(r.mailed, to)
			return nil
		},
		TestRelay: func(_ context.Context, _ okno.MailboxID, relay okno.Relay) error {
			r.relays = append(r.relays, relay)
			if relay.Host == "nowhere.example" {
				return errors.New("no such host")
			}
			return nil
		},
		LookupTXT: func(_ context.Context, name string) ([]string, error) {
			if r.records[name] == "" {
				return nil, errors.New("no such name")
			}
			return []string{r.records[name]}, nil
		},
	})
	hub := live.NewHub(time.Now)
	r.server, err = web.New(web.Config{MaxUpload: 1 << 20, Now: time.Now, Log: log, Desk: r.desk, Hub: hub}, a.Routes, signIn)
	r.must(err)
	s := httptest.NewServer(r.server)
	t.Cleanup(func() { hub.Shutdown(); s.Close() })
	r.url = s.URL
	r.ada = r.actor("ada@desk.example")
	return r
}

// signIn is the least of a portal.
func signIn(r *web.Router) {
	r.Anyone("POST /login", func(q *web.Request) error {
		f, err := q.Form()
		if err != nil {
			return err
		}
		token, err := q.Desk.SignIn(q.Context(), f.Word("login"), password, q.Session(), q.Browser())
		if err != nil {
			return err
		}
		q.SetSession(token)
		return q.Redirect("/")
	})
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// actor is someone at the administration's door.
func (r *rig) actor(login string) okno.Actor {
	r.Helper()
	token, err := r.desk.SignIn(r.Context(), login, password, "", "test")
	r.must(err)
	by, _, err := r.desk.ActorOf(r.Context(), token, okno.DoorAdmin)
	r.must(err)
	return by
}

// agent is a new agent who has chosen his password; builtIn names his role.
func (r *rig) agent(name, address, builtIn string) {
	r.Helper()
	r.must(r.desk.AddAgent(r.Context(), r.ada, "a key for "+address, desk.AgentForm{Name: name, Address: address, Role: r.role(builtIn)}))
	link, err := r.desk.ResetByConsole(r.Context(), address)
	r.must(err)
	_, err = r.desk.UseEntry(r.Context(), link, password, "", "test")
	r.must(err)
}

func (r *rig) role(builtIn string) okno.Ref {
	r.Helper()
	roles, err := r.desk.Roles(r.Context(), r.ada)
	r.must(err)
	for _, role := range roles {
		if role.BuiltIn == builtIn {
			return role.Ref
		}
	}
	r.Fatalf("no role %s", builtIn)
	return ""
}

// jobs counts the duties of a kind that wait.
func (r *rig) jobs(kind string) (n int) {
	r.Helper()
	r.must(r.db.Read(r.Context(), func(tx *db.Tx) error {
		n = 0
		counts, err := jobs.Counts(tx)
		for _, c := range counts {
			if c.Kind == kind {
				n = c.Waiting
			}
		}
		return err
	}))
	return n
}

// fail gives up every duty of a kind that is due.
func (r *rig) fail(kind string, why error) {
	r.Helper()
	runner := jobs.NewRunner(r.db, r.desk.Now, slog.New(slog.DiscardHandler))
	runner.Handle(kind, jobs.Options{}, func(context.Context, jobs.Job) error { return jobs.Cancel(why) })
	ctx, stop := context.WithCancel(r.Context())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	r.must(runner.Settle(ctx))
	stop()
	r.must(<-ended)
}

// browser keeps cookies and follows no redirect.
type browser struct {
	*rig
	http.Client
}

// as is a browser in which someone is signed in; "": nobody is.
func (r *rig) as(login string) *browser {
	r.Helper()
	jar, err := cookiejar.New(nil)
	r.must(err)
	b := &browser{r, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if login == "" {
		return b
	}
	if code, words := b.post("/login", "login", login); code != 303 {
		r.Fatalf("sign in as %s: %d %s", login, code, words)
	}
	return b
}

func (b *browser) answer(res *http.Response, err error) (int, string) {
	b.Helper()
	b.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	b.must(err)
	if to := res.Header.Get("Location"); to != "" {
		return res.StatusCode, to
	}
	return res.StatusCode, string(body)
}

func (b *browser) get(path string) (int, string) {
	b.Helper()
	return b.answer(b.Get(b.url + path))
}

// page is a page that is there.
func (b *browser) page(path string) string {
	b.Helper()
	code, body := b.get(path)
	if code != 200 {
		b.Fatalf("%s: %d %s", path, code, body)
	}
	return body
}

func (b *browser) post(path string, pairs ...string) (int, string) {
	b.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.answer(b.PostForm(b.url+path, form))
}

// saved sends a form that is to be taken.
func (b *browser) saved(path string, pairs ...string) {
	b.Helper()
	if code, words := b.post(path, pairs...); code != 303 {
		b.Fatalf("%s: %d %s", path, code, words)
	}
}

// with is a form in which one field says something else.
func with(form []string, field, value string) []string {
	changed := slices.Clone(form)
	for i := 0; i < len(changed); i += 2 {
		if changed[i] == field {
			changed[i+1] = value
			return changed
		}
	}
	return append(changed, field, value)
}

// send is a form with one file.
func (b *browser) send(path, field, name string, content []byte) (int, string) {
	b.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile(field, name)
	b.must(err)
	_, err = part.Write(content)
	b.must(err)
	b.must(m.Close())
	return b.answer(b.Post(b.url+path, m.FormDataContentType(), &body))
}

// between is what stands between two marks; "" when it is not there.
func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, ok := strings.Cut(rest, after)
	if !ok {
		return ""
	}
	return found
}

// version is the one that a page's form was filled from.
func version(page string) string { return between(page, `name="version" value="`, `"`) }

// shows reports whether a page holds all the words.
func (r *rig) shows(page string, words ...string) {
	r.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			r.Errorf("the page does not show %q:\n%s", w, page)
		}
	}
}
