package portal

import (
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/safehtml"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// word is a message as it stands in the dialogue.
func (v *ticketView) word(q *web.Request, m *okno.Message) *ui.Word {
	w := &ui.Word{
		Anchor: "m-" + string(m.Ref), Author: v.author(m), Side: string(m.Side), At: m.At, Quoted: m.Quoted,
		Deleted: !m.Deleted.IsZero(), Marks: marks(q, m),
	}
	if w.Deleted {
		w.Quoted = ""
		return w
	}
	switch {
	case m.HTML == "":
		w.HTML = safehtml.FromText(m.Text)
	case safehtml.Simple(m.HTML):
		w.HTML = safehtml.Inline(m.HTML)
	default:
		w.Frame = "/messages/" + string(m.Ref)
	}
	for _, f := range m.Files {
		if !shownWithin(m, f) {
			w.Files = append(w.Files, tile(f))
		}
	}
	return w
}

// author is who wrote the message, as the reader may know him.
func (v *ticketView) author(m *okno.Message) string {
	if name := v.who.person(m.Author); name != "" {
		return name
	}
	return v.who.supplier()
}

// marks say what is not as usual about a message.
func marks(q *web.Request, m *okno.Message) []ui.Mark {
	var ms []ui.Mark
	if m.Channel == okno.ChannelMail && m.Claim != okno.Proven && m.Claim != "" {
		ms = append(ms, ui.Mark{Kind: "warning", Icon: "alert-circle", Text: q.Locale.T("portal.message.unproven")})
	}
	if !m.Edited.IsZero() && m.Deleted.IsZero() {
		ms = append(ms, ui.Mark{Kind: "info", Icon: "pencil", Text: q.Locale.T("portal.message.edited")})
	}
	return ms
}

// shownWithin reports whether the file is a picture that the letter's own HTML
// shows.
func shownWithin(m *okno.Message, f okno.File) bool {
	return f.ContentID != "" && strings.Contains(m.HTML, safehtml.FilesPath+string(f.Ref))
}

// tile is a file as the page shows it.
func tile(f okno.File) ui.File {
	t := ui.File{Ref: string(f.Ref), URL: "/files/" + string(f.Ref), Name: f.Name, Size: f.Size}
	if f.Picture() {
		t.Thumb = t.URL + "/thumb"
	}
	return t
}

func messageFields(q *web.Request) fields {
	return fields{
		{Name: "text", Label: q.Locale.T("portal.ticket.write"), Rows: 5},
		{Name: "file", Type: "file", Label: q.Locale.T("portal.field.files")},
	}
}

// write adds a message (spec R18, R51). One that comes long after closing
// opens a new ticket, which a visitor without a sign-in gets a link to by mail.
func (p *Portal) write(q *web.Request) error {
	number := okno.Number(q.Path("number"))
	typed, err := q.Form()
	if err != nil {
		return p.again(q, err, typed)
	}
	done, err := p.desk.AddMessage(q.Context(), q.Actor, number, desk.Words{
		Key: q.Key(), Text: typed.Text("text"), Uploads: kept(typed), Channel: okno.ChannelWeb,
	})
	if err != nil {
		return p.again(q, err, typed)
	}
	if done.Number == number {
		return q.Redirect(ticketPath(number) + "#m-" + string(done.Ref))
	}
	if q.Person.ID == 0 {
		keepOpened(q, openedTicket{Number: string(done.Number)})
		return q.Redirect("/open/done")
	}
	q.Toast(web.Toast{Text: q.Locale.T("portal.ticket.continued", "Number", string(done.Number)), Kind: "success"})
	return q.Redirect(ticketPath(done.Number))
}
