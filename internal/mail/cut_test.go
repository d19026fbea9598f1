package mail

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const earlier = "On Wed, 18 Nov 2026 at 12:30, Support <s@desk.example> wrote:"

func TestCutQuoteKeepsWhatIsNotSurelyQuoted(t *testing.T) {
	for name, text := range map[string]string{
		"marks without attribution":   "The log:\n> error 15\nWhat is it?",
		"answers between the lines":   earlier + "\n> Which floor?\nThe second.\n> Which printer?\nThe black one.",
		"only a quotation":            earlier + "\n> Which floor?\n",
		"only a quotation and rules":  "-----Original Message-----\nFrom: Support\nSent: today\nSubject: x\n\nwords",
		"a forward":                   "See below.\n-------- Пересылаемое сообщение --------\nОт: a\nДата: b\nТема: c\n\nwords",
		"a forward in English":        "See below.\n---------- Forwarded message ---------\nFrom: a\nDate: b\nSubject: c\n\nwords",
		"a sentence with wrote":       "Yesterday the manager wrote:\nplease wait",
		"a list after a date":         "18.11.2026 в 12:30 было так:\nсначала ошибка",
		"a header alone":              "From: the left side\nto the right side it smokes",
		"dashes in a table":           "a\n--\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n",
		"a signature with no words":   "-- \nAnn",
		"nothing":                     "",
		"a sentence after a name":     "It prints.\n\nRegards,\nAnn\nThe second printer is still broken.",
		"best as a word":              "It prints.\nBest thing ever.\nBye",
		"cheers in a sentence":        "Thanks.\nCheers! It works now.",
		"a letter sent from a room":   "Where is it?\nSent from my office yesterday",
		"sent by the bookkeepers":     "Где письмо?\nОтправлено из бухгалтерии вчера",
		"what a form on a site sends": "New message from the site\n\nDate: 18.11.2026 12:30\nSubject: Printer\nFrom: ann@client.example\n\nIt smokes.",
		"a heading between dashes":    "It prints.\n----- The second floor -----\nIt smokes.",
		"a time and an address":       "At 12:30 it went to bob@client.example:\nthen nothing.",
		"a forward in Swedish":        "Se nedan.\n---------- Vidarebefordrat meddelande ---------\nFrån: a\nSkickat: b\nÄmne: c\n\nord",
		"what somebody wrote":         "On 18.11.2026 at 12:30 the manager wrote:\nplease wait",
	} {
		if c := CutQuote(text, ""); c.Quoted || c.Text != text || c.QuotedText != "" {
			t.Errorf("%s: kept %q, cut %q", name, c.Text, c.QuotedText)
		}
	}
}

func TestCutQuoteKeepsHTMLThatIsNotSurelyQuoted(t *testing.T) {
	for name, page := range map[string]string{
		"a quotation of one's own":  "<p>The rule says:</p><blockquote>No smoking.</blockquote><p>So?</p>",
		"Gmail's quotation button":  `<div>He said</div><blockquote class="gmail_quote">No.</blockquote><div>So?</div>`,
		"only a quotation":          `<div class="gmail_quote"><div class="gmail_attr">` + earlier + `</div><blockquote>x</blockquote></div>`,
		"answers in one quotation":  `<div class="gmail_quote"><div class="gmail_attr">` + earlier + `</div><blockquote>One?</blockquote><p>Yes.</p></div><p>Bye.</p>`,
		"answers in two quotations": "<div>" + earlier + "</div><blockquote>One?</blockquote><p>Yes.</p><div>" + earlier + "</div><blockquote>Two?</blockquote><p>No.</p>",
		"a forward":                 `<p>See.</p><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: x</div>words</div>`,
		"nothing to cut":            "<p>a<p>b",
	} {
		if c := CutQuote("", page); c.Quoted || c.HTML != page {
			t.Errorf("%s: kept %q", name, c.HTML)
		}
	}
}

func TestCutQuoteCuts(t *testing.T) {
	for name, c := range map[string]struct{ text, html, wantText, wantHTML string }{
		"date, time and address without marks": {text: "New.\n\n18.11.2026 12:30, Support <s@desk.example>:\n\nOld.\n", wantText: "New."},
		"Windows Mail, no subject":             {html: "<body><p>New.</p><div><div><b>От:</b>&nbsp;Support<br><b>Отправлено:</b>&nbsp;четверг, 26 июня 2014 г. 15:05<br><b>Кому:</b>&nbsp;Анна</div></div><div>Old.</div></body>", wantHTML: "<html><head></head><body><p>New.</p></body></html>"},
		"Outlook's line as bare text":          {html: "<body>New.<br>-----Original Message-----<br>From: x<br>Old.</body>", wantHTML: "<html><head></head><body>New.<br/></body></html>"},
		"two quotations in a row": {
			html:     "<p>New.</p><div>" + earlier + "</div><blockquote>One.</blockquote><div>" + earlier + "</div><blockquote>Two.</blockquote>",
			wantHTML: "<html><head></head><body><p>New.</p></body></html>",
		},
	} {
		if got := CutQuote(c.text, c.html); !got.Quoted || got.Text != c.wantText || got.HTML != c.wantHTML || got.QuotedText == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestCutQuoteKeepsAPictureAsAnAnswer(t *testing.T) {
	page := `<img src="cid:a"><div class="gmail_quote"><div class="gmail_attr">x</div><blockquote>old</blockquote></div>`
	if c := CutQuote("", page); !c.Quoted || strings.Contains(c.HTML, "old") || !strings.Contains(c.HTML, "cid:a") {
		t.Errorf("%+v", c)
	}
}

func TestCutQuoteFollowsTheHTMLWhereTheTextHasNoMarks(t *testing.T) {
	page := `<div>new words</div><div id="appendonsend"></div><hr><div>old words</div>`
	c := CutQuote("new words\n\nold words", page)
	if c.Text != "new words" || strings.Contains(c.HTML, "old") || !strings.Contains(c.QuotedText, "old words") {
		t.Errorf("%+v", c)
	}
}

func TestCutQuoteCutsTheSignatureAboveAQuotationOfThePage(t *testing.T) {
	page := `<p>It prints.</p><p>Best regards,<br>Ann</p><div class="moz-cite-prefix">Support írta:</div><blockquote type="cite">old</blockquote>`
	c := CutQuote(textFromHTML(page), page)
	if c.Text != "It prints." || !strings.Contains(c.QuotedText, "Ann") || !strings.Contains(c.QuotedText, "old") {
		t.Errorf("%+v", c)
	}
}

func TestCutQuoteIsQuickWhateverTheWords(t *testing.T) {
	for name, words := range map[string][2]string{
		"colons":          {strings.Repeat("12:30:\n", 150_000), ""},
		"blocks":          {strings.Repeat("From: a\n", 120_000), ""},
		"marks":           {strings.Repeat("> a:\n", 200_000), ""},
		"dashes":          {strings.Repeat("--\n", 300_000), ""},
		"long line":       {strings.Repeat("- ", 500_000) + ":", ""},
		"deep":            {"", strings.Repeat("<div>", 200_000)},
		"flat":            {"", strings.Repeat("<div></div>", 90_000)},
		"quotations":      {"", strings.Repeat("<blockquote></blockquote>", 40_000)},
		"many paragraphs": {"", strings.Repeat("<p>From: a", 100_000)},
		"inline":          {"", strings.Repeat("<div>", 400) + strings.Repeat("<b></b>", 140_000)},
		"formatting":      {"", strings.Repeat("<a><b><p>", 110_000)},
		"tables":          {"", strings.Repeat("<table><a>", 100_000)},
	} {
		best := spent(func() { CutQuote(words[0], words[1]) })
		t.Logf("%s: %v", name, best)
		if best > time.Second {
			t.Errorf("%s took %v", name, best)
		}
	}
}

func FuzzCutQuote(f *testing.F) {
	files, err := filepath.Glob("testdata/letters/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		l := Read(raw)
		f.Add(l.Text, l.HTML)
	}
	f.Fuzz(func(t *testing.T, text, page string) {
		c := CutQuote(text, page)
		if !c.Quoted && (c.Text != text || c.HTML != page) {
			t.Errorf("not cut, yet changed: %q", fmt.Sprint(c))
		}
		if c.Quoted && strings.TrimSpace(text) != "" && strings.TrimSpace(c.Text) == "" && page == "" {
			t.Errorf("nothing is left of %q", text)
		}
		if page == "" { // every line is kept or shown as quoted
			for _, line := range strings.Split(text, "\n") {
				line = strings.TrimSpace(line)
				if line != "" && strings.Trim(line, "_-") != "" && !strings.Contains(c.Text, line) && !strings.Contains(c.QuotedText, line) {
					t.Errorf("%q is lost", line)
				}
			}
		}
	})
}
