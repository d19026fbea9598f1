package admin

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// letterStates are how far a letter that leaves may have come, with how that
// looks.
var letterStates = []struct {
	state okno.LetterState
	kind  mood
}{
	{okno.LetterQueued, slow}, {okno.LetterSent, good}, {okno.LetterDelayed, slow}, {okno.LetterBounced, bad}, {okno.LetterFailed, bad},
}

// letters lists the letters that leave.
func (a *Admin) letters(q *web.Request) error {
	var names []string
	for _, s := range letterStates {
		names = append(names, string(s.state))
	}
	chosen := q.Query("state")
	if chosen != "" && !slices.Contains(names, chosen) {
		return okno.ErrNotFound
	}
	all, more, err := a.desk.Letters(q.Context(), q.Actor, okno.LetterState(chosen), okno.Ref(q.Query("before")))
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "letters"), emptyText: l.T("admin.letter.none"), beside: testLink(l)}
	v.tabs = stateTabs("/admin/letters", chosen, l.T("admin.all"), names, func(s string) string { return l.T("admin.letter.state." + s) })
	v.table = table{name: v.Title, head: []string{l.T("words.subject"), l.T("admin.letter.to"), l.T("admin.letter.kind"), l.T("admin.field.state"), l.T("admin.letter.attempts"), l.T("admin.field.time")}}
	for _, x := range all {
		v.rows = append(v.rows, []templ.Component{
			link("/admin/letters/"+string(x.Ref), ui.Subject(l, x.Subject)), text(x.To), text(letterKind(l, x.Kind)), letterState(l, x),
			text(strconv.Itoa(x.Attempts)), moment(l, x.At, q.Now),
		})
	}
	if more {
		v.older = olderThan("/admin/letters", chosen, string(all[len(all)-1].Ref))
	}
	return q.Render(listPage(v))
}

func letterKind(l *locale.Locale, k okno.LetterKind) string {
	return l.T("admin.letter.kind." + string(k))
}

func letterState(l *locale.Locale, x okno.Letter) templ.Component {
	for _, s := range letterStates {
		if s.state == x.State {
			return delivery(s.kind, l.T("admin.letter.state."+string(x.State)), x.Trouble)
		}
	}
	return text(string(x.State))
}

// letter is one letter that leaves, with what may be shown of it.
func (a *Admin) letter(q *web.Request) error {
	x, err := a.desk.Letter(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	if err != nil {
		return err
	}
	return q.Render(letterPage(subView(q, "letters", ui.Subject(q.Locale, x.Subject)), x))
}

// canRetry reports whether the letter can be put back in the queue.
func canRetry(x okno.Letter) bool {
	return x.State == okno.LetterDelayed || x.State == okno.LetterFailed
}

func (a *Admin) retryLetter(q *web.Request) error {
	ref := okno.Ref(q.Path("ref"))
	x, err := a.desk.Letter(q.Context(), q.Actor, ref)
	if err != nil {
		return err
	}
	if !canRetry(x) {
		return okno.Refuse(okno.Conflict, "admin.error.retry")
	}
	if err := a.desk.RetryLetter(q.Context(), q.Actor, ref); err != nil {
		return err
	}
	return done(q, q.Locale.T("admin.letter.retried"), "/admin/letters/"+string(ref))
}

func (a *Admin) askTestLetter(q *web.Request) error {
	return q.Render(formPage(a.testLetterForm(q)))
}

func (a *Admin) testLetterForm(q *web.Request) formView {
	l := q.Locale
	v := formView{view: subView(q, "letters", l.T("admin.test")), action: "/admin/letters/test", send: l.T("admin.test.send")}
	v.lead = l.T("admin.test.lead")
	v.controls = []*control{{Field: ui.Field{Name: "to", Label: l.T("admin.letter.to"), Type: "email", Value: q.Person.Address, Required: true, MaxLength: okno.MaxAddress}}}
	if a.c.CheckRelay == nil {
		v.said = &said{"warning", l.T("admin.health.norelay")}
		return v
	}
	v.other = []button{{"/admin/letters/test?only=relay", l.T("admin.test.relay")}}
	return v
}

// sendTestLetter queues a letter to an address, or only reaches for the relay.
func (a *Admin) sendTestLetter(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	v := a.testLetterForm(q)
	if q.Query("only") == "relay" && a.c.CheckRelay != nil {
		v.said = &said{"success", q.Locale.T("admin.test.relay.good")}
		if err := a.c.CheckRelay(q.Context()); err != nil {
			v.said = &said{"error", q.Locale.T("admin.test.relay.bad", "Why", err.Error())}
		}
		v.typed(typed)
		return q.Render(formPage(v))
	}
	to, err := okno.CheckAddress("to", typed.Word("to"))
	if err == nil {
		err = a.c.TestLetter(q.Context(), to, 0)
	}
	if err != nil {
		return v.again(q, err, typed)
	}
	return done(q, q.Locale.T("admin.test.sent", "Address", to), "/admin/letters")
}
