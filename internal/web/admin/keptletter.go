package admin

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
)

// keptStates are what may have become of a letter that came in, with how that
// looks.
var keptStates = []struct {
	state okno.KeptState
	kind  mood
}{
	{okno.KeptNew, slow}, {okno.KeptJoined, good}, {okno.KeptBounce, slow}, {okno.KeptQuarantined, slow}, {okno.KeptDiscarded, off}, {okno.KeptDropped, off}, {okno.KeptFailed, bad},
}

// maxRawShown is how much of a raw letter stands on its page, in bytes; the
// whole can be saved.
const maxRawShown = 64 << 10

// keptLetters lists the letters that came in.
func (a *Admin) keptLetters(q *web.Request) error {
	var names []string
	for _, s := range keptStates {
		names = append(names, string(s.state))
	}
	chosen := q.Query("state")
	if chosen != "" && !slices.Contains(names, chosen) {
		return okno.ErrNotFound
	}
	all, more, err := a.desk.KeptLetters(q.Context(), q.Actor, okno.KeptState(chosen), okno.Ref(q.Query("before")))
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "kept"), emptyText: l.T("admin.kept.none")}
	v.tabs = stateTabs("/admin/kept", chosen, l.T("admin.all"), names, func(s string) string { return l.T("admin.kept.state." + s) })
	v.table = table{name: v.Title, head: []string{l.T("admin.letter.from"), l.T("admin.letter.to"), l.T("admin.kept.source"), l.T("admin.field.state"), l.T("admin.kept.size"), l.T("admin.field.time")}}
	for _, k := range all {
		v.rows = append(v.rows, []templ.Component{
			link("/admin/kept/"+string(k.Ref), sentBy(l, k)), text(k.EnvelopeTo), text(sourceOf(l, k)), keptState(l, k), text(l.Bytes(k.Size)), moment(l, k.At, q.Now),
		})
	}
	if more {
		v.older = olderThan("/admin/kept", chosen, string(all[len(all)-1].Ref))
	}
	return q.Render(listPage(v))
}

// sentBy is the envelope's sender; reports of trouble have none (RFC 5321
// 4.5.5).
func sentBy(l *locale.Locale, k okno.KeptLetter) string {
	if k.EnvelopeFrom == "" {
		return l.T("admin.kept.nobody")
	}
	return k.EnvelopeFrom
}

// sourceOf is how a letter came in.
func sourceOf(l *locale.Locale, k okno.KeptLetter) string {
	if l.Has("admin.kept.source." + k.Source) {
		return l.T("admin.kept.source." + k.Source)
	}
	return k.Source
}

func keptState(l *locale.Locale, k okno.KeptLetter) templ.Component {
	for _, s := range keptStates {
		if s.state == k.State {
			return state(s.kind, l.T("admin.kept.state."+string(k.State)))
		}
	}
	return text(string(k.State))
}

// keptView is the page of one letter that came in.
type keptView struct {
	view
	letter okno.KeptLetter
	number okno.Number // of the ticket it joined; empty: none
	raw    string
	cut    bool   // the raw letter is longer than what is shown
	read   string // what is read of it, in JSON
}

func (a *Admin) keptLetter(q *web.Request) error {
	k, number, err := a.desk.KeptPage(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	if err != nil {
		return err
	}
	v := keptView{view: subView(q, "kept", q.Locale.T("admin.kept.from", "Sender", sentBy(q.Locale, k))), letter: k, number: number}
	v.raw, v.cut = rawText(k.Raw)
	if len(k.Raw) > 0 {
		inspected, err := a.c.Inspect(k.Raw)
		if err != nil {
			return fmt.Errorf("inspect a letter: %w", err)
		}
		v.read, _ = rawText(inspected)
	}
	return q.Render(keptPage(v))
}

// rawText is the beginning of a raw letter as text that a page may hold.
func rawText(raw []byte) (text string, cut bool) {
	if len(raw) > maxRawShown {
		raw, cut = raw[:maxRawShown], true
	}
	text = strings.ToValidUTF8(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\uFFFD")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return '\uFFFD'
		}
		return r
	}, text), cut
}

// stepName and verdictName are the words of a letter's trace in the reader's
// language; one that the catalogue does not know stands as it is.
func stepName(l *locale.Locale, step string) string {
	if word := strings.ToLower(step); l.Has("admin.trace.step." + word) {
		return l.T("admin.trace.step." + word)
	}
	return step
}

func verdictName(l *locale.Locale, verdict string) string {
	if l.Has("admin.trace.verdict." + verdict) {
		return l.T("admin.trace.verdict." + verdict)
	}
	return verdict
}

// rawLetter gives the letter as it came, to be saved and never shown.
func (a *Admin) rawLetter(q *web.Request) error {
	k, _, err := a.desk.KeptPage(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	if err != nil {
		return err
	}
	if len(k.Raw) == 0 {
		return okno.ErrNotFound
	}
	h := q.Writer.Header()
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="letter-`+string(k.Ref)+`.eml"`)
	h.Set("Content-Length", strconv.Itoa(len(k.Raw)))
	h.Set("Cache-Control", "private, no-store")
	h.Set("Vary", "Cookie")
	q.Writer.WriteHeader(http.StatusOK)
	_, _ = bytes.NewReader(k.Raw).WriteTo(q.Writer) // a browser that went away is no failure of ours
	return nil
}

// canReplay reports whether the letter's steps can be taken again.
func canReplay(k okno.KeptLetter) bool {
	return len(k.Raw) > 0 && k.State != okno.KeptJoined && k.State != okno.KeptBounce && k.State != okno.KeptQuarantined
}

func (a *Admin) replayLetter(q *web.Request) error {
	ref := okno.Ref(q.Path("ref"))
	if err := a.desk.ReplayLetter(q.Context(), q.Actor, ref); err != nil {
		return err
	}
	return done(q, q.Locale.T("admin.kept.replayed"), "/admin/kept/"+string(ref))
}

// traceTable are the steps that a letter has taken.
func traceTable(v keptView) table {
	t := table{name: v.L.T("admin.kept.trace"), head: []string{v.L.T("admin.trace.step"), v.L.T("admin.trace.verdict"), v.L.T("admin.trace.reason")}}
	for _, s := range v.letter.Trace {
		t.rows = append(t.rows, []templ.Component{text(stepName(v.L, s.Step)), text(verdictName(v.L, s.Verdict)), text(web.Reason(v.L, s.Reason))})
	}
	return t
}
