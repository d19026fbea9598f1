package safehtml

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for name, c := range map[string]struct{ html, want string }{
		"empty":            {"", ""},
		"plain":            {"just words", "just words"},
		"white space":      {"  a \n\t b&nbsp;&nbsp;c  ", "a b c"},
		"words in tags":    {"<b>bo</b>ld and <i>sla</i>nted <u>x</u>.", "bold and slanted x."},
		"paragraphs":       {"<p>One</p><p>Two</p>\n<p> Three</p>", "One\n\nTwo\n\nThree"},
		"lines":            {"a<br>b<br/>c<br><br><br><br>d", "a\nb\nc\n\nd"},
		"divs":             {"<div>a</div><div>b<div>c</div></div>", "a\nb\nc"},
		"Gmail empty line": {"<div>a<br></div><div><br></div><div>b</div>", "a\n\nb"},
		"headings":         {"<h1>Title</h1>text", "Title\n\ntext"},
		"rule":             {"a<hr>b", "a\n---\nb"},
		"list":             {"Do:<ul><li>one<li>two</ul>then", "Do:\n\n- one\n- two\n\nthen"},
		"numbered list":    {"<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"},
		"nested list":      {"<ul><li>a<ol><li>b<li>c</ol><li>d</ul>", "- a\n  1. b\n  2. c\n- d"},
		"item alone":       {"<li>a<li>b", "- a\n- b"},
		"link":             {`see <a href="https://example.com/x">the page</a>.`, "see the page <https://example.com/x>."},
		"link says itself": {`<a href="https://example.com/">example.com</a> <a href="mailto:a@b.by">a@b.by</a>`, "example.com a@b.by"},
		"link of nothing":  {`<a href="https://example.com/x"><img src=x></a>`, "https://example.com/x"},
		"script link":      {`<a href="javascript:alert(1)">press</a>`, "press"},
		"quote":            {"<p>I agree</p><blockquote><p>One</p><p>Two</p><blockquote>Three</blockquote></blockquote>end", "I agree\n\n> One\n>\n> Two\n>\n> > Three\n\nend"},
		"table":            {"<table><tr><th>Name<th>Pieces<tr><td>Bolt</td> <td> 5 </td></tr></table>", "Name | Pieces\nBolt | 5"},
		"Word's table":     {"<table><tr><td><p>A</p></td><td><p>B</p></td></tr><tr><td><p>C</p></td><td><p>D</p></td></tr></table>z", "A | B\nC | D\n\nz"},
		"empty cells":      {"<table><tr><td></td><td>a</td><td> </td><td>b</td></tr></table>", "a | b"},
		"layout table":     {"<table><tr><td><p>One</p><p>Two</p></td><td>side</td></tr></table>", "One\n\nTwo\n\nside"},
		"table in table":   {"<table><tr><td><table><tr><td>x</td></tr></table></td></tr><tr><td>y</td></tr></table>", "x\n\ny"},
		"preformatted":     {"<pre>a  b\n  c</pre>d  e", "a  b\n  c\n\nd e"},
		"picture":          {`<img src="x" alt="our office"><img src=y alt=" ">`, "[our office]"},
		"entities":         {"&lt;b&gt; &amp; &copy; &#1103;", "<b> & © я"},
		"hidden":           {`<div style="DISPLAY : none">preheader<div>deep</div></div>seen`, "seen"},
		"scripts":          {"<style>p{}</style><script>x()</script><title>t</title>seen<svg><text>no</text></svg>", "seen"},
		"noscript":         {"<noscript><p>seen</p></noscript>", "seen"},
		"padding":          {"Hello&zwnj;&#847;&#8203;&shy; world", "Hello world"},
		"comments":         {"a<!-- x --><![endif]--><!doctype html>b", "ab"},
		"unclosed":         {"<p>a<div>b<blockquote>c", "a\nb\n\n> c"},
		"stray ends":       {"</blockquote></ul></a></td></pre>a", "a"},
	} {
		if got := Text(c.html); got != c.want {
			t.Errorf("%s: Text(%q)\n got %q\nwant %q", name, c.html, got, c.want)
		}
	}
}

func TestTextIsBoundedAndQuick(t *testing.T) {
	for name, input := range map[string]string{
		"words":      strings.Repeat("слово ", 2<<20),
		"nesting":    strings.Repeat("<div>a", 700_000),
		"quotes":     strings.Repeat("<blockquote>a", 300_000),
		"lists":      strings.Repeat("<ul><li>a", 400_000),
		"links":      strings.Repeat(`<a href="http://a.by/">`, 200_000),
		"open links": strings.Repeat(`<a href="http://a.by/">b`, 200_000),
		"cells":      strings.Repeat("<td>a", 700_000),
		"one tag":    "<p " + strings.Repeat("a=b ", 1<<20),
		"one quote":  `<p a="` + strings.Repeat("a", 4<<20),
	} {
		began := time.Now()
		got := Text(input)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		if len(got) > maxTextOutput+3 || !utf8.ValidString(got) {
			t.Errorf("%s: %d bytes", name, len(got))
		}
	}
	if got := Text(strings.Repeat("слово ", 2<<20)); !strings.HasSuffix(got, "…") {
		t.Error("what was left out does not show")
	}
}

func TestFromText(t *testing.T) {
	link := func(address, words string) string {
		return `<a href="` + address + `" target="_blank" rel="noopener noreferrer nofollow">` + words + "</a>"
	}
	for text, want := range map[string]string{
		"":                       "",
		" \n\r\n ":               "",
		"a <b> & \"c\"":          "<p>a &lt;b&gt; &amp; &#34;c&#34;</p>",
		"one\ntwo\r\nthree":      "<p>one<br>two<br>three</p>",
		"\n\none\n\n \n\ntwo\n":  "<p>one</p><p>two</p>",
		"> quoted\n> more":       "<p>&gt; quoted<br>&gt; more</p>",
		"see https://a.by/x.":    "<p>see " + link("https://a.by/x", "https://a.by/x") + ".</p>",
		"(http://a.by/w_(x)), y": "<p>(" + link("http://a.by/w_(x)", "http://a.by/w_(x)") + "), y</p>",
		"<https://a.by/?a=1&b=2>": "<p>&lt;" + link("https://a.by/?a=1&amp;b=2", "https://a.by/?a=1&amp;b=2") +
			"&gt;</p>",
		"mailto:help@a.by!":                              "<p>" + link("mailto:help@a.by", "mailto:help@a.by") + "!</p>",
		"«https://a.by»…":                                "<p>«" + link("https://a.by", "https://a.by") + "»…</p>",
		"https://a.by/\"onclick=alert(1)":                "<p>" + link("https://a.by/", "https://a.by/") + "&#34;onclick=alert(1)</p>",
		"javascript:alert(1) data:x ftp://a.by www.a.by": "<p>javascript:alert(1) data:x ftp://a.by www.a.by</p>",
		"http:// https://":                               "<p>http:// https://</p>",
		"HTTPS://A.by/Окно":                              "<p>" + link("https://A.by/%D0%9E%D0%BA%D0%BD%D0%BE", "HTTPS://A.by/Окно") + "</p>",
		"<script>x</script>":                             "<p>&lt;script&gt;x&lt;/script&gt;</p>",
		"bad \xff byte":                                  "<p>bad \uFFFD byte</p>",
		"http://a.by/\x00x end":                          "<p>" + link("http://a.by/x", "http://a.by/\x00x") + " end</p>",
	} {
		if got := FromText(text); got != want {
			t.Errorf("FromText(%q)\n got %s\nwant %s", text, got, want)
		}
	}
	if got := FromText(strings.Repeat("я", 1<<20)); len(got) > 1<<20+20 || !strings.HasSuffix(got, "…</p>") {
		t.Errorf("over the limit: %d bytes", len(got))
	}
}

func TestPreview(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"", 10, ""},
		{"short", 10, "short"},
		{"exactly 10", 10, "exactly 10"},
		{"  white \n\n space\u00a0 ", 20, "white space"},
		{"one two three four", 12, "one two…"},
		{"Не включается компьютер", 16, "Не включается…"},
		{"unbreakable", 5, "unbr…"},
		{"окно", 0, ""},
		{"окно", 1, "…"},
		{"a\u202egnp.exe\u200b\u00ad", 20, "agnp.exe"},
		{"👩\u200d💻 works", 20, "👩\u200d💻 works"},
		{"trailing space   ", 14, "trailing space"},
	} {
		got := Preview(c.text, c.n)
		if got != c.want || utf8.RuneCountInString(got) > max(c.n, 0) {
			t.Errorf("Preview(%q, %d) = %q, want %q", c.text, c.n, got, c.want)
		}
	}
}
