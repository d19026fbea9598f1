package portal

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// profileView is what a person says of himself, and where he is signed in.
type profileView struct {
	ui.Page
	fields   fields
	address  fields // of the form for a new address
	wrong    []ui.Wrong
	refused  string // why the picture was refused; empty: it was not
	version  string
	own      string // his address; empty: he has none
	sessions []okno.Session
	switches ui.SwitchTable
	push     ui.PushView
}

// profile shows a person his own profile; a guest has none.
func (p *Portal) profile(q *web.Request) error {
	v, err := p.profileView(q)
	if err != nil {
		return err
	}
	return q.Render(profilePage(v.shown(q, nil, nil)))
}

func (p *Portal) profileView(q *web.Request) (v profileView, err error) {
	if q.Person.ID == 0 {
		return v, okno.ErrNotFound
	}
	v = profileView{Page: living(q.Page(q.Locale.T("ui.profile"))), own: q.Person.Address, version: strconv.FormatInt(q.Person.Version, 10)}
	v.switches = q.Switches("/profile/notices")
	if v.push, err = q.Push(switchesPath); err != nil {
		return v, err
	}
	v.sessions, err = p.desk.Sessions(q.Context(), q.Actor)
	return v, err
}

// shown is the page with what was typed and what is wrong with it.
func (v profileView) shown(q *web.Request, typed *web.Form, wrong map[string]string) profileView {
	v.fields, v.address = profileFields(q), newAddressFields(q.Locale)
	if typed != nil && typed.Has("name") {
		v.fields, v.version = v.fields.fill(typed, wrong), typed.Get("version")
	}
	if typed != nil && typed.Has("email") {
		v.address = v.address.fill(typed, wrong)
	}
	v.refused = wrong["picture"] + wrong["file"]
	all := append(append(fields{}, v.fields...), v.address...)
	v.wrong = append(all, ui.Field{Name: "picture", Label: q.Locale.T("portal.profile.picture")}).faults(wrong)
	return v
}

func profileFields(q *web.Request) fields {
	l, p := q.Locale, q.Person
	var languages []ui.Option
	for _, lang := range locale.Languages() {
		languages = append(languages, ui.Option{Value: lang.Code, Label: lang.Name})
	}
	lang := p.Lang
	if lang == "" {
		lang = l.Lang()
	}
	zones := []ui.Option{{Value: "", Label: l.T("portal.profile.zone.theirs")}}
	for _, zone := range locale.Zones() {
		zones = append(zones, ui.Option{Value: zone, Label: strings.ReplaceAll(zone, "_", " ")})
	}
	return fields{
		{Name: "name", Label: l.T("portal.field.name"), Value: p.Name, Required: true, Autocomplete: "name", MaxLength: okno.MaxName},
		{Name: "phone", Type: "tel", Label: l.T("portal.field.phone"), Value: p.Phone, Autocomplete: "tel", MaxLength: okno.MaxPhone},
		{Name: "lang", Label: l.T("ui.language"), Hint: l.T("portal.profile.lang.hint"), Value: lang, Options: languages},
		{Name: "zone", Label: l.T("portal.profile.zone"), Hint: l.T("portal.profile.zone.hint"), Value: p.Zone, Options: zones},
	}
}

func newAddressFields(l *locale.Locale) fields {
	return fields{
		{Name: "email", Type: "email", Label: l.T("portal.profile.newaddress"), Hint: l.T("portal.profile.newaddress.hint"), Required: true, Autocomplete: "off", MaxLength: okno.MaxAddress},
		{Name: "present", Type: "password", Label: l.T("portal.password.present"), Required: true, Autocomplete: "current-password"},
	}
}

// profileAgain shows the page with a refusal.
func (p *Portal) profileAgain(q *web.Request, refusal error, typed *web.Form) error {
	v, err := p.profileView(q)
	if err != nil {
		return err
	}
	return q.Again(refusal, func(wrong map[string]string) templ.Component { return profilePage(v.shown(q, typed, wrong)) })
}

func (p *Portal) saveProfile(q *web.Request) error {
	if q.Person.ID == 0 {
		return okno.ErrNotFound
	}
	typed, err := q.Form()
	if err == nil {
		version, bad := strconv.ParseInt(typed.Get("version"), 10, 64)
		if bad != nil {
			return okno.Refuse(okno.Invalid, "error.form")
		}
		err = p.desk.SaveProfile(q.Context(), q.Actor, okno.Profile{
			Name: typed.Word("name"), Phone: typed.Word("phone"), Lang: typed.Get("lang"), Zone: typed.Get("zone"), Version: version,
		})
	}
	if err != nil {
		return p.profileAgain(q, err, typed)
	}
	// From here on he reads in the language that he chose.
	q.Locale = locale.New(typed.Get("lang"), q.Locale.Zone())
	return saved(q, "portal.profile.saved")
}

// saved leads back to the profile, where it is said what was done.
func saved(q *web.Request, key string) error {
	q.Toast(web.Toast{Text: q.Locale.T(key), Kind: "success"})
	return q.Redirect("/profile")
}

// savePicture keeps the picture that was sent, or takes the present one away.
func (p *Portal) savePicture(q *web.Request) error {
	typed, err := q.Form()
	if err == nil {
		err = p.keepPicture(q, typed)
	}
	if err != nil {
		return p.profileAgain(q, err, typed)
	}
	return saved(q, "portal.profile.saved")
}

func (p *Portal) keepPicture(q *web.Request, typed *web.Form) error {
	if typed.Has("remove") {
		return p.desk.SetPicture(q.Context(), q.Actor, nil)
	}
	if len(typed.Files) == 0 {
		return okno.Errors{okno.Missing("picture")}
	}
	_, sent, err := p.desk.OpenFile(q.Context(), q.Actor, typed.Files[0].Ref)
	if err != nil {
		return err
	}
	defer sent.Close()
	return p.desk.SetPicture(q.Context(), q.Actor, sent)
}

// endSession ends one session of the reader's, or all but this one.
func (p *Portal) endSession(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	if typed.Has("others") {
		err = p.desk.EndOtherSessions(q.Context(), q.Actor)
	} else {
		err = p.desk.EndSession(q.Context(), q.Actor, okno.Ref(typed.Get("session")))
	}
	if err != nil {
		return err
	}
	return saved(q, "portal.profile.ended")
}
