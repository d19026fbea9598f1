package demo

import (
	"errors"
	"strconv"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/intake"
	"github.com/oknodesk/okno/internal/safehtml"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// supportAddress is the sample's mailbox.
const supportAddress = "support@okno.example"

// Routes are the tray's pages. Anyone who reaches a demo may read its letters:
// it answers its own machine only.
func (t *Tray) Routes(r *web.Router) {
	r.Anyone("GET /demo/letters", t.list)
	r.Anyone("GET /demo/letters/new", t.new)
	r.Anyone("POST /demo/letters/new", t.send)
	r.Anyone("GET /demo/letters/{n}", t.show)
	r.Anyone("GET /demo/letters/{n}/html", t.frame)
	r.Anyone("POST /demo/letters/{n}/answer", t.reply)
}

// page is a page of the tray: letters stand as high as they are, and a form is
// sent once.
func page(q *web.Request, title string) ui.Page {
	p := q.Page(title)
	p.Script = "portal"
	return p
}

func (t *Tray) list(q *web.Request) error {
	return q.Render(trayPage(page(q, q.Locale.T("demo.tray")), t.all()))
}

func (t *Tray) find(q *web.Request) (trayLetter, error) {
	n, err := strconv.Atoi(q.Path("n"))
	if err != nil {
		return trayLetter{}, okno.ErrNotFound
	}
	l, ok := t.letter(n)
	if !ok {
		return l, okno.ErrNotFound
	}
	return l, nil
}

func (t *Tray) show(q *web.Request) error {
	l, err := t.find(q)
	if err != nil {
		return err
	}
	return q.Render(letterPage(page(q, l.read().Subject), l, "", ""))
}

// frame is the letter's HTML, for the sandboxed frame on its page.
func (t *Tray) frame(q *web.Request) error {
	l, err := t.find(q)
	if err != nil {
		return err
	}
	m := l.read()
	if m.HTML == "" {
		return q.Frame(safehtml.FromText(m.Text))
	}
	return q.Frame(safehtml.Letter(m.HTML, func(string) (string, bool) { return "", false }).HTML)
}

func (t *Tray) reply(q *web.Request) error {
	l, err := t.find(q)
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err == nil {
		err = okno.CheckText("text", form.Text("text"), 0)
	}
	if err == nil {
		err = t.answer(q.Context(), l, form.Text("text"))
	}
	if err != nil {
		return q.Again(err, func(wrong map[string]string) templ.Component {
			return letterPage(page(q, l.read().Subject), l, form.Text("text"), wrong["text"])
		})
	}
	q.Toast(web.Toast{Text: q.Locale.T("demo.handed")})
	return q.Redirect("/demo/letters")
}

func (t *Tray) new(q *web.Request) error {
	return q.Render(newPage(page(q, q.Locale.T("demo.new")), draft{}, nil))
}

// draft is a new letter as it is typed.
type draft struct{ Name, From, Subject, Text string }

func (t *Tray) send(q *web.Request) error {
	form, err := q.Form()
	d := draft{form.Word("name"), form.Word("email"), form.Word("subject"), form.Text("text")}
	if err == nil {
		d.From, err = okno.CheckAddress("email", d.From)
	}
	if err == nil {
		err = t.write(q.Context(), d.Name, d.From, supportAddress, d.Subject, d.Text)
	}
	if errors.Is(err, intake.ErrNoMailbox) {
		err = okno.Refuse(okno.Conflict, "demo.nomailbox")
	}
	if err != nil {
		return q.Again(err, func(wrong map[string]string) templ.Component {
			return newPage(page(q, q.Locale.T("demo.new")), d, wrong)
		})
	}
	q.Toast(web.Toast{Text: q.Locale.T("demo.handed")})
	return q.Redirect("/demo/letters")
}
