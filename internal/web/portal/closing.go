package portal

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
)

// closeTicket closes the ticket at the customer's wish (spec R24). It can be
// opened again, so nothing is asked first.
func (p *Portal) closeTicket(q *web.Request) error {
	number := okno.Number(q.Path("number"))
	return p.moved(q, p.desk.CloseTicket(q.Context(), q.Actor, number, "page"), "portal.ticket.closed")
}

// reopen takes closing back within okno.ReopenWithin.
func (p *Portal) reopen(q *web.Request) error {
	number := okno.Number(q.Path("number"))
	return p.moved(q, p.desk.Reopen(q.Context(), q.Actor, number), "portal.ticket.reopened")
}

// confirm answers the question whether the ticket is solved.
func (p *Portal) confirm(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	number := okno.Number(q.Path("number"))
	switch form.Get("answer") {
	case "yes":
		return p.moved(q, p.desk.ConfirmDone(q.Context(), q.Actor, number, true), "portal.ticket.closed")
	case "no":
		return p.moved(q, p.desk.ConfirmDone(q.Context(), q.Actor, number, false), "portal.ticket.notsolved")
	}
	return okno.Refuse(okno.Invalid, "error.choice")
}

// moved leads back to the ticket with a word on what was done, or shows it
// with why not.
func (p *Portal) moved(q *web.Request, err error, word string) error {
	if err != nil {
		return p.again(q, err, nil)
	}
	q.Toast(web.Toast{Text: q.Locale.T(word), Kind: "success"})
	return q.Redirect(ticketPath(okno.Number(q.Path("number"))))
}
