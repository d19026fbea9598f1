package portal

import (
	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// editing is where a customer changes his own message.
func editing(q *web.Request) web.EditPage {
	ticket := ticketPath(okno.Number(q.Path("number")))
	path := ticket + "/messages/" + q.Path("ref")
	return web.EditPage{
		Path: path, Deletion: path + "/deletion", Back: ticket + "#m-" + q.Path("ref"), Hint: q.Locale.T("message.edit.hint"),
		Show: func(e ui.Edit) templ.Component { return editPage(living(q.Page(q.Locale.T("message.edit.title"))), e) },
	}
}

func (p *Portal) askEdit(q *web.Request) error { return q.AskEdit(editing(q)) }

func (p *Portal) editMessage(q *web.Request) error { return q.SaveEdit(editing(q)) }

func (p *Portal) deleteMessage(q *web.Request) error { return q.DeleteMessage(editing(q)) }
