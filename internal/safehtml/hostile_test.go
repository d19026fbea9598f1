package safehtml

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// hostile is HTML that means harm to one of the three cleaners.
var hostile = []string{
	// Scripts, in every place where one may run.
	`<script>alert(1)</script>`,
	`<SCRIPT SRC=//evil.example/x.js></SCRIPT>`,
	`<scr<script>ipt>alert(1)</scr</script>ipt>`,
	`<script/x>alert(1)</script/x>`,
	`<<script>alert(1)//<</script>`,
	`<img src=x onerror=alert(1)>`,
	`<img src=x OnErRoR = "alert(1)">`,
	`<img/src=x/onerror=alert(1)>`,
	"<img src=x\x0bonerror=alert(1)>",
	"<img \x00onerror=alert(1) src=x>",
	`<img src="x" alt="` + "`" + `onerror=alert(1)">`,
	`<body onload=alert(1)><p>x`,
	`<p onclick=alert(1) onmouseover="alert(2)">x</p>`,
	`<details open ontoggle=alert(1)><summary>x</summary></details>`,
	`<div autofocus tabindex=1 onfocus=alert(1)>x</div>`,
	`<marquee onstart=alert(1)>x</marquee>`,
	`<b "<script>alert(1)</script>">x</b>`,
	// Addresses.
	`<a href="javascript:alert(1)">x</a>`,
	`<a href="JaVaScRiPt:alert(1)">x</a>`,
	"<a href=\"java\tscr\nipt:alert(1)\">x</a>",
	"<a href=\"\x01javascript:alert(1)\">x</a>",
	`<a href="&#106;avascript&colon;alert(1)">x</a>`,
	`<a href="&#x6a&#x61vascript:alert(1)">x</a>`,
	`<a href=" javascript:alert(1)">x</a>`,
	`<a href="vbscript:msgbox(1)">x</a>`,
	`<a href="data:text/html,<script>alert(1)</script>">x</a>`,
	`<a href="blob:https://evil.example/1">x</a>`,
	`<a href="file:///etc/passwd">x</a>`,
	`<a href="//evil.example/">x</a>`,
	`<a href="/admin/delete">x</a>`,
	`<a href="#top" target=_top>x</a>`,
	`<a href="https://evil.example" target="_top" rel="opener" ping="https://evil.example/p">x</a>`,
	`<a href="https://evil.example" target=_self download>x</a>`,
	`<a href='https://evil.example/"onclick="alert(1)'>x</a>`,
	`<a href="https://a.example/" href="javascript:alert(1)">x</a>`,
	`<map name=m><area href="javascript:alert(1)" shape=default></map><img usemap=#m src=cid:ok>`,
	`<img src="javascript:alert(1)">`,
	`<img src="data:image/svg+xml,<svg onload=alert(1)>">`,
	`<img src="//evil.example/pixel.png">`,
	`<img src="/admin/logout">`,
	`<img src="\/evil.example/x">`,
	`<img src="/\evil.example/x">`,
	`<img src="/files/../admin/logout">`,
	`<img src="/files/a?x=1">`,
	`<img src=cid:ok srcset="https://evil.example/x 2x">`,
	`<img src=cid:ok data-remote-src="javascript:alert(1)">`,
	`<img data-remote-src="https://evil.example/x">`,
	`<img src=cid:unknown>`,
	`<img src=cid:evil>`,
	`<picture><source srcset="https://evil.example/x"><img src=cid:ok></picture>`,
	`<video src="https://evil.example/v" poster="https://evil.example/p"><source src=x onerror=alert(1)></video>`,
	`<audio autoplay src="https://evil.example/a" onplay=alert(1)></audio>`,
	`<table background="https://evil.example/bg"><tr><td background="javascript:alert(1)">x</table>`,
	`<blockquote cite="javascript:alert(1)">x</blockquote>`,
	// What takes the page over or calls out.
	`<iframe src="javascript:alert(1)"></iframe>`,
	`<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
	`<object data="https://evil.example/x.swf"></object><embed src="https://evil.example/x.swf"><applet code=x></applet>`,
	`<meta http-equiv="refresh" content="0;url=https://evil.example/">`,
	`<meta http-equiv=Content-Security-Policy content="default-src *">`,
	`<base href="https://evil.example/"><a href="x">x</a>`,
	`<link rel=stylesheet href="https://evil.example/x.css"><link rel=dns-prefetch href="//evil.example">`,
	`<form action="https://evil.example/"><input name=password><button formaction="javascript:alert(1)">x</button></form>`,
	`<textarea><img src=x onerror=alert(1)></textarea>`,
	`<isindex action="javascript:alert(1)">`,
	`<frameset onload=alert(1)><frame src="javascript:alert(1)"></frameset>`,
	`<dialog open style="position:fixed;inset:0">x</dialog>`,
	`<p id="location" name="body" class="btn" contenteditable slot=x is=y part=z>x</p>`,
	`<p popover popovertarget=x accesskey=s>x</p>`,
	`<div hx-get="/admin" hx-trigger="load" data-hx-get="/admin">x</div>`,
	// Styles.
	`<style>@import "https://evil.example/x.css"; p{background:url(https://evil.example)}</style>`,
	`<p style="background:url(https://evil.example/x)">x</p>`,
	`<p style="background:url(//evil.example/x)">x</p>`,
	`<p style="background:u\72l(//evil.example/x)">x</p>`,
	`<p style="background:u/**/rl(//evil.example/x)">x</p>`,
	`<p style="background:image-set('//evil.example/x' 1x)">x</p>`,
	`<p style="width:expression(alert(1))">x</p>`,
	`<p style="behavior:url(x.htc);-moz-binding:url(x)">x</p>`,
	`<p style="position:fixed;top:0;left:0;z-index:9999">x</p>`,
	`<p style="p\6fsition:fixed">x</p>`,
	`<p style="min-height:110vh;height:100dvh;width:50vw">x</p>`,
	`<p style="height:9999999px;font-size:100000em">x</p>`,
	`<p style="color:red}body{display:none">x</p>`,
	`<p style="color:var(--x);content:attr(title);cursor:url(x),auto">x</p>`,
	`<p style="font-family:'a;position:fixed;b">x</p>`,
	`<p style="transform:scale(99);animation:x 1s;filter:blur(9px)">x</p>`,
	// Parsers that disagree.
	`<svg><script>alert(1)</script></svg>`,
	`<svg onload=alert(1)><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`,
	`<svg><style><img src=x onerror=alert(1)></style></svg>`,
	`<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<math href="javascript:alert(1)">x</math>`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	`<noembed><img title="</noembed><img src=x onerror=alert(1)>"></noembed>`,
	`<xmp><img title="</xmp><img src=x onerror=alert(1)>"></xmp>`,
	`<title><img title="</title><img src=x onerror=alert(1)>"></title>`,
	`<plaintext><img src=x onerror=alert(1)>`,
	`<template><script>alert(1)</script><img src=x onerror=alert(1)></template>`,
	`<select><img src=x onerror=alert(1)><script>alert(1)</script></select>`,
	`<!--><img src=x onerror=alert(1)>-->`,
	`<!--[if gte IE 4]><script>alert(1)</script><![endif]-->`,
	`<![CDATA[<img src=x onerror=alert(1)>]]>`,
	`<?xml version="1.0"?><?php echo 1 ?><img src=x onerror=alert(1)>`,
	`<!DOCTYPE x [<!ENTITY e "<script>alert(1)</script>">]>&e;`,
	`<table><tr><td><img src=x onerror=alert(1)><table><a href="javascript:alert(1)">x`,
	`<a><table><a href="javascript:alert(1)"><div><a></table>x`,
	`<p title="&lt;script&gt;alert(1)&lt;/script&gt;">&lt;img src=x onerror=alert(1)&gt;</p>`,
	"\xff\xfe<img src=x onerror=alert(1)>\x00<script>alert(1)</script>",
	"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
	`<o:p onclick=alert(1)>x</o:p><x-y onclick=alert(1)>x</x-y>`,
	`<img alt="x" title='"><script>alert(1)</script>' src=cid:ok>`,
}

// parts knows one Content-ID, and one that tries to lead elsewhere.
func parts(id string) (string, bool) {
	switch id {
	case "ok":
		return "/files/ok", true
	case "evil":
		return "//evil.example/x", true
	}
	return "", false
}

// judge lists what output may hold. Whatever else it holds is harm.
type judge struct {
	elements, attributes map[string]bool
	source               *regexp.Regexp
}

var (
	letterJudge = judge{
		elements: letterAll,
		attributes: set("href target rel src alt title width height border hspace vspace cellpadding cellspacing colspan " +
			"rowspan span bgcolor bordercolor align valign nowrap noshade color face size start value type dir style " + remoteAttribute + " " + remoteBackground),
		source: exactly("/files/ok"),
	}
	inlineJudge = judge{
		elements: set(`a b blockquote br code div h3 i img li ol p pre s table tbody td th thead tr u ul
			abbr caption cite dd dl dt hr ins q small sub sup`),
		attributes: set("href target rel src alt width height colspan rowspan start dir"),
		source:     exactly(`/files/[A-Za-z0-9_~-]+([./][A-Za-z0-9_~-]+)*`),
	}
	composerJudge = judge{
		elements:   set("a b blockquote br code div h3 i img li ol p pre s table tbody td th thead tr u ul"),
		attributes: inlineJudge.attributes,
		source:     inlineJudge.source,
	}
	letterAll = set(`a abbr address article aside b big blockquote br caption center cite code col colgroup dd del dfn div
		dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main nav ol p pre q s samp
		section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var`)
	goodLink   = regexp.MustCompile(`^(https?://[^/\s]|mailto:.|tel:.)`)
	goodRemote = regexp.MustCompile(`^https?://[^/\s]`)
	badStyle   = regexp.MustCompile(`(?i)(url|expression|image-set|var|attr|env|calc)\s*\(|(^|;)\s*(position|behavior|[a-z-]*binding|content|cursor|` +
		`transform|animation|filter|z-index|inset|top|left)\s*:|[\\@{}<>]|/\*|\d[sld]?v[hw]|[0-9]{7}`)
)

// harm parses output as a browser does and names the first thing it must not hold.
func (j judge) harm(output string) error {
	document, err := html.Parse(strings.NewReader(output))
	if err != nil {
		return err
	}
	for node := range document.Descendants() {
		switch node.Type {
		case html.CommentNode, html.DoctypeNode:
			return fmt.Errorf("comment %q", node.Data)
		case html.ElementNode:
			if err := j.harmfulElement(node); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j judge) harmfulElement(node *html.Node) error {
	if (node.Data == "html" || node.Data == "head" || node.Data == "body") && len(node.Attr) == 0 {
		return nil // the parser's own
	}
	if node.Namespace != "" || !j.elements[node.Data] {
		return fmt.Errorf("element %s:%s", node.Namespace, node.Data)
	}
	for _, attr := range node.Attr {
		if attr.Namespace != "" || !j.attributes[attr.Key] || strings.HasPrefix(attr.Key, "on") {
			return fmt.Errorf("attribute %s on %s", attr.Key, node.Data)
		}
		bad := false
		switch attr.Key {
		case "href":
			bad = !goodLink.MatchString(attr.Val) || strings.ContainsAny(attr.Val, " \"<>\n\t\x00") ||
				attribute(node, "target") != "_blank" || attribute(node, "rel") != "noopener noreferrer nofollow"
		case "src":
			bad = node.Data != "img" || !j.source.MatchString(attr.Val)
		case remoteAttribute:
			bad = node.Data != "img" || !goodRemote.MatchString(attr.Val) || attribute(node, "src") != ""
		case remoteBackground:
			bad = !goodRemote.MatchString(attr.Val)
		case "style":
			bad = badStyle.MatchString(attr.Val)
		}
		if bad {
			return fmt.Errorf("%s=%q on %s", attr.Key, attr.Val, node.Data)
		}
	}
	return nil
}

// cleaners are all ways in, with what each may let out.
var cleaners = map[string]struct {
	clean func(string) string
	judge judge
}{
	"Letter":              {func(s string) string { return Letter(s, parts).HTML }, letterJudge},
	"Composer":            {Composer, composerJudge},
	"Inline":              {Inline, inlineJudge},
	"Inline after Letter": {func(s string) string { return Inline(Letter(s, parts).HTML) }, inlineJudge},
	"FromText":            {FromText, composerJudge},
	"FromText after Text": {func(s string) string { return FromText(Text(s)) }, composerJudge},
	"ShowRemote": {func(s string) string {
		shown := ShowRemote(Letter(s, parts).HTML, func(string) string { return "/files/ok" })
		return strings.ReplaceAll(shown, "background-image: url(&#39;/files/ok&#39;)", "")
	}, letterJudge},
	"ShowRemote through another": {func(s string) string {
		return ShowRemote(Letter(s, parts).HTML, func(string) string { return "https://evil.example/x" })
	}, letterJudge},
}

func TestHostileHTMLIsHarmless(t *testing.T) {
	if len(hostile) < 60 {
		t.Errorf("only %d attacks", len(hostile))
	}
	for _, attack := range hostile {
		for _, frame := range []string{"%s", "<p>before</p>%s<p>after</p>", "<table><tr><td>%s</td></tr></table>", "<a href='https://a.by'>%s"} {
			input := fmt.Sprintf(frame, attack)
			for name, c := range cleaners {
				if err := c.judge.harm(c.clean(input)); err != nil {
					t.Errorf("%s(%q) lets through: %v\n%s", name, input, err, c.clean(input))
				}
			}
		}
	}
	all := strings.Join(hostile, "")
	for name, c := range cleaners {
		if err := c.judge.harm(c.clean(all)); err != nil {
			t.Errorf("%s of all attacks together lets through: %v", name, err)
		}
	}
}

func TestMonstrousHTMLIsQuickAndBecomesText(t *testing.T) {
	for name, input := range map[string]string{
		"deep":            strings.Repeat("<div>", 20_000) + "words",
		"deep formatting": strings.Repeat("<b><i><u>", 5_000) + "words",
		"unclosed links":  strings.Repeat("<a href=https://a.by>x", 40_000),
		"adoption":        strings.Repeat("<b a=1><p>", 20_000) + "words",
		"foster parents":  strings.Repeat("<table>x", 20_000),
		"large":           strings.Repeat("<p>words</p>", 100_000),
		"many tags":       strings.Repeat("<p>", 60_000),
		"one long word":   strings.Repeat("w", 3<<20),
		"one long style":  `<p style="` + strings.Repeat("color:red;", 90_000) + `">words`,
		"many styles":     strings.Repeat(`<p style="color:red;margin:0 0 1px">w`, 25_000),
		"many attributes": "<p " + strings.Repeat("a%d=b ", 150_000) + ">words",
		"fonts":           strings.Repeat("<font size=1><font size=2><p>", 6_000),
		"frameset":        "<frameset><frame src=x></frameset>words",
	} {
		for _, cleaner := range []string{"Letter", "Composer"} {
			c := cleaners[cleaner]
			began := time.Now()
			out := c.clean(input)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%s: %s took %v", name, cleaner, took)
			}
			if err := c.judge.harm(out); err != nil {
				t.Errorf("%s: %s: %v", name, cleaner, err)
			}
			if strings.Contains(input, "words") && !strings.Contains(out, "words") && name != "frameset" {
				t.Errorf("%s: %s loses the text: %.100q", name, cleaner, out)
			}
		}
	}
}

func FuzzLetter(f *testing.F) {
	for _, attack := range hostile {
		f.Add(attack)
	}
	f.Fuzz(func(t *testing.T, input string) {
		for name, c := range cleaners {
			once := c.clean(input)
			if err := c.judge.harm(once); err != nil {
				t.Errorf("%s(%q) lets through: %v\n%s", name, input, err, once)
			}
			if len(once) > 40*len(input)+200 {
				t.Errorf("%s(%q) grows to %d bytes", name, input, len(once))
			}
		}
	})
}

func FuzzText(f *testing.F) {
	for _, attack := range hostile {
		f.Add(attack)
	}
	f.Fuzz(func(t *testing.T, input string) {
		text := Text(input)
		if strings.Contains(text, "\n\n\n") || strings.ContainsRune(text, 0) {
			t.Errorf("Text(%q) = %q", input, text)
		}
		Preview(text, 80)
		if err := composerJudge.harm(FromText(input)); err != nil {
			t.Errorf("FromText(%q): %v", input, err)
		}
	})
}
