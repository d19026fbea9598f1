package oknotest_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/web"
)

// Who has no business with Gil's ticket: nobody known; a guest who came by a
// link to his own; Gil's colleague; the administrator of another company; one
// of both companies; the first company's next administrator, who has to change
// the issued password; an agent of another department; Bob again, who is a
// customer too, by what he sees at the portal; and Ann, who at the portal is
// only a customer.
var outsiders = []string{"nobody", "Dora", "Ivo", "Boss 2", "Twin", "Hal", "Bob", "Ann at the portal"}

// tries are the ways of a route to the ticket and what belongs to it; none: it
// leads to no ticket.
func (e *estate) tries(route web.Route) []string {
	_, pattern, _ := strings.Cut(route.Pattern, " ")
	if !strings.Contains(pattern, "{number}") && !strings.Contains(pattern, "{ref}") {
		return nil
	}
	pattern = strings.NewReplacer("{mark}", e.mark, "{part}", string(e.part)).Replace(pattern)
	merged := strings.ReplaceAll(pattern, "{number}", string(e.part))
	pattern = strings.ReplaceAll(pattern, "{number}", string(e.ticket))
	if !strings.Contains(pattern, "{ref}") && merged != pattern {
		return []string{pattern, merged}
	}
	if !strings.Contains(pattern, "{ref}") {
		return []string{pattern}
	}
	var all []string
	for _, ref := range e.refs {
		all = append(all, strings.ReplaceAll(pattern, "{ref}", ref))
	}
	return all
}

// everyField is a form in which each route finds what it asks for.
func (e *estate) everyField() url.Values {
	return url.Values{
		"_key": {"a key of an outsider, long"}, "text": {"Let me in"}, "public": {"Let me in"}, "note": {"Let me in"}, "subject": {"Mine"}, "version": {"99"},
		"assignee": {"me"}, "status": {"waiting"}, "state": {"accepted"}, "answer": {"yes"}, "phone": {"+375 29 625 48 95"}, "about": {"Let me in"},
		"when": {"now"}, "writing": {"1"}, "value": {"on"}, "company": {string(e.second)}, "cc": {"eve@elsewhere.example"},
		"into": {string(e.own["Bob"])}, "shown": {"on"},
	}
}

// try asks for what is there, or for the like that is nowhere.
func (e *estate) try(who, method, address string, there bool) (status int, page string, header http.Header) {
	e.t.Helper()
	for _, name := range append(slices.Clone(e.refs), string(e.ticket)) {
		if !there {
			address = strings.ReplaceAll(address, name, strings.Repeat("7", len(name)))
		}
	}
	if method == http.MethodPut {
		address += "?kind=public"
	}
	status, page, header = e.send(who, method, address)
	for _, name := range append(slices.Clone(e.refs), string(e.ticket)) { // the page may say what was asked for
		page = strings.ReplaceAll(page, name, strings.Repeat("7", len(name)))
		header.Set("Location", strings.ReplaceAll(header.Get("Location"), name, strings.Repeat("7", len(name))))
	}
	header.Del("Date")
	header.Del("Set-Cookie") // a session is not looked at
	return status, pageTime.ReplaceAllString(page, ""), header
}

func (e *estate) send(who, method, address string) (status int, page string, header http.Header) {
	e.t.Helper()
	fields := e.everyField().Encode()
	if method == http.MethodGet {
		fields = ""
	}
	r, err := http.NewRequestWithContext(e.t.Context(), method, e.URL+address, strings.NewReader(fields))
	e.must(err)
	r.Header.Set("Accept-Encoding", "identity")
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token := e.cookies[who]; token != "" {
		r.AddCookie(&http.Cookie{Name: "okno", Value: token})
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	e.must(err)
	defer answer.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(http.MaxBytesReader(nil, answer.Body, 4<<20))
	e.must(err)
	return answer.StatusCode, body.String(), answer.Header
}

func TestOutsidersFindNothingOfAnothersTicketOnAnyRoute(t *testing.T) {
	eachEstate(t, func(e *estate) {
		before := e.traces()
		for _, route := range e.Web.Routes() {
			if route.Gate == web.GateAdmins {
				continue // none of these is one
			}
			for _, address := range e.tries(route) {
				for _, who := range outsiders {
					if who == "Ann at the portal" && (route.Gate != web.GateCustomers || shared(address)) {
						continue
					}
					e.Clock.Advance(5 * time.Second) // nobody is slowed down for having walked so far
					status, page, header := e.try(who, route.Method(), address, true)
					status2, page2, header2 := e.try(who, route.Method(), address, false)
					if status < 300 && status != 204 || status != status2 || page != page2 || fmt.Sprint(header) != fmt.Sprint(header2) {
						t.Errorf("%s %s as %s: %d, %d bytes; of what is not there: %d, %d bytes\n%v\n%v\n%s", route.Method(), address, who, status, len(page), status2, len(page2), header, header2, brief(page))
					}
				}
			}
		}
		e.Settle()
		if after := e.traces(); after != before {
			t.Errorf("the outsiders left a trace:\n%s\n%s", before, after)
		}
		e.insidersFind()
	})
}

// shared are the addresses of what agents and customers alike may open.
func shared(address string) bool {
	return strings.HasPrefix(address, "/files/") || strings.HasPrefix(address, "/messages/")
}

// insidersFind: what the outsiders tried is there for whom it is.
func (e *estate) insidersFind() {
	found := map[string]bool{}
	for _, route := range e.Web.Routes() {
		for _, address := range e.tries(route) {
			for _, who := range []string{"Ann", "Gil"} {
				e.Clock.Advance(5 * time.Second)
				if status, page, _ := e.send(who, route.Method(), address); status >= 500 {
					e.t.Errorf("%s %s as %s: %d\n%s", route.Method(), address, who, status, brief(page))
				} else if status < 400 || status == http.StatusConflict || status == http.StatusUnprocessableEntity {
					found[route.Pattern] = true
				}
			}
		}
	}
	for _, route := range e.Web.Routes() {
		if strings.Contains(route.Pattern, "{number}") && !found[route.Pattern] {
			e.t.Errorf("%s is found by nobody: the walk shows nothing", route.Pattern)
		}
	}
}

// counted are all tables in which an outsider could leave something.
var counted = []string{"event", "message", "participant", "file", "seen", "draft", "call", "notice", "submission", "membership", "letter"}

func (e *estate) traces() string {
	e.t.Helper()
	var text strings.Builder
	e.must(e.DB.Read(context.Background(), func(tx *db.Tx) error {
		text.Reset()
		for _, of := range append([]string{"SUM(version) FROM ticket"}, counted...) {
			if !strings.Contains(of, " ") {
				of = "COUNT(*) FROM " + of
			}
			var n int64
			if err := tx.QueryRow("SELECT " + of).Scan(&n); err != nil {
				return err
			}
			fmt.Fprintln(&text, of, n)
		}
		return nil
	}))
	return text.String()
}

func TestOutsidersListsSearchesAndCountsDoNotKnowAnothersTicket(t *testing.T) {
	eachEstate(t, func(e *estate) {
		paths := []string{"/tickets?q=" + secretSubject, "/tickets?q=" + secretText, "/tickets?state=closed", "/desk?q=" + secretSubject, "/desk?q=" + secretNote, "/desk?part=views",
			"/desk/palette?q=" + secretSubject, "/desk/palette?q=" + secretNote, "/desk/palette?q=" + string(e.ticket), "/desk/palette?q=" + string(e.ticket)[:4], "/desk/palette?recent=" + string(e.ticket)}
		for _, view := range []okno.ViewKind{okno.ViewOpen, "mine", "new", "waiting", "hold", "closed", "calls", "all", "unassigned"} {
			paths = append(paths, "/desk?view="+string(view))
		}
		for _, route := range e.Web.Routes() {
			if _, pattern, _ := strings.Cut(route.Pattern, " "); route.Method() == http.MethodGet && !strings.Contains(pattern, "{") && pattern != "/live" {
				paths = append(paths, pattern)
			}
		}
		shown := 0
		for _, who := range append([]string{"Ann"}, outsiders...) {
			for _, p := range paths {
				if who == "Ann at the portal" && strings.HasPrefix(p, "/desk") {
					continue
				}
				e.Clock.Advance(5 * time.Second)
				_, page, header := e.send(who, http.MethodGet, p)
				for _, known := range []string{string(e.ticket), secretSubject, secretText, secretNote} {
					if !strings.Contains(page+header.Get("Location"), known) || strings.Contains(p, known) && (known != string(e.ticket) || strings.HasPrefix(p, "/desk/palette")) { // what was asked for is said again
						continue
					}
					if who != "Ann" {
						t.Errorf("%s as %s speaks of %q", p, who, known)
					}
					shown++
				}
			}
		}
		if shown == 0 {
			t.Error("not even Ann is shown the ticket: the walk shows nothing")
		}
		counts, err := e.Desk.Counts(t.Context(), e.actor("Bob", okno.DoorWorkspace))
		e.must(err)
		for view, n := range counts {
			if n > 1 { // his own
				t.Errorf("Bob counts %d in %q", n, view)
			}
		}
	})
}
