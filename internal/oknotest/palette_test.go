package oknotest_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// Without a mouse: Ctrl+K finds a ticket, the one that was open before it, a
// command on the open ticket, a view and a page; names come while one types.
func TestAnythingIsFoundByKeyboard(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Lang: "ru"})
	var numbers []okno.Number
	for _, subject := range []string{"Принтер печатает с полосами", "Не приходит письмо"} {
		o, err := r.Desk.OpenTicket(t.Context(), okno.Nobody("ru"), desk.Opening{
			Key: subject + " once", Name: "Карл Орлов", Address: oknotest.Carl, Channel: okno.ChannelWeb, Subject: subject, Text: "Что делать?", Lang: "ru",
		})
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, o.Number)
	}
	r.Settle()
	v := r.Browser(t).Person("Ada").SignIn(oknotest.Ada).Open("/desk")
	chosen := func(text string) string {
		return `document.querySelector("#palette [aria-selected=true]")?.innerText.includes(` + "`" + text + "`" + `) && document.querySelector("#palette input").getAttribute("aria-activedescendant") === document.querySelector("#palette [aria-selected=true]").id`
	}
	ask := func(text string) {
		t.Helper()
		v.Key("k", chromedp.ModifierCtrl).Shows("#palette[open]").Stands("Найти что угодно").Type(text)
	}
	ask("принтеры")
	v.Until("the ticket is chosen", chosen("Принтер печатает с полосами")).Until("its words are marked", `document.querySelector("#palette mark")?.textContent === "Принтер"`)
	v.Until("it is said how many", `/^\d+.результат/.test(document.querySelector("[data-palette-said]").textContent)`).Accessible()
	v.Key(kb.Enter).Sees("Что делать?").Until("the ticket is open", `location.pathname.endsWith("`+string(numbers[0])+`")`)
	ask(string(numbers[1])[:5])
	v.Until("the other is chosen by its number", chosen("Не приходит письмо")).Key(kb.Enter).Until("it is open", `location.pathname.endsWith("`+string(numbers[1])+`")`)
	ask("")
	v.Until("what was open before stands first", chosen("Принтер печатает с полосами")).Sees("Недавно открытые")
	v.Key(kb.Escape).Until("it is closed", `!document.querySelector("#palette").open`)
	ask("заметк")
	v.Until("the command is chosen", chosen("Написать внутреннюю заметку")).Key(kb.Enter).Until("the box for a note is open", `document.querySelector(".composer-note").open`)
	v.Until("one can type", `document.activeElement.closest(".composer-note")`).Key(kb.Escape)
	ask("назначить")
	v.Until("the command is chosen", chosen("Взять себе")).Key(kb.ArrowDown).Until("the next is chosen", chosen("Сменить исполнителя")).Key(kb.ArrowUp).Key(kb.ArrowUp).Until("round to the last", `[...document.querySelectorAll("#palette [role=option]")].at(-1).getAttribute("aria-selected") === "true"`)
	v.Key(kb.Escape)
	ask("орл")
	v.Sees("Карл Орлов").Sees("Люди").Key(kb.Escape)
	ask("почтовые ящики")
	v.Until("the page is found", `[...document.querySelectorAll("#palette [role=option]")].some(o => o.pathname === "/admin/mailboxes")`).Key(kb.Escape)
	v.Open("/desk").Fill("Найти заявки", "орл").Until("the name is offered", `[...document.querySelectorAll("#offers-q [role=option]")].some(o => o.innerText.includes("Карл Орлов"))`)
	v.Until("it is said how many", `/^\d+.подсказ/.test(document.querySelector("#offers-q + [role=status]").textContent)`)
	v.Key(kb.ArrowDown).Key(kb.Enter).Until("it stands in the question", `document.activeElement.value === 'постановщик:"Карл Орлов" '`)
	v.Key(kb.Enter).Sees("Результаты поиска").Sees("Не приходит письмо")
	v.NoFaults()
}
