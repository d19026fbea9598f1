package architecture

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// pageRules are what the content security policy forbids, or would once it is
// strict: a page that breaks one works for nobody.
var pageRules = []struct {
	form *regexp.Regexp
	why  string
}{
	{regexp.MustCompile(`\bhx-on\b`), "hx-on needs eval"},
	{regexp.MustCompile(`\bhx-[a-z-]+=["'{]?\s*["'` + "`" + `]?js:`), "js: values need eval"},
	{regexp.MustCompile(`\bhx-trigger=["'][^"']*\[`), "filters in hx-trigger need eval"},
	{regexp.MustCompile(`\sstyle=`), "inline styles are not allowed"},
	{regexp.MustCompile(`(?i)<style\b`), "inline styles are not allowed"},
	{regexp.MustCompile(`\son[a-z]+=["'{]`), "inline handlers are not allowed"},
	{regexp.MustCompile(`(?i)javascript:`), "javascript: addresses are not allowed"},
	{regexp.MustCompile(`@?templ\.(JSFuncCall|JSUnsafeFuncCall)|templ\.ComponentScript|^\s*script\s+\w+\(`), "templ's scripts are inline"},
}

// rawByRight are the pages that write text without escaping it, and why they may.
var rawByRight = map[string]string{
	"internal/web/ui/thread.templ": "a message's HTML, which safehtml made",
	"internal/web/ui/shell.templ":  "the scripts' words, as JSON with < escaped",

	"internal/web/portal/guide.templ": "the guide's text, which html/template escaped",
}

var (
	raw           = regexp.MustCompile(`templ\.Raw\(`)
	scriptTag     = regexp.MustCompile(`(?is)<script\b([^>]*)>`)
	scriptOfOwn   = regexp.MustCompile(`\bsrc=`)
	scriptOfNouns = regexp.MustCompile(`\btype="application/json"`)
	comment       = regexp.MustCompile(`(?s)<!--.*?-->`)
	lineComment   = regexp.MustCompile(`(?m)^\s*//.*$`)
)

// blank keeps the lines of what it hides, so that numbers stay true.
func blank(text string) string { return strings.Repeat("\n", strings.Count(text, "\n")) }

func pageBreaches(name, text string) (breaches []string) {
	text = comment.ReplaceAllStringFunc(text, blank)
	text = lineComment.ReplaceAllStringFunc(text, blank)
	for i, line := range strings.Split(text, "\n") {
		for _, rule := range pageRules {
			if rule.form.MatchString(line) {
				breaches = append(breaches, fmt.Sprintf("%s:%d: %s", name, i+1, rule.why))
			}
		}
		if raw.MatchString(line) && rawByRight[name] == "" {
			breaches = append(breaches, fmt.Sprintf("%s:%d: text that is not escaped needs a reason in rawByRight", name, i+1))
		}
	}
	for _, at := range scriptTag.FindAllStringSubmatchIndex(text, -1) {
		attributes := text[at[2]:at[3]]
		if !scriptOfOwn.MatchString(attributes) && !scriptOfNouns.MatchString(attributes) {
			breaches = append(breaches, fmt.Sprintf("%s:%d: inline scripts are not allowed", name, strings.Count(text[:at[0]], "\n")+1))
		}
	}
	return breaches
}

func TestPagesKeepToTheContentPolicy(t *testing.T) {
	for _, name := range files(t, ".templ") {
		report(t, pageBreaches(name, read(t, name)))
	}
}

func TestPageRulesCanFail(t *testing.T) {
	for text, want := range map[string]string{
		`<p class="style">on time</p>`:                                  "",
		`<script src={ assets.Path("app.js") } type="module"></script>`: "",
		`<script type="application/json" id="words">{ text }</script>`:  "",
		"// a style= in a comment":                                      "",
		`<div hx-get="/x" hx-trigger="live-1 from:body"></div>`:         "",
		"<p\n style=\"color:red\">":                                     "p.templ:2: inline styles are not allowed",
		`<button hx-on:click="x()">`:                                    "p.templ:1: hx-on needs eval",
		`<div hx-vals='js:{a: 1}'>`:                                     "p.templ:1: js: values need eval",
		`<div hx-trigger="keyup[key=='Enter']">`:                        "p.templ:1: filters in hx-trigger need eval",
		`<a onclick="x()">`:                                             "p.templ:1: inline handlers are not allowed",
		`@templ.Raw(text)`:                                              "p.templ:1: text that is not escaped needs a reason in rawByRight",
		"<p>\n<script>x()</script>":                                     "p.templ:2: inline scripts are not allowed",
		`<script type="module">x()</script>`:                            "p.templ:1: inline scripts are not allowed",
		`<a href="javascript:x()">`:                                     "p.templ:1: javascript: addresses are not allowed",
	} {
		if got := strings.Join(pageBreaches("p.templ", text), "; "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
