package oknotest_test

import (
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// newTicket is the first door of the home page, as it reads.
const newTicket = "Открыть новую заявку Опишите вопрос или проблему, приложите файлы. Регистрироваться не нужно."

func TestR5ANewcomerWhoFollowsTheHomePageFilesATicket(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Lang: "ru"})
	carl := r.Browser(t).Person("Carl")
	carl.Open("/").Press(newTicket).At("/open")
	// He forgets a field on the way, and the page does not let him go.
	carl.Fill("Электронная почта", oknotest.Carl).Fill("Имя", "Карл").Fill("Описание", "Мигает с утра.").Press("Отправить заявку")
	carl.At("/open").Holds("Описание", "Мигает с утра.")
	carl.Fill("Тема", "Лампа мигает").Press("Отправить заявку")
	carl.At("/open/done").Sees("100001").Sees("Подтверждение со ссылкой на заявку")
	carl.Open(r.Sink.Letter(oknotest.Carl, "Запрос был создан и привязан к заявке #100001").Link(t, "/t/"))
	carl.At("/tickets/100001").Sees("Лампа мигает").Sees("Мигает с утра.").Sees("Новая")
	carl.NoFaults()
}

// The whole way of a ticket, from the first letter to closing, of somebody who
// has no account and never makes one.
func TestR31R51AWholeTicketWithoutRegistering(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Lang: "ru"})
	b := r.Browser(t)
	ann := r.Agent(oknotest.Ann)
	answer := func(n okno.Number, text string) {
		t.Helper()
		_, err := r.Desk.AddMessage(t.Context(), ann, n, desk.Words{Key: "to " + string(n) + text, Text: text, Channel: okno.ChannelWeb})
		must(t, err)
	}

	must(t, oknotest.Send(r.SMTP, oknotest.Carl, oknotest.Support, koi8(t))) // R6
	confirmation := r.Sink.Letter(oknotest.Carl, "Запрос был создан и привязан к заявке #100001")
	carl := b.Person("Carl").Open(confirmation.Link(t, "/t/")).At("/tickets/100001").Sees("Лампа мигает")
	answer("100001", "Какая именно лампа?")
	carl.Sees("Какая именно лампа?")
	from, to, raw, err := r.Sink.Letter(oknotest.Carl, "Какая именно лампа?").Answer("Настольная.") // R16, R17
	must(t, err)
	must(t, oknotest.Send(r.SMTP, from, to, raw))
	carl.Sees("Настольная.")
	carl.Fill("Написать сообщение", "И торшер тоже.").Press("Отправить").Sees("И торшер тоже.") // R18, R51
	answer("100001", "Замените предохранитель.")
	carl.Sees("Замените предохранитель.")
	from, to, raw, err = r.Sink.Letter(oknotest.Carl, "Замените предохранитель.").Answer("Вопрос решён.") // R23
	must(t, err)
	must(t, oknotest.Send(r.SMTP, from, to, raw))
	carl.Sees("Закрыта")

	carl.Open("/").Press(newTicket) // R7 to R12
	carl.Fill("Электронная почта", oknotest.Carl).Fill("Имя", "Карл").Fill("Тема", "Скрипит стул").Fill("Описание", "Со вчерашнего дня.").Press("Отправить заявку")
	carl.At("/open/done")
	r.Sink.Letter(oknotest.Carl, "Запрос был создан и привязан к заявке #100002")
	r.Settle()
	r.Sink.Forget()
	carl.Open("/status").Fill("Электронная почта", oknotest.Carl).Fill("Номер заявки", "100002").Press("Отправить ссылку для доступа") // R19 to R21
	carl.At("/status/sent").Open(r.Sink.Letter(oknotest.Carl, "100002").Link(t, "/t/")).At("/tickets/100002").Sees("Скрипит стул")
	carl.Press("Закрыть заявку").Sees("Закрыта").Sees("Войти") // R24
	if _, err := r.Desk.SignIn(t.Context(), oknotest.Carl, oknotest.Password, "", "test"); okno.ReasonOf(err) == "" {
		t.Error("Carl has an account")
	}
	carl.NoFaults()
}
