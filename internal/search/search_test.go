package search_test

import (
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/oknodesk/okno/internal/search"
)

func TestFormsOfAWordAreOneWord(t *testing.T) {
	for _, forms := range []string{
		"принтер принтера принтеры принтерами Принтер",
		"счёт счета счёту СЧЕТА",
		"печатает печатать печатал",
		"printer printers Printer",
		"connected connecting connection connect",
	} {
		words := strings.Fields(forms)
		for _, w := range words[1:] {
			if got, want := search.Stem(w), search.Stem(words[0]); got != want {
				t.Errorf("%s is compared as %q, %s as %q", w, got, words[0], want)
			}
		}
	}
	for _, pair := range [][2]string{{"принтер", "принц"}, {"mf4410", "mf4411"}, {"100001s", "100001"}} {
		if search.Stem(pair[0]) == search.Stem(pair[1]) {
			t.Errorf("%s and %s are compared as the same", pair[0], pair[1])
		}
	}
}

func TestWordsAreFoundWhateverStandsBetweenThem(t *testing.T) {
	got := search.Stems("#100001: МФУ-4410 «Ромашка»\nivan@shop.example — не\u00a0печатает!", 100)
	want := []string{"100001", "мфу", "4410", "ромашк", "ivan", "shop", search.Stem("example"), "не", "печата"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the words are %q, want %q", got, want)
	}
	// и + a breve that stands apart, as one system writes й in file names.
	if a, b := search.Stems("счётный.pdf", 9), search.Stems("счётный.pdf", 9); !reflect.DeepEqual(a, b) {
		t.Errorf("%q and %q look the same and differ", a, b)
	}
	if got := search.Stems(strings.Repeat("слово ", 50), 7); len(got) != 7 {
		t.Errorf("%d words, 7 allowed", len(got))
	}
}

func TestEveryLetterIsBroughtIntoItsForm(t *testing.T) {
	for r := rune(0); r < 0x3000; r++ {
		for _, text := range []string{string(r), "е" + string(r)} {
			if got, want := search.Normal(text), norm.NFC.String(text); got != want {
				t.Fatalf("%U: %+q becomes %+q, Unicode says %+q", r, text, got, want)
			}
		}
	}
}

func TestQuestionIsRead(t *testing.T) {
	phrase := func(stems ...string) search.Phrase { return search.Phrase{Stems: stems} }
	for text, want := range map[string]search.Question{
		"":               {},
		"   ":            {},
		"принтеры ок":    {Phrases: []search.Phrase{phrase("принтер"), {Stems: []string{"ок"}, Beginning: "ок"}}},
		"принтеры ":      {Phrases: []search.Phrase{phrase("принтер")}},
		`"не печатает" `: {Phrases: []search.Phrase{phrase("не", "печата")}},
		`«не печатает»`:  {Phrases: []search.Phrase{phrase("не", "печата")}},
		`"never closed`:  {Phrases: []search.Phrase{phrase("never", "close")}},
		"не в сети ":     {Phrases: []search.Phrase{phrase(search.Stem("сети"))}},
		"mf-4410":        {Phrases: []search.Phrase{phrase("mf", "4410")}},
		"status:open исполнитель:я ": {Filters: []search.Filter{
			{Key: search.KeyStatus, Text: "status:open", Value: "open", Values: []string{"open"}}, {Key: search.KeyAssignee, Text: "исполнитель:я", Value: "я", Values: []string{"я"}},
		}},
		`компания:"Рога и копыта" счёт `: {
			Phrases: []search.Phrase{phrase("счет")},
			Filters: []search.Filter{{Key: search.KeyCompany, Text: `компания:"Рога и копыта"`, Value: "Рога и копыта", Values: []string{"Рога и копыта"}}},
		},
		"created:>=2026-01-02": {Filters: []search.Filter{{Key: search.KeyCreated, Text: "created:>=2026-01-02", Op: ">=", Value: "2026-01-02", Values: []string{"2026-01-02"}}}},
		"-status:new,closed ":  {Filters: []search.Filter{{Key: search.KeyStatus, Text: "-status:new,closed", Not: true, Value: "new,closed", Values: []string{"new", "closed"}}}},
		`метка:"a, b"`:         {Filters: []search.Filter{{Key: search.KeyTag, Text: `метка:"a, b"`, Value: "a, b", Values: []string{"a, b"}}}},
		"http://x.example ":    {Phrases: []search.Phrase{phrase("http", "x", search.Stem("example"))}},
	} {
		if got := search.Read(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is read as\n%+v, want\n%+v", text, got, want)
		}
	}
	if n := len(search.Read(strings.Repeat("слово ", 1000)).Phrases); n > 12 {
		t.Errorf("a question has %d words", n)
	}
}

func TestEndOfAQuestionIsWhereOneTypes(t *testing.T) {
	for typed, want := range map[string][3]string{
		"":                 {"", "", ""},
		"принтер":          {"", "", "принтер"},
		"принтер ":         {"принтер ", "", ""},
		"принтер ста":      {"принтер ", "", "ста"},
		"status:":          {"", "status", ""},
		"лампа статус:нов": {"лампа ", "статус", "нов"},
		`лампа компания:"Рога и ко`:    {"лампа ", "компания", "Рога и ко"},
		`компания:"Рога и копыта"`:     {`компания:"Рога и копыта"`, "", ""},
		`компания:"Рога и копыта" лам`: {`компания:"Рога и копыта" `, "", "лам"},
		`"не печ`:           {`"не печ`, "", ""},
		"created:>2026":     {"", "created", ">2026"},
		"http://x":          {"", "", "http://x"},
		"постановщик:«Иван": {"", "постановщик", "Иван"},
	} {
		before, filter, begun := search.Typing(typed)
		if got := [3]string{before, filter, begun}; got != want {
			t.Errorf("%q is typed as %q, want %q", typed, got, want)
		}
	}
}

func TestHitsAreMarkedWhereTheyStand(t *testing.T) {
	m := search.Read(`принтеры "не печатает" скан`).Marker()
	got := m.Mark("Принтер, который НЕ печатал, сканировал.")
	want := []search.Piece{{Text: "Принтер", Hit: true}, {Text: ", который "}, {Text: "НЕ", Hit: true}, {Text: " "}, {Text: "печатал", Hit: true}, {Text: ", "}, {Text: "сканировал", Hit: true}, {Text: "."}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("marked as %v, want %v", got, want)
	}
	long := strings.Repeat("Слова до него. ", 40) + "И вот принтер.\n\n" + strings.Repeat("Слова за ним. ", 40)
	var text strings.Builder
	for _, p := range m.Excerpt(long) {
		text.WriteString(p.Text)
	}
	if s := text.String(); !strings.Contains(s, "вот принтер. Слова") || !strings.HasPrefix(s, "…") || !strings.HasSuffix(s, "…") || len(s) > 400 {
		t.Errorf("the excerpt is %q", s)
	}
	if m.Excerpt("Ничего такого.") != nil || m.Hits("Ничего такого.") {
		t.Error("a hit was found where there is none")
	}
}

func FuzzReadAndMark(f *testing.F) {
	f.Add(`принтеры "не печатает`, "Принтер й не\u0301 печатает")
	f.Add("status:«x\xff", "\xff\u0306x")
	f.Fuzz(func(t *testing.T, question, text string) {
		m := search.Read(question).Marker()
		var joined strings.Builder
		for _, p := range m.Mark(text) {
			joined.WriteString(p.Text)
		}
		if joined.String() != search.Normal(text) {
			t.Errorf("marking changed %q into %q", text, joined.String())
		}
		m.Excerpt(text)
		search.Stems(text, 1000)
	})
}
