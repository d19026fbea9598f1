package oknotest_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
	"github.com/oknodesk/okno/internal/web"
)

// estate is an installation with two customer companies. Gil of the first has
// a ticket, at which Ann works; he, his company's administrator (Boss), Ann and
// Ada see it. Everyone else is an outsider to it, and has one ticket of his own.
type estate struct {
	*house
	ticket  okno.Number
	part    okno.Number            // of a ticket that was merged into it
	refs    []string               // of all that belongs to the ticket
	own     map[string]okno.Number // each outsider's own ticket
	mark    string                 // Ann's, of a picture of another host
	contact string                 // Ivo, in the list of the first company's contacts
	second  okno.Ref               // the second company
}

// Who has no business with Gil's ticket: nobody known; a guest who came by a
// link to his own; Gil's colleague; the administrator of another company; one
// of both companies; the first company's next administrator, who has to change
// the issued password; an agent of another department; Bob again, who is a
// customer too, by what he sees at the portal; and Ann, who at the portal is
// only a customer.
var outsiders = []string{"nobody", "Dora", "Ivo", "Boss 2", "Twin", "Hal", "Bob", "Ann at the portal"}

// What stands in the ticket and nowhere else.
const (
	secretSubject = "Zwiebelkuchen"
	secretText    = "Quittengelee"
	secretNote    = "Rumtopf"
)

func eachEstate(t *testing.T, test func(*estate)) {
	oknotest.Each(t, oknotest.Options{Args: []string{"--trusted-proxies", "127.0.0.1/32"}}, func(t *testing.T, r *oknotest.Rig) {
		e := &estate{house: &house{Rig: r, t: t, cookies: map[string]string{}}, own: map[string]okno.Number{}}
		e.people()
		e.owned()
		e.confide()
		r.Settle()
		e.written()
		test(e)
	})
}

// people registers everyone and lets them in.
func (e *estate) people() {
	ctx := e.t.Context()
	add := func(number string) okno.Company {
		c, err := e.Desk.AddCompany(ctx, okno.Console(), "company "+number, desk.CompanyForm{
			Number: number, Name: "Firm " + number, SeesAll: true, AdminName: "Boss " + number, AdminAddress: "boss@firm" + number + ".example", Lang: "en"})
		e.must(err)
		e.enters("Admin-" + number)
		return c
	}
	first, second := add("1"), add("2")
	e.second = second.Ref
	place := func(c okno.Company, login string, administrator bool) {
		e.must(e.Desk.AddContact(ctx, okno.Console(), "contact "+login+c.Number, c.Ref, desk.ContactForm{
			Name: "The " + login, Address: login + "@firm.example", Login: login, Password: "issued to " + login, Administrator: administrator, Lang: "en"}))
	}
	for _, login := range []string{"gil", "ivo", "twin"} {
		place(first, login, false)
		e.enters(login)
	}
	place(first, "hal", true)
	e.must(e.Desk.AddContact(ctx, okno.Console(), "twin again", second.Ref, desk.ContactForm{
		Name: "Twin", Address: "twin@firm.example", Login: "twin2", Password: "issued to twin", Lang: "en"}))
	_, err := e.Desk.Join(ctx, path.Base(e.Sink.Letter("twin@firm.example", "/join/").Link(e.t, "/join/")))
	e.must(err)
	for who, login := range map[string]string{
		"Gil": "gil", "Ivo": "ivo", "Twin": "twin", "Boss": "Admin-1", "Boss 2": "Admin-2", "Bob": oknotest.Bob, "Ann": oknotest.Ann, "Ada": oknotest.Ada,
	} {
		e.cookies[who] = e.signedIn(login, oknotest.Password)
	}
	e.cookies["Hal"] = e.signedIn("hal", "issued to hal")
	e.cookies["Ann at the portal"] = e.cookies["Ann"]
	list, err := e.Desk.Contacts(ctx, okno.Console(), first.Ref, "")
	e.must(err)
	for _, c := range list.Contacts {
		if c.Name == "The ivo" {
			e.contact = string(c.Ref)
		}
	}
}

// enters is the first entry of whoever has that login.
func (e *estate) enters(login string) {
	link, err := e.Desk.ResetByConsole(e.t.Context(), login)
	e.must(err)
	_, err = e.Desk.UseEntry(e.t.Context(), link, oknotest.Password, "", "test")
	e.must(err)
}

func (e *estate) signedIn(login, password string) string {
	e.t.Helper()
	token, err := e.Desk.SignIn(e.t.Context(), login, password, "", "test")
	e.must(err)
	return token
}

func (e *estate) actor(who string, door okno.Door) okno.Actor {
	e.t.Helper()
	a, _, err := e.Desk.ActorOf(e.t.Context(), e.cookies[who], door)
	e.must(err)
	return a
}

// confide opens Gil's ticket and gives it all that a ticket can have.
func (e *estate) confide() {
	ctx := e.t.Context()
	gil, ann := e.actor("Gil", okno.DoorPortal), e.actor("Ann", okno.DoorWorkspace)
	var picture bytes.Buffer
	e.must(png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 400, 300))))
	keep := func(by okno.Actor, name, content string) okno.Ref {
		f, _, err := e.Desk.KeepUpload(ctx, by, name, strings.NewReader(content), 1<<20)
		e.must(err)
		e.refs = append(e.refs, string(f.Ref))
		return f.Ref
	}
	o, err := e.Desk.OpenTicket(ctx, gil, desk.Opening{Key: "Gil's ticket, once", Channel: okno.ChannelWeb, Subject: secretSubject, Text: secretText,
		Uploads: []okno.Ref{keep(gil, "a.txt", "text"), keep(gil, "b.png", picture.String())}})
	e.must(err)
	e.ticket = o.Number
	w, err := e.Desk.AddMessage(ctx, ann, o.Number, desk.Words{Key: "Ann's answer, once", Text: secretText, Channel: okno.ChannelWeb})
	e.must(err)
	n, err := e.Desk.AddNote(ctx, ann, o.Number, desk.Words{Key: "Ann's note, once", Text: secretNote, Channel: okno.ChannelWeb, Uploads: []okno.Ref{keep(ann, "c.txt", "hidden")}})
	e.must(err)
	part, err := e.Desk.OpenTicket(ctx, gil, desk.Opening{Key: "Gil's other ticket, once", Channel: okno.ChannelWeb, Subject: secretSubject, Text: secretText})
	e.must(err)
	e.part = part.Number
	e.must(e.Desk.Merge(ctx, ann, part.Number, desk.Merging{Into: o.Number}))
	keep(gil, "d.txt", "not sent yet")
	e.must(e.Desk.SaveDraft(ctx, ann, o.Number, okno.Public, secretText))
	e.must(e.Desk.AskCall(ctx, gil, o.Number, desk.CallForm{Key: "Gil's call, once", Phone: "+375 29 625 48 95", About: secretText}))
	page, err := e.Desk.Ticket(ctx, ann, o.Number, 0)
	e.must(err)
	e.refs = append(e.refs, string(w.Ref), string(n.Ref), string(page.Calls[0].Ref), string(page.Messages[0].Ref), string(e.part), e.contact)
}

// written has Gil answer by letter, and Ann's answer come back from him.
func (e *estate) written() {
	answer := e.Sink.Letter("gil@firm.example", secretText)
	from, to, raw, err := answer.Answer(secretText)
	e.must(err)
	e.must(oknotest.Send(e.SMTP, from, to, raw))
	e.Settle()
	e.illustrate(from, to)
	e.must(oknotest.Send(e.SMTP, "", answer.From, returnReport(answer, "5.1.1")))
	e.Settle()
	page, err := e.Desk.Ticket(e.t.Context(), e.actor("Ann", okno.DoorWorkspace), e.ticket, 0)
	e.must(err)
	for _, m := range page.Messages {
		if m.Channel == okno.ChannelMail {
			e.refs = append(e.refs, string(m.Ref))
		}
		for _, l := range page.Letters[m.ID] {
			if l.CameBack() {
				e.refs = append(e.refs, string(l.Ref))
			}
		}
	}
}

// illustrate has Gil write once more, with a picture of another host, which Ann
// asks for.
func (e *estate) illustrate(from, to string) {
	const address = "https://127.0.0.1:1/lamp.png"
	e.must(oknotest.Send(e.SMTP, from, to, fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nSubject: Lamp\r\nMessage-ID: <lamp@firm.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>%s <img src=%q></p>\r\n",
		from, to, secretText, address)))
	e.Settle()
	ann := e.actor("Ann", okno.DoorWorkspace)
	page, err := e.Desk.Ticket(e.t.Context(), ann, e.ticket, 0)
	e.must(err)
	ref := page.Messages[len(page.Messages)-1].Ref
	e.must(e.Desk.ChooseRemotePictures(e.t.Context(), ann, ref, okno.RemoteMessage))
	p, err := e.Desk.RemotePictures(e.t.Context(), ann, ref)
	e.must(err)
	e.mark = p.Sign(address)
}

// owned gives every outsider a ticket of his own. Bob's as an agent comes by
// phone, into his department.
func (e *estate) owned() {
	ctx := e.t.Context()
	departments, err := e.Desk.Departments(ctx)
	e.must(err)
	companies, err := e.Desk.OwnCompanies(ctx, e.actor("Twin", okno.DoorPortal))
	e.must(err)
	for _, who := range []string{"Ivo", "Boss 2", "Twin", "Ann at the portal"} {
		opening := desk.Opening{Key: "the own ticket of " + who, Channel: okno.ChannelWeb, Subject: "Own", Text: "Own."}
		if who == "Twin" {
			opening.Company = companies[0].Ref
		}
		o, err := e.Desk.OpenTicket(ctx, e.actor(who, okno.DoorPortal), opening)
		e.must(err)
		e.own[who] = o.Number
	}
	o, err := e.Desk.OpenTicket(ctx, e.actor("Bob", okno.DoorWorkspace), desk.Opening{
		Key: "a ticket by phone to Bob", Channel: okno.ChannelPhone, Name: "Zed", Address: "zed@customer.example", Department: departments[1].Ref, Subject: "Own", Text: "Own."})
	e.must(err)
	e.own["Bob"] = o.Number
	o, err = e.Desk.OpenTicket(ctx, okno.Nobody("en"), desk.Opening{Key: "Dora's own ticket", Channel: okno.ChannelWeb, Name: "Dora", Address: oknotest.Dora, Subject: "Own", Text: "Own."})
	e.must(err)
	e.own["Dora"] = o.Number
	trade, err := e.Desk.TradeLink(ctx, path.Base(e.Sink.Letter(oknotest.Dora, "#"+string(o.Number)).Link(e.t, "/t/")), "", "test")
	e.must(err)
	e.cookies["Dora"] = trade.Token
}

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
