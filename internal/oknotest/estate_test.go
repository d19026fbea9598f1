package oknotest_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"path"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
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
