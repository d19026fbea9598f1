package oknotest_test

import (
	"testing"

	"github.com/oknodesk/okno/internal/oknotest"
)

// blueCorner reports whether the button with a name stands in the window's top
// right quarter, at the page's right edge, and is blue.
const blueCorner = `(() => {
	const b = [...document.querySelectorAll("a,button")].find(e => e.innerText.trim() === "Запросить звонок"), box = b.getBoundingClientRect()
	const edge = document.getElementById("card").getBoundingClientRect().right
	const c = document.createElement("canvas").getContext("2d")
	c.fillStyle = getComputedStyle(b).backgroundColor
	c.fillRect(0, 0, 1, 1)
	const [red, green, blue] = c.getImageData(0, 0, 1, 1).data
	return {right: Math.abs(box.right - edge) < 4, top: box.bottom < innerHeight / 3 && box.bottom <= document.getElementById("card").getBoundingClientRect().top, blue: blue > red + 40 && blue > green + 20}
})()`

func TestR54BlueButtonAtTheTopRightAsksForACall(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Lang: "ru"})
	if err := oknotest.Send(r.SMTP, oknotest.Carl, oknotest.Support, koi8(t)); err != nil {
		t.Fatal(err)
	}
	b := r.Browser(t)
	carl := b.Person("Carl").Open(r.Sink.Letter(oknotest.Carl, "100001").Link(t, "/t/"))
	carl.At("/tickets/100001").Sees("Лампа мигает")
	looks := oknotest.Ask[struct{ Right, Top, Blue bool }](carl, blueCorner)
	if !looks.Right || !looks.Top || !looks.Blue {
		t.Errorf("the button is %+v", looks)
	}

	ann := b.Person("Ann").SignIn(oknotest.Ann)
	ann.Open("/desk?view=calls").Sees("Здесь нет заявок")
	carl.Press("Запросить звонок").At("/call").Fill("Телефон", "звоните").Press("Запросить звонок").Sees("По такому номеру нельзя позвонить.")
	carl.Fill("Телефон", "+375 29 625 48 95").Fill("Когда удобно", "После обеда").Fill("О чём поговорить", "Лампа.").Press("Запросить звонок")
	carl.At("/tickets/100001").Sees("Звонок: Запрошен").Misses("Запросить звонок")

	ann.Sees("Лампа мигает") // in the view of calls, without a reload
	r.Sink.Letter(oknotest.Ann, "625 48 95")
	ann.Open("/desk?view=open").Shows(`#rows [role=img][title="Запрос звонка: Запрошен"]`)
	ann.Press("Лампа мигает").At("/desk/tickets/100001").Sees("После обеда")
	if !oknotest.Ask[bool](ann, `Boolean(document.querySelector("#details a[href='tel:+375296254895']"))`) {
		t.Error("the number cannot be dialled by a press")
	}
	ann.Press("Принять").Sees("Принят")
	carl.Sees("Звонок: Принят") // live at the other side
	ann.Fill("Заметка о звонке", "Лампу заменим завтра.").Press("Звонок состоялся").Sees("Лампу заменим завтра.")
	carl.Sees("Звонок: Состоялся").Sees("Запросить звонок").Misses("Лампу заменим завтра.")

	carl.Press("Запросить звонок").At("/call").Fill("Телефон", "101").Press("Запросить звонок").Sees("Звонок: Запрошен")
	carl.Open("/tickets").Sees("Звонок: Запрошен")
	carl.Open("/tickets/100001").Press("Отменить звонок").Sees("Звонок: Отменён")
	ann.Sees("Отменён")
	r.Sink.Letter(oknotest.Ann, "отменил запрос звонка")
	ann.NoFaults()
	carl.NoFaults()
}
