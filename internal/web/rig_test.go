package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/live"
)

// rig is a front over a small desk in memory.
type rig struct {
	*Server
	desk *smallDesk
	hub  *live.Hub
	log  *Log
	now  time.Time
}

func newRig(t testing.TB, change func(*Config), surfaces ...func(*Router)) *rig {
	t.Helper()
	r := &rig{
		desk: &smallDesk{settings: okno.DefaultSettings("en"), sessions: map[string]seat{}, files: map[okno.Ref]string{}},
		log:  &Log{},
		now:  time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
	}
	r.hub = live.NewHub(func() time.Time { return r.now })
	c := Config{
		MaxUpload: 1 << 20,
		Now:       func() time.Time { return r.now },
		Log:       slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Hub:       r.hub,
	}
	if change != nil {
		change(&c)
	}
	s, err := build(c, r.desk, surfaces)
	if err != nil {
		t.Fatal(err)
	}
	r.Server = s
	return r
}

func (r *rig) do(req *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w
}

func (r *rig) get(path string, headers ...string) *httptest.ResponseRecorder {
	return r.do(with(httptest.NewRequest("GET", path, nil), headers...))
}

func (r *rig) post(path, body string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest("POST", path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.do(with(req, headers...))
}

func with(req *http.Request, headers ...string) *http.Request {
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
			continue
		}
		req.Header.Add(headers[i], headers[i+1])
	}
	return req
}

// as is the header of a session of the small desk.
func as(token string) []string { return []string{"Cookie", "okno=" + token} }

func say(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// sayWho is a page that tells who asks.
func sayWho(q *Request) error {
	return q.Render(say(fmt.Sprintf("person %d at the %s", q.Actor.Person, q.Actor.Door)))
}

// seat is what a session gives at each door.
type seat struct {
	person okno.Person
	portal okno.Actor
	grants []okno.Grant
}

// smallDesk knows the sessions and files it was given.
type smallDesk struct {
	mu       sync.Mutex
	settings okno.Settings
	sessions map[string]seat
	files    map[okno.Ref]string
	failing  error
}

func (d *smallDesk) ActorOf(_ context.Context, token string, door okno.Door) (okno.Actor, okno.Person, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failing != nil {
		return okno.Actor{}, okno.Person{}, d.failing
	}
	s, ok := d.sessions[token]
	if !ok {
		return okno.Nobody("en"), okno.Person{}, nil
	}
	actor := s.portal
	actor.Door = door
	if door != okno.DoorPortal {
		actor.Grants, actor.Guest, actor.Companies = s.grants, nil, nil
	}
	return actor, s.person, nil
}

func (d *smallDesk) seat(token string, s seat) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sessions[token] = s
}

func (d *smallDesk) UnreadNotices(context.Context, okno.Actor) (int, error) { return 0, d.failing }

func (d *smallDesk) Try(context.Context, string, string, int, time.Duration) (time.Duration, error) {
	return 0, nil
}

func (d *smallDesk) Settings(context.Context) (okno.Settings, error) { return d.settings, nil }

func (d *smallDesk) KeepUpload(_ context.Context, by okno.Actor, name string, r io.Reader, limit int64) (okno.File, string, error) {
	raw, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return okno.File{}, "", err
	}
	if int64(len(raw)) > limit {
		return okno.File{}, "", &okno.Error{Reason: okno.TooLarge, Key: "error.file.large", Field: "file", Args: []any{"Max", limit}}
	}
	ref := okno.Ref(fmt.Sprintf("f%d", len(d.files)+1))
	d.files[ref] = string(raw)
	token := ""
	if by.Session == 0 {
		token = "visitor"
		d.seat(token, seat{portal: okno.Actor{Session: 20}})
	}
	return okno.File{Ref: ref, Name: name, Size: int64(len(raw))}, token, nil
}

func (d *smallDesk) OpenFile(_ context.Context, by okno.Actor, ref okno.Ref) (okno.File, io.ReadSeekCloser, error) {
	text, ok := d.files[ref]
	if !ok || strings.HasPrefix(string(ref), "note") && !by.Agent() {
		return okno.File{}, nil, okno.ErrNotFound
	}
	media := "text/html"
	if strings.HasPrefix(string(ref), "pdf") {
		media = pdf
	}
	return okno.File{Ref: ref, Name: "счёт \"1\".html", Type: media, Hash: text}, nopSeek{strings.NewReader(text)}, nil
}

type nopSeek struct{ *strings.Reader }

func (nopSeek) Close() error { return nil }

func (d *smallDesk) RemotePictures(_ context.Context, by okno.Actor, ref okno.Ref) (desk.RemotePictures, error) {
	if ref != "m1" && ref != "text" || by.Person == 0 {
		return desk.RemotePictures{}, okno.ErrNotFound
	}
	m := okno.Message{Ref: ref, Text: "1 < 2"}
	if ref == "m1" {
		m.HTML = "<p>Hello</p>"
	}
	return desk.RemotePictures{Message: m}, nil
}

func (d *smallDesk) ChooseRemotePictures(context.Context, okno.Actor, okno.Ref, okno.RemoteChoice) error {
	return okno.ErrNotFound
}

func (d *smallDesk) SetLang(context.Context, okno.Actor, string) error { return nil }

func (d *smallDesk) SetTheme(context.Context, okno.Actor, string) error { return nil }

func (d *smallDesk) Picture(context.Context, okno.Actor, okno.Ref) (string, io.ReadSeekCloser, error) {
	return "", nil, okno.ErrNotFound
}

func (d *smallDesk) Logo(context.Context) (string, io.ReadSeekCloser, error) {
	return "", nil, okno.ErrNotFound
}

// The people of the small desk.
var (
	customerAnn = seat{person: okno.Person{ID: 1, Name: "Ann"}, portal: okno.Actor{Person: 1, Session: 11}}
	guest       = seat{portal: okno.Actor{Session: 12, Guest: map[okno.TicketID]okno.PersonID{7: 1}}}
	agentBoris  = seat{person: okno.Person{ID: 2, Agent: true}, portal: okno.Actor{Person: 2, Session: 13},
		grants: []okno.Grant{{Person: 2, Department: 5, Permissions: okno.RolePermissions("agent")}}}
	adminVera = seat{person: okno.Person{ID: 3, Agent: true}, portal: okno.Actor{Person: 3, Session: 14},
		grants: []okno.Grant{{Person: 3, Permissions: okno.RolePermissions("admin")}}}
	newcomer = seat{person: okno.Person{ID: 4}, portal: okno.Actor{Person: 4, Session: 15, MustChange: true}}
)

func (r *rig) everyone() {
	for token, s := range map[string]seat{"ann": customerAnn, "guest": guest, "boris": agentBoris, "vera": adminVera, "newcomer": newcomer} {
		r.desk.seat(token, s)
	}
}
