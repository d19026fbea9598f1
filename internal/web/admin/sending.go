package admin

import (
	"context"
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

// firstSelector is offered for a key's name.
const firstSelector = "okno"

// recordType is of the DNS records that hold keys.
const recordType = "TXT"

// lookupTime bounds asking the DNS for a key.
const lookupTime = 10 * time.Second

// sending shows how a mailbox's letters leave.
func (a *Admin) sending(q *web.Request) error {
	s, err := a.desk.Sending(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	if err != nil {
		return err
	}
	return q.Render(formPage(a.sendingForm(q, s)))
}

func sendingPath(q *web.Request, under string) string {
	return "/admin/mailboxes/" + q.Path("ref") + "/sending" + under
}

func (a *Admin) sendingForm(q *web.Request, s desk.SendingState) formView {
	l := q.Locale
	v := formView{view: subView(q, "mailboxes", l.T("admin.sending.title", "Address", s.Box.Address)), action: sendingPath(q, ""), send: l.T("admin.save"), version: s.Version}
	v.lead = l.T("admin.sending.lead")
	for i, lang := range locale.Languages() {
		c := &control{Field: ui.Field{Name: "name_" + lang.Code, Label: l.T("admin.sending.name", "Language", lang.Name), Value: s.Names[lang.Code], MaxLength: okno.MaxName, Hint: l.T("admin.sending.name.hint"), Autocomplete: "off"}}
		if i == 0 {
			c.heading = l.T("admin.sending.names")
		}
		v.controls = append(v.controls, c)
	}
	for i, lang := range locale.Languages() {
		c := &control{kind: area, Field: ui.Field{Name: "signature_" + lang.Code, Label: l.T("admin.sending.signature", "Language", lang.Name), Value: s.Signatures[lang.Code], MaxLength: okno.MaxSignature, Hint: l.T("admin.sending.signature.hint"), Rows: 4}}
		if i == 0 {
			c.heading = l.T("admin.sending.signatures")
		}
		v.controls = append(v.controls, c)
	}
	v.controls = append(v.controls, relayControls(l, s)...)
	if a.c.TestRelay != nil {
		v.other = []button{{sendingPath(q, "/test"), l.T("admin.test.relay")}}
	}
	v.beside = sendingBeside(q, s, nil)
	return v
}

func relayControls(l *locale.Locale, s desk.SendingState) []*control {
	r := okno.Relay{Port: okno.RelayPort, Security: okno.StartTLS, Connections: okno.UsualConnections}
	switch at := (&okno.Provider{Kind: s.Connected}).Endpoints(); {
	case s.Relay != nil:
		r = *s.Relay
	case at.SMTP != "":
		r.Host, r.User, r.SignIn = at.SMTP, s.Box.Address, okno.ByToken
	}
	password := l.T("admin.mailbox.password.none")
	if s.HasSecret {
		password = l.T("admin.mailbox.password.kept")
	}
	var security []ui.Option
	for _, x := range []okno.Security{okno.StartTLS, okno.TLS, okno.Plain} {
		security = append(security, ui.Option{Value: string(x), Label: l.T("admin.mailbox.security." + string(x))})
	}
	return slices.Concat([]*control{
		{heading: l.T("admin.sending.relay"), kind: tick, ticked: s.Relay != nil, Field: ui.Field{Name: "relay", Label: l.T("admin.sending.own"), Hint: l.T("admin.sending.own.hint")}},
		{Field: ui.Field{Name: "host", Label: l.T("admin.sending.host"), Value: r.Host, MaxLength: maxHost, Autocomplete: "off"}},
		{Field: ui.Field{Name: "port", Label: l.T("admin.mailbox.port"), Value: strconv.Itoa(r.Port), InputMode: "numeric", Hint: l.T("admin.sending.port.hint"), Autocomplete: "off"}},
		{kind: choice, Field: ui.Field{Name: "security", Label: l.T("admin.mailbox.security"), Value: string(r.Security), Options: security}},
		{Field: ui.Field{Name: "user", Label: l.T("admin.mailbox.login"), Value: r.User, MaxLength: maxHost, Hint: l.T("admin.sending.login.hint"), Autocomplete: "off"}},
	}, signInControl(l, s.Connected != "", r.SignIn), []*control{
		{Field: ui.Field{Name: "password", Label: l.T("admin.mailbox.password"), Type: "password", Hint: password, MaxLength: maxPassword, Autocomplete: "new-password"}},
		{Field: ui.Field{Name: "connections", Label: l.T("admin.sending.connections"), Value: strconv.Itoa(r.Connections), InputMode: "numeric", Hint: l.T("admin.sending.connections.hint", "Max", okno.MaxConnections), Autocomplete: "off"}},
		{Field: ui.Field{Name: "per_minute", Label: l.T("admin.sending.perminute"), Value: strconv.Itoa(r.PerMinute), InputMode: "numeric", Hint: l.T("admin.sending.perminute.hint"), Autocomplete: "off"}},
	})
}

func relayTyped(f *web.Form) okno.Relay {
	return okno.Relay{
		Host: f.Word("host"), Port: int(number(f.Word("port"))), Security: okno.Security(f.Get("security")), User: f.Word("user"), SignIn: signInTyped(f), Password: f.Get("password"),
		Connections: int(number(f.Word("connections"))), PerMinute: int(number(f.Word("per_minute"))),
	}
}

func (a *Admin) saveSending(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	s := okno.Sending{Names: map[string]string{}, Signatures: map[string]string{}, Version: max(versionOf(typed), 0)}
	for _, lang := range locale.Languages() {
		s.Names[lang.Code], s.Signatures[lang.Code] = typed.Word("name_"+lang.Code), typed.Text("signature_"+lang.Code)
	}
	if typed.Has("relay") {
		r := relayTyped(typed)
		s.Relay = &r
	}
	err = a.desk.SaveSending(q.Context(), q.Actor, okno.Ref(q.Path("ref")), s)
	if err == nil {
		return done(q, q.Locale.T("admin.saved"), sendingPath(q, ""))
	}
	return a.sendingAgain(q, err, typed)
}

// sendingAgain shows the form again after err, with what was typed.
func (a *Admin) sendingAgain(q *web.Request, err error, typed *web.Form) error {
	now, missing := a.desk.Sending(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	if missing != nil {
		return missing
	}
	return a.sendingForm(q, now).again(q, err, typed)
}

// testRelay tries what was typed, saving nothing and sending no letter.
func (a *Admin) testRelay(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	ref := okno.Ref(q.Path("ref"))
	s, err := a.desk.Sending(q.Context(), q.Actor, ref)
	if err != nil {
		return err
	}
	if a.c.TestRelay == nil {
		return okno.ErrNotFound
	}
	v := a.sendingForm(q, s)
	r, err := a.desk.RelaySettings(q.Context(), q.Actor, ref, relayTyped(typed))
	if err != nil {
		return v.again(q, err, typed)
	}
	v.said = &said{"success", q.Locale.T("admin.test.relay.good")}
	if err := a.c.TestRelay(q.Context(), s.Box.ID, r); err != nil {
		v.said = &said{"error", q.Locale.T("admin.test.relay.bad", "Why", adviceOn(q.Locale, err))}
	}
	v.version = max(versionOf(typed), 0)
	v.typed(typed)
	return q.Render(formPage(v))
}

// sendBoxLetter queues a test letter of this mailbox.
func (a *Admin) sendBoxLetter(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	s, err := a.desk.Sending(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	if err != nil {
		return err
	}
	to, err := okno.CheckAddress("to", typed.Word("to"))
	if err == nil {
		err = a.c.TestLetter(q.Context(), to, s.Box.ID)
	}
	if err == nil {
		return done(q, q.Locale.T("admin.test.sent", "Address", to), "/admin/letters")
	}
	return q.Again(err, func(wrong map[string]string) templ.Component {
		v := a.sendingForm(q, s)
		v.beside = sendingBeside(q, s, wrong)
		v.wrong = besideWrong(wrong)
		return formPage(v)
	})
}

// besideWrong are the refusals of a form that stands beside the main one.
func besideWrong(wrong map[string]string) []ui.Wrong {
	var all []ui.Wrong
	for field, text := range wrong {
		all = append(all, ui.Wrong{Field: field, Text: text})
	}
	return all
}

// makeKey makes the key that the mailbox's letters will be signed with.
func (a *Admin) makeKey(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	ref := okno.Ref(q.Path("ref"))
	err = a.desk.MakeSigningKey(q.Context(), q.Actor, ref, typed.Word("selector"), okno.KeyKind(typed.Get("kind")))
	if err == nil {
		return done(q, q.Locale.T("admin.signing.made"), sendingPath(q, "")+"#signing")
	}
	s, missing := a.desk.Sending(q.Context(), q.Actor, ref)
	if missing != nil {
		return missing
	}
	return q.Again(err, func(wrong map[string]string) templ.Component {
		v := a.sendingForm(q, s)
		v.beside = sendingBeside(q, s, wrong)
		v.wrong = besideWrong(wrong)
		return formPage(v)
	})
}

// changeKey switches the mailbox's key on or off, or forgets it.
func (a *Admin) changeKey(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	ref := okno.Ref(q.Path("ref"))
	switch typed.Get("do") {
	case "on", "off":
		err = a.desk.SwitchSigning(q.Context(), q.Actor, ref, typed.Get("do") == "on")
	case "drop":
		err = a.desk.DropSigningKey(q.Context(), q.Actor, ref)
	default:
		err = okno.Refuse(okno.Invalid, "error.choice")
	}
	if err != nil {
		return a.sendingAgain(q, err, typed)
	}
	return done(q, q.Locale.T("admin.saved"), sendingPath(q, "")+"#signing")
}

// checkKey asks the DNS for the key's record, as whoever verifies a letter does.
func (a *Admin) checkKey(q *web.Request) error {
	s, err := a.desk.Sending(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	if err != nil {
		return err
	}
	if s.DKIM == nil || a.c.LookupTXT == nil {
		return okno.ErrNotFound
	}
	ctx, cancel := context.WithTimeout(q.Context(), lookupTime)
	defer cancel()
	records, err := a.c.LookupTXT(ctx, s.DKIM.Name())
	v := a.sendingForm(q, s)
	v.said = keyFound(q.Locale, s.DKIM, records, err)
	return q.Render(formPage(v))
}

// keyFound says what the DNS has of a key.
func keyFound(l *locale.Locale, k *okno.DKIM, records []string, err error) *said {
	if err != nil {
		return &said{"error", l.T("admin.signing.check.failed", "Name", k.Name(), "Why", err.Error())}
	}
	for _, r := range records {
		if bare := strings.Join(strings.Fields(r), ""); strings.Contains(bare+";", "p="+k.Public+";") {
			return &said{"success", l.T("admin.signing.check.good")}
		}
	}
	return &said{"error", l.T("admin.signing.check.other", "Name", k.Name(), "Found", clipped(strings.Join(records, " "), 200))}
}

// clipped is the beginning of a text, in characters.
func clipped(s string, most int) string {
	all := []rune(s)
	if len(all) <= most {
		return s
	}
	return string(all[:most]) + "…"
}
