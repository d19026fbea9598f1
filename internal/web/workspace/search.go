package workspace

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
)

// offer is a way to go on with a line that is being typed.
type offer struct {
	Text string `json:"text"` // the whole line with it
	Name string `json:"name"`
	Hint string `json:"hint"`
}

// offersShown is how many there are at most.
const offersShown = 8

// offering collects offers for what is typed.
type offering struct {
	w             *Workspace
	q             *web.Request
	before, begun string // what stands before the part that is typed, and that part
	found         []offer
}

// offers answers the search box while one types: filters, and the values of
// the one that was begun, with the names that its reader may know.
func (w *Workspace) offers(q *web.Request) error {
	typed := q.Query("q")
	if len(typed) > desk.MaxWords {
		typed = ""
	}
	before, key, begun := desk.Typing(typed)
	o := offering{w: w, q: q, before: before, begun: begun, found: []offer{}}
	var err error
	if key == "" {
		err = o.terms()
	} else {
		err = o.values(key)
	}
	if err != nil {
		return err
	}
	return answerOffers(q, o.found)
}

// answerOffers says what is offered, the first few of it.
func answerOffers(q *web.Request, found []offer) error {
	found = found[:min(len(found), offersShown)]
	return q.JSON(http.StatusOK, struct {
		Offers []offer `json:"offers"`
		Said   string  `json:"said"`
	}{found, q.Locale.N("search.offers", len(found))})
}

// add offers a filter with a value, unless it is there already.
func (o *offering) add(key, value, hint string) {
	text := value
	if strings.ContainsAny(value, " \t") {
		text = `"` + value + `"`
	}
	for _, f := range o.found {
		if f.Text == o.before+key+":"+text+" " {
			return
		}
	}
	o.found = append(o.found, offer{o.before + key + ":" + text + " ", value, hint})
}

// terms offers the filters whose name is begun, and whoever is.
func (o *offering) terms() error {
	l := o.q.Locale
	begun, not := strings.CutPrefix(o.begun, "-")
	minus := o.begun[:len(o.begun)-len(begun)]
	for _, f := range desk.Filters {
		if not && !slices.Contains(okno.ViewField(f).Ops(), okno.OpNot) {
			continue
		}
		if name := l.T("search.filter." + f); strings.HasPrefix(name, strings.ToLower(begun)) {
			o.found = append(o.found, offer{o.before + minus + name + ":", minus + name + ":", l.T("search.filter." + f + ".hint")})
		}
	}
	if not {
		return nil
	}
	if len([]rune(o.begun)) < 2 {
		return nil
	}
	return o.names("", desk.NameOfRequester, desk.NameOfCompany, desk.NameOfAgent, desk.NameOfDepartment)
}

// names offers whoever may be meant, by a filter as it was typed, or ("") by
// the one of what he is.
func (o *offering) names(key string, kinds ...desk.NameKind) error {
	names, err := o.w.desk.Names(o.q.Context(), o.q.Actor, o.begun, kinds...)
	if err != nil {
		return err
	}
	add := func(kind desk.NameKind, name string) {
		if filter := o.q.Locale.T("search.filter." + string(kind)); key == "" {
			o.add(filter, name, filter)
		} else {
			o.add(key, name, "")
		}
	}
	for _, p := range names.Requesters {
		add(desk.NameOfRequester, bare(p.Short()))
	}
	for _, c := range names.Companies {
		add(desk.NameOfCompany, bare(c.Name))
	}
	for _, p := range names.Agents {
		add(desk.NameOfAgent, bare(p.Name))
	}
	for _, d := range names.Departments {
		add(desk.NameOfDepartment, bare(d.Name))
	}
	return nil
}

// bare is a name without the marks that would end its quotation.
func bare(name string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`"«»“”„`, r) {
			return -1
		}
		return r
	}, name))
}

// values offers the values of a filter that is named as it was typed.
func (o *offering) values(key string) error {
	l, now := o.q.Locale, o.w.desk.Now()
	var fixed []string
	switch desk.FilterNamed(key) {
	case "status":
		statuses, err := o.w.desk.Statuses(o.q.Context())
		if err != nil {
			return err
		}
		for _, s := range statuses {
			fixed = append(fixed, strings.ToLower(statusName(l, s)))
		}
	case "assignee":
		fixed = []string{l.T("search.me"), l.T("search.nobody")}
	case "channel":
		fixed = []string{l.T("search.mail"), l.T("search.web"), l.T("search.phone")}
	case "has":
		fixed = []string{l.T("search.file"), l.T("search.call")}
	case "deadline":
		fixed = []string{l.T("search.past")}
	case "tag":
		tags, err := o.w.desk.Tags(o.q.Context(), o.q.Actor)
		if err != nil {
			return err
		}
		for _, t := range tags {
			fixed = append(fixed, t.Name)
		}
	case "team":
		choices, err := o.w.desk.ViewChoices(o.q.Context(), o.q.Actor)
		if err != nil {
			return err
		}
		fixed = []string{l.T("search.mine")}
		for _, t := range choices.Teams {
			fixed = append(fixed, bare(t.Name))
		}
	case "updated":
		fixed = []string{l.T("search.week"), ">" + l.T("search.week")}
	case "created":
		fixed = []string{now.Format(time.DateOnly), ">" + now.AddDate(0, 0, -7).Format(time.DateOnly), now.Format("2006-01"), now.Format("2006")}
	}
	for _, value := range fixed {
		if strings.HasPrefix(value, o.begun) || desk.Fits(value, o.begun) && !strings.HasPrefix(value, ">") {
			o.add(key, value, "")
		}
	}
	switch kind := desk.NameKind(desk.FilterNamed(key)); kind {
	case desk.NameOfRequester, desk.NameOfCompany, desk.NameOfAgent, desk.NameOfDepartment:
		return o.names(key, kind)
	}
	return nil
}

// asks is the question that a filter with this value is.
func asks(filter, value string) string { return filter + `:"` + bare(value) + `"` }

// numbersOf reads the numbers of tickets, with commas between, from an address.
func numbersOf(text string) []okno.Number {
	var numbers []okno.Number
	for n := range strings.SplitSeq(text, ",") {
		if n != "" && len(n) <= maxNumber && len(numbers) < desk.MaxRecent {
			numbers = append(numbers, okno.Number(n))
		}
	}
	return numbers
}
