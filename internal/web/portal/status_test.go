package portal_test

import (
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func TestR19R20StatusAsksForAddressAndNumber(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("ru")
		page := b.get("/status")
		b.show(page, 200, "Проверить состояние заявки", "Электронная почта", "Номер заявки", "Отправить ссылку для доступа")
		page = b.post("/status", "email", "nobody", "number", "")
		b.show(page, 422, "Проверьте поля")
		if !page.has(`value="nobody"`, `id="f-email-error"`, `id="f-number-error"`) {
			t.Error("a wrong field is not named")
		}
	})
}

func TestR22WrongPairIsAnsweredLikeTheRightOne(t *testing.T) {
	each(t, func(h *house) {
		n := string(h.file("carl@customer.example", "Noise"))
		var first answer
		for i, pair := range [][2]string{{"carl@customer.example", n}, {"carl@customer.example", "#" + n}, {"carl@customer.example", "999999"}, {"eve@customer.example", n}} {
			b := h.browser("en")
			b.lead(b.post("/status", "email", pair[0], "number", pair[1]), "/status/sent")
			page := b.get("/status/sent")
			b.show(page, 200, "If there is such a ticket")
			if i == 0 {
				first = page
			} else if page.body != first.body {
				t.Errorf("%v is answered otherwise:\n%s", pair, page.words())
			}
		}
	})
}

func TestAskingForLinksIsThrottled(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("en")
		for range 10 {
			b.lead(b.post("/status", "email", "carl@customer.example", "number", "1"), "/status/sent")
		}
		if a := b.post("/status", "email", "carl@customer.example", "number", "1"); a.code != 429 {
			t.Errorf("the eleventh: %d", a.code)
		}
		h.later(time.Minute)
		b.lead(b.post("/status", "email", "carl@customer.example", "number", "1"), "/status/sent")
	})
}

func TestAccessLinkOpensItsTicketAndNoOther(t *testing.T) {
	each(t, func(h *house) {
		mine, other := h.file("carl@customer.example", "Noise"), h.file("dora@customer.example", "Secret")
		b := h.browser("en")
		b.lead(b.get("/tickets/"+string(mine)), "/login?back=%2Ftickets%2F"+string(mine))
		link := h.access(mine, 0, desk.AccessLasts)
		b.lead(b.get(link+"?answer=yes"), "/tickets/"+string(mine)+"?answer=yes")
		b.lead(b.get(link+"?answer=<script>"), "/tickets/"+string(mine))
		b.show(b.get("/tickets/"+string(mine)), 200, "Noise", "It does not work.")
		b.show(b.get("/tickets/"+string(other)), 404)
		b.show(b.get("/tickets/nonsense"), 404)
		for _, do := range []string{"closing", "reopening"} {
			b.show(b.post("/tickets/"+string(other)+"/"+do), 404)
		}
		b.show(b.post("/tickets/"+string(other)+"/confirmation", "answer", "yes"), 404)
		b.show(b.post("/tickets/"+string(other)+"/messages", "_key", "0123456789abcdefgh", "text", "x"), 404)
		list := b.get("/tickets")
		b.show(list, 200, "Noise")
		if list.has("Secret") {
			t.Error("another's ticket is in the list")
		}
		if p := h.ticket(other); len(p.Messages) != 1 || p.Ticket.Kind != okno.StatusNew {
			t.Error("another's ticket was changed")
		}
	})
}

func TestExpiredLinkOffersAFreshOne(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		link := h.access(n, 0, time.Hour)
		h.later(time.Hour)
		b := h.browser("ru")
		page := b.get(link)
		b.show(page, 404, "Срок действия ссылки истёк", "Получить новую ссылку")
		if page.has(string(n)) || page.has("carl@") {
			t.Error("an expired link discloses what it was for")
		}
		b.lead(b.post(link), "/status/sent")
		b.lead(b.post("/t/neverwasalink"), "/status/sent")
		b.show(b.get("/t/neverwasalink"), 404)
		if a := b.get("/tickets/" + string(n)); a.code != 303 {
			t.Errorf("an expired link opened the ticket: %d", a.code)
		}
	})
}
