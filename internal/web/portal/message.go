package portal

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// word is a message as it stands in the dialogue.
func (v *ticketView) word(q *web.Request, m *okno.Message) *ui.Word {
	w := web.Word(m)
	w.Author, w.Marks = v.author(m), v.marks(q, m)
	w.Remote = web.Remote(m, v.Remote[m.ID], v.here, "")
	w.Erased = !v.Person(m.Author).Erased.IsZero()
	if v.Changeable(m, v.Now) {
		w.Change = v.path() + "/messages/" + string(m.Ref)
	}
	if p := v.Person(m.Author); p.Agent || p.ID == q.Person.ID {
		w.Picture = web.Face(p)
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

// marks say what is not as usual about a message. Most first letters prove
// nothing and nobody gains by forging one; a later one in somebody's name does.
func (v *ticketView) marks(q *web.Request, m *okno.Message) []ui.Mark {
	var ms []ui.Mark
	if m.Home != 0 {
		ms = append(ms, ui.Mark{Kind: "info", Icon: "git-merge", Text: q.Locale.T("portal.merge.part", "Number", string(v.Numbers[m.Home]))})
	}
	if m.Channel == okno.ChannelMail && m.Claim != okno.Proven && m.Claim != "" && !v.first(m) {
		ms = append(ms, ui.Mark{Kind: "warning", Icon: "alert-circle", Text: q.Locale.T("portal.message.unproven")})
	}
	if !m.Edited.IsZero() && m.Deleted.IsZero() {
		ms = append(ms, ui.Mark{Kind: "info", Icon: "pencil", Text: q.Locale.T("message.edited", "Time", q.Locale.Full(m.Edited))})
	}
	return ms
}

// first reports whether the ticket was opened with this message.
func (v *ticketView) first(m *okno.Message) bool {
	return v.Earlier == 0 && v.Messages[0].Ref == m.Ref
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
