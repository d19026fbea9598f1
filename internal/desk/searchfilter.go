package desk

import (
	"slices"
	"strconv"
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

// dated are the filters that compare.
var dated = []search.Key{search.KeyCreated, search.KeyUpdated}

// apply adds a filter; false: its value means nothing, or nothing here. The
// terms are what it names, also where it asks for the rest.
func (f *filtering) apply(filter search.Filter) ([]store.Term, bool, error) {
	agent := f.by.Sees().Side() == okno.SideAgent
	if len(filter.Values) == 0 || !agent && !slices.Contains(forCustomers, filter.Key) || filter.Op != "" && !slices.Contains(dated, filter.Key) {
		return nil, false, nil
	}
	switch filter.Key {
	case search.KeyStatus:
		return nil, narrowBy(&f.narrow.Kinds, f.narrow, filter, okno.StatusKinds, f.statuses), nil
	case search.KeyDepartment:
		return nil, narrowBy(&f.narrow.Departments, f.narrow, filter, f.allDepartments(), f.departments), nil
	case search.KeyChannel:
		return nil, narrowBy(&f.narrow.Channels, f.narrow, filter, okno.Channels, func(value string) []okno.Channel { return channelsNamed[value] }), nil
	case search.KeyAssignee:
		ok, err := f.assignee(filter)
		return nil, ok, err
	case search.KeyTeam:
		return nil, f.team(filter), nil
	case search.KeyTag:
		return nil, f.tag(filter), nil
	case search.KeyCreated:
		return nil, f.dated(filter, &f.narrow.From, &f.narrow.To), nil
	case search.KeyUpdated:
		return nil, f.dated(filter, &f.narrow.Since, &f.narrow.Until), nil
	}
	switch filter.Key {
	case search.KeyHas:
		terms, ok := f.has(filter, agent)
		return terms, ok, nil
	case search.KeyCompany:
		return f.named(filter, store.WordsCompany)
	case search.KeyRequester:
		return f.named(filter, store.WordsRequester)
	case search.KeyDeadline:
		f.narrow.Past = f.desk.Now().UnixMicro()
		return nil, !filter.Not && slices.Contains(pastNamed, fold(filter.Value)), nil
	}
	return nil, false, nil
}

// meant is what the values of a filter mean together; false: one of them means
// nothing.
func meant[T comparable](filter search.Filter, means func(value string) []T) ([]T, bool) {
	var some []T
	for _, value := range filter.Values {
		found := means(fold(value))
		if len(found) == 0 {
			return nil, false
		}
		for _, x := range found {
			if !slices.Contains(some, x) {
				some = append(some, x)
			}
		}
	}
	return some, true
}

// narrowBy narrows to what a filter means, or to the rest of all there is;
// false: it means nothing.
func narrowBy[T comparable](so *[]T, n *store.Narrow, filter search.Filter, all []T, means func(value string) []T) bool {
	some, ok := meant(filter, means)
	if !ok {
		return false
	}
	if filter.Not {
		some = slices.DeleteFunc(slices.Clone(all), func(x T) bool { return slices.Contains(some, x) })
	}
	narrowTo(so, n, some)
	return true
}

// narrowTo leaves of what was asked so far only what is asked too.
func narrowTo[T comparable](so *[]T, n *store.Narrow, some []T) {
	if len(*so) > 0 {
		some = slices.DeleteFunc(slices.Clone(some), func(x T) bool { return !slices.Contains(*so, x) })
	}
	*so = some
	n.None = n.None || len(some) == 0
}

// fold is a name without the differences that nobody means.
func fold(s string) string { return search.Fold(search.Normal(strings.TrimSpace(s))) }

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

func (f *filtering) assignee(filter search.Filter) (bool, error) {
	var agents []okno.Person
	for _, value := range filter.Values {
		if agents == nil && !slices.Contains(meNamed, fold(value)) && !slices.Contains(nobodyNamed, fold(value)) {
			var err error
			if agents, err = f.tx.Agents(); err != nil {
				return false, err
			}
		}
	}
	some, ok := meant(filter, func(value string) []okno.PersonID {
		switch {
		case slices.Contains(meNamed, value):
			return []okno.PersonID{f.by.Person}
		case slices.Contains(nobodyNamed, value):
			return []okno.PersonID{0}
		}
		return agentsNamed(agents, value)
	})
	switch {
	case !ok:
		return false, nil
	case filter.Not:
		f.narrow.NotAssignees = append(f.narrow.NotAssignees, some...)
	default:
		narrowTo(&f.narrow.Assignees, f.narrow, some)
	}
	return true, nil
}

// agentsNamed are the agents whom a value means: the one of that ref, else
// those who have a name or an address that begins so.
func agentsNamed(agents []okno.Person, value string) (some []okno.PersonID) {
	for _, a := range agents {
		if fold(string(a.Ref)) == value {
			return []okno.PersonID{a.ID}
		}
		name := fold(a.Name)
		if strings.HasPrefix(name, value) || strings.Contains(name, " "+value) || strings.HasPrefix(fold(a.Address), value) {
			some = append(some, a.ID)
		}
	}
	return some
}

func (f *filtering) allDepartments() (all []okno.DepartmentID) {
	for _, d := range f.c.departments {
		all = append(all, d.ID)
	}
	return all
}

func (f *filtering) departments(value string) (some []okno.DepartmentID) {
	for _, d := range f.c.departments {
		if fold(string(d.Ref)) == value {
			return []okno.DepartmentID{d.ID}
		}
		if strings.HasPrefix(fold(d.Name), value) {
			some = append(some, d.ID)
		}
	}
	return some
}

// mineNamed are the words for the teams that one is in.
var mineNamed = []string{"mine", "мои", "моя"}

// team narrows to the work of teams. Who is in none has none of theirs.
func (f *filtering) team(filter search.Filter) bool {
	mine := false
	some, ok := meant(filter, func(value string) (some []okno.TeamID) {
		if slices.Contains(mineNamed, value) {
			mine = true
			return append(f.c.teamsFor(f.by), 0)
		}
		for _, t := range f.c.teams {
			if fold(string(t.Ref)) == value {
				return []okno.TeamID{t.ID}
			}
			if strings.HasPrefix(fold(t.Name), value) {
				some = append(some, t.ID)
			}
		}
		return some
	})
	if mine {
		some = slices.DeleteFunc(some, func(t okno.TeamID) bool { return t == 0 })
	}
	switch {
	case !ok:
		return false
	case filter.Not:
		f.narrow.NotTeams = append(f.narrow.NotTeams, some...)
	default:
		narrowTo(&f.narrow.Teams, f.narrow, some)
	}
	return true
}

// tag narrows to tickets with one of some tags, or with none of them.
func (f *filtering) tag(filter search.Filter) bool {
	some, ok := meant(filter, f.c.tagsNamed)
	switch {
	case !ok:
		return false
	case filter.Not:
		f.narrow.NotTags = append(f.narrow.NotTags, some...)
	default:
		f.narrow.Tags = append(f.narrow.Tags, some)
	}
	return true
}

// pastNamed are the words for a deadline that is over.
var pastNamed = []string{"past", "прошел", "истек"}

var channelsNamed = map[string][]okno.Channel{
	"mail": {okno.ChannelMail}, "email": {okno.ChannelMail}, "e-mail": {okno.ChannelMail}, "почта": {okno.ChannelMail}, "письмо": {okno.ChannelMail},
	"web": {okno.ChannelWeb}, "site": {okno.ChannelWeb}, "сайт": {okno.ChannelWeb},
	"phone": {okno.ChannelPhone}, "телефон": {okno.ChannelPhone},
}

// fileNamed are the words for a file.
var fileNamed = []string{"file", "files", "файл", "файлы", "вложение"}

// callNamed are the words for a call that is asked for.
var callNamed = []string{"call", "звонок"}

// has narrows to what a ticket has, or has nothing of. A file stands in the
// index and a call in a row, so that one or the other cannot be asked for.
func (f *filtering) has(filter search.Filter, agent bool) (terms []store.Term, ok bool) {
	if len(filter.Values) > 1 && !filter.Not {
		return nil, false
	}
	for _, value := range filter.Values {
		switch value = fold(value); {
		case agent && slices.Contains(callNamed, value):
			f.narrow.Calls, f.narrow.NoCalls = f.narrow.Calls || !filter.Not, f.narrow.NoCalls || filter.Not
		case slices.Contains(fileNamed, value):
			signs := []string{index.WithFile(true)}
			if agent {
				signs = append(signs, index.WithFile(false))
			}
			terms = append(terms, signsTerm(signs))
		default:
			return nil, false
		}
	}
	return terms, true
}

// maxNames bounds the names of one filter.
const maxNames = 12

// named are names, each of words side by side, the last of which may be a
// beginning.
func (f *filtering) named(filter search.Filter, column string) ([]store.Term, bool, error) {
	if len(filter.Values) > maxNames {
		return nil, false, nil
	}
	all := store.Term{In: []string{column}}
	for _, value := range filter.Values {
		phrases := search.Read(`"` + strings.ReplaceAll(value, `"`, " ")).Phrases
		if len(phrases) == 0 {
			return nil, false, nil
		}
		p := phrases[0]
		if last := fold(value[strings.LastIndexAny(value, " \t")+1:]); search.Plain(last) {
			p.Beginning = last
		}
		t, err := f.desk.phraseTerm(f.tx, p, column)
		if err != nil {
			return nil, false, err
		}
		all.Phrases = append(all.Phrases, t.Phrases...)
	}
	return []store.Term{all}, true, nil
}

// dateForms are how a day, a month or a year may be written, and how much time
// each is.
var dateForms = []struct {
	form                string
	years, months, days int
}{
	{"2006-01-02", 0, 0, 1}, {"02.01.2006", 0, 0, 1}, {"2.1.2006", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"01.2006", 0, 1, 0}, {"2006", 1, 0, 0},
}

// dated narrows a time to a day, a month, a year, or what is before or after;
// and "7d" to the last so many days (">7d": to what is older).
func (f *filtering) dated(filter search.Filter, from, to *time.Time) bool {
	since := func(t time.Time) {
		if t.After(*from) {
			*from = t
		}
	}
	before := func(t time.Time) {
		if to.IsZero() || t.Before(*to) {
			*to = t
		}
	}
	if days, ok := daysAgo(filter.Value); ok && !filter.Not {
		at := f.desk.Now().AddDate(0, 0, -days)
		if filter.Op == ">" || filter.Op == ">=" {
			before(at)
		} else {
			since(at)
		}
		return true
	}
	for _, d := range dateForms {
		first, err := time.ParseInLocation(d.form, filter.Value, f.c.zone)
		if err != nil || filter.Not {
			continue
		}
		last := first.AddDate(d.years, d.months, d.days)
		switch filter.Op {
		case ">":
			since(last)
		case ">=":
			since(first)
		case "<":
			before(first)
		case "<=":
			before(last)
		default:
			since(first)
			before(last)
		}
		return true
	}
	return false
}

// daysAgo reads a number of days: "7d".
func daysAgo(value string) (int, bool) {
	number, isDays := strings.CutSuffix(fold(value), "d")
	if !isDays {
		number, isDays = strings.CutSuffix(fold(value), "д")
	}
	n, err := strconv.Atoi(number)
	return n, isDays && err == nil && n > 0 && n <= okno.MaxDays
}
