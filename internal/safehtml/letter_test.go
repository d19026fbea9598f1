package safehtml

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const newWindow = ` target="_blank" rel="noopener noreferrer nofollow"`

func TestLetterKeepsItsLooks(t *testing.T) {
	for _, same := range []string{
		`<p>Добрый день!</p>`,
		`<table width="600" cellpadding="0" cellspacing="0" border="0" bgcolor="#f4f4f4" align="center"><tbody><tr><td width="50%" valign="top" bgcolor="white">x</td></tr></tbody></table>`,
		`<center><font color="#c00" face="Arial, sans-serif" size="+1">x</font></center>`,
		`<p style="color: #112233; font-size: 14px; margin: 0 0 10px">x</p>`,
		`<span style="background-color: rgb(255, 255, 0); font-family: &#39;Segoe UI&#39;, &#34;Times&#34;">x</span>`,
		`<div style="max-width: 600px; padding: 10px; border: 1px solid #ccc; border-radius: 4px">x</div>`,
		`<div style="display: none; max-height: 0px; overflow: hidden">preheader</div>`,
		`<ol start="3" type="a"><li value="7">x</li></ol>`,
		`<div dir="rtl" align="right">x</div>`,
		`<a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">x</a>`,
		`<h2>x</h2><pre>a  b</pre><blockquote>q</blockquote><hr/>`,
		`<span>plain <span style="color: red">red</span> plain</span>`,
	} {
		if got := Letter(same, parts); got.HTML != same || got.Remote {
			t.Errorf("Letter changes\n%s\nto\n%s (remote %v)", same, got.HTML, got.Remote)
		}
	}
}

func TestLetterPictures(t *testing.T) {
	for name, c := range map[string]struct {
		html, want string
		remote     bool
	}{
		"a part":           {`<img src="cid:ok" alt="plan" width="300">`, `<img alt="plan" width="300" src="/files/ok"/>`, false},
		"escaped part":     {`<img src="CID:o%6B">`, `<img src="/files/ok"/>`, false},
		"part in <>":       {`<img src="cid:&lt;ok&gt;">`, `<img src="/files/ok"/>`, false},
		"unknown part":     {`<img src="cid:gone" alt="plan">`, `<img alt="plan"/>`, false},
		"remote":           {`<img src="https://example.com/a b.png?x=1&amp;y=2" alt="x" height="40">`, `<img alt="x" height="40" data-remote-src="https://example.com/a%20b.png?x=1&amp;y=2"/>`, true},
		"without scheme":   {`<img src="//example.com/a.png">`, `<img data-remote-src="https://example.com/a.png"/>`, true},
		"tracking":         {`a<img src="https://example.com/t.gif" width="1" height="1">b`, `ab`, false},
		"tracking in px":   {`a<img src="https://example.com/t.gif" width="1px">b`, `ab`, false},
		"tracking, none":   {`a<img src="https://example.com/t.gif" width="0">b`, `ab`, false},
		"tracking, style":  {`a<img src="https://example.com/t.gif" style="border:0;height:1px;width:1px">b`, `ab`, false},
		"tracking, unseen": {`a<img src="https://example.com/t.gif" style="display:none !important">b`, `ab`, false},
		"thin line":        {`<img src="https://example.com/t.gif" style="height:12px;width:100px">`, `<img style="height: 12px; width: 100px" data-remote-src="https://example.com/t.gif"/>`, true},
		"set":              {`<img srcset="https://example.com/a.png 1x, https://example.com/b.png 2x" src="cover.png" alt="x">`, `<img alt="x" data-remote-src="https://example.com/a.png"/>`, true},
		"picture":          {`<picture><source srcset="https://example.com/b.webp"><img src="https://example.com/a.png"></picture>`, `<img data-remote-src="https://example.com/a.png"/>`, true},
		"name, password":   {`a<img src="https://joe:pw@example.com/a.png">b`, `ab`, false},
		"background":       {`<table background="https://example.com/b.png"><tr><td background="cover.png">x</td></tr></table>`, `<table data-remote-background="https://example.com/b.png"><tbody><tr><td>x</td></tr></tbody></table>`, true},
		"style":            {`<div style="color: red; background: #fff url(https://example.com/b@2x.png) no-repeat; padding: 4px">x</div>`, `<div style="color: red; background: #fff  no-repeat; padding: 4px" data-remote-background="https://example.com/b@2x.png">x</div>`, true},
		"style, quoted":    {`<p style="background-image: url('https://example.com/b;c.png'); background-size: cover">x</p>`, `<p style="background-size: cover" data-remote-background="https://example.com/b;c.png">x</p>`, true},
		"style elsewhere":  {`<p style="list-style-image: url(https://example.com/b.png); color: red">x</p>`, `<p style="color: red">x</p>`, false},
		"own pretence":     {`<p data-remote-background="https://example.com/b.png">x</p>`, `<p>x</p>`, false},
		"data":             {`a<img src="data:image/png;base64,AAAA">b`, `ab`, false},
		"data with words":  {`<img src="data:image/png;base64,AAAA" alt="logo">`, `<img alt="logo"/>`, false},
	} {
		got := Letter(c.html, parts)
		if got.HTML != c.want || got.Remote != c.remote {
			t.Errorf("%s: got %s, remote %v\nwant %s, remote %v", name, got.HTML, got.Remote, c.want, c.remote)
		}
	}
}

func TestRemotePicturesComeThroughTheProxy(t *testing.T) {
	clean := Letter(`<p style="color:red">x<img src="https://example.com/a.png" alt="a"><img src="cid:ok"><a href="https://a.by">l</a></p>`, parts)
	got := ShowRemote(clean.HTML, func(remote string) string { return "/remote?of=" + strings.TrimPrefix(remote, "https://") })
	want := `<p style="color: red">x<img alt="a" src="/remote?of=example.com/a.png"/><img src="/files/ok"/><a href="https://a.by" rel="noopener noreferrer nofollow" target="_blank">l</a></p>`
	if got != want {
		t.Errorf("ShowRemote:\n got %s\nwant %s", got, want)
	}
	if again := ShowRemote(clean.HTML, func(string) string { return "https://example.com/direct" }); strings.Contains(again, ` src="https`) {
		t.Errorf("a proxy elsewhere is used: %s", again)
	}
}

func TestRemoteBackgroundsComeThroughTheProxy(t *testing.T) {
	clean := Letter(`<td>x</td><table background="https://example.com/b.png" style="color:red;"><tr><td style="background: url(https://example.com/c.png)">x<img src="https://example.com/b.png"></td></tr></table>`, parts).HTML
	if got := Remote(clean); !slices.Equal(got, []string{"https://example.com/b.png", "https://example.com/c.png"}) {
		t.Errorf("Remote lists %q", got)
	}
	got := ShowRemote(clean, func(remote string) string {
		if strings.Contains(remote, "c.png") {
			return ""
		}
		return "/messages/Ab-_9/pictures/Zz-_0"
	})
	want := `x<table style="color: red; background-image: url(&#39;/messages/Ab-_9/pictures/Zz-_0&#39;)"><tbody><tr>` +
		`<td data-remote-background="https://example.com/c.png">x<img src="/messages/Ab-_9/pictures/Zz-_0"/></td></tr></tbody></table>`
	if got != want {
		t.Errorf("ShowRemote:\n got %s\nwant %s", got, want)
	}
	for _, elsewhere := range []string{"https://example.com/x", "//example.com/x"} {
		if again := ShowRemote(clean, func(string) string { return elsewhere }); strings.Contains(again, "url(") {
			t.Errorf("a proxy at %s is used: %s", elsewhere, again)
		}
	}
	many := Letter(strings.Repeat(`<img src="https://example.com/a">`, 3)+numbered(`<img src="https://example.com/%d">`, MaxRemote+5), parts).HTML
	if n := len(Remote(many)); n != MaxRemote {
		t.Errorf("Remote lists %d pictures", n)
	}
}

func numbered(pattern string, n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, pattern, i)
	}
	return out.String()
}

func TestLetterLinks(t *testing.T) {
	for html, want := range map[string]string{
		`<a href="https://example.com" title="t" name="n" target="_self">x</a>`: `<a title="t" href="https://example.com" target="_blank" rel="noopener noreferrer nofollow">x</a>`,
		`<a href=" HTTPS://Example.com/Путь ">x</a>`:                            `<a href="https://Example.com/%D0%9F%D1%83%D1%82%D1%8C"` + newWindow + `>x</a>`,
		`<a href="mailto:a@b.by?subject=x">x</a>`:                               `<a href="mailto:a@b.by?subject=x"` + newWindow + `>x</a>`,
		`<a href="tel:+375296254895">x</a>`:                                     `<a href="tel:+375296254895"` + newWindow + `>x</a>`,
		`<a href="page.html">x</a>`:                                             `<a>x</a>`,
		`<a name="top">x</a>`:                                                   `<a>x</a>`,
	} {
		if got := Letter(html, parts).HTML; got != want {
			t.Errorf("Letter(%s)\n got %s\nwant %s", html, got, want)
		}
	}
}

func TestLetterDropsStylesThatMoveOrGrow(t *testing.T) {
	for style, want := range map[string]string{
		"color:red;position:absolute":          `<p style="color: red">x</p>`,
		"min-height:110vh;color:red":           `<p style="color: red">x</p>`,
		"height:50dvh":                         `<p>x</p>`,
		"background:url(x.png) #fff;color:red": `<p style="background: #fff; color: red">x</p>`,
		"background:#fff":                      `<p style="background: #fff">x</p>`,
		`font-family:"\@Batang";color:red`:     `<p>x</p>`,
		"width:99999px;width:600px":            `<p style="width: 600px">x</p>`,
	} {
		if got := Letter("<p style='"+style+"'>x</p>", parts).HTML; got != want {
			t.Errorf("style %s\n got %s\nwant %s", style, got, want)
		}
	}
}

func TestComposerKeepsWhatTheEditorMakes(t *testing.T) {
	for html, want := range map[string]string{
		`<div>a <b>b</b><i>i</i><u>u</u><s>s</s><br/></div>`:                     `<div>a <b>b</b><i>i</i><u>u</u><s>s</s><br/></div>`,
		`<ul><li>a</li></ul><ol><li>b</li></ol><blockquote>q</blockquote>`:       `<ul><li>a</li></ul><ol><li>b</li></ol><blockquote>q</blockquote>`,
		`<pre>x  y</pre><code>c</code><h3>h</h3>`:                                `<pre>x  y</pre><code>c</code><h3>h</h3>`,
		`<strong>a</strong><em>b</em><del>c</del><h1>d</h1>`:                     `<b>a</b><i>b</i><s>c</s><h3>d</h3>`,
		`<p style="color:red" class="x" id="y" data-z="1">a</p>`:                 `<p>a</p>`,
		`<img src="/files/k7t/plan.png" alt="plan" width="300" onload="x">`:      `<img src="/files/k7t/plan.png" alt="plan" width="300"/>`,
		`a<img src="https://example.com/x.png">b<img src="/desk/logout">c`:       `abc`,
		`a<img src="/files/../desk/logout">b<img src="/files/a?b">`:              `ab`,
		`<span data-mention="7">@Anna</span> <font color="red">x</font>`:         `@Anna x`,
		`<section>a</section><section>b</section>`:                               `<div>a</div><div>b</div>`,
		`<table width="9"><tr><td colspan="2" bgcolor="red">x</td></tr></table>`: `<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>`,
		`<a href="https://a.by" onclick="x">l</a><a href="javascript:x">m</a>`:   `<a href="https://a.by"` + newWindow + `>l</a><a>m</a>`,
	} {
		got := Composer(html)
		if got != want {
			t.Errorf("Composer(%s)\n got %s\nwant %s", html, got, want)
		}
		if again := Composer(got); again != got {
			t.Errorf("cleaned again %s becomes %s", got, again)
		}
	}
}

func TestSimpleLettersMayStandInThePage(t *testing.T) {
	gmail := `<div dir="ltr">Hello,<br><div><br></div></div><br><div class="gmail_quote"><div dir="ltr">On Mon Ann wrote:<br></div>` +
		`<blockquote style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"><p>Hi</p></blockquote></div>`
	outlook := `<p class=MsoNormal style='margin:0cm 0cm 8pt'><span lang=RU style='font-size:11.0pt;font-family:"Calibri",sans-serif;color:black'>Добрый день</span></p>` +
		`<table><tr><td>a</td></tr></table>`
	for html, want := range map[string]bool{
		"":                                      true,
		"words <b>bold</b>":                     true,
		gmail:                                   true,
		outlook:                                 true,
		`<img src="cid:ok">`:                    true,
		`<img src="cid:elsewhere">`:             false, // an address of ours, but not a file's
		`<img src="https://example.com/x.png">`: false,
		`<p style="color:red">x</p>`:            false,
		`<p style="background:yellow">x</p>`:    false,
		`<p style="background:white;color:#222">x</p>`:                 true,
		`<p style="text-align:center">x</p>`:                           false,
		`<p style="font-size:30px">x</p>`:                              false,
		`<p style="font-weight:bold">x</p>`:                            false,
		`<p style="font-weight:normal">x</p>`:                          true,
		`<div style="display:none">x</div>`:                            false,
		`<div style="max-height:0;overflow:hidden">x</div>`:            false,
		`<table width="600"><tr><td bgcolor="red">x</td></tr></table>`: false,
		`<center>x</center>`:                                           false,
		`<h1>x</h1>`:                                                   false,
		`<font color="red">x</font>`:                                   false,
		`<font face="Arial">x</font>`:                                  true,
	} {
		clean := Letter(html, func(id string) (string, bool) {
			if id == "elsewhere" {
				return "/logo.png", true
			}
			return parts(id)
		})
		if got := Simple(clean.HTML); got != want {
			t.Errorf("Simple(%.200s) = %v", clean.HTML, got)
		}
	}
	if got := Inline(Letter(gmail, parts).HTML); strings.ContainsAny(got, "=") && !strings.Contains(got, `dir="ltr"`) || strings.Contains(got, "style") {
		t.Errorf("Inline leaves styles: %s", got)
	}
}

func BenchmarkLetter(b *testing.B) {
	row := `<tr><td width="300" bgcolor="#ffffff" style="padding:10px;font-family:Arial,sans-serif;font-size:14px;color:#333333">` +
		`<a href="https://example.com/offer?id=1" style="color:#0066cc">Some words of an offer</a><br><img src="https://example.com/p.png" width="280"></td></tr>`
	letter := `<table width="600">` + strings.Repeat(row, 150) + `</table>`
	b.SetBytes(int64(len(letter)))
	for b.Loop() {
		Letter(letter, parts)
	}
}

func BenchmarkText(b *testing.B) {
	letter := strings.Repeat(`<p>Some <b>words</b> of a <a href="https://example.com/">letter</a>.</p>`, 500)
	b.SetBytes(int64(len(letter)))
	for b.Loop() {
		Text(letter)
	}
}

func TestStyleValue(t *testing.T) {
	for value, want := range map[string]bool{
		"": false, "red": true, "#112233": true, "rgba(1, 2, 3, 0.5)": true, "1px solid #ccc": true, "1.33333333em": true,
		`"segoe ui", 'Times'`: true, "12px/1.5 Arial": true, "-5px": true,
		"progid:x": false, `a\b`: false, "a{b": false, "a;b": false, "@x": false, "a*b": false, "<x": false,
		"url(x)": false, "url (x)": false, "calc(1px)": false, "RGB(1,2,3)": true, "foo rgb(url(x))": false,
		"10vh": false, "10 VW": false, "5cqmin": false, "1dvmax": false, "10000px": false, "9999px": true,
		strings.Repeat("a", 400): false,
	} {
		if got := styleValue(value); got != want {
			t.Errorf("styleValue(%q) = %v", value, got)
		}
	}
}

func TestNestingDeeperThanALetterIsShownAsText(t *testing.T) {
	nested := func(depth int) string { return Letter(strings.Repeat("<div>", depth)+"words", parts).HTML }
	if got := nested(maxDepth); strings.Count(got, "<div>") != maxDepth {
		t.Errorf("%d levels are kept of %d", strings.Count(got, "<div>"), maxDepth)
	}
	for _, depth := range []int{maxDepth + 1, 400, 600} {
		if got := nested(depth); got != "<p>words</p>" {
			t.Errorf("%d levels become %.60s…", depth, got)
		}
	}
}
