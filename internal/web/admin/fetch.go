package admin

import (
	"slices"
	"strconv"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// Bounds of what is typed about fetching, in bytes.
const (
	maxHost     = 255
	maxPassword = 1000
)

const imapPort = 993

// fetchControls are those of fetching. A kept password never comes
// back to a page.
func fetchControls(l *locale.Locale, m desk.MailboxState) []*control {
	f := okno.Fetch{Port: imapPort, Security: okno.TLS, Folder: "INBOX", After: okno.MarkSeen}
	if m.Fetch != nil {
		f = *m.Fetch
	}
	password := l.T("admin.mailbox.password.none")
	if m.HasSecret {
		password = l.T("admin.mailbox.password.kept")
	}
	security := make([]ui.Option, 0, 3)
	for _, s := range []okno.Security{okno.TLS, okno.StartTLS, okno.Plain} {
		security = append(security, ui.Option{Value: string(s), Label: l.T("admin.mailbox.security." + string(s))})
	}
	after := make([]ui.Option, 0, 3)
	for _, s := range []okno.AfterFetch{okno.MarkSeen, okno.ArchiveIt, okno.DeleteIt} {
		after = append(after, ui.Option{Value: string(s), Label: l.T("admin.mailbox.after." + string(s))})
	}
	signIn := signInControl(l, m.Access != nil, f.SignIn)
	protocols := []ui.Option{{Value: imapChoice, Label: "IMAP"}, {Value: string(okno.POP3), Label: "POP3"}}
	return slices.Concat([]*control{
		{heading: l.T("admin.mailbox.fetching"), kind: tick, ticked: m.Fetch != nil, Field: ui.Field{Name: "fetch", Label: l.T("admin.mailbox.fetch"), Hint: l.T("admin.mailbox.fetch.hint")}},
		{kind: choice, Field: ui.Field{Name: "protocol", Label: l.T("admin.mailbox.protocol"), Value: protocolChoice(f.Protocol), Options: protocols, Hint: l.T("admin.mailbox.protocol.hint")}},
		{Field: ui.Field{Name: "host", Label: l.T("admin.mailbox.host"), Value: f.Host, MaxLength: maxHost, Autocomplete: "off"}},
		{Field: ui.Field{Name: "port", Label: l.T("admin.mailbox.port"), Value: strconv.Itoa(f.Port), InputMode: "numeric", Hint: l.T("admin.mailbox.port.hint"), Autocomplete: "off"}},
		{kind: choice, Field: ui.Field{Name: "security", Label: l.T("admin.mailbox.security"), Value: string(f.Security), Options: security}},
		{Field: ui.Field{Name: "user", Label: l.T("admin.mailbox.login"), Value: f.User, MaxLength: maxHost, Autocomplete: "off"}},
	}, signIn, []*control{
		{Field: ui.Field{Name: "password", Label: l.T("admin.mailbox.password"), Type: "password", Hint: password, MaxLength: maxPassword, Autocomplete: "new-password"}},
		{Field: ui.Field{Name: "folder", Label: l.T("admin.mailbox.folder"), Value: f.Folder, MaxLength: maxHost, Autocomplete: "off"}},
		{kind: choice, Field: ui.Field{Name: "after", Label: l.T("admin.mailbox.after"), Value: string(f.After), Options: after}},
		{Field: ui.Field{Name: "archive", Label: l.T("admin.mailbox.archive"), Value: f.Archive, MaxLength: maxHost, Hint: l.T("admin.mailbox.archive.hint"), Autocomplete: "off"}},
	})
}

// imapChoice stands for okno.IMAP, which is empty, in the form.
const imapChoice = "imap"

func protocolChoice(p okno.Protocol) string {
	if p == okno.IMAP {
		return imapChoice
	}
	return string(p)
}

// fetchTyped is what the form says about fetching.
func fetchTyped(f *web.Form) okno.Fetch {
	protocol := okno.Protocol(f.Get("protocol"))
	if protocol == imapChoice {
		protocol = okno.IMAP
	}
	return okno.Fetch{
		Protocol: protocol, Host: f.Word("host"), Port: int(number(f.Word("port"))), Security: okno.Security(f.Get("security")), User: f.Word("user"), SignIn: signInTyped(f), Password: f.Get("password"),
		Folder: f.Word("folder"), After: okno.AfterFetch(f.Get("after")), Archive: f.Word("archive"),
	}
}

// checkFetchTyped bounds what the desk takes as it is.
func checkFetchTyped(f okno.Fetch) error {
	var wrong okno.Errors
	for _, c := range []struct {
		field, value string
		max          int
	}{{"password", f.Password, maxPassword}, {"folder", f.Folder, maxHost}, {"archive", f.Archive, maxHost}} {
		if len(c.value) > c.max {
			wrong = append(wrong, okno.TooLong(c.field, c.max))
		}
	}
	if !slices.Contains([]okno.AfterFetch{okno.MarkSeen, okno.ArchiveIt, okno.DeleteIt}, f.After) {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.choice", Field: "after"})
	}
	return wrong.Err()
}

// testMailbox tries what was typed, saving nothing, and shows the form with
// what was found.
func (a *Admin) testMailbox(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	m, err := a.mailboxOf(q)
	if err != nil {
		return err
	}
	v, err := a.mailboxForm(q, m)
	if err != nil {
		return err
	}
	form := fetchTyped(typed)
	if err := checkFetchTyped(form); err != nil {
		return v.again(q, err, typed)
	}
	f, err := a.desk.FetchSettings(q.Context(), q.Actor, m.Ref, form)
	if err != nil {
		return v.again(q, err, typed)
	}
	found, err := a.c.TestFetch(q.Context(), m.ID, f)
	if err != nil {
		v.said = &said{"error", q.Locale.T("admin.mailbox.tested.failed", "Why", adviceOn(q.Locale, err))}
	} else {
		v.said = &said{"success", q.Locale.N("admin.mailbox.tested", found.Letters, "Unseen", q.Locale.Number(int64(found.Unseen)))}
	}
	v.version = versionOf(typed)
	v.typed(typed)
	return q.Render(formPage(v))
}

// fetchNow asks for a round of the mailbox without waiting for it.
func (a *Admin) fetchNow(q *web.Request) error {
	m, err := a.mailboxOf(q)
	if err != nil {
		return err
	}
	path := "/admin/mailboxes/" + string(m.Ref)
	err = a.desk.AskRound(q.Context(), q.Actor, m.Ref)
	if okno.ReasonOf(err) == okno.NotFound {
		q.Toast(web.Toast{Text: q.Locale.T("admin.mailbox.round.none"), Kind: "error"})
		return q.Redirect(path)
	}
	if err != nil {
		return err
	}
	return done(q, q.Locale.T("admin.mailbox.round"), path)
}
