package workspace

import (
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// found by Ctrl+K: groups of what can be gone to or done.
type (
	paletteView struct {
		l      *locale.Locale
		groups []paletteGroup
	}
	paletteGroup struct {
		name  string
		items []paletteItem
	}
	paletteItem struct {
		icon, name, hint string
		marked           []desk.Piece // name, its hits marked; nil: there are none
		href             string       // "": it is a command
		press            string       // the shortcut of the control that it presses
		keys             []string
	}
)

// paletteCommands are the commands by the shortcut of their control, first
// those on the open ticket.
var paletteCommands = []struct{ key, does, icon string }{
	{"r", "answer", "message-reply"}, {"n", "note", "lock"}, {"t", "take", "user-check"}, {"a", "assign", "user"}, {"s", "status", "status-open"}, {"e", "done", "status-done"},
	{"c", "new", "plus"}, {"?", "shortcuts", "keyboard"},
}

// Bounds of the palette.
const (
	palettePages = 4
	paletteViews = 5
)

// Elsewhere has the palette find pages of other surfaces, too.
func (w *Workspace) Elsewhere(places func(l *locale.Locale, by okno.Actor, typed string) []web.Place) {
	w.places = places
}

// palette is what Ctrl+K finds: q is what was typed, keys the shortcuts of the
// controls that the open page has, recent the numbers of the tickets that this
// browser had open last.
func (w *Workspace) palette(q *web.Request) error {
	typed := strings.TrimSpace(q.Query("q"))
	if len(typed) > desk.MaxWords {
		typed = ""
	}
	found, err := w.desk.Palette(q.Context(), q.Actor, desk.Sought{Text: typed, Recent: numbersOf(q.Query("recent"))})
	if err != nil {
		return err
	}
	saved, err := w.desk.SavedViews(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	l := q.Locale
	v := paletteView{l: l}
	commands, views := commandsOf(l, typed, q.Query("keys")), viewsOf(l, typed, saved)
	if typed == "" {
		v.add("palette.recent", ticketsOf(l, found.Tickets))
		v.add("palette.commands", commands)
		v.add("palette.views", views)
		return q.Render(paletteFound(v))
	}
	numbered := okno.TypedNumber(typed)
	if len(found.Tickets) > 0 && strings.HasPrefix(string(found.Tickets[0].Number), string(numbered)) {
		v.add("palette.tickets", ticketsOf(l, found.Tickets))
		found.Tickets = nil
	}
	v.add("palette.commands", commands)
	v.add("palette.views", views)
	v.add("palette.tickets", append(ticketsOf(l, found.Tickets), paletteItem{icon: "search", name: l.T("palette.all", "Words", typed), href: foundAt(typed)}))
	v.add("palette.people", peopleOf(l, found))
	v.add("palette.companies", companiesOf(l, found.Companies))
	v.add("palette.pages", w.pagesOf(q, typed))
	return q.Render(paletteFound(v))
}

func (v *paletteView) add(name string, items []paletteItem) {
	if len(items) > 0 {
		v.groups = append(v.groups, paletteGroup{v.l.T(name), items})
	}
}

// count is how many there are to choose from.
func (v *paletteView) count() (n int) {
	for _, g := range v.groups {
		n += len(g.items)
	}
	return n
}

// foundAt is where the tickets that a question finds are shown.
func foundAt(question string) string {
	return place{View: okno.ViewOpen, Find: question, Rows: stepRows}.at("/desk")
}

func ticketsOf(l *locale.Locale, rows []desk.Row) []paletteItem {
	var items []paletteItem
	for _, r := range rows {
		it := paletteItem{
			icon: "status-" + string(r.Kind), name: ui.Subject(l, r.Subject), href: place{View: okno.ViewOpen, Rows: stepRows}.ticket(r.Number, ""),
			hint: "#" + string(r.Number) + " · " + statusName(l, r.Status),
		}
		if r.Into != "" {
			it.hint += " → #" + string(r.Into)
		}
		if name := r.Requester.Short(); name != "" {
			it.hint += " · " + name
		}
		if r.Excerpt != nil && r.Subject != "" {
			it.marked = r.Excerpt.Subject
		}
		items = append(items, it)
	}
	return items
}

// commandsOf are the commands that the page has a control for.
func commandsOf(l *locale.Locale, typed, pressed string) []paletteItem {
	var items []paletteItem
	for _, c := range paletteCommands {
		if name := l.T("workspace.key." + c.does); strings.Contains(pressed, c.key) && desk.Fits(name+" "+l.T("palette.also."+c.does), typed) {
			items = append(items, paletteItem{icon: c.icon, name: l.T("palette.does." + c.does), press: c.key, keys: []string{c.key}})
		}
	}
	return items
}

func viewsOf(l *locale.Locale, typed string, saved []okno.View) []paletteItem {
	var items []paletteItem
	for _, view := range okno.Views {
		if name := l.T("workspace.view." + string(view)); desk.Fits(name, typed) {
			items = append(items, paletteItem{icon: looks[view].icon, name: name, href: place{View: view, Rows: stepRows}.at("/desk"), keys: []string{"g", looks[view].letter}})
		}
	}
	for _, s := range saved {
		if desk.Fits(s.Name, typed) && (typed == "" || len(items) < paletteViews) {
			items = append(items, paletteItem{icon: "bookmark", name: s.Name, href: place{View: okno.ViewKind(s.Ref), Rows: stepRows}.at("/desk")})
		}
	}
	return items
}

// peopleOf are requesters and agents, each with his tickets, and people known
// by address with their page in the administration.
func peopleOf(l *locale.Locale, all *desk.Anything) []paletteItem {
	var items []paletteItem
	for _, p := range all.Requesters {
		items = append(items, paletteItem{icon: "user-circle", name: p.Short(), hint: p.Address, href: foundAt(asks(l.T("search.filter.requester"), p.Short()))})
	}
	for _, p := range all.Agents {
		items = append(items, paletteItem{icon: "user", name: p.Name, hint: l.T("palette.agent"), href: foundAt(asks(l.T("search.filter.assignee"), p.Name))})
	}
	for _, p := range all.Known {
		items = append(items, paletteItem{icon: "id-badge", name: p.Short(), hint: p.Address + " · " + l.T("ui.admin"), href: "/admin/people/" + string(p.Ref)})
	}
	return items
}

func companiesOf(l *locale.Locale, all []okno.Company) []paletteItem {
	var items []paletteItem
	for _, c := range all {
		items = append(items, paletteItem{icon: "building", name: c.Name, href: foundAt(asks(l.T("search.filter.company"), c.Name))})
	}
	return items
}

// pagesOf are pages of one's own, and of other surfaces.
func (w *Workspace) pagesOf(q *web.Request, typed string) []paletteItem {
	l := q.Locale
	var items []paletteItem
	for _, p := range []web.Place{
		{Name: l.T("workspace.settings"), Path: "/desk/settings", Icon: "adjustments"},
		{Name: l.T("ui.profile"), Path: "/profile", Icon: "user-circle"},
		{Name: l.T("quarantine.name"), Path: "/desk/quarantine", Icon: "mail-off"},
		{Name: l.T("guide.name"), Path: "/help", Icon: "help"},
	} {
		if desk.Fits(p.Name, typed) {
			items = append(items, paletteItem{icon: p.Icon, name: p.Name, href: p.Path})
		}
	}
	if w.places == nil {
		return items
	}
	for _, p := range w.places(l, q.Actor, typed) {
		if len(items) < palettePages {
			items = append(items, paletteItem{icon: p.Icon, name: p.Name, hint: l.T("ui.admin"), href: p.Path})
		}
	}
	return items
}
