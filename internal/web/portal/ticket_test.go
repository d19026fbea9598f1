package portal_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// answer adds Ada's answer to a ticket.
func (h *house) answer(n okno.Number, text string, then okno.StatusKind) {
	h.Helper()
	h.later(time.Minute)
	_, err := h.desk.AddMessage(h.Context(), h.ada(), n, desk.Words{Key: h.unlike("answer"), Text: text, Channel: okno.ChannelWeb, Then: then})
	h.must(err)
}

func TestR15PageShowsAllThatIsPublicAndNoNotes(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		b := h.guest(n)
		before := strings.Count(b.get("/tickets/"+string(n)).body, `class="event"`)
		_, err := h.desk.AddNote(t.Context(), h.ada(), n, desk.Words{Key: "n1", Text: "A difficult one", Channel: okno.ChannelWeb})
		h.must(err)
		page := b.get("/tickets/" + string(n))
		b.show(page, 200, "It does not work.")
		lower := strings.ToLower(page.body)
		for _, trace := range []string{"difficult", "internal note", "word-note", "note.added"} {
			if strings.Contains(lower, trace) {
				t.Errorf("the customer's page holds %q", trace)
			}
		}
		if after := strings.Count(page.body, `class="event"`); after != before {
			t.Errorf("the note left a trace: %d events, before %d", after, before)
		}
		h.must(h.desk.Take(t.Context(), h.ada(), n, 0))
		h.answer(n, "Is it plugged in?", okno.StatusWaiting)
		page = b.get("/tickets/" + string(n))
		b.show(page, 200, "Is it plugged in?", "Ada Agent", "Assignee: Ada Agent", "“New” → “In progress”", "“In progress” → “Waiting for you”")
		if strings.Index(page.body, "It does not work.") > strings.Index(page.body, "Is it plugged in?") {
			t.Error("the dialogue is not in order")
		}
	})
}

func TestR18CustomerWritesOnTheSite(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		h.answer(n, "Is it plugged in?", okno.StatusWaiting)
		b := h.guest(n)
		page := b.get("/tickets/" + string(n))
		b.show(page, 200, "Write a message", "Waiting for you")
		path, form := "/tickets/"+string(n)+"/messages", []string{"_key", page.key(), "text", "Yes <b>it</b> is"}
		for range 2 { // sent twice it is one message
			if a := b.send(path, "plug.txt", []byte("a plug"), form...); a.code != 303 || !strings.HasPrefix(a.to, "/tickets/"+string(n)+"#m-") {
				t.Fatalf("write: %d %s %s", a.code, a.to, a.words())
			}
		}
		page = b.get("/tickets/" + string(n))
		b.show(page, 200, "Yes <b>it</b> is", "plug.txt", "In progress")
		if p := h.ticket(n); len(p.Messages) != 3 || p.Messages[2].Side != okno.SideCustomer || p.Ticket.Kind != okno.StatusOpen {
			t.Errorf("%d messages, %s", len(p.Messages), p.Ticket.Kind)
		}
		page = b.post(path, "_key", page.key(), "text", " ")
		b.show(page, 422, "Please fill this in.", "It does not work.")
	})
}

func TestR52R53CardShowsWhoAndHowItStands(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		h.must(h.desk.Take(t.Context(), h.ada(), n, 0))
		h.answer(n, "Is it plugged in?", okno.StatusWaiting)
		b := h.guest(n)
		b.lang = "ru"
		for _, page := range []answer{b.get("/tickets/" + string(n)), b.part("/tickets/" + string(n) + "?part=card")} {
			b.show(page, 200, "Исполнитель Ada Agent", "Статус Ожидает вашего ответа", "Постановщик Carl Customer", "Поставщик Supplier Ltd", "#"+string(n))
			card := page.body[strings.Index(page.body, `id="card"`):]
			for _, status := range []string{"Новая", "В работе", "Ожидает вашего ответа"} {
				if !regexp.MustCompile(status + `\s*</span>\s*<time datetime="2026-11-20T09:0`).MatchString(card) {
					t.Errorf("the card does not say since when it was %q", status)
				}
			}
		}
	})
}

func TestOpenPageFetchesItsPartsAnew(t *testing.T) {
	each(t, func(h *house) {
		n := string(h.file("carl@customer.example", "Noise"))
		b := h.guest(okno.Number(n))
		page := b.get("/tickets/" + n)
		for _, part := range []string{"thread", "card"} {
			if !page.has(fmt.Sprintf(`hx-get="/tickets/%s?part=%s"`, n, part), fmt.Sprintf(`hx-trigger="live-%s from:body, live-all from:body"`, n)) {
				t.Errorf("the page does not follow the %s", part)
			}
			fragment := b.part("/tickets/" + n + "?part=" + part)
			if fragment.code != 200 || fragment.has("<html") || !fragment.has(`id="`+part+`"`, "hx-get") {
				t.Errorf("%s: %d %.200s", part, fragment.code, fragment.body)
			}
			if whole := b.get("/tickets/" + n + "?part=" + part); !whole.has("<html") {
				t.Errorf("%s opened by hand is half a page", part)
			}
		}
		list := b.get("/tickets")
		if !list.has(`hx-trigger="live-list from:body, live-all from:body"`) {
			t.Error("the list does not follow changes")
		}
		if part := b.part("/tickets"); part.has("<html") || !part.has(`id="tickets"`, "Noise") {
			t.Error("the list's part is not one")
		}
	})
}

func TestR24CustomerClosesAndOpensAgain(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		b := h.guest(n)
		b.lang = "ru"
		path := "/tickets/" + string(n)
		b.show(b.get(path), 200, "Закрыть заявку")
		b.lead(b.post(path+"/closing"), path)
		page := b.get(path)
		b.show(page, 200, "Заявка закрыта. Её можно открыть снова в течение 30 дней.", "Открыть снова", "Сообщение откроет её снова")
		if page.has("Закрыть заявку") {
			t.Error("a closed ticket can be closed")
		}
		b.show(b.get("/tickets?state=closed"), 200, "Noise")
		b.show(b.get("/tickets"), 200, "Открытых заявок нет")
		b.lead(b.post(path+"/reopening"), path)
		if kind := h.ticket(n).Ticket.Kind; kind != okno.StatusOpen {
			t.Errorf("opened again it is %s", kind)
		}
		b.lead(b.post(path+"/closing"), path)
		h.later(okno.ReopenWithin + time.Second)
		b.lead(b.get(h.access(n, 0, desk.AccessLasts)), path)
		page = b.get(path)
		b.show(page, 200, "Сообщение создаст новую, связанную с этой")
		if page.has("Открыть снова") {
			t.Error("what was closed long ago can be opened again")
		}
		b.show(b.post(path+"/reopening"), 409, "Noise")
		b.lead(b.post(path+"/messages", "_key", page.key(), "text", "Снова шумит"), "/open/done")
		b.show(b.get("/open/done"), 200, "100002")
		if p := h.ticket("100002"); p.Parent != n || p.Messages[0].Text != "Снова шумит" {
			t.Errorf("the new ticket: parent %q, %+v", p.Parent, p.Messages)
		}
	})
}

func TestQuestionIsAnsweredByItsButtonOnly(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		h.answer(n, "We changed the fan.", okno.StatusDone)
		link := h.access(n, 0, desk.AccessLasts)
		b := h.browser("ru")
		path := "/tickets/" + string(n)
		before := h.ticket(n)
		for _, ask := range []string{"", "?answer=yes", "?answer=no", "?answer=close"} {
			b.lead(b.get(link+ask), path+ask)
			b.show(b.get(path+ask), 200, "Удовлетворены ли вы ответом специалиста технической поддержки? Да Нет")
		}
		if after := h.ticket(n); after.Ticket.Version != before.Ticket.Version || len(after.Events) != len(before.Events) {
			t.Fatal("looking at the page changed the ticket")
		}
		if page := b.get(path + "?answer=no"); !regexp.MustCompile(`value="no" autofocus`).MatchString(page.body) {
			t.Error("the button that the letter meant is not before the reader")
		}
		b.lead(b.post(path+"/confirmation", "answer", "no"), path)
		b.show(b.get(path), 200, "Вопрос ещё открыт", "В работе")
		b.show(b.get(path+"?answer=yes"), 200, "На этот вопрос уже есть ответ")
		b.show(b.post(path+"/confirmation", "answer", "yes"), 409, "Noise")
		h.answer(n, "We changed the whole of it.", okno.StatusDone)
		b.lead(b.post(path+"/confirmation", "answer", "yes"), path)
		b.show(b.get(path), 200, "Решение подтверждено", "Закрыта")
		b.show(b.post(path+"/confirmation", "answer", "perhaps"), 422)
	})
}

func TestLetterThatSaysSolvedLeadsToTheClosingButton(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		b := h.browser("en")
		path := "/tickets/" + string(n) + "?answer=close"
		b.lead(b.get(h.access(n, 0, desk.AccessLasts)+"?answer=close"), path)
		b.show(b.get(path), 200, "Is it solved?")
		if h.ticket(n).Ticket.Kind != okno.StatusNew {
			t.Error("a link closed the ticket")
		}
		b.lead(b.post("/tickets/"+string(n)+"/closing"), "/tickets/"+string(n))
		b.show(b.get(path), 200, "answered already")
	})
}

func TestParticipantWritesAndDoesNotClose(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		_, err := h.desk.AddMessage(t.Context(), h.ada(), n, desk.Words{Key: "cc", Text: "Dora, please look", Channel: okno.ChannelWeb, Then: okno.StatusDone, Participants: []string{"dora@customer.example"}})
		h.must(err)
		b := h.browser("en")
		path := "/tickets/" + string(n)
		b.lead(b.get(h.access(n, h.ticket(n).Ticket.Participants[0], desk.AccessLasts)), path)
		page := b.get(path)
		b.show(page, 200, "Write a message", "Participants dora")
		for _, not := range []string{"/closing", "/confirmation", "/reopening", "carl@customer.example"} {
			if page.has(not) {
				t.Errorf("a participant's page holds %s", not)
			}
		}
		b.show(b.post(path+"/closing"), 403)
		b.show(b.post(path+"/confirmation", "answer", "yes"), 403)
		if a := b.post(path+"/messages", "_key", page.key(), "text", "I looked"); a.code != 303 {
			t.Errorf("write: %d", a.code)
		}
	})
}

func TestUnreadMarkGoesOnceTheTicketIsShown(t *testing.T) {
	each(t, func(h *house) {
		h.agent("Boris", "boris@desk.example")
		b := h.browser("en")
		b.signIn("boris@desk.example")
		b.lead(b.post("/open", "_key", b.get("/open").key(), "subject", "Lamp", "text", "Dark"), "/open/done")
		h.answer("100001", "Here is light", "")
		b.show(b.get("/tickets"), 200, "Lamp", "Here is light", "#100001")
		if !b.get("/tickets").has("new-count") {
			t.Error("the answer is not marked")
		}
		page := b.get("/tickets/100001")
		if !page.has(`data-seen="/tickets/100001/seen"`) || !b.get("/tickets").has("new-count") {
			t.Error("fetching a page says that it was read")
		}
		if a := b.post("/tickets/100001/seen"); a.code != 204 {
			t.Errorf("seen: %d", a.code)
		}
		if b.get("/tickets").has("new-count") {
			t.Error("the mark stays")
		}
	})
}

func TestListGoesOnWhereItEnded(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("en")
		b.signIn("ada@desk.example")
		token, err := h.desk.SignIn(t.Context(), "ada@desk.example", password, "", "test")
		h.must(err)
		ada, _, err := h.desk.ActorOf(t.Context(), token, okno.DoorPortal)
		h.must(err)
		for i := range 53 {
			h.later(time.Second)
			_, err := h.desk.OpenTicket(t.Context(), ada, desk.Opening{Key: fmt.Sprint("many", i), Channel: okno.ChannelWeb, Subject: fmt.Sprintf("Lamp %02d", i), Text: "Dark", Lang: "en"})
			h.must(err)
		}
		first := b.get("/tickets")
		next := regexp.MustCompile(`href="(/tickets\?from=[^"]+)"`).FindStringSubmatch(first.body)
		if next == nil {
			t.Fatal("no way to the rest")
		}
		rest := b.get(strings.ReplaceAll(next[1], "&amp;", "&"))
		for i := range 53 {
			name := fmt.Sprintf("Lamp %02d", i)
			if first.has(name) == rest.has(name) || rest.has(name) != (i < 3) {
				t.Errorf("%s stands on the wrong page", name)
			}
		}
	})
}

func TestLongDialogueHasEarlierPages(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		for i := range 104 {
			h.later(time.Second)
			_, err := h.desk.AddMessage(t.Context(), okno.System(), n, desk.Words{Key: fmt.Sprint("word", i), Text: fmt.Sprintf("Word %03d.", i), Channel: okno.ChannelWeb})
			h.must(err)
		}
		b := h.guest(n)
		latest := b.get("/tickets/" + string(n))
		if !latest.has("Word 103.") || latest.has("Word 003.") || latest.has("It does not work.</p>") {
			t.Error("the page does not begin with the latest")
		}
		earlier := regexp.MustCompile(`href="(/tickets/\d+\?before=[^"]+)"`).FindStringSubmatch(latest.body)
		if earlier == nil {
			t.Fatal("no way to the earlier messages")
		}
		older := b.get(earlier[1])
		b.show(older, 200, "It does not work.", "Word 003.", "To the latest messages")
		if older.has("Word 103.") || older.has("hx-trigger=\"live-"+string(n)+" from:body, live-all from:body\" hx-swap=\"outerMorph\"") {
			t.Error("the earlier page is not of earlier messages alone")
		}
		b.show(b.get("/tickets/"+string(n)+"?before=nonsense"), 404)
	})
}

func TestLetterIsShownHarmlessly(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		p := h.ticket(n)
		carl, err := h.desk.MailActor(t.Context(), p.Ticket.Requester, okno.ThreadOnly, p.Ticket.ID)
		h.must(err)
		for i, html := range []string{"<p>A <b>plain</b> letter</p><script>alert(1)</script>", `<table bgcolor="red" width="800"><tr><td style="color:red">A painted letter</td></tr></table>`} {
			_, err = h.desk.AddMessage(t.Context(), carl, n, desk.Words{Key: fmt.Sprint("letter", i), Text: "letter", HTML: html, Channel: okno.ChannelMail, Letter: &desk.LetterWords{MessageID: fmt.Sprintf("<%d@customer.example>", i), Quoted: "> earlier"}})
			h.must(err)
		}
		b := h.guest(n)
		page := b.get("/tickets/" + string(n))
		b.show(page, 200, "A plain letter", "Sender not confirmed", "> earlier")
		if page.has("alert(1)") || page.has("bgcolor") || page.has("style=") {
			t.Error("a letter's HTML stands in the page as it came")
		}
		frame := regexp.MustCompile(`<iframe[^>]* src="(/messages/[^"]+)"[^>]* sandbox="([^"]+)"`).FindStringSubmatch(page.body)
		if frame == nil || strings.Contains(frame[2], "allow-scripts") {
			t.Fatal("a painted letter has no frame of its own")
		}
		b.show(b.get(frame[1]), 200, "A painted letter")
	})
}
