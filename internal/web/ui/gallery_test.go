package ui_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web/assets/axe"
	"github.com/oknodesk/okno/internal/web/ui"
)

// raw is the structure that a page's own template would write.
func raw(html string) templ.Component { return templ.Raw(html) }

// all renders one after the other.
func all(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, p := range parts {
			if err := p.Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// in renders a shell around its content.
func in(shell templ.Component, content ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return shell.Render(templ.WithChildren(ctx, all(content...)), w)
	})
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func page(lang, title, script string, reader *ui.Reader) ui.Page {
	return ui.Page{L: locale.New(lang, time.UTC), Now: noon, Title: title, Product: "Тикет-система", Company: "ООО «Северное окно»",
		Path: "/", Script: script, Reader: reader, Shortcuts: true}
}

var (
	ann   = &ui.Reader{Name: "Анна Ли", Agent: true, Admin: true}
	maria = &ui.Reader{Name: "Мария Окафор"}
)

func pages() map[string]templ.Component {
	return map[string]templ.Component{
		"/home":      homePage(),
		"/card":      cardPage(),
		"/tickets":   ticketsPage(),
		"/ticket":    customerPage(),
		"/parts":     partsPage(),
		"/workspace": workspacePage("ticket"),
		"/list":      workspacePage("list"),
		"/details":   workspacePage("details"),
		"/admin":     adminPage(),
	}
}

func homePage() templ.Component {
	p := page("ru", "", "", nil)
	return in(ui.Portal(p), raw(`<section class="home"><h1 class="home-title">Чем мы можем помочь?</h1><div class="doors"><a class="door" href="/open">`),
		ui.Icon("plus"), raw(`<h2 class="door-name">Открыть новую заявку</h2><p>Опишите, что случилось, и приложите файлы. Входить не нужно.</p></a><a class="door" href="/status">`),
		ui.Icon("search"), raw(`<h2 class="door-name">Проверить состояние заявки</h2><p>Мы пришлём ссылку на заявку на вашу почту.</p></a></div><p class="home-signin">Есть учётная запись? <a class="btn btn-ghost" href="/login">Войти</a></p></section>`))
}

func cardPage() templ.Component {
	p := page("ru", "Вход в тикет систему", "", nil)
	return in(ui.Bare(p), in(ui.Card(p.Title), raw(`<p>Введите свои учётные данные для входа</p>`),
		ui.Summary(p.L, []ui.Wrong{{Field: "password", Label: "Пароль", Text: "пароль не подходит"}}),
		raw(`<form class="form" method="post" action="/login">`),
		ui.Input(ui.Field{Name: "login", Label: "Пользователь", Value: "maria", Required: true, Autocomplete: "username"}),
		ui.Input(ui.Field{Name: "password", Label: "Пароль", Type: "password", Required: true, Error: "Пароль не подходит", Hint: "Не меньше десяти знаков", Autocomplete: "current-password"}),
		raw(`<div class="form-act"><button class="btn btn-primary">Войти</button></div></form><p class="form-beside">Нет пароля? <a class="link" href="/status">Получите ссылку для доступа</a></p>`)))
}

func ticketsPage() templ.Component {
	p := page("en", "My tickets", "", maria)
	line := func(number, subject, last, kind, status string, unread bool) templ.Component {
		class, dot := "ticket-line", ""
		if unread {
			class, dot = "ticket-line unread", `<span class="unread-dot" role="img" aria-label="unread"></span>`
		}
		return all(raw(fmt.Sprintf(`<li><a class=%q href="/ticket"><span class="ticket-line-top">%s<span class="ticket-line-subject">%s</span><span class="ticket-line-number">#%s</span></span><span class="ticket-line-last">%s</span><span class="ticket-line-foot">`, class, dot, subject, number, last)),
			ui.Status(kind, status), raw(`<span class="ticket-line-time">`), ui.Time(p.L, noon.Add(-3*time.Hour), noon), raw(`</span></span></a></li>`))
	}
	return in(ui.Portal(p), raw(`<div class="page-head"><h1 class="page-title">My tickets</h1><a class="btn btn-primary" href="/open">`), ui.Icon("plus"), raw(`New ticket</a></div><nav class="tabs" aria-label="Tickets">`),
		ui.Tab("/tickets", "Open", true, "4"), ui.Tab("/tickets?closed", "Closed", false, "12"), raw(`</nav><div><ul class="list-tickets">`),
		line("100231", "The lamp came with a crack along its base", "Thanks, the photos came through. I have started the refund.", "open", "In progress", true),
		line("100198", "Invoice shows the old address", "Could you tell us the new registered address?", "waiting", "Waiting for you", false),
		line("100154", "Wholesale price list for spring", "We have sent the list and the terms.", "done", "Done", false),
		line("100020", "Печать договора на русском языке", "Здравствуйте! Договор готов.", "new", "New", false),
		raw(`</ul><p class="more"><a class="btn" href="/tickets?from=2">More</a></p></div>`))
}

func words(l *locale.Locale) []templ.Component {
	files := []ui.File{{URL: "/files/1", Name: "трещина на основании.jpg", Size: 1_250_000}, {URL: "/files/2", Name: "label.pdf", Size: 840_000}}
	at := func(minutes int) time.Time { return noon.Add(-time.Duration(minutes) * time.Minute) }
	return []templ.Component{
		ui.Message(l, noon, ui.Word{Anchor: "m1", Author: "Мария Окафор", Side: "customer", Channel: "письмом", At: at(300), HTML: "<p>Здравствуйте!</p><p>Посылка пришла в пятницу, но лампа внутри треснула вдоль основания. Я предпочла бы вернуть деньги, чем ждать новую. Номер заказа 4821.</p>", Quoted: "> Ваш заказ отправлен"}),
		ui.EventLine(l, at(290), noon, "Анна Ли взяла заявку в работу"),
		ui.Message(l, noon, ui.Word{Anchor: "m2", Author: "Анна Ли", Side: "agent", At: at(280), HTML: `<p>Мария, здравствуйте! Мне жаль, что так вышло с лампой. Пришлите, пожалуйста, снимок трещины и наклейки: сразу начну <a href="https://example.org/refund">возврат</a>.</p>`, Marks: []ui.Mark{{Kind: "success", Icon: "check", Text: "Доставлено"}}}),
		ui.Message(l, noon, ui.Word{Anchor: "m4", Author: "Мария Окафор", Side: "customer", Channel: "на сайте", At: at(12), HTML: "<p>Спасибо, снимки приложила. Коробка целая, только лампа.</p>", Files: files, Marks: []ui.Mark{{Kind: "warning", Icon: "alert-circle", Text: "Отправитель не подтверждён"}}}),
	}
}

func facts(l *locale.Locale) templ.Component {
	fact := func(name string, value ...templ.Component) templ.Component { return in(ui.Fact(name), value...) }
	return all(raw(`<dl class="facts">`),
		fact("Исполнитель", raw(`Анна Ли`)), fact("Статус", ui.Status("open", "В работе"), raw(` <span class="fact-time">`), ui.Time(l, noon.Add(-time.Hour), noon), raw(`</span>`)),
		fact("Постановщик", raw(`Мария Окафор`)), fact("Поставщик", raw(`ООО «Северное окно»`)), fact("Номер", raw(`#100231`)), raw(`</dl>`))
}

func customerPage() templ.Component {
	p := page("ru", "Возврат за заказ 4821", "portal", maria)
	return in(ui.Portal(p), raw(`<div class="ticket"><div class="ticket-main"><header class="ticket-head"><a class="back" href="/tickets">`), ui.Icon("arrow-left"),
		raw(`Мои заявки</a><h1 class="page-title">Возврат за заказ 4821 <span class="ticket-number">#100231</span></h1></header><section id="thread" class="thread" aria-label="Переписка">`),
		all(words(p.L)...),
		raw(`<form class="ask" method="post" action="/confirmation"><p class="ask-text">Удовлетворены ли вы ответом специалиста технической поддержки?</p><div class="ask-answers"><button class="btn btn-primary">Да</button><button class="btn">Нет</button></div></form></section>
<form id="write" class="form write" method="post" action="/ticket/messages" enctype="multipart/form-data" data-once><h2 class="write-title">Написать сообщение</h2>`),
		ui.TextArea(ui.Field{Name: "text", Label: "Сообщение", Rows: 4, Required: true}, templ.Attributes{"data-draft": "ticket-100231"}),
		ui.FileField(p.L, ui.Field{Name: "file", Label: "Файлы"}, []ui.File{{Ref: "u1", Name: "smета.xlsx", Size: 33_000}}),
		raw(`<div class="form-act"><button class="btn btn-primary">Отправить</button></div></form></div><aside id="card" class="card-facts" aria-label="Карточка">`), facts(p.L),
		raw(`<details class="changes" open><summary>Изменения статуса</summary><ol class="changes-list"><li>`), ui.Status("open", "В работе"), ui.Time(p.L, noon.Add(-time.Hour), noon),
		raw(`</li><li>`), ui.Status("new", "Новая"), ui.Time(p.L, noon.Add(-5*time.Hour), noon), raw(`</li></ol></details><form><button class="btn btn-block">Закрыть заявку</button></form></aside></div>`))
}

func partsPage() templ.Component {
	p := page("en", "All parts", "portal", maria)
	p.Toast = "Your message was sent."
	kinds := [][2]string{{"new", "New"}, {"open", "In progress"}, {"waiting", "Waiting for customer"}, {"hold", "On hold"}, {"done", "Done"}, {"closed", "Closed"}}
	var statuses, notices, faces []templ.Component
	for _, k := range kinds {
		statuses = append(statuses, ui.Status(k[0], k[1]))
	}
	for _, k := range []string{"info", "warning", "error", "success"} {
		notices = append(notices, in(ui.Notice(k), raw(`<p>This is a sentence of the kind `+k+`, with <a href="/x">a link</a>.</p>`)))
	}
	for _, name := range strings.Fields("Anna Boris Chen Dmitri Eva Farid Galina Hugo Irina Jonas") {
		faces = append(faces, ui.Avatar(name+" Lee", "md"))
	}
	return in(ui.Portal(p), raw(`<div class="stack"><h1 class="page-title">All parts</h1><p class="lead">What pages are made of.</p><div class="line">`), all(statuses...), raw(`</div><div class="line">`), all(faces...), raw(`</div>`),
		all(notices...), raw(`<div class="line"><button class="btn btn-primary">Send</button><button class="btn">Cancel</button><button class="btn btn-ghost">More</button><button class="btn btn-error">Delete</button><button class="btn btn-outline">Outline</button><button class="btn btn-note">Add note</button><button class="btn btn-primary" disabled>Sending…</button><button type="button" class="btn" command="show-modal" commandfor="ask">Open dialog</button>`),
		in(ui.Menu("more", "dots", "More"), ui.MenuLink("/x", "copy", "Copy the link"), ui.MenuLink("/y", "printer", "Print")), raw(`</div>`),
		in(ui.Dialog(p.L, "ask", "Close the ticket?"), raw(`<p>You can write to it again within 30 days.</p><form method="dialog" class="modal-action"><button class="btn btn-primary">Close</button></form>`)),
		raw(`<div class="panel"><h2>A form</h2><form class="form">`),
		ui.Input(ui.Field{Name: "a", Label: "Name", Required: true, Placeholder: "As in your passport"}),
		ui.Select(ui.Field{Name: "b", Label: "Help topic", Options: []ui.Option{{Value: "1", Label: "Refunds"}, {Value: "2", Label: "Delivery"}}, Hint: "It decides who answers."}),
		ui.Checkbox(ui.Field{Name: "c", Label: "Send me a copy"}, true),
		ui.TextArea(ui.Field{Name: "d", Label: "Text", Error: "Please say what happened."}, nil),
		raw(`</form></div><div class="table-wrap"><table class="table"><thead><tr><th>Name</th><th>State</th><th class="num">Tickets</th></tr></thead><tbody><tr><td><a href="/x">Maria Okafor</a></td><td><span class="state state-good"><span class="dot"></span>Active</span></td><td class="num">12</td></tr><tr><td><a href="/x">Jonas Berg</a></td><td><span class="state state-off"><span class="dot"></span>Off</span></td><td class="num">3</td></tr></tbody></table></div>`),
		in(ui.Empty("No tickets yet", "What you ask us will stand here."), raw(`<a class="btn btn-primary" href="/open">New ticket</a>`)), raw(`</div>`))
}

func TestPagesAreAccessibleInEveryLook(t *testing.T) {
	script, err := axe.Source()
	if err != nil {
		t.Fatal(err)
	}
	pages := pages()
	server := gallery(t, pages, newFar())
	b := open(t)
	for path := range pages {
		for _, look := range looks {
			b.look(t, look.width, look.height, look.scheme)
			b.visit(t, server.URL+path)
			if found := b.violations(t, script); found != "" {
				t.Errorf("%s %s: %s", path, look.name, found)
			}
			if said := b.complaints(); said != "" {
				t.Errorf("%s %s: the browser says %s", path, look.name, said)
			}
			wider := eval[int](t, b, `document.documentElement.scrollWidth-document.documentElement.clientWidth`)
			if wider > 0 {
				t.Errorf("%s %s: %d pixels wider than the window", path, look.name, wider)
			}
			b.picture(t, strings.TrimPrefix(path, "/")+"-"+look.name)
		}
	}
}
