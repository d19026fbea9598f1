package oknotest_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/oknodesk/okno/internal/oknotest"
)

// koi8 is a letter as an old mail program in Russia would send it: the subject
// and text in koi8-r, a picture shown within the text, and a document.
func koi8(t *testing.T) []byte {
	t.Helper()
	encode := func(s string) string {
		b, err := charmap.KOI8R.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var picture bytes.Buffer
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for x := range 40 {
		m.Set(x, x*3/4, color.RGBA{200, 30, 30, 255})
	}
	if err := png.Encode(&picture, m); err != nil {
		t.Fatal(err)
	}
	return []byte(strings.ReplaceAll(`From: =?koi8-r?B?`+base64Of(encode("Карл Клиентов"))+`?= <`+oknotest.Carl+`>
To: `+oknotest.Support+`
Subject: =?koi8-r?B?`+base64Of(encode("Лампа мигает"))+`?=
Message-ID: <koi8-`+time.Now().Format("150405.000000")+`@customer.example>
Date: Fri, 20 Nov 2026 12:00:00 +0300
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/related; boundary=inner

--inner
Content-Type: text/html; charset=koi8-r
Content-Transfer-Encoding: base64

`+base64Of(encode(`<p>Здравствуйте! Лампа мигает, снимок ниже.</p><img src="cid:lamp@customer.example"><table><tr><td bgcolor="#ffeecc">Заказ 4821</td></tr></table>`))+`
--inner
Content-Type: image/png
Content-ID: <lamp@customer.example>
Content-Disposition: inline; filename=lamp.png
Content-Transfer-Encoding: base64

`+base64Of(picture.String())+`
--inner--
--outer
Content-Type: application/pdf; name="=?koi8-r?B?`+base64Of(encode("счёт.pdf"))+`?="
Content-Disposition: attachment
Content-Transfer-Encoding: base64

`+base64Of("%PDF-1.4\n% a small document\n")+`
--outer--
`, "\n", "\r\n"))
}

func TestALetterBecomesATicketAndTheAnswerGoesBack(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Lang: "ru"})
	b := r.Browser(t)
	ann := b.Person("Ann").SignIn(oknotest.Ann)
	ann.Open("/desk?view=open").Sees("Здесь") // nothing is open yet

	if err := oknotest.Send(r.SMTP, oknotest.Carl, oknotest.Support, koi8(t)); err != nil {
		t.Fatal(err)
	}
	ann.Sees("Лампа мигает") // without a reload

	confirmation := r.Sink.Letter(oknotest.Carl, "Запрос был создан и привязан к заявке #100001")
	carl := b.Person("Carl").Open(confirmation.Link(t, "/t/"))
	carl.At("/tickets/100001").Sees("Лампа мигает").Sees("счёт.pdf").Sees("Заказ 4821")

	ann.Press("Лампа мигает")
	ann.At("/desk/tickets/100001").Sees("счёт.pdf")
	ann.Press("Взять себе")
	ann.Fill("Ваш ответ клиенту", "Попробуйте другую лампочку.").Press("Отправить")
	carl.Sees("Попробуйте другую лампочку.") // live at the other side
	answer := r.Sink.Letter(oknotest.Carl, "Попробуйте другую лампочку")
	if got := answer.Subject; got != "Re: Лампа мигает" {
		t.Errorf("the answer's subject is %q", got)
	}

	from, to, raw, err := answer.Answer("Заменил, всё равно мигает.")
	if err != nil {
		t.Fatal(err)
	}
	if err := oknotest.Send(r.SMTP, from, to, raw); err != nil {
		t.Fatal(err)
	}
	ann.Sees("Заменил, всё равно мигает.")
	carl.Sees("Заменил, всё равно мигает.")

	carl.Press("Закрыть заявку").Sees("Закрыта")
	ann.Sees("Закрыта")
	ann.NoFaults()
	carl.NoFaults()
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
