package oknotest_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// An agent finds tickets by words in any form, with filters that the box
// offers; what he found stays beside the ticket that he opens.
func TestTicketsAreFoundByTheirWordsAndFilters(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Lang: "ru"})
	for subject, text := range map[string]string{
		"Принтер печатает с полосами": "Добрый день! Полосы идут по всей странице.",
		"Не приходит письмо":          "Отправляли со сканера, а принтером пользоваться не пробовали.",
		"Вопрос о договоре":           "Когда пришлёте?",
	} {
		_, err := r.Desk.OpenTicket(t.Context(), okno.Nobody("ru"), desk.Opening{
			Key: subject, Name: "Карл", Address: oknotest.Carl, Channel: okno.ChannelWeb, Subject: subject, Text: text, Lang: "ru",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	r.Settle()
	v := r.Browser(t).Person("Ann").SignIn(oknotest.Ann).Open("/desk")
	v.Fill("Найти заявки", "принтеры").Key(kb.Enter)
	v.Sees("Результаты поиска").Sees("Принтер печатает с полосами").Sees("Не приходит письмо").Misses("Вопрос о договоре")
	v.Until("the words are marked", `[...document.querySelectorAll("mark.hit")].map(m => m.textContent).sort().join(" ") === "Принтер принтером"`)
	v.Fill("Найти заявки", "ста").Until("the filter is offered", `document.querySelector("#offers-q [role=option]")?.textContent.startsWith("статус")`)
	v.Key(kb.ArrowDown).Key(kb.Enter).Until("its values are offered", `document.querySelector("#offers-q [role=option]")?.textContent === "новая"`)
	v.Key(kb.ArrowDown).Key(kb.Enter).Type("полосы").Key(kb.Enter)
	v.Sees("Принтер печатает с полосами").Misses("Не приходит письмо")
	v.Press("Принтер печатает с полосами").Sees("Полосы идут по всей странице").Sees("Результаты поиска")
	v.Open("/desk?q=%D0%BF%D1%80%D0%B8%D0%BD%D1%82%D0%B5%D1%80").Press("Сохранить как очередь").Sees("Сейчас подходит: 2")
	v.Fill("Название очереди", "Про печать").Press("Сохранить").Sees("Очередь сохранена").Sees("Не приходит письмо")
	v.Open("/desk?q=status:mad").Sees("Непонятно: status:mad").Sees("Ничего не найдено")
	v.NoFaults()
}
