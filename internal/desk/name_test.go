package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// named is whom a beginning finds, in one line.
func (r *rig) named(by okno.Actor, typed string) string {
	r.t.Helper()
	n, err := r.Names(r.ctx(), by, typed, desk.NameOfRequester, desk.NameOfCompany, desk.NameOfAgent, desk.NameOfDepartment)
	must(r.t, err)
	var all []string
	for _, p := range n.Requesters {
		all = append(all, p.Name)
	}
	for _, c := range n.Companies {
		all = append(all, "company "+c.Name)
	}
	for _, p := range n.Agents {
		all = append(all, "agent "+p.Name)
	}
	for _, d := range n.Departments {
		all = append(all, "department "+d.Name)
	}
	return strings.Join(all, ", ")
}

func TestNamesAreFoundByTheBeginningOfAnyWordAmongWhatTheAgentSees(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for i := range 30 { // words of texts that begin so, more often than any name
			r.files("Anton Novak", "Lamp", strings.Repeat(fmt.Sprintf("pe%c%c ", 'a'+i%26, 'a'+i/26), 3))
		}
		r.files("Ольга Петрова", "Лампа", "Мигает.")
		hidden := r.files("Пётр Скрытный", "Лампа", "Погасла.")
		r.files("Pete Small", "Lamp", "Dark.")
		must(t, r.Transfer(r.ctx(), r.ann, hidden, r.second.Ref, 0))
		firm := r.firm("7", func(f *desk.CompanyForm) { f.Name = "Рога и Копыта" })
		_, err := r.OpenTicket(r.ctx(), firm.admin(), desk.Opening{Key: "of the firm itself", Channel: okno.ChannelWeb, Subject: "Копыто", Text: "Стучит."})
		must(t, err)
		r.firm("8", func(f *desk.CompanyForm) { f.Name = "Копилка" }) // it has no ticket
		r.indexed()
		for _, c := range []struct {
			who   string
			by    okno.Actor
			typed string
			want  string
		}{
			{"Ann", r.ann, "пет", "Ольга Петрова"},
			{"Ann", r.ann, "оль пет", "Ольга Петрова"},
			{"Ann", r.ann, "пётр", "Ольга Петрова"},
			{"Bob", r.bob, "пет", "Пётр Скрытный"},
			{"Ada", r.admin, "петр", "Пётр Скрытный, Ольга Петрова"},
			{"Ann", r.ann, "pe", "Pete Small"},
			{"Ann", r.ann, "коп", "company Рога и Копыта"},
			{"Bob", r.bob, "коп", ""},
			{"Ann", r.ann, "an", "Anton Novak, agent Ann"},
			{"Ann", r.ann, "sec", ""},
			{"Bob", r.bob, "sec", "department Second"},
			{"Ann", r.ann, "нету", ""},
		} {
			if got := r.named(c.by, c.typed); got != c.want {
				t.Errorf("%s finds %q for %q, want %q", c.who, got, c.typed, c.want)
			}
		}
	})
}

func TestPaletteFindsTicketsByNumberWordsAndWhatWasOpenLast(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var all []okno.Number
		for i := range 9 {
			all = append(all, r.files("Carl", fmt.Sprint("Лампа ", i), "Мигает."))
		}
		must(t, r.Transfer(r.ctx(), r.ann, all[8], r.second.Ref, 0))
		r.indexed()
		numbers := func(by okno.Actor, text string, recent ...okno.Number) []okno.Number {
			t.Helper()
			found, err := r.Palette(r.ctx(), by, desk.Sought{Text: text, Recent: recent})
			must(t, err)
			var n []okno.Number
			for _, row := range found.Tickets {
				n = append(n, row.Number)
			}
			return n
		}
		for _, c := range []struct {
			by     okno.Actor
			text   string
			recent []okno.Number
			want   []okno.Number
		}{
			{r.ann, "#" + string(all[2]), nil, all[2:3]},
			{r.ann, string(all[8]), nil, nil}, // another department's
			{r.bob, string(all[8]), nil, all[8:9]},
			{r.ann, "10000", nil, []okno.Number{all[7], all[6], all[5], all[4], all[3], all[2]}},
			{r.bob, "10000", nil, all[8:9]},
			{r.ann, "лампы", nil, []okno.Number{all[7], all[6], all[5], all[4], all[3], all[2]}},
			{r.ann, "лампы", []okno.Number{all[0], all[4], all[8]}, []okno.Number{all[0], all[4], all[7], all[6], all[5], all[3]}},
			{r.ann, "", []okno.Number{all[1], all[8], "999999", all[0]}, []okno.Number{all[1], all[0]}},
			{r.ann, "", nil, nil},
		} {
			if got := numbers(c.by, c.text, c.recent...); !slices.Equal(got, c.want) {
				t.Errorf("%q with %v open last finds %v, want %v", c.text, c.recent, got, c.want)
			}
		}
		known := func(by okno.Actor, text string) int {
			t.Helper()
			found, err := r.Palette(r.ctx(), by, desk.Sought{Text: text})
			must(t, err)
			return len(found.Known)
		}
		if known(r.admin, "carl@") != 1 || known(r.ann, "carl@") != 0 {
			t.Error("a person is found by his address by who manages people, and by nobody else")
		}
	})
}
