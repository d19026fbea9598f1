package workspace

import (
	"errors"
	"slices"
	"strconv"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// maxCC bounds how many people one answer can bring in.
const maxCC = 20

// answer adds a public message, which the customer also gets as a letter (spec
// R16), and may move the ticket to waiting or done.
func (w *Workspace) answer(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return w.again(q, okno.Public, form, err)
	}
	words := wordsOf(q, form, okno.Public)
	words.Participants, words.Hold = addresses(form.Word("cc")), true
	if words.At, err = plan(q, form); err != nil {
		return w.again(q, okno.Public, form, err)
	}
	if !words.At.IsZero() {
		words.Then = okno.StatusKind(form.Get("afterwards"))
	}
	if len(words.Participants) > maxCC {
		return w.again(q, okno.Public, form, okno.Errors{{Reason: okno.Invalid, Key: "error.participants.many", Field: "cc", Args: []any{"Max", maxCC}}})
	}
	if ask, err := w.asksOutside(q, form, words.Participants); err != nil || ask {
		return err
	}
	done, err := w.desk.AddMessage(q.Context(), q.Actor, okno.Number(q.Path("number")), words)
	if err != nil {
		return w.again(q, okno.Public, form, err)
	}
	if !done.Held {
		return q.Redirect(placeOf(q).ticket(done.Number, "", "sent", string(done.Ref)))
	}
	if words.At.IsZero() {
		q.Toast(web.Toast{Text: q.Locale.T("held.toast"), Undo: placeOf(q).ticket(done.Number, "/held/"+string(done.Ref)+"/withdrawal")})
	} else {
		q.Toast(web.Toast{Text: q.Locale.T("held.planned", "Time", q.Locale.Full(words.At)), Kind: "success"})
	}
	return q.Redirect(placeOf(q).ticket(done.Number, ""))
}

// note adds an internal note, which customers never see (spec R15).
func (w *Workspace) note(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return w.again(q, okno.Note, form, err)
	}
	words := wordsOf(q, form, okno.Note)
	words.Then = ""
	done, err := w.desk.AddNote(q.Context(), q.Actor, okno.Number(q.Path("number")), words)
	if err != nil {
		return w.again(q, okno.Note, form, err)
	}
	return q.Redirect(placeOf(q).ticket(done.Number, "", "sent", string(done.Ref)))
}

// wordsOf is what was written in a box.
func wordsOf(q *web.Request, form *web.Form, kind okno.MessageKind) desk.Words {
	return desk.Words{
		Key: q.Key(), Text: form.Text(string(kind)), HTML: form.Get("html"), Uploads: kept(form), Channel: okno.ChannelWeb,
		Then: okno.StatusKind(form.Get("then")), Version: version(form),
	}
}

// version is of the ticket that the agent saw. A form without one is never
// fresh, lest leaving it out pass the check.
func version(form *web.Form) int64 {
	n, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// kept are the uploads of a form but those taken back.
func kept(form *web.Form) []okno.Ref {
	dropped := form.All("drop")
	return slices.DeleteFunc(form.Uploads(), func(ref okno.Ref) bool { return slices.Contains(dropped, string(ref)) })
}

// uploads are the form's files for showing it again; one that is gone is left
// out.
func (w *Workspace) uploads(q *web.Request, form *web.Form) ([]ui.File, error) {
	return w.tiles(q, kept(form))
}

// drafted are the files of what the agent has taken back and not sent again.
func (w *Workspace) drafted(q *web.Request, t *desk.TicketPage) (map[okno.MessageKind][]ui.File, error) {
	all := map[okno.MessageKind][]ui.File{}
	for kind, draft := range t.Drafts {
		files, err := w.tiles(q, draft.Files)
		if err != nil {
			return nil, err
		}
		all[kind] = files
	}
	return all, nil
}

func (w *Workspace) tiles(q *web.Request, refs []okno.Ref) ([]ui.File, error) {
	var files []ui.File
	for _, ref := range refs {
		f, bytes, err := w.desk.OpenFile(q.Context(), q.Actor, ref)
		if okno.ReasonOf(err) == okno.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := bytes.Close(); err != nil {
			return nil, err
		}
		files = append(files, web.Tile(f))
		if len(files) == okno.MaxFiles {
			break
		}
	}
	return files, nil
}

// again shows the ticket with a box as it was sent and why it was refused. A
// ticket that has changed meanwhile is shown as it is now, with what changed.
func (w *Workspace) again(q *web.Request, kind okno.MessageKind, form *web.Form, refusal error) error {
	v, box, err := w.sent(q, kind, form)
	if err != nil {
		return err
	}
	var conflict *okno.Error
	box.again = errors.As(refusal, &conflict) && len(conflict.Changed) > 0
	return w.whole(q, v, refusal)
}

// errOutside asks whether strangers to the ticket are really meant to get it.
var errOutside = okno.Errors{{Reason: okno.Invalid, Key: "workspace.refused.outside", Field: "cc"}}

// asksOutside shows the answer once more when new addresses are in its CC that
// the agent has not confirmed.
func (w *Workspace) asksOutside(q *web.Request, form *web.Form, cc []string) (asked bool, err error) {
	if len(cc) == 0 {
		return false, nil
	}
	v, box, err := w.sent(q, okno.Public, form)
	if err != nil {
		return true, err
	}
	if len(v.newcomers(cc, form.All("outside"))) == 0 {
		return false, nil
	}
	box.outside = v.newcomers(cc, nil)
	return true, w.whole(q, v, errOutside)
}

// sent is the ticket's page with a box as it was sent.
func (w *Workspace) sent(q *web.Request, kind okno.MessageKind, form *web.Form) (*ticketView, *composer, error) {
	v, err := w.ticketView(q)
	if err != nil {
		return nil, nil, err
	}
	files, err := w.uploads(q, form)
	if err != nil {
		return nil, nil, err
	}
	box, other := &v.answer, &v.note
	if kind == okno.Note {
		box, other = other, box
	}
	box.typed(form, q.Key(), files)
	other.open = false
	return v, box, nil
}
