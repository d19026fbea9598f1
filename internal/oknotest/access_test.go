package oknotest_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/oknotest"
)

func TestR19CheckTicketStatusAsksForAddressAndNumber(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Lang: "ru"})
	n, _ := asked(t, r, "Лампа мигает")
	r.Settle()
	r.Sink.Forget()
	b := r.Browser(t)
	carl := b.Person("Carl").Open("/").Press("Проверить состояние заявки Узнайте, что с Вашей заявкой, и напишите специалисту.")
	carl.Fill("Электронная почта", oknotest.Carl).Fill("Номер заявки", "№ "+string(n)).Press("Отправить ссылку для доступа").Sees("Проверьте почту")
	link := r.Sink.Letter(oknotest.Carl, string(n)).Link(t, "/t/")
	carl.Open(link).At("/tickets/" + string(n)).Sees("Please help.")
	if address := oknotest.Ask[string](carl, `location.href + document.referrer`); regexp.MustCompile(`/t/`).MatchString(address) {
		t.Errorf("the link's token stays in the address: %s", address)
	}
	carl.NoFaults()
}

func TestR22AWrongPairIsAnsweredAlikeAndNoLetterLeaves(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	n, _ := asked(t, r, "A lamp that flickers")
	r.Settle()
	r.Sink.Forget()
	v := r.Browser(t).Person("a stranger")
	ask := func(address, number string) string {
		v.Open("/status").Fill("E-mail", address).Fill("Ticket number", number).Press("Send the access link").At("/status/sent").Sees("Please look into your mailbox")
		return oknotest.Ask[string](v, `document.querySelector("main").innerText`)
	}
	right := ask(oknotest.Carl, string(n))
	for _, pair := range [][2]string{{oknotest.Dora, string(n)}, {oknotest.Carl, "999999"}, {"nobody@elsewhere.example", "1"}} {
		if said := ask(pair[0], pair[1]); said != right {
			t.Errorf("%v is answered %q, the right pair %q", pair, said, right)
		}
	}
	r.Settle()
	if letters := r.Sink.All(); len(letters) != 1 || letters[0].To != oknotest.Carl {
		t.Errorf("%d letters left: %+v", len(letters), letters)
	}
}

func TestAnExpiredLinkOffersAFreshOneToTheSameAddress(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	n, link := asked(t, r, "A lamp that flickers")
	r.Settle()
	r.Sink.Forget()
	r.Clock.Advance(31 * 24 * time.Hour)
	carl := r.Browser(t).Person("Carl").Open(link).Sees("This link has expired").Misses("Please help.")
	carl.Press("Get a new link").Sees("Please look into your mailbox")
	fresh := r.Sink.Letter(oknotest.Carl, string(n)).Link(t, "/t/")
	carl.Open(fresh).Sees("Please help.")
	carl.NoFaults()
}

func TestAGuestSeesTheOneTicketHisLinkIsFor(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	_, link := asked(t, r, "A lamp that flickers")
	other, _ := asked(t, r, "A second lamp")
	carl := r.Browser(t).Person("Carl").Open(link).Sees("Please help.")
	for _, path := range []string{"/tickets/" + string(other), "/tickets/999999"} {
		if status := oknotest.Ask[float64](carl.Open(path), `performance.getEntriesByType("navigation")[0].responseStatus`); status != 404 {
			t.Errorf("%s answers him with %v", path, status)
		}
	}
	for _, path := range []string{"/desk", "/desk/tickets/" + string(other), "/admin"} {
		carl.Open(path).At("/login")
	}
}

func TestR24ATicketIsClosedOnItsPage(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	n, link := asked(t, r, "A lamp that flickers")
	carl := r.Browser(t).Person("Carl").Open(link).Press("Close the ticket").Sees("The ticket is closed. It can be opened again within 30 days.")
	if k := status(t, r, n); k != okno.StatusClosed {
		t.Errorf("the ticket is %s", k)
	}
	carl.Press("Open again").Sees("The ticket is open again.")
	if k := status(t, r, n); k != okno.StatusOpen {
		t.Errorf("the ticket is %s", k)
	}
	carl.NoFaults()
}

// A mail scanner follows links: what they lead to is asked, and done by the
// button alone.
func TestR25YesAndNoInALetterLeadToAButton(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Lang: "ru"})
	carl := r.Browser(t).Person("Carl")
	for _, c := range []struct {
		answer, button string
		want           okno.StatusKind
	}{{"no", "Нет", okno.StatusOpen}, {"yes", "Да", okno.StatusClosed}} {
		n, _ := asked(t, r, "Лампа: "+c.answer)
		must(t, r.Desk.SetStatus(t.Context(), r.Agent(oknotest.Ann), n, okno.StatusDone, okno.Hold{}, 0))
		asks := r.Sink.Letter(oknotest.Carl, "answer="+c.answer)
		carl.Open(asks.Link(t, "answer="+c.answer)).Sees("Удовлетворены ли вы ответом специалиста технической поддержки?")
		if k := status(t, r, n); k != okno.StatusDone {
			t.Fatalf("the link alone has made the ticket %s", k)
		}
		carl.Shows(`button[value="` + c.answer + `"]`)
		carl.Press(c.button).Misses("Удовлетворены ли вы ответом специалиста технической поддержки?")
		if k := status(t, r, n); k != c.want {
			t.Errorf("after %q the ticket is %s", c.answer, k)
		}
		r.Settle()
		r.Sink.Forget()
	}
	carl.NoFaults()
}

func status(t *testing.T, r *oknotest.Rig, n okno.Number) okno.StatusKind {
	t.Helper()
	ticket, err := r.Desk.Ticket(t.Context(), r.Agent(oknotest.Ann), n, 0)
	must(t, err)
	return ticket.Ticket.Kind
}
