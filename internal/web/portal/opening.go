package portal

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// openingView is the form of a new ticket.
type openingView struct {
	ui.Page
	fields  fields
	wrong   []ui.Wrong
	uploads []ui.File
	key     string
	known   bool // who asks is signed in: his name and address are not asked for
	choice  assigneeView
}

// askOpening shows the form. It asks nobody to sign in (spec R7).
func (p *Portal) askOpening(q *web.Request) error {
	form, err := p.openingForm(q, nil)
	if err != nil {
		return err
	}
	return q.Render(form(nil))
}

// open makes a ticket of the form (spec R10).
func (p *Portal) open(q *web.Request) error {
	typed, err := q.Form()
	if err == nil {
		var done desk.Opened
		if done, err = p.desk.OpenTicket(q.Context(), q.Actor, openingOf(q, typed)); err == nil {
			keepOpened(q, openedTicket{Number: string(done.Number), Address: confirmedTo(q, typed)})
			return q.Redirect("/open/done")
		}
	}
	form, failed := p.openingForm(q, typed)
	if failed != nil {
		return errors.Join(err, failed)
	}
	return q.Again(err, form)
}

func openingOf(q *web.Request, typed *web.Form) desk.Opening {
	return desk.Opening{
		Key: q.Key(), Name: typed.Word("name"), Address: typed.Word("email"), Phone: typed.Word("phone"),
		Channel: okno.ChannelWeb, Company: okno.Ref(typed.Get("company")), Topic: okno.Ref(typed.Get("topic")), Assignee: okno.Ref(typed.Get("assignee")),
		Subject: typed.Word("subject"), Text: typed.Text("text"),
		Uploads: kept(typed), Lang: q.Locale.Lang(),
	}
}

// confirmedTo is where the confirmation goes: to the address of whoever is
// signed in, else to the one that was typed.
func confirmedTo(q *web.Request, typed *web.Form) string {
	if q.Person.ID != 0 {
		return q.Person.Address
	}
	return typed.Word("email")
}

// kept are the form's uploads without those that were ticked to be dropped.
func kept(typed *web.Form) []okno.Ref {
	dropped := typed.All("drop")
	return slices.DeleteFunc(typed.Uploads(), func(ref okno.Ref) bool { return slices.Contains(dropped, string(ref)) })
}

// openingForm is the form with what was typed; typed is nil at first.
func (p *Portal) openingForm(q *web.Request, typed *web.Form) (func(wrong map[string]string) templ.Component, error) {
	topics, err := p.desk.Topics(q.Context())
	if err != nil {
		return nil, err
	}
	companies, err := p.desk.OwnCompanies(q.Context(), q.Actor)
	if err != nil {
		return nil, err
	}
	uploads, err := p.uploads(q, typed)
	if err != nil {
		return nil, err
	}
	choice, err := p.assigneesTyped(q, typed)
	if err != nil {
		return nil, err
	}
	v := openingView{
		Page: living(q.Page(q.Locale.T("portal.open"))), uploads: uploads, key: q.Key(), known: q.Person.ID != 0, choice: choice,
	}
	return func(wrong map[string]string) templ.Component {
		v.fields = openingFields(q, topics, companies, v.known).fill(typed, wrong)
		v.choice.field.Error = wrong[v.choice.field.Name]
		v.wrong = append(v.fields, v.choice.field).faults(wrong)
		return openingPage(v)
	}, nil
}

func openingFields(q *web.Request, topics []okno.Topic, companies []okno.Company, known bool) fields {
	l := q.Locale
	var fs fields
	if !known {
		fs = append(fs,
			ui.Field{Name: "email", Type: "email", Label: l.T("portal.field.email"), Hint: l.T("portal.open.email.hint"), Required: true, Autocomplete: "email", MaxLength: okno.MaxAddress},
			ui.Field{Name: "name", Label: l.T("portal.field.name"), Required: true, Autocomplete: "name", MaxLength: okno.MaxName},
			ui.Field{Name: "phone", Type: "tel", Label: l.T("portal.field.phone"), Autocomplete: "tel", MaxLength: 40},
		)
	}
	if len(companies) > 1 { // of one it is his, without a question
		fs = append(fs, ui.Field{Name: "company", Label: l.T("words.company"), Required: true, Options: companyOptions(l, companies)})
	}
	if len(topics) > 0 {
		options := []ui.Option{{Label: l.T("portal.open.topic.none")}}
		for _, t := range topics {
			options = append(options, ui.Option{Value: string(t.Ref), Label: t.Name(l.Lang())})
		}
		fs = append(fs, ui.Field{Name: "topic", Label: l.T("words.topic"), Options: options})
	}
	return append(fs,
		ui.Field{Name: "subject", Label: l.T("words.subject"), Hint: l.T("portal.open.subject.hint"), Required: true, MaxLength: okno.MaxSubject},
		ui.Field{Name: "text", Label: l.T("portal.field.text"), Required: true, Rows: 8},
		ui.Field{Name: "file", Type: "file", Label: l.T("portal.field.files")},
	)
}

// uploads are the files of a form that came back, as tiles. One that is gone
// is left out: the refusal has said so.
func (p *Portal) uploads(q *web.Request, typed *web.Form) ([]ui.File, error) {
	if typed == nil {
		return nil, nil
	}
	refs := kept(typed)
	var tiles []ui.File
	for _, ref := range refs[:min(len(refs), okno.MaxFiles)] {
		f, r, err := p.desk.OpenFile(q.Context(), q.Actor, ref)
		if okno.ReasonOf(err) == okno.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := r.Close(); err != nil {
			return nil, err
		}
		tiles = append(tiles, web.Tile(f))
	}
	return tiles, nil
}

// openedTicket is what the page after opening says. It stands in a cookie of
// its own for a few minutes, so that no address and no number are in the URL.
type openedTicket struct {
	Number  string `json:"number"`
	Address string `json:"address"` // where the confirmation goes; empty: there is none
}

const (
	openedCookie = "okno-opened"
	openedLasts  = 10 * time.Minute
	maxOpened    = 1000 // bytes of the cookie that are looked at
)

func keepOpened(q *web.Request, o openedTicket) {
	raw, err := json.Marshal(o)
	if err != nil {
		return // two texts are always JSON
	}
	http.SetCookie(q.Writer, &http.Cookie{
		Name: openedCookie, Value: base64.RawURLEncoding.EncodeToString(raw), Path: "/open/done", MaxAge: int(openedLasts / time.Second),
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: strings.HasPrefix(q.Link("/"), "https:"),
	})
}

// readOpened is what keepOpened left; ok is false when it is gone or no
// number.
func readOpened(q *web.Request) (o openedTicket, ok bool) {
	c, err := q.HTTP.Cookie(openedCookie)
	if err != nil || len(c.Value) > maxOpened {
		return o, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(raw, &o) != nil || o.Number == "" {
		return openedTicket{}, false
	}
	return o, true
}

// opened says what has become of the form and what happens next.
func (p *Portal) opened(q *web.Request) error {
	o, ok := readOpened(q)
	if !ok {
		return q.Redirect("/")
	}
	// The script forgets the draft of what has been sent.
	return q.Render(openedPage(living(q.Page(q.Locale.T("portal.opened"))), o))
}
