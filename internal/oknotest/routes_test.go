package oknotest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
	"github.com/oknodesk/okno/internal/web"
)

// Everyone who walks the routes. Carl and Dora have each an access link to a
// ticket of their own, the same department's; Ann works there, Bob elsewhere;
// Gil works there too, and must change his password first.
var roles = []string{"nobody", "Carl", "Dora", "Bob", "Gil", "Ann", "Ada"}

// house is a running installation with Carl's ticket, and everyone's cookie.
type house struct {
	*oknotest.Rig
	t       *testing.T
	cookies map[string]string
	names   map[string]string // what stands for the wildcards and marks of a path
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{Rig: oknotest.Start(t, oknotest.Options{Args: []string{"--trusted-proxies", "127.0.0.1/32"}}), t: t, cookies: map[string]string{}}
	for _, who := range []string{oknotest.Carl, oknotest.Dora} {
		letter := strings.ReplaceAll(string(koi8(t)), oknotest.Carl, who)
		h.must(oknotest.Send(h.SMTP, who, oknotest.Support, []byte(strings.Replace(letter, "<koi8-", "<"+who+"-", 1))))
		link := h.Sink.Letter(who, "#10000").Link(t, "/t/")
		trade, err := h.Desk.TradeLink(t.Context(), path.Base(link), "", "test")
		h.must(err)
		h.cookies[map[string]string{oknotest.Carl: "Carl", oknotest.Dora: "Dora"}[who]] = trade.Token
	}
	h.hire("gil@desk.example")
	for who, address := range map[string]string{"Ada": oknotest.Ada, "Ann": oknotest.Ann, "Bob": oknotest.Bob, "Gil": "gil@desk.example"} {
		token, err := h.Desk.SignIn(t.Context(), address, oknotest.Password, "", "test")
		h.must(err)
		h.cookies[who] = token
	}
	h.must(h.DB.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE account SET must_change = 1 WHERE login = ?`, "gil@desk.example")
		return err
	}))
	h.name()
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) hire(address string) {
	ctx := h.t.Context()
	all, err := h.Desk.Roles(ctx, okno.Console())
	h.must(err)
	departments, err := h.Desk.Departments(ctx)
	h.must(err)
	h.must(h.Desk.AddAgent(ctx, okno.Console(), address, desk.AgentForm{Name: "Gil", Address: address, Role: all[0].Ref, Departments: []okno.Ref{departments[0].Ref}}))
	link, err := h.Desk.ResetByConsole(ctx, address)
	h.must(err)
	_, err = h.Desk.UseEntry(ctx, link, oknotest.Password, "", "test")
	h.must(err)
}

// name finds what the paths of the table speak of.
func (h *house) name() {
	ctx := h.t.Context()
	ann := h.Agent(oknotest.Ann)
	note, err := h.Desk.AddNote(ctx, ann, "100001", desk.Words{Key: "a note of Ann's to Carl", Text: "Between us.", Channel: okno.ChannelWeb})
	h.must(err)
	page, err := h.Desk.Ticket(ctx, ann, "100001", 0)
	h.must(err)
	h.names = map[string]string{"{number}": "100001", "{token}": "no-such-token", "MESSAGE": string(page.Messages[0].Ref), "NOTE": string(note.Ref)}
	for _, f := range page.Messages[0].Files {
		if f.Picture() {
			h.names["PICTURE"] = string(f.Ref)
		}
		h.names["FILE"] = string(f.Ref)
	}
	carl, _, err := h.Desk.ActorOf(ctx, h.cookies["Carl"], okno.DoorPortal)
	h.must(err)
	h.must(h.Desk.AskCall(ctx, carl, "100001", desk.CallForm{Key: "a call to Carl", Phone: "101"}))
	page, err = h.Desk.Ticket(ctx, ann, "100001", 0)
	h.must(err)
	h.names["CALL"] = string(page.Calls[0].Ref)
	agents, err := h.Desk.Agents(ctx, okno.Console())
	h.must(err)
	h.names["AGENT"] = string(agents[0].Ref)
	departments, err := h.Desk.AllDepartments(ctx, okno.Console())
	h.must(err)
	h.names["DEPARTMENT"] = string(departments[0].Ref)
	h.must(h.Desk.SaveTopic(ctx, okno.Console(), "", okno.Topic{Names: map[string]string{"en": "Lamps"}}, departments[0].Ref))
	h.must(h.Desk.SaveTeam(ctx, okno.Console(), "", okno.Team{Name: "Lamps", Department: departments[0].ID}))
	teams, err := h.Desk.AllTeams(ctx, okno.Console())
	h.must(err)
	h.names["TEAM"] = string(teams[0].Ref)
	topics, err := h.Desk.AllTopics(ctx, okno.Console())
	h.must(err)
	h.names["TOPIC"] = string(topics[0].Ref)
	boxes, err := h.Desk.Mailboxes(ctx, okno.Console())
	h.must(err)
	h.names["MAILBOX"] = string(boxes[0].Ref)
	letters, _, err := h.Desk.Letters(ctx, okno.Console(), "", "")
	h.must(err)
	h.names["LETTER"] = string(letters[0].Ref)
	kept, _, err := h.Desk.KeptLetters(ctx, okno.Console(), "", "")
	h.must(err)
	h.names["KEPT"] = string(kept[0].Ref)
}

// path is a path of the table with its names filled in.
func (h *house) path(p string) string {
	for name, value := range h.names {
		p = strings.ReplaceAll(p, name, value)
	}
	return p
}

// ask sends one request as somebody, from an address of his own.
func (h *house) ask(who, method, path string, header http.Header) (status int, body string, answered http.Header) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.URL+path, nil)
	h.must(err)
	r.Header.Set("Accept-Encoding", "identity")
	r.Header.Set("X-Forwarded-For", netip.AddrFrom4([4]byte{10, 0, 0, byte(1 + slices.Index(roles, who))}).String())
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token := h.cookies[who]; token != "" {
		r.AddCookie(&http.Cookie{Name: "okno", Value: token})
	}
	for name, values := range header {
		r.Header[name] = values
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	h.must(err)
	defer answer.Body.Close()
	if answer.Header.Get("Content-Type") != "text/event-stream" {
		b, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
		h.must(err)
		body = string(b)
	}
	return answer.StatusCode, body, answer.Header
}

// line says what a route answers to those who may use it. To whom its gate is
// open and who is not named, there is no such thing.
type line struct {
	path   string            // "": as in the pattern
	may    string            // who may, apart by blanks
	status string            // to them, and where it leads
	other  map[string]string // to whom it answers something else, and what
}

const (
	anyone    = "nobody Carl Dora Bob Ann Ada" // who need not change his password first
	everybody = anyone + " Gil"
	customers = "Carl Dora Bob Ann Ada"
	his       = "Carl"         // of the portal, where agents are only customers
	theirs    = "Carl Ann Ada" // whoever sees the ticket at any door
	agents    = "Bob Ann Ada"
	persons   = "Bob Gil Ann Ada"
	its       = "Ann Ada"
	only      = "Ada"
)

func TestEveryRouteAsEveryone(t *testing.T) {
	h := newHouse(t)
	walked := map[string]bool{}
	all := h.Web.Routes()
	slices.SortStableFunc(all, func(a, b web.Route) int { return strings.Compare(leaving(a), leaving(b)) })
	for _, route := range all {
		l, known := routes[route.Pattern]
		if !known {
			t.Errorf("%q (%s) has no line: say who may use it", route.Pattern, route.Gate)
			continue
		}
		walked[route.Pattern] = true
		method, pattern, _ := strings.Cut(route.Pattern, " ")
		if l.path != "" {
			pattern = l.path
		}
		for _, who := range roles {
			h.Clock.Advance(10 * time.Second) // nobody is slowed down for having walked so far
			want := expected(route, l, who)
			if status, body, header := h.ask(who, method, h.path(strings.TrimSuffix(pattern, "{$}")), nil); !slices.Contains(want, h.where(status, header)) {
				t.Errorf("%s as %s: %s, want %v\n%s", route.Pattern, who, h.where(status, header), want, brief(body))
			}
		}
	}
	for pattern := range routes {
		if !walked[pattern] {
			t.Errorf("%q has a line and does not exist", pattern)
		}
	}
}

// leaving sorts signing out behind everything else.
func leaving(r web.Route) string {
	if r.Pattern == "POST /logout" {
		return r.Pattern
	}
	return ""
}

// where is a status, with what a redirection leads to.
func (h *house) where(status int, header http.Header) string {
	to := header.Get("Location")
	if to == "" {
		return strconv.Itoa(status)
	}
	u, err := url.Parse(to)
	if err != nil {
		return to
	}
	to = u.Path
	for name, value := range h.names {
		to = strings.ReplaceAll(to, value, name)
	}
	return strconv.Itoa(status) + " " + to
}

// expected is what a route answers to a role.
func expected(route web.Route, l line, who string) []string {
	person := !slices.Contains([]string{"nobody", "Carl", "Dora"}, who)
	signIn := []string{"303 /login", "401"}
	switch {
	case l.other[who] != "":
		return []string{l.other[who]}
	case route.Gate == web.GateCustomers && who == "nobody":
		return signIn
	case (route.Gate == web.GateAgents || route.Gate == web.GateAdmins) && !person:
		return signIn
	case !slices.Contains(strings.Fields(l.may), who) && who == "Gil":
		return []string{"303 /password", "403"}
	case !slices.Contains(strings.Fields(l.may), who):
		return []string{"404"}
	}
	return []string{l.status}
}

var tags = regexp.MustCompile(`(?s)<(script|style|head).*?</(script|style|head)>|<[^>]*>|\s+`)

func brief(body string) string {
	text := tags.ReplaceAllString(body, " ")
	return text[:min(len(text), 300)]
}

// pageTime is when a page was made, as it stands on every page.
var pageTime = regexp.MustCompile(`data-made="\d+"`)

func TestForbiddenIsNotFoundToTheLastByte(t *testing.T) {
	h := newHouse(t)
	absent := map[string]string{"100001": "123456"}
	for _, name := range []string{"MESSAGE", "NOTE", "FILE", "PICTURE"} {
		absent[h.names[name]] = strings.Repeat("A", len(h.names[name]))
	}
	for _, c := range []struct{ who, method, path string }{
		{"Dora", "GET", "/tickets/{number}"}, {"Dora", "POST", "/tickets/{number}/messages"}, {"Dora", "POST", "/tickets/{number}/closing"},
		{"Ann", "GET", "/tickets/{number}"}, {"Ann", "POST", "/tickets/{number}/closing"},
		{"Bob", "GET", "/desk/tickets/{number}"}, {"Bob", "POST", "/desk/tickets/{number}/status"}, {"Bob", "POST", "/desk/tickets/{number}/notes"},
		{"Bob", "PUT", "/desk/tickets/{number}/draft"}, {"Bob", "POST", "/desk/tickets/{number}/presence"},
		{"Dora", "GET", "/messages/MESSAGE"}, {"Bob", "GET", "/messages/MESSAGE"}, {"Carl", "GET", "/messages/NOTE"},
		{"Dora", "POST", "/messages/MESSAGE/pictures"}, {"Bob", "GET", "/messages/MESSAGE/pictures/mark"}, {"Carl", "POST", "/messages/NOTE/pictures"},
		{"Dora", "GET", "/files/FILE"}, {"Bob", "GET", "/files/FILE"}, {"Dora", "GET", "/files/PICTURE/thumb"}, {"Dora", "GET", "/files/PICTURE/picture"},
	} {
		there := h.path(c.path)
		gone := there
		for from, to := range absent {
			gone = strings.ReplaceAll(gone, from, to)
		}
		status, body, header := h.ask(c.who, c.method, there, nil)
		status2, body2, header2 := h.ask(c.who, c.method, gone, nil)
		header.Del("Date")
		header2.Del("Date")
		for from, to := range absent { // the page says where one is
			body = strings.ReplaceAll(body, from, to)
		}
		body, body2 = pageTime.ReplaceAllString(body, ""), pageTime.ReplaceAllString(body2, "")
		if status != 404 && status != 422 || status != status2 || body != body2 || fmt.Sprint(header) != fmt.Sprint(header2) {
			t.Errorf("%s %s as %s: %d of %d bytes; what is not there: %d of %d bytes\n%v\n%v", c.method, there, c.who, status, len(body), status2, len(body2), header, header2)
		}
	}
}

func TestNoOtherSiteChangesAnything(t *testing.T) {
	h := newHouse(t)
	for _, route := range h.Web.Routes() {
		method, pattern, _ := strings.Cut(route.Pattern, " ")
		if method == http.MethodGet {
			continue
		}
		if l := routes[route.Pattern]; l.path != "" {
			pattern = l.path
		}
		for _, foreign := range []http.Header{
			{"Origin": {"https://evil.example"}}, {"Origin": {"null"}}, {"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}},
		} {
			for _, who := range []string{"nobody", "Carl", "Ada"} {
				if status, _, _ := h.ask(who, method, h.path(pattern), foreign); status != http.StatusForbidden {
					t.Errorf("%s from %v as %s: %d, want 403", route.Pattern, foreign, who, status)
				}
			}
		}
	}
}

func TestDemoAddsItsTrayAlone(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Bare: true, Args: []string{"--demo"}})
	for _, route := range r.Web.Routes() {
		_, pattern, _ := strings.Cut(route.Pattern, " ")
		if _, known := routes[route.Pattern]; !known && !strings.HasPrefix(pattern, "/demo/letters") {
			t.Errorf("a demo adds %q", route.Pattern)
		}
	}
	ordinary := oknotest.Start(t, oknotest.Options{})
	for _, route := range ordinary.Web.Routes() {
		if strings.Contains(route.Pattern, "/demo") {
			t.Errorf("an installation that is no demo has %q", route.Pattern)
		}
	}
}
