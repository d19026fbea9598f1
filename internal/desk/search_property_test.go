package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/search"
)

// spoken are forms of few words, so that many texts share them.
var spoken = []string{
	"принтер", "Принтеры", "принтером", "счёт", "счета", "СЧЕТУ", "ёлка", "елки", "не", "печатает", "печатать", "печать", "сканер", "МФУ-4410", "4410",
	"printer", "Printers", "print", "connected", "connection", "the", "it", "invoice", "invoices", "mf4410", "Ромашка", "п", "при", "prin",
}

// anyText draws words and whatever else may stand in a text.
func anyText(most int) *rapid.Generator[string] {
	word := rapid.OneOf(rapid.SampledFrom(spoken), rapid.SampledFrom(spoken), rapid.SampledFrom(spoken),
		rapid.SampledFrom([]string{"it's", `a\b`, "'", "{x}", "&", "|", "!", "(", "¶", "d1", "file", "й", "é", "日本", "🖨", "<b>", "OR", "AND", "NEAR"}),
		rapid.StringN(1, 6, 12))
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(1, most).Draw(t, "words") {
			b.WriteString(word.Draw(t, "word"))
			b.WriteString(rapid.SampledFrom([]string{" ", " ", " ", ", ", "\n", "-", ". "}).Draw(t, "between"))
		}
		return b.String()
	})
}

// anyQuestion draws words, beginnings, phrases and filters.
func anyQuestion() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var parts []string
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0, 1:
				parts = append(parts, `"`+anyText(3).Draw(t, "phrase")+`"`)
			case 2:
				parts = append(parts, rapid.SampledFrom([]string{"status:new", "статус:новая", "assignee:nobody", "отдел:second", "created:2026", "канал:сайт", "requester:car", "has:file",
					"-requester:car", "-постановщик:dor,nobody", "-has:file", "-есть:файл,звонок", "-company:ромашка", "-компания:ром", "компания:ромашка,acme"}).Draw(t, "filter"))
			case 3:
				parts = append(parts, anyText(2).Draw(t, "anything"))
			default:
				parts = append(parts, rapid.SampledFrom(spoken).Draw(t, "word"))
			}
		}
		end := rapid.SampledFrom([]string{"", " "}).Draw(t, "end")
		return strings.Join(parts, " ") + end
	})
}

// spokenIn reports whether a text has a phrase, found without an index.
func spokenIn(text string, p search.Phrase) bool {
	stems := search.Stems(text, 10_000)
	for at := 0; at+len(p.Stems) <= len(stems); at++ {
		if last := len(p.Stems) - 1; slices.Equal(stems[at:at+last], p.Stems[:last]) {
			if w := stems[at+last]; w == p.Stems[last] || p.Beginning != "" && search.Plain(w) && strings.HasPrefix(w, p.Beginning) {
				return true
			}
		}
	}
	return false
}

// written is a ticket of whom which texts are known.
type written struct {
	number       okno.Number
	open, inside []string // what its customers may read, what only agents may
	dep          okno.DepartmentID
	asks         string
	company      string
}

// isAs reports whether the ticket is as a filter asks; known: it can be told from
// what is known of the ticket.
func (w written) isAs(f search.Filter) (is, known bool) {
	switch f.Key {
	case search.KeyHas: // none has a file, none a call
	case search.KeyRequester, search.KeyCompany:
		is = slices.ContainsFunc(f.Values, func(v string) bool {
			name := w.asks
			if f.Key == search.KeyCompany {
				name = w.company
			}
			return strings.HasPrefix(strings.ToLower(name), v)
		})
	default:
		return false, false
	}
	return is != f.Not, true
}

func (w written) has(q search.Question, agent bool) bool {
	for _, f := range q.Filters {
		if is, _ := w.isAs(f); !is {
			return false
		}
	}
	pieces := w.open
	if agent {
		pieces = append(slices.Clone(w.open), w.inside...)
	}
	for _, p := range q.Phrases {
		if !slices.ContainsFunc(pieces, func(text string) bool { return spokenIn(text, p) }) {
			return false
		}
	}
	return true
}

// Whatever is written and whatever is asked: both databases find the same, and
// the same as somebody who reads every text that the asker may read.
func TestAnySearchFindsTheSameOnBothDatabases(t *testing.T) {
	both := []*rig{newRig(t, dbtest.Open(t, dbtest.SQLite(t))), newRig(t, dbtest.Open(t, dbtest.Postgres(t)))}
	for _, r := range both {
		r.firm("1", func(f *desk.CompanyForm) {
			f.Name, f.AdminName, f.AdminAddress = "Ромашка", "Dora", "dora@customer.example"
		})
	}
	var all []written
	n := 0
	write := func(t *rapid.T) {
		n++
		w := written{asks: rapid.SampledFrom([]string{"Carl", "Dora"}).Draw(t, "asks"), dep: 0}
		subject, text := anyText(4).Draw(t, "subject"), anyText(12).Draw(t, "text")
		note, second := rapid.SampledFrom([]string{"", anyText(5).Draw(t, "note")}).Draw(t, "noted"), rapid.Bool().Draw(t, "second")
		for i, r := range both {
			o, err := r.OpenTicket(r.ctx(), okno.Nobody("ru"), desk.Opening{
				Key: fmt.Sprint("a ticket of any words ", n), Name: w.asks, Address: strings.ToLower(w.asks) + "@customer.example", Channel: okno.ChannelWeb, Subject: subject, Text: text, Lang: "ru",
			})
			if err != nil {
				return // it has no word
			}
			if note != "" {
				if _, err := r.AddNote(r.ctx(), r.ann, o.Number, desk.Words{Key: fmt.Sprint("a note ", n), Text: note, Channel: okno.ChannelWeb}); err != nil {
					note = "" // it has no word
				}
			}
			if second {
				must(r.t, r.Transfer(r.ctx(), r.ann, o.Number, r.second.Ref, 0))
			}
			if i == 0 {
				w.number = o.Number
			} else if w.number != o.Number {
				t.Fatalf("the ticket is %s in one database, %s in the other", w.number, o.Number)
			}
			r.indexed()
		}
		kept, err := both[0].Ticket(both[0].ctx(), both[0].admin, w.number, 0)
		must(both[0].t, err)
		w.dep, w.company = kept.Ticket.Department, kept.Company.Name
		w.open = []string{string(w.number), kept.Ticket.Subject, w.asks, w.company}
		w.inside = []string{strings.ToLower(w.asks) + "@customer.example"}
		for _, m := range kept.Messages {
			if m.Kind == okno.Note {
				w.inside = append(w.inside, m.Text)
			} else {
				w.open = append(w.open, m.Text)
			}
		}
		all = append(all, w)
	}
	ask := func(t *rapid.T) {
		text := anyQuestion().Draw(t, "question")
		q := search.Read(text)
		for _, who := range []string{"Ada", "Ann", "Bob", "Carl"} {
			var got [2][]okno.Number
			for i, r := range both {
				by := map[string]okno.Actor{"Ada": r.admin, "Ann": r.ann, "Bob": r.bob}[who]
				if who == "Carl" {
					by = r.asker("Carl")
				}
				got[i] = r.finds(by, text)
			}
			if !slices.Equal(got[0], got[1]) {
				t.Fatalf("%s finds for %q\n%v in SQLite and\n%v in PostgreSQL", who, text, got[0], got[1])
			}
			unknown := slices.ContainsFunc(q.Filters, func(f search.Filter) bool {
				_, known := written{}.isAs(f)
				return !known || who == "Carl" && f.Value != "file" // others are not for customers
			})
			if unknown || q.Empty() {
				continue
			}
			var want []okno.Number
			for _, w := range slices.Backward(all) {
				sees := who == "Ada" || who == "Ann" && w.dep == both[0].first.ID || who == "Bob" && w.dep == both[0].second.ID || who == w.asks
				if sees && w.has(q, who != "Carl") && len(want) < 25 {
					want = append(want, w.number)
				}
			}
			if !slices.Equal(got[0], want) {
				t.Fatalf("%s finds for %q\n%v; whoever reads all finds\n%v", who, text, got[0], want)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		write(t)
		ask(t)
	})
}
