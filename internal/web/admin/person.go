package admin

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// people lists whom the desk knows, or those whom words find.
func (a *Admin) people(q *web.Request) error {
	words := q.Query("q")
	words = words[:min(len(words), okno.MaxAddress)]
	all, more, err := a.desk.People(q.Context(), q.Actor, words, okno.Ref(q.Query("before")))
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "people"), emptyText: l.T("admin.person.none"), beside: findPerson(l, words)}
	v.table = table{name: v.Title, head: []string{l.T("admin.agent.name"), l.T("admin.field.email"), l.T("admin.person.is"), l.T("admin.person.since")}}
	for _, p := range all {
		v.rows = append(v.rows, []templ.Component{link(personPath(p.Ref), personName(l, p)), text(p.Address), text(personIs(l, p)), moment(l, p.Created, q.Now)})
	}
	if more {
		v.older = olderThan("/admin/people", "", string(all[len(all)-1].Ref))
	}
	return q.Render(listPage(v))
}

func personPath(ref okno.Ref) string { return "/admin/people/" + url.PathEscape(string(ref)) }

// personName is what a person is called, or words that he has no name.
func personName(l *locale.Locale, p okno.Person) string {
	switch {
	case !p.Erased.IsZero():
		return ui.Erased(l, p.Agent)
	case p.Short() != "":
		return p.Short()
	case p.Phone != "":
		return p.Phone
	}
	return l.T("admin.person.nameless")
}

// personIs is what a person is at the desk.
func personIs(l *locale.Locale, p okno.Person) string {
	if p.Agent {
		return l.T("words.agent")
	}
	return l.T("words.customer")
}

// personView is the page of one person, or the page that asks whether he is to
// be erased.
type personView struct {
	view
	desk.PersonCard
	refusal string // why he cannot be erased now; empty: he can
	mayAsk  bool   // whoever looks may erase people
	form    formView
}

func (a *Admin) personView(q *web.Request) (personView, error) {
	card, err := a.desk.PersonCard(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	if err != nil {
		return personView{}, err
	}
	v := personView{view: subView(q, "people", personName(q.Locale, card.Person)), PersonCard: card, mayAsk: q.Actor.MayManage(okno.ErasePerson)}
	if card.Refusal != nil {
		v.refusal = q.FieldErrors(card.Refusal)[""]
	}
	return v, nil
}

func (a *Admin) person(q *web.Request) error {
	v, err := a.personView(q)
	if err != nil {
		return err
	}
	return q.Render(personPage(v))
}

// addresses are a person's addresses in a line.
func (v *personView) addresses() string {
	var all []string
	for _, a := range v.Addresses {
		all = append(all, a.Address)
	}
	return strings.Join(all, ", ")
}

func (v *personView) companies() string {
	var all []string
	for _, c := range v.Companies {
		all = append(all, c.Name)
	}
	return strings.Join(all, ", ")
}

// inWork is how many of a person's tickets somebody owes something.
func (v *personView) inWork() string {
	return capped(min(v.InWork, desk.PersonCounted), v.InWork > desk.PersonCounted)
}

// erasure asks whether a person is to be erased, and says beforehand what that
// takes away and what it leaves.
func (a *Admin) erasure(q *web.Request) error {
	v, err := a.erasureForm(q)
	if err != nil {
		return err
	}
	return q.Render(erasurePage(v))
}

func (a *Admin) erasureForm(q *web.Request) (personView, error) {
	v, err := a.personView(q)
	if err == nil && !v.mayAsk {
		err = okno.ErrForbidden
	}
	if err != nil {
		return v, err
	}
	l := q.Locale
	v.Title = l.T("admin.erase.title")
	v.form.controls = []*control{{Field: ui.Field{
		Name: "word", Label: l.T("admin.erase.word", "Word", v.ConfirmErasing()), Required: true, MaxLength: okno.MaxAddress, Autocomplete: "off",
	}}}
	return v, nil
}

func (a *Admin) erase(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	ref := okno.Ref(q.Path("ref"))
	if err = a.desk.ErasePerson(q.Context(), q.Actor, ref, typed.Word("word"), versionOf(typed)); err == nil {
		return done(q, q.Locale.T("admin.erase.begun"), personPath(ref))
	}
	v, missing := a.erasureForm(q)
	if missing != nil {
		return missing
	}
	return q.Again(err, func(wrong map[string]string) templ.Component {
		v.form.typed(typed)
		v.form.mark(wrong)
		return erasurePage(v)
	})
}

func (v *personView) versionText() string { return strconv.FormatInt(v.Version, 10) }
