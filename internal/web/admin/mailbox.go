package admin

import (
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// mailboxRoutes are the mailboxes' pages, but for how their letters leave.
func (a *Admin) mailboxRoutes(r *web.Router) {
	r.Admins("GET /admin/mailboxes", a.mailboxes)
	r.Admins("GET /admin/mailboxes/new", a.mailbox)
	r.Admins("POST /admin/mailboxes", a.saveMailbox)
	r.Admins("POST /admin/mailboxes/test", a.testMailbox, web.Limit("admin test", 20, time.Minute))
	r.Admins("GET /admin/mailboxes/{ref}", a.mailbox)
	r.Admins("POST /admin/mailboxes/{ref}", a.saveMailbox)
	r.Admins("POST /admin/mailboxes/{ref}/test", a.testMailbox, web.Limit("admin test", 20, time.Minute))
	r.Admins("POST /admin/mailboxes/{ref}/round", a.fetchNow)
	r.Admins("POST /admin/mailboxes/{ref}/key", a.renewDeliveryKey)
}

func (a *Admin) mailboxes(q *web.Request) error {
	all, err := a.desk.Mailboxes(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "mailboxes"), add: l.T("admin.mailbox.add")}
	v.table = table{name: v.Title, head: []string{l.T("admin.field.address"), l.T("words.department"), l.T("admin.mailbox.way"), l.T("admin.field.state")}}
	for _, m := range all {
		v.rows = append(v.rows, []templ.Component{
			link("/admin/mailboxes/"+string(m.Ref), m.Address), text(m.Department.Name), text(wayIn(l, m)), mailboxState(q, m),
		})
	}
	return q.Render(listPage(v))
}

// wayIn is how letters come into a mailbox.
func wayIn(l *locale.Locale, m desk.MailboxState) string {
	if m.Fetch == nil {
		return l.T("admin.mailbox.delivered")
	}
	return l.T("admin.mailbox.fetched", "Host", m.Fetch.Host)
}

// mailboxState says how a mailbox fares.
func mailboxState(q *web.Request, m desk.MailboxState) templ.Component {
	l := q.Locale
	switch {
	case !m.Closed.IsZero():
		return state(off, l.T("admin.closed"))
	case m.Access != nil && (m.Access.Refused != "" || m.Access.Alarm.Kind != ""):
		return accessState(l, m)
	case m.State.Trouble == "" && m.Alarm.Kind == okno.AlarmSilent:
		return state(bad, l.T("admin.mailbox.silent", "Since", l.Ago(m.Alarm.Since, q.Now)))
	case m.Fetch == nil:
		return state(good, l.T("admin.mailbox.ready"))
	case m.State.Trouble != "":
		return state(bad, l.T("admin.mailbox.trouble", "Since", l.Ago(m.State.Since, q.Now)))
	case m.State.At.IsZero():
		return state(slow, l.T("admin.mailbox.never"))
	}
	return state(good, l.T("admin.mailbox.last", "Time", l.Ago(m.State.At, q.Now)))
}

// quietHours are the silences, in working hours, that can be chosen.
var quietHours = []int{2, 4, 8, 16, 24, 40, 80}

// quietControl is what silence raises an alarm.
func quietControl(l *locale.Locale, m desk.MailboxState) *control {
	options := []ui.Option{{Value: "0", Label: l.T("admin.mailbox.quiet.auto")}}
	hours := quietHours
	if m.Quiet > 0 && !slices.Contains(hours, m.Quiet) {
		hours = append([]int{m.Quiet}, hours...)
	}
	for _, n := range hours {
		options = append(options, ui.Option{Value: strconv.Itoa(n), Label: l.N("admin.mailbox.quiet.hours", n)})
	}
	options = append(options, ui.Option{Value: strconv.Itoa(okno.QuietNever), Label: l.T("admin.mailbox.quiet.never")})
	return &control{kind: choice, Field: ui.Field{Name: "quiet", Label: l.T("admin.mailbox.quiet"), Value: strconv.Itoa(m.Quiet), Options: options, Hint: l.T("admin.mailbox.quiet.hint")}}
}

// mailboxOf is the mailbox of the address; zero: a new one.
func (a *Admin) mailboxOf(q *web.Request) (desk.MailboxState, error) {
	all, err := a.desk.Mailboxes(q.Context(), q.Actor)
	if err != nil || q.Path("ref") == "" {
		return desk.MailboxState{}, err
	}
	i := slices.IndexFunc(all, func(m desk.MailboxState) bool { return string(m.Ref) == q.Path("ref") })
	if i < 0 {
		return desk.MailboxState{}, okno.ErrNotFound
	}
	return all[i], nil
}

func (a *Admin) mailbox(q *web.Request) error {
	m, err := a.mailboxOf(q)
	if err != nil {
		return err
	}
	v, err := a.mailboxForm(q, m)
	if err != nil {
		return err
	}
	switch {
	case m.Access != nil && m.Access.Refused != "":
		v.said = &said{"error", q.Locale.T("admin.access.refused." + string(m.Access.Refused))}
	case m.Alarm.Kind == okno.AlarmSilent:
		v.said = &said{"error", q.Locale.T("admin.mailbox.alarm.silent")}
	}
	return q.Render(formPage(v))
}

func (a *Admin) mailboxForm(q *web.Request, m desk.MailboxState) (formView, error) {
	l := q.Locale
	departments, err := a.desk.AllDepartments(q.Context(), q.Actor)
	if err != nil {
		return formView{}, err
	}
	path := "/admin/mailboxes/" + string(m.Ref)
	v := formView{view: subView(q, "mailboxes", m.Address), action: path, send: l.T("admin.save"), version: m.Version}
	lang := m.Lang
	if m.ID == 0 {
		lang = q.Settings.Lang
	}
	v.controls = []*control{
		{Field: ui.Field{Name: "address", Label: l.T("admin.field.address"), Type: "email", Value: m.Address, Required: true, MaxLength: okno.MaxAddress, Hint: l.T("admin.mailbox.address.hint"), Autocomplete: "off"}},
		{Field: ui.Field{Name: "name", Label: l.T("admin.mailbox.name"), Value: m.Name, MaxLength: okno.MaxName, Hint: l.T("admin.mailbox.name.hint"), Autocomplete: "off"}},
		{kind: choice, Field: ui.Field{Name: "department", Label: l.T("words.department"), Value: string(m.Department.Ref), Hint: l.T("admin.mailbox.department.hint"), Options: openDepartments(departments, m.Department.ID)}},
		{kind: choice, Field: ui.Field{Name: "lang", Label: l.T("ui.language"), Value: lang, Options: languages(), Hint: l.T("admin.mailbox.lang.hint")}},
	}
	v.controls = append(v.controls, fetchControls(l, m)...)
	v.controls = append(v.controls, quietControl(l, m))
	test := "/admin/mailboxes/test"
	if m.ID == 0 {
		v.Title, v.action, v.send = l.T("admin.mailbox.new"), "/admin/mailboxes", l.T("admin.create")
		v.beside = deliveryHelp(l)
	} else {
		test = path + "/test"
		v.controls = append(v.controls, closing(l, m.Closed, l.T("admin.mailbox.closed.hint")))
		access, err := a.accessView(q, m)
		if err != nil {
			return v, err
		}
		v.beside = mailboxBeside(q, m, access)
	}
	v.other = []button{{test, l.T("admin.mailbox.test")}}
	return v, nil
}

func (a *Admin) saveMailbox(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	if err = a.keepMailbox(q, typed); err == nil {
		return done(q, q.Locale.T("admin.saved"), "/admin/mailboxes")
	}
	m, missing := a.mailboxOf(q)
	if missing != nil {
		return missing
	}
	v, missing := a.mailboxForm(q, m)
	if missing != nil {
		return missing
	}
	return v.again(q, err, typed)
}

func (a *Admin) keepMailbox(q *web.Request, typed *web.Form) error {
	form := okno.Mailbox{Address: typed.Word("address"), Name: typed.Word("name"), Lang: typed.Get("lang"), Closed: closedAt(q, typed), Version: versionOf(typed)}
	if typed.Has("quiet") {
		form.Quiet = int(max(okno.QuietNever-1, min(number(typed.Get("quiet")), okno.MaxQuiet+1)))
	}
	if !spoken(form.Lang) {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.choice", Field: "lang"}}
	}
	if typed.Has("fetch") {
		f := fetchTyped(typed)
		if err := checkFetchTyped(f); err != nil {
			return err
		}
		form.Fetch = &f
	}
	return a.desk.SaveMailbox(q.Context(), q.Actor, okno.Ref(q.Path("ref")), form, okno.Ref(typed.Get("department")))
}

// spoken reports whether the product speaks the language.
func spoken(lang string) bool {
	for _, o := range languages() {
		if o.Value == lang {
			return true
		}
	}
	return false
}
