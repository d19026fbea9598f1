package desk

import (
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/index"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/search"
)

// filtering turns a question's filters into what the index and the tickets'
// rows are asked.
type filtering struct {
	desk   *Desk
	tx     store.Tx
	c      *catalogue
	by     okno.Actor
	narrow *store.Narrow
}

// forCustomers are the filters that the portal knows.
var forCustomers = []search.Key{search.KeyStatus, search.KeyCreated, search.KeyHas}

// apply adds a filter; false: its value means nothing, or nothing here.
func (f *filtering) apply(filter search.Filter) ([]store.Term, bool, error) {
	agent := f.by.Sees().Side() == okno.SideAgent
	if filter.Value == "" || !agent && !slices.Contains(forCustomers, filter.Key) || filter.Op != "" && filter.Key != search.KeyCreated {
		return nil, false, nil
	}
	value := fold(filter.Value)
	switch filter.Key {
	case search.KeyStatus:
		kinds := f.statuses(value)
		return nil, narrowTo(&f.narrow.Kinds, kinds), nil
	case search.KeyDepartment:
		var some []okno.DepartmentID
		for _, d := range f.c.departments {
			if strings.HasPrefix(fold(d.Name), value) {
				some = append(some, d.ID)
			}
		}
		return nil, narrowTo(&f.narrow.Departments, some), nil
	case search.KeyAssignee:
		ok, err := f.assignee(value)
		return nil, ok, err
	case search.KeyChannel:
		return nil, narrowTo(&f.narrow.Channels, channelsNamed[value]), nil
	case search.KeyCreated:
		return nil, f.created(filter), nil
	case search.KeyHas:
		return f.has(value, agent)
	case search.KeyCompany:
		return f.named(filter.Value, store.WordsCompany)
	case search.KeyRequester:
		return f.named(filter.Value, store.WordsRequester)
	}
	return nil, false, nil
}

// fold is a name without the differences that nobody means.
func fold(s string) string { return search.Fold(search.Normal(strings.TrimSpace(s))) }

// narrowTo leaves of what was asked so far only what is asked too; false: that
// means nothing.
func narrowTo[T comparable](so *[]T, some []T) bool {
	if len(some) == 0 {
		return false
	}
	if len(*so) > 0 {
		some = slices.DeleteFunc(slices.Clone(some), func(x T) bool { return !slices.Contains(*so, x) })
		if len(some) == 0 {
			some = make([]T, 1) // both at once: no ticket is of the zero kind
		}
	}
	*so = some
	return true
}

// kindNames are the product's own names of the kinds of status.
var kindNames = map[string]okno.StatusKind{
	"new": okno.StatusNew, "новая": okno.StatusNew,
	"open": okno.StatusOpen, "in progress": okno.StatusOpen, "в работе": okno.StatusOpen, "открыта": okno.StatusOpen,
	"waiting": okno.StatusWaiting, "waiting for customer": okno.StatusWaiting, "ожидает": okno.StatusWaiting, "ожидает ответа клиента": okno.StatusWaiting, "ожидает вашего ответа": okno.StatusWaiting,
	"hold": okno.StatusHold, "on hold": okno.StatusHold, "отложена": okno.StatusHold,
	"done": okno.StatusDone, "выполнено": okno.StatusDone, "выполнена": okno.StatusDone,
	"closed": okno.StatusClosed, "закрыта": okno.StatusClosed,
}

// statuses are the kinds of status that a name means: one, or the
// installation's own that begin so.
func (f *filtering) statuses(value string) []okno.StatusKind {
	if k, ok := kindNames[value]; ok {
		return []okno.StatusKind{k}
	}
	var kinds []okno.StatusKind
	for _, s := range f.c.statuses {
		for _, name := range s.Names {
			if strings.HasPrefix(fold(name), value) && !slices.Contains(kinds, s.Kind) {
				kinds = append(kinds, s.Kind)
			}
		}
	}
	return kinds
}

var (
	meNamed     = []string{"me", "я"}
	nobodyNamed = []string{"nobody", "none", "никто", "нет"}
)

func (f *filtering) assignee(value string) (bool, error) {
	switch {
	case slices.Contains(meNamed, value):
		return narrowTo(&f.narrow.Assignees, []okno.PersonID{f.by.Person}), nil
	case slices.Contains(nobodyNamed, value):
		f.narrow.Nobodys = true
		return true, nil
	}
	agents, err := f.tx.Agents()
	if err != nil {
		return false, err
	}
	var some []okno.PersonID
	for _, a := range agents {
		name := fold(a.Name)
		if strings.HasPrefix(name, value) || strings.Contains(name, " "+value) || strings.HasPrefix(fold(a.Address), value) {
			some = append(some, a.ID)
		}
	}
	return narrowTo(&f.narrow.Assignees, some), nil
}

var channelsNamed = map[string][]okno.Channel{
	"mail": {okno.ChannelMail}, "email": {okno.ChannelMail}, "e-mail": {okno.ChannelMail}, "почта": {okno.ChannelMail}, "письмо": {okno.ChannelMail},
	"web": {okno.ChannelWeb}, "site": {okno.ChannelWeb}, "сайт": {okno.ChannelWeb},
	"phone": {okno.ChannelPhone}, "телефон": {okno.ChannelPhone},
}

// fileNamed are the words for a file.
var fileNamed = []string{"file", "files", "файл", "файлы", "вложение"}

func (f *filtering) has(value string, agent bool) ([]store.Term, bool, error) {
	if !slices.Contains(fileNamed, value) {
		return nil, false, nil
	}
	signs := [][]string{{index.WithFile(true)}}
	if agent {
		signs = append(signs, []string{index.WithFile(false)})
	}
	return []store.Term{{In: []string{store.WordsScope}, Phrases: signs}}, true, nil
}

// named are all words of a name, the last of which may be a beginning.
func (f *filtering) named(value, column string) ([]store.Term, bool, error) {
	var terms []store.Term
	for _, p := range search.Read(`"` + strings.ReplaceAll(value, `"`, " ")).Phrases {
		last := fold(value[strings.LastIndexAny(value, " \t")+1:])
		if search.Plain(last) {
			p.Beginning = last
		}
		t, err := phraseTerm(f.tx, p, column)
		if err != nil {
			return nil, false, err
		}
		terms = append(terms, t)
	}
	return terms, len(terms) > 0, nil
}

// dateForms are how a day, a month or a year may be written, and how much time
// each is.
var dateForms = []struct {
	form                string
	years, months, days int
}{
	{"2006-01-02", 0, 0, 1}, {"02.01.2006", 0, 0, 1}, {"2.1.2006", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"01.2006", 0, 1, 0}, {"2006", 1, 0, 0},
}

// created narrows to a day, a month, a year, or what is before or after.
func (f *filtering) created(filter search.Filter) bool {
	for _, d := range dateForms {
		from, err := time.ParseInLocation(d.form, filter.Value, f.c.zone)
		if err != nil {
			continue
		}
		to := from.AddDate(d.years, d.months, d.days)
		since := func(t time.Time) {
			if t.After(f.narrow.From) {
				f.narrow.From = t
			}
		}
		before := func(t time.Time) {
			if f.narrow.To.IsZero() || t.Before(f.narrow.To) {
				f.narrow.To = t
			}
		}
		switch filter.Op {
		case ">":
			since(to)
		case ">=":
			since(from)
		case "<":
			before(from)
		case "<=":
			before(to)
		default:
			since(from)
			before(to)
		}
		return true
	}
	return false
}
