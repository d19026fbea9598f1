package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// letterStates are how far a letter that leaves may have come, with how that
// looks.
var letterStates = []standing{
	{okno.LetterQueued, slow}, {okno.LetterSent, good}, {okno.LetterDelayed, slow}, {okno.LetterBounced, bad}, {okno.LetterFailed, bad}, {okno.LetterCancelled, off},
}

type standing struct {
	state okno.LetterState
	kind  mood
}

// letters lists the letters that leave.
func (a *Admin) letters(q *web.Request) error {
	f, err := letterFilter(q)
	if err != nil {
		return err
	}
	out, err := a.desk.Outbox(q.Context(), q.Actor, f, okno.Ref(q.Query("before")))
	if err != nil {
		return err
	}
	l := q.Locale
	boxes, err := a.desk.Mailboxes(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	v := listView{view: sectionView(q, "letters"), emptyText: l.T("admin.letter.none"), beside: lettersBeside(q, f, boxes, out.Counts)}
	v.tabs = letterTabs(l, f, out.Counts)
	v.table = table{name: v.Title, head: []string{l.T("words.subject"), l.T("admin.letter.to"), l.T("admin.field.state"), l.T("admin.field.time")}}
	for _, x := range out.Letters {
		v.rows = append(v.rows, []templ.Component{
			letterNamed(l, x), text(x.To), letterTries(l, x, q.Now), moment(l, x.At, q.Now),
		})
	}
	if out.More {
		v.older = lettersPath(f, string(out.Letters[len(out.Letters)-1].Ref))
	}
	return q.Render(listPage(v))
}

// letterFilter is which letters an address asks for.
func letterFilter(q *web.Request) (desk.LetterFilter, error) {
	f := desk.LetterFilter{State: okno.LetterState(q.Query("state")), Mailbox: okno.Ref(q.Query("mailbox")), Address: strings.TrimSpace(q.Query("to"))}
	known := slices.ContainsFunc(letterStates, func(s standing) bool { return s.state == f.State })
	if f.State != "" && !known || len(f.Address) > okno.MaxAddress {
		return f, okno.ErrNotFound
	}
	return f, nil
}

// lettersPath is the address of a list of letters.
func lettersPath(f desk.LetterFilter, before string) string {
	values := url.Values{}
	for name, v := range map[string]string{"state": string(f.State), "mailbox": string(f.Mailbox), "to": f.Address, "before": before} {
		if v != "" {
			values.Set(name, v)
		}
	}
	if len(values) == 0 {
		return "/admin/letters"
	}
	return "/admin/letters?" + values.Encode()
}

// letterTabs are the states with how many letters are in them, where that is
// counted.
func letterTabs(l *locale.Locale, f desk.LetterFilter, counts map[okno.LetterState]int) []tab {
	chosen := f.State
	f.State = ""
	tabs := []tab{{lettersPath(f, ""), l.T("admin.all"), chosen == ""}}
	for _, s := range letterStates {
		f.State = s.state
		name := l.T("admin.letter.state." + string(s.state))
		switch n := counts[s.state]; {
		case n >= desk.CountedLetters:
			name += " " + l.T("admin.letter.many", "Count", l.Number(desk.CountedLetters))
		case n > 0:
			name += " " + l.Number(int64(n))
		}
		tabs = append(tabs, tab{lettersPath(f, ""), name, chosen == s.state})
	}
	return tabs
}

// boxOptions are the choices of a mailbox whose letters are looked at.
func boxOptions(l *locale.Locale, boxes []desk.MailboxState) []ui.Option {
	options := []ui.Option{{Value: "", Label: l.T("admin.all")}}
	for _, m := range boxes {
		options = append(options, ui.Option{Value: string(m.Ref), Label: m.Address})
	}
	return options
}

// nextTry is when a letter that has not left is tried next.
func nextTry(l *locale.Locale, x desk.OutboxLetter, now time.Time) string {
	if x.Next.IsZero() || !x.Next.After(now) {
		return l.T("admin.letter.now")
	}
	return l.Full(x.Next)
}

// tried is how often a letter was tried and when it will be again; "" for one
// that left at once.
func tried(l *locale.Locale, x desk.OutboxLetter, now time.Time) string {
	var said []string
	if x.Attempts > 1 || x.Attempts == 1 && x.State == okno.LetterDelayed {
		said = append(said, l.T("admin.letter.attempts")+": "+strconv.Itoa(x.Attempts))
	}
	if x.State == okno.LetterDelayed {
		said = append(said, l.T("admin.letter.next")+": "+nextTry(l, x, now))
	}
	return strings.Join(said, " · ")
}

// retryLetters has all letters of the filter that were not taken sent now.
func (a *Admin) retryLetters(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	f := desk.LetterFilter{Mailbox: okno.Ref(typed.Get("mailbox")), Address: typed.Word("to")}
	n, err := a.desk.RetryLetters(q.Context(), q.Actor, f)
	if err != nil {
		return err
	}
	return done(q, q.Locale.N("admin.letter.retried.all", n), lettersPath(f, ""))
}

// cancelLetter takes a letter out of the outbox.
func (a *Admin) cancelLetter(q *web.Request) error {
	ref := okno.Ref(q.Path("ref"))
	if err := a.desk.CancelLetter(q.Context(), q.Actor, ref); err != nil {
		return err
	}
	return done(q, q.Locale.T("admin.letter.cancelled"), "/admin/letters/"+string(ref))
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

// letter is one letter that leaves, with what may be shown of it and of its
// attempts.
func (a *Admin) letter(q *web.Request) error {
	x, failed, err := a.desk.LetterAttempts(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	if err != nil {
		return err
	}
	return q.Render(letterPage(subView(q, "letters", ui.Subject(q.Locale, x.Subject)), x, failed))
}

// canCancel reports whether the letter can still be kept from leaving.
func canCancel(x okno.Letter) bool {
	return x.State == okno.LetterQueued || x.State == okno.LetterDelayed || x.State == okno.LetterFailed
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
			v.said = &said{"error", q.Locale.T("admin.test.relay.bad", "Why", adviceOn(q.Locale, err))}
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
