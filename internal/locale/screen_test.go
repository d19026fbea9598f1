package locale

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	templ "github.com/a-h/templ/parser/v2"
	"github.com/a-h/templ/parser/v2/visitor"
)

// Names that are the same for every reader and so stand in no catalogue.
var names = []string{"Okno", "SQLite", "PostgreSQL"}

// Attributes whose value a person reads or hears.
var spoken = []string{"alt", "aria-braillelabel", "aria-description", "aria-label", "aria-placeholder", "aria-roledescription", "aria-valuetext",
	"data-confirm", "data-tip", "hx-confirm", "hx-prompt", "label", "placeholder", "title"}

// Elements whose text is the same in every language: keys, code, samples.
var verbatim = []string{"kbd", "code", "samp"}

// human reports text for people: letters other than a permitted name.
func human(text string) bool {
	text = html.UnescapeString(text)
	for _, name := range names {
		text = strings.ReplaceAll(text, name, "")
	}
	return strings.ContainsFunc(text, unicode.IsLetter)
}

// A phrase given to a component: Cyrillic at all, or capitalised words.
var phrase = regexp.MustCompile(`\p{Cyrillic}|^[A-Z][a-z]+([ ,.!?…].*)?$`)

// screen collects the texts of one page template that bypass the catalogues.
type screen struct {
	name, src string
	quiet     int // depth of verbatim elements
	faults    []string
}

func screenFaults(name, src string) ([]string, error) {
	parsed, err := templ.ParseString(src)
	if err != nil {
		return nil, err
	}
	s := &screen{name: name, src: src}
	err = parsed.Visit(s.visitor())
	return s.faults, err
}

func (s *screen) report(what string, texts ...string) {
	for _, text := range texts {
		if !human(text) {
			continue
		}
		line := 1 + strings.Count(s.src[:max(0, strings.Index(s.src, text))], "\n")
		s.faults = append(s.faults, fmt.Sprintf("%s:%d: %s outside the catalogues: %s", s.name, line, what, strings.TrimSpace(text)))
	}
}

func (s *screen) text(texts ...string) {
	if s.quiet == 0 {
		s.report("text", texts...)
	}
}

func (s *screen) visitor() *visitor.Visitor {
	v := visitor.New()
	visitElement, visitCall := v.Element, v.TemplElementExpression
	v.Element = func(e *templ.Element) error {
		if slices.Contains(verbatim, e.Name) {
			s.quiet++
			defer func() { s.quiet-- }()
		}
		if e.Name == "input" {
			s.caption(e)
		}
		return visitElement(e)
	}
	v.Text = func(n *templ.Text) error {
		s.text(n.Value)
		return nil
	}
	v.StringExpression = func(n *templ.StringExpression) error {
		s.text(shown(n.Expression.Value)...)
		return nil
	}
	v.ConstantAttribute = func(a *templ.ConstantAttribute) error {
		if slices.Contains(spoken, a.Key.String()) {
			s.report(a.Key.String(), a.Value)
		}
		return nil
	}
	v.ExpressionAttribute = func(a *templ.ExpressionAttribute) error {
		if slices.Contains(spoken, a.Key.String()) {
			s.report(a.Key.String(), shown(a.Expression.Value)...)
		}
		return nil
	}
	v.CallTemplateExpression = func(n *templ.CallTemplateExpression) error {
		s.report("phrase", phrases(n.Expression.Value)...)
		return nil
	}
	v.TemplElementExpression = func(n *templ.TemplElementExpression) error {
		s.report("phrase", phrases(n.Expression.Value)...)
		return visitCall(n)
	}
	return v
}

// caption looks at the value of an input that is a button.
func (s *screen) caption(e *templ.Element) {
	button, value := false, ""
	for _, a := range e.Attributes {
		if a, ok := a.(*templ.ConstantAttribute); ok {
			switch a.Key.String() {
			case "type":
				button = slices.Contains([]string{"submit", "button", "reset"}, a.Value)
			case "value":
				value = a.Value
			}
		}
	}
	if button {
		s.report("value", value)
	}
}

// shown lists the literals an expression puts on screen itself: alone, joined
// by +, or as the format of a Sprintf, whose verbs are dropped.
func shown(code string) (texts []string) {
	e, err := parser.ParseExpr(code)
	if err != nil {
		return nil
	}
	var walk func(e ast.Expr)
	walk = func(e ast.Expr) {
		switch e := e.(type) {
		case *ast.BasicLit:
			if text, ok := literal(e); ok {
				texts = append(texts, text)
			}
		case *ast.ParenExpr:
			walk(e.X)
		case *ast.BinaryExpr:
			if e.Op == token.ADD {
				walk(e.X)
				walk(e.Y)
			}
		case *ast.CallExpr:
			if nameOf(e.Fun) != "Sprintf" || len(e.Args) == 0 {
				return
			}
			if text, ok := literal(e.Args[0]); ok {
				texts = append(texts, verb.ReplaceAllString(text, ""))
			}
		}
	}
	walk(e)
	return texts
}

var verb = regexp.MustCompile(`%[-+# 0]*[0-9.]*[a-zA-Z%]`)

// phrases lists the literals given to a component that read like a text,
// except the names of values given to T and N.
func phrases(code string) (texts []string) {
	e, err := parser.ParseExpr(strings.TrimSpace(code))
	if err != nil {
		return nil
	}
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if _, ok := callUse(n); ok {
				return false
			}
		case *ast.BasicLit:
			if text, ok := literal(n); ok && phrase.MatchString(text) {
				texts = append(texts, text)
			}
		}
		return true
	})
	return texts
}

func TestPagesHoldNoTextOfTheirOwn(t *testing.T) {
	eachSource(t, func(name string, src []byte) error {
		if !strings.HasSuffix(name, ".templ") {
			return nil
		}
		faults, err := screenFaults(name, string(src))
		for _, fault := range faults {
			t.Error(fault)
		}
		return err
	})
}

func TestCodeOfPagesHoldsNoRussian(t *testing.T) {
	for text, where := range readSources(t).literals {
		if strings.HasPrefix(where, "internal/web/") && strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
			t.Errorf("%s: text outside the catalogues: %.60s", where, text)
		}
	}
}

func TestTextInAPageIsFound(t *testing.T) {
	for _, c := range []struct{ page, want string }{
		{`<p>{ l.T("a.b", "Name", who) } · #{ number } &nbsp;</p>`, ""},
		{`<p>Hello</p>`, "text"},
		{"if ok {\n<p>{ who } wrote</p>\n}", "text"},
		{"for _, x := range xs {\n<li><b>да</b></li>\n}", "text"},
		{`<p>{ "Hello " + who }</p>`, "text"},
		{`<p>{ fmt.Sprintf("%d files", n) }</p>`, "text"},
		{`<p>{ fmt.Sprintf("%d/%02d", n, m) }</p>`, ""},
		{`<p>{ class("Hello") }</p>`, ""},
		{`<kbd>Ctrl</kbd>`, ""},
		{`<b>Okno</b>`, ""},
		{`<button class="btn" id="close" aria-label="Close">×</button>`, "aria-label"},
		{`<input type="text" name="subject" value="new" placeholder={ "Subject" }/>`, "placeholder"},
		{`<input type="submit" value="Send"/>`, "value"},
		{`<img src="/logo.svg" alt=""/>`, ""},
		{`<img src="/logo.svg" if big { alt="The logo" }/>`, "alt"},
		{`<script>let text = "Hello"</script>`, ""},
		{`@ui.Button("primary", "Save it")`, "phrase"},
		{`@ui.Button("btn-primary", l.T("a.b", "Name", who)) { Save }`, "text"},
		{`@ui.Button("btn-primary", l.T("a.b", "Name", who)) { { who } }`, ""},
		{`@ui.Field(ui.Input{Name: "subject", Label: "Тема"})`, "phrase"},
	} {
		faults, err := screenFaults("x.templ", "package x\n\ntempl page(l *Locale) {\n"+c.page+"\n}\n")
		if err != nil {
			t.Errorf("%s: %v", c.page, err)
		}
		if got := strings.Join(faults, "; "); (c.want == "") != (got == "") || c.want != "" && !strings.Contains(got, ": "+c.want+" outside") {
			t.Errorf("%s: %q, want %q", c.page, got, c.want)
		}
	}
}
