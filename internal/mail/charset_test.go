package mail

import (
	"testing"

	"golang.org/x/text/encoding/charmap"
)

func encoded(t *testing.T, enc *charmap.Charmap, s string) []byte {
	t.Helper()
	b, err := enc.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestUnlabelledTextIsReadInTheCharsetItLooksLike(t *testing.T) {
	for _, text := range []string{"Счёт", "Не работает принтер", "ПРОВЕРКА СВЯЗИ с кассой", "Re: Заявка № 15 от 18.11.2026", "Отчёт \"Продажи\" — не открывается", "еще раз", "СРОЧНО: НЕТ СВЯЗИ", "объём", "Цены"} {
		for name, enc := range map[string]*charmap.Charmap{"windows-1251": charmap.Windows1251, "koi8-r": charmap.KOI8R, "ibm866": charmap.CodePage866} {
			b, err := enc.NewEncoder().Bytes([]byte(text))
			if err != nil {
				continue // № and — are not in koi8-r, — is not in ibm866
			}
			if got, fault := toUTF8("", b); got != text || fault == "" {
				t.Errorf("%s in %s: %q (%s)", text, name, got, fault)
			}
		}
	}
	for _, text := range []string{"café", "Müller & Söhne", "déjà vu à l'hôtel", "naïve", "Überprüfung"} {
		if got, _ := toUTF8("", encoded(t, charmap.Windows1252, text)); got != text {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func TestLabelIsBelievedUnlessTheBytesSayOtherwise(t *testing.T) {
	const text = "Здравствуйте"
	for _, c := range []struct {
		label string
		bytes []byte
		want  string
	}{
		{"koi8-r", encoded(t, charmap.KOI8R, text), text},
		{`"KOI8-R"`, encoded(t, charmap.KOI8R, text), text},
		{"cp1251", encoded(t, charmap.Windows1251, text), text},
		{"win-1251", encoded(t, charmap.Windows1251, text), text},
		{"charset=windows-1251", encoded(t, charmap.Windows1251, text), text},
		{"koi8-r", encoded(t, charmap.KOI8R, "её"), "её"}, // by chance valid UTF-8
		{"windows-1251", []byte(text), text},
		{"iso-8859-1", []byte(text), text},
		{"us-ascii", []byte(text), text},
		{"utf-8", encoded(t, charmap.Windows1251, text), text},
		{"utf-8", []byte("Здрав\xffствуйте"), "Здрав\uFFFDствуйте"},
		{"martian", []byte(text), text},
		{"utf-8", []byte("a\x00b"), "ab"},
		{"utf-16le", []byte("h\x00i\x00"), "hi"},
		{"iso-2022-jp", []byte("\x1b$B$\"\x1b(B"), "あ"},
		{"gb2312", []byte{0xc4, 0xe3, 0xba, 0xc3}, "你好"},
	} {
		if got, _ := toUTF8(c.label, c.bytes); got != c.want {
			t.Errorf("%s: %q, want %q", c.label, got, c.want)
		}
	}
}

func TestEncodedWords(t *testing.T) {
	for in, want := range map[string]string{
		"=?utf-8?B?0J/RgNC40LLQtdGC?=":               "Привет",
		"=?UTF-8?q?a=5Fb_c?= d":                      "a_b c d",
		"=?utf-8?B?0J/RgNC4?=\t=?utf-8?B?0LLQtdGC?=": "Привет",
		"=?utf-8?B?0A==?= =?utf-8?B?n9GA?=":          "Пр", // a character split between two words
		"=?utf-8?Q?=D0=9F?= =?koi8-r?Q?=D2?=":        "Пр",
		"a =?utf-8?Q?b?= c":                          "a b c",
		"=?utf-8?Q?b?=c":                             "bc",
		"=?utf-8*ru?Q?=D0=AF?=":                      "Я",
		"=?utf-8?B?0J/RgNC40LLQtdGC":                 "Привет", // cut short
		"=?utf-8?X?abc?=":                            "=?utf-8?X?abc?=",
		"=?utf-8?B?!!!?=":                            "=?utf-8?B?!!!?=",
		"=?utf-8?B?0J/RgNC40LLQtdGC=?=":              "Привет",
		"=?utf-8?Q?a_line=0D=0ABcc:_x?=":             "a line  Bcc: x",
	} {
		if got := decodeWords(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTransferEncodings(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"base64", "d29y\r\nZHM=", "words"},
		{"BASE64 ", "d29yZHM", "words"},
		{"base64", "d29y\n>ZHM=\n", "words"},
		{"base64", "d28=cmRz", "words"},
		{"base64", "d29yZHMA*", "words\x00"},
		{"base64", "d29yZHMgYW5k\r\nIG1vcmUgd29y\r\nZHM=", "words and more words"},
		{"base64", "d29y ZH\r\nMgYW5k\r\n", "words and"},
		{"base64", "/+8BAf/v", "\xff\xef\x01\x01\xff\xef"},
		{"base64", "", ""},
		{"quoted-printable", "w=6Frd=\r\ns", "words"},
		{"quoted-printable", "a=\nb", "ab"},
		{"quoted-printable", "a  \r\nb", "a\r\nb"},
		{"quoted-printable", "50=% =zz =", "50=% =zz "},
		{"Quoted-Printable; x", "=d0=9f", "П"},
		{"7bit", "=3D", "=3D"},
		{"martian", "words", "words"},
	} {
		if got, _ := decodeTransfer(c.name, []byte(c.in)); string(got) != c.want {
			t.Errorf("%s %q: %q", c.name, c.in, got)
		}
	}
}

func TestDates(t *testing.T) {
	for in, want := range map[string]string{
		"Wed, 18 Nov 2026 12:30:05 +0300":       "2026-11-18T09:30:05Z",
		"18 Nov 2026 12:30 +0300":               "2026-11-18T09:30:00Z",
		"Wed, 18 Nov 2026 12:30:05 +0300 (MSK)": "2026-11-18T09:30:05Z",
		"Wed, 18 Nov 2026 12:30:05":             "2026-11-18T12:30:05Z",
		"2026-11-18T12:30:05+03:00":             "2026-11-18T09:30:05Z",
		"Wed, 18 Nov 126 12:30:05 +0300":        "2026-11-18T09:30:05Z",
		"Wednesday, November 18, 2026 9:30 AM":  "2026-11-18T09:30:00Z",
		"Nov 18, 2026 9:30 PM":                  "2026-11-18T21:30:00Z",
		"Mon, 01 Jan 0001 00:00:00 +0000":       "", "Fri, 01 Jan 1904 00:00:00 +0000": "", "1 Jan 9999 00:00:00 +0000": "", "yesterday": "", "": "",
	} {
		got := readDate(in)
		if got.IsZero() != (want == "") || !got.IsZero() && got.Format("2006-01-02T15:04:05Z07:00") != want {
			t.Errorf("%q: %v, want %s", in, got, want)
		}
	}
}

func TestMessageIDs(t *testing.T) {
	for in, want := range map[string]int{"<a@b>": 1, "<a@b> <c@d>": 2, "a@b": 1, "two words": 0, "<>": 0, "": 0, "<a@b": 1} {
		if got := messageIDs(in); len(got) != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	many := ""
	for range 300 {
		many += "<a@b> "
	}
	if got := messageIDs("<root@b> " + many + "<last@b>"); len(got) != 100 || got[0] != "root@b" || got[99] != "last@b" {
		t.Errorf("%d ids, first %s", len(got), got[0])
	}
}

func TestTextFromHTML(t *testing.T) {
	for in, want := range map[string]string{
		"<p>a</p><p>b</p>":                        "a\n\nb",
		"a<br>b<br><br>c":                         "a\nb\n\nc",
		"<b>a</b>b <i>c</i> d":                    "ab c d",
		"  a \n b  ":                              "a b",
		"<script>x</script><style>y</style>a":     "a",
		"<head><title>x</title><body>a":           "a",
		"<blockquote>a<blockquote>b</blockquote>": "> a\n>> b",
		"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>": "a b\nc",
		"<pre>a\n  b</pre>c": "a\nb\nc",
		"a&nbsp;&amp;&lt;b":  "a &<b",
		"<img src=x>":        "",
	} {
		if got := textFromHTML(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestUnflow(t *testing.T) {
	for in, want := range map[string]string{
		"a \nb\nc":     "a b\nc",
		">a \n>b\nc":   "> a b\nc",
		">a \nb":       "> a \nb",
		" >a":          ">a",
		"a \n-- \nAnn": "a \n-- \nAnn",
		">> a \n>> b":  ">> a b",
	} {
		if got := unflow(in, false); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := unflow("漢 \n字", true); got != "漢字" {
		t.Errorf("%q", got)
	}
}

func TestFileNames(t *testing.T) {
	for header, want := range map[string]string{
		`attachment; filename="../../etc/passwd"`:                  "passwd",
		`attachment; filename="C:\docs\a.txt"`:                     "a.txt",
		`attachment; filename=".."`:                                "attachment",
		`attachment; filename*=koi8-r'ru'%D3%DE%A3%D4.pdf`:         "счёт.pdf",
		`attachment; filename*0="long "; filename*1="name.txt"`:    "long name.txt",
		`attachment; filename*0*=utf-8''%D0; filename*1*=%90.txt`:  "А.txt",
		`attachment; filename="=?utf-8?B?0JAudHh0?="`:              "А.txt",
		`attachment; filename="=?utf-8?Q?..=2F..=2Fa=0D=0A.txt?="`: "a .txt",
		`attachment; filename=a b.txt`:                             "a b.txt",
		`attachment`:                                               "attachment",
	} {
		l := Read([]byte("Content-Type: application/x-thing\r\nContent-Disposition: " + header + "\r\n\r\nx"))
		if len(l.Attachments) != 1 || l.Attachments[0].Name != want {
			t.Errorf("%s: %+v, want %q", header, l.Attachments, want)
		}
	}
}
