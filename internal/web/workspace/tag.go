package workspace

import (
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
)

// changeTags puts tags on the ticket, or takes one off.
func (w *Workspace) changeTags(q *web.Request) error {
	return w.command(q, func(number okno.Number, form *web.Form, _ int64) error {
		var remove []okno.Ref
		if ref := form.Get("remove"); ref != "" {
			remove = []okno.Ref{okno.Ref(ref)}
		}
		return w.desk.ChangeTags(q.Context(), q.Actor, number, tagsTyped(form.Word("add")), remove)
	})
}

// offerTags answers while one types tags: what the last of them may become.
func (w *Workspace) offerTags(q *web.Request) error {
	all, err := w.desk.Tags(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	typed := q.Query("q")
	before, begun := "", typed
	if at := strings.LastIndex(typed, ","); at >= 0 {
		before, begun = typed[:at]+", ", typed[at+1:]
	}
	begun = strings.ToLower(strings.TrimSpace(begun))
	found := []offer{}
	for _, t := range all {
		name := strings.ToLower(t.Name)
		if name != begun && (strings.HasPrefix(name, begun) || strings.Contains(name, " "+begun)) {
			found = append(found, offer{Text: before + t.Name, Name: t.Name})
		}
	}
	return answerOffers(q, found)
}

// tagsTyped are names between commas.
func tagsTyped(typed string) (names []string) {
	for name := range strings.SplitSeq(typed, ",") {
		if name = strings.TrimSpace(name); name != "" && len(names) <= okno.MaxTicketTags {
			names = append(names, name)
		}
	}
	return names
}

// rowTags is how many tags of a ticket a list shows.
const rowTags = 1

func firstTags(r *desk.Row) []okno.Tag { return r.Tags[:min(rowTags, len(r.Tags))] }

// restTags are the names of the others.
func restTags(r *desk.Row) string {
	var names []string
	for _, t := range r.Tags[len(firstTags(r)):] {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

// late reports whether the customer waits for an answer longer than promised.
func (v *ticketView) late() bool {
	return !v.Ticket.Deadline.IsZero() && !v.list.Now.Before(v.Ticket.Deadline)
}
