package oknotest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/oknodesk/okno/internal/oknotest"
)

// newsletter is laid out as those are: tables of a fixed width in one another,
// coloured cells, words in the middle, a button made of a cell.
const newsletter = `<!DOCTYPE html><html><head><style>.x{color:red}</style></head><body style="margin:0;background:#eef1f5">
<table width="100%" bgcolor="#eef1f5" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<table width="600" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:600px;font-family:Arial,sans-serif">
<tr><td id="head" bgcolor="#1f3a5f" style="padding:24px;color:#ffffff;text-align:center;font-size:24px"><b>Lamps and more</b></td></tr>
<tr><td style="padding:24px;font-size:15px;line-height:22px;color:#333333">Dear reader,<br><br>this month all <b>table lamps</b> cost <font color="#b00020">a fifth less</font>. Have a look:
<ul><li>Lamp “Ada”, brass</li><li>Lamp “Bob”, oak</li></ul></td></tr>
<tr><td style="padding:0 24px 24px"><table width="100%" cellpadding="8" cellspacing="0" border="1" style="border-collapse:collapse;border-color:#cccccc">
<tr bgcolor="#f3f5f8"><th align="left">Lamp</th><th align="right">Price</th></tr><tr><td>Ada</td><td id="price" align="right">79.00</td></tr><tr><td>Bob</td><td align="right">64.50</td></tr></table></td></tr>
<tr><td align="center" style="padding:0 24px 32px"><table cellpadding="0" cellspacing="0"><tr><td id="button" bgcolor="#f2a900" style="padding:12px 28px;border-radius:4px"><a href="https://shop.example/lamps" style="color:#222222;text-decoration:none;font-weight:bold">To the lamps</a></td></tr></table></td></tr>
<tr><td align="center" style="padding:16px;font-size:12px;color:#888888">Shop Ltd · <a href="https://shop.example/off">unsubscribe</a> · the last words of the letter</td></tr>
</table></td></tr></table></body></html>`

// wordLetter is as Outlook writes with Word: classes, conditional comments, a
// wide table, a quotation below a line.
const wordLetter = `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40"><head><style><!-- p.MsoNormal {margin:0cm;font-size:11.0pt;font-family:"Calibri",sans-serif;} --></style>
<!--[if gte mso 9]><xml><o:shapedefaults/></xml><![endif]--></head><body lang="EN-GB" link="#0563C1"><div class="WordSection1">
<p class="MsoNormal"><span style="font-family:Calibri,sans-serif;color:#1F497D">Good morning,<o:p></o:p></span></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>
<p class="MsoNormal"><b><span style="font-size:11.0pt">these are the devices that fail:</span></b><o:p></o:p></p>
<table class="MsoTableGrid" border="1" cellspacing="0" cellpadding="0" width="1240" style="width:930.0pt;border-collapse:collapse;border:none"><tr>
<td id="head" width="310" valign="top" style="width:232.5pt;border:solid windowtext 1.0pt;background:#D9E2F3;padding:0cm 5.4pt 0cm 5.4pt"><p class="MsoNormal"><b>Device</b></p></td>
<td width="310" style="border:solid windowtext 1.0pt;background:#D9E2F3;padding:0cm 5.4pt"><p class="MsoNormal"><b>Serial number</b></p></td>
<td width="620" style="border:solid windowtext 1.0pt;background:#D9E2F3;padding:0cm 5.4pt"><p class="MsoNormal" align="center" style="text-align:center"><b>What happens</b></p></td></tr>
<tr><td style="border:solid windowtext 1.0pt;padding:0cm 5.4pt"><p class="MsoNormal">Printer, second floor</p></td><td style="border:solid windowtext 1.0pt;padding:0cm 5.4pt"><p class="MsoNormal">PR-2026-000017</p></td>
<td id="price" style="border:solid windowtext 1.0pt;padding:0cm 5.4pt;text-align:right"><p class="MsoNormal" align="right" style="text-align:right">draws each page twice and then stops</p></td></tr></table>
<p class="MsoNormal"><span style="font-size:10.0pt;font-family:Arial;color:gray">Kind regards<br>Carl Customer<br>the last words of the letter</span></p></div></body></html>`

func TestOrdinaryLettersKeepTheirLooksWithinTheirFrame(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	for i, html := range []string{newsletter, wordLetter} {
		raw := fmt.Sprintf("From: Carl <%s>\r\nTo: %s\r\nSubject: Looks %d\r\nMessage-ID: <looks%d@customer.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n%s\r\n",
			oknotest.Carl, oknotest.Support, i, i, strings.ReplaceAll(html, "\n", "\r\n"))
		must(t, oknotest.Send(r.SMTP, oknotest.Carl, oknotest.Support, []byte(raw)))
		r.Settle()
	}
	v := r.Browser(t).Person("Ann").SignIn(oknotest.Ann)
	for i, head := range []string{"rgb(31, 58, 95)", "rgb(217, 226, 243)"} {
		path := fmt.Sprintf("/desk/tickets/10000%d", i+1)
		for _, size := range [][2]int64{{1440, 900}, {320, 640}} {
			v.Size(size[0], size[1]).Dark(size[0] == 320).Open(path).Sees("the last words of the letter").Fits()
			look := oknotest.Ask[string](v, `(() => { const d = document.querySelector("iframe").contentDocument, of = (e, p) => e ? d.defaultView.getComputedStyle(e)[p] : "gone";
				const cells = [...d.querySelectorAll("td")], price = cells.find(c => /79.00|draws each page/.test(c.textContent) && !c.querySelector("table"));
				return [cells.map(c => of(c, "backgroundColor")).includes("`+head+`"), of(price, "textAlign"), [...d.querySelectorAll("table")].length > 0].join(" ") })()`)
			if want := "true right true"; look != want && look != "true -webkit-right true" {
				t.Errorf("%s at %d: %s, want %s", path, size[0], look, want)
			}
			if wide := oknotest.Ask[int](v, `(() => { const f = document.querySelector("iframe"), e = f.contentDocument.documentElement; return Math.max(f.getBoundingClientRect().right - innerWidth, e.scrollWidth - e.clientWidth) })()`); wide > 1 {
				t.Errorf("%s at %d: %d pixels stick out", path, size[0], wide)
			}
		}
	}
	v.NoFaults()
}
