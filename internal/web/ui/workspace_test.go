package ui_test

import (
	"fmt"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web/ui"
)

var requests = []struct {
	name, company, subject, last, kind, channel string
	minutes                                     int
	unread                                      bool
}{
	{"Мария Окафор", "Окафор и дочери", "Возврат за заказ 4821", "Спасибо, снимки приложила. Коробка целая, только лампа", "open", "mail", 4, true},
	{"Jonas Berg", "Berg AB", "Cannot sign in after the password was reset", "The link says it has expired, but it came two minutes ago", "new", "world", 12, true},
	{"Priya Natarajan", "", "Invoice shows the old address", "Could you reissue it with our new registered address?", "open", "mail", 38, false},
	{"Tom Whitfield", "Whitfield Lighting Ltd", "Wholesale price list for spring", "We would order about 200 units if the margin works", "new", "phone", 60, true},
	{"Lucía Fernández", "", "Paquete dañado", "Buenos días, la caja llegó abierta y falta una pieza", "waiting", "mail", 120, false},
	{"Chen Wei", "Harbour Labs", "API returns 429 on small batches", "We send 20 requests a minute, well below the limit", "hold", "world", 180, false},
	{"Анна Петрова", "ТД «Восток»", "Вопрос о доставке", "Здравствуйте! Подскажите, пожалуйста, когда ждать груз", "open", "mail", 300, false},
	{"Sam Doyle", "", "Cancel my subscription", "I was charged again on the 3rd although I cancelled", "done", "mail", 1500, false},
	{"Ingrid Solheim", "", "Size exchange, order 4790", "The jacket is lovely but one size too small", "open", "mail", 1600, false},
	{"Karim Haddad", "Haddad Studio", "Feature request: export to CSV", "It would save our accountant a whole day each month", "closed", "world", 2900, false},
}

func rows(p ui.Page, current string) templ.Component {
	var list []templ.Component
	for i, r := range requests {
		class, state, dot := "row", "", ""
		if r.unread {
			class, dot = "row row-new", `<span class="row-unread"><span class="sr-only">непрочитанная</span></span>`
		}
		if r.subject == current {
			state = ` aria-current="page"`
		}
		list = append(list, raw(fmt.Sprintf(`<a class=%q href="/workspace"%s><span class="row-avatar">`, class, state)), ui.Avatar(r.name, "md"),
			raw(fmt.Sprintf(`%s</span><span class="row-top"><span class="row-name">%s</span><span class="row-company">%s</span><span class="row-time">`, dot, r.name, r.company)),
			ui.ShortTime(p.L, noon.Add(-time.Duration(r.minutes)*time.Minute), noon),
			raw(fmt.Sprintf(`</span></span><span class="row-subject">%s</span><span class="row-last">%s</span><span class="row-marks"><span class="row-mark status-%s">`, r.subject, r.last, r.kind)),
			ui.Icon("status-"+r.kind), raw(`</span><span class="row-mark">`), ui.Icon(r.channel), raw(fmt.Sprintf(`</span><span class="row-number">#%d</span>`, 100231-i)))
		if i%2 == 0 {
			list = append(list, raw(`<span class="row-assignee">`), ui.Avatar("Анна Ли", "sm"), raw(`</span>`))
		}
		if i == 3 {
			list = append(list, raw(`<span class="row-call">`), ui.Icon("phone-call"), raw(`звонок</span>`))
		}
		list = append(list, raw(`</span></a>`))
	}
	return all(list...)
}

func nav(p ui.Page) templ.Component {
	link := func(icon, name, count string, current bool) templ.Component {
		state := ""
		if current {
			state = ` aria-current="page"`
		}
		return all(raw(`<a class="nav-link" href="/workspace"`+state+`>`), ui.Icon(icon), raw(`<span>`+name+`</span><span class="nav-count">`+count+`</span></a>`))
	}
	return all(raw(`<form class="nav-search" role="search"><input class="input input-sm" type="search" aria-label="Найти заявку" placeholder="Номер заявки"></form><nav class="nav-views" aria-label="Очереди">`),
		link("user", "Мои", "8", false), link("inbox", "Без исполнителя", "11", false), link("status-open", "Все открытые", "24", true), link("status-waiting", "Ожидают ответа", "5", false),
		link("status-hold", "Отложенные", "2", false), link("status-done", "Выполненные", "40", false), raw(`</nav>`))
}

func composer(p ui.Page) templ.Component {
	text := func(name, placeholder, value string) templ.Component {
		return raw(fmt.Sprintf(`<textarea class="textarea composer-text" id="f-%[1]s" name="%[1]s" rows="4" aria-label="%[2]s" placeholder="%[2]s" data-composer data-draft-src="/draft?kind=%[1]s">%[3]s</textarea>`, name, placeholder, value))
	}
	return all(raw(`<div class="composer" id="composer" hx-morph-skip><details class="composer-box composer-answer" name="composer" open><summary class="composer-tab" data-shortcut="r">`), ui.Icon("message-reply"),
		raw(`Ответить</summary><form id="answer" class="composer-form" method="post" enctype="multipart/form-data" action="/answer" data-once><div class="composer-to"><p>Кому: Мария Окафор</p><details class="composer-cc"><summary>Добавить копию</summary></details></div>`),
		text("answer", "Ответ клиенту", "Мария, возврат 84 € отправлен сегодня утром. На карту придёт за 3–5 рабочих дней."), ui.FileField(p.L, ui.Field{Name: "answer-file", Label: "Файлы"}, nil),
		raw(`<div class="composer-send"><span class="composer-state" data-draft-state role="status"></span><button class="btn btn-sm" name="then" value="waiting">Отправить и ждать</button><button class="btn btn-sm btn-primary" name="then" value="">`), ui.Icon("send"),
		raw(`Отправить</button></div></form></details><details class="composer-box composer-note" name="composer"><summary class="composer-tab" data-shortcut="n">`), ui.Icon("lock"),
		raw(`Внутренняя заметка</summary><form id="note" class="composer-form" method="post" action="/note" data-once><p class="composer-to">Увидят только специалисты.</p>`), text("note", "Заметка", ""),
		raw(`<div class="composer-send"><span class="composer-state" data-draft-state role="status"></span><button class="btn btn-sm btn-warning">`), ui.Icon("lock"), raw(`Добавить заметку</button></div></form></details></div>`))
}

func details(l *locale.Locale) templ.Component {
	fact := func(name string, value ...templ.Component) templ.Component { return in(ui.Fact(name), value...) }
	choice := func(id, name string) templ.Component {
		return all(raw(`<button type="button" class="btn btn-sm btn-ghost details-choice" popovertarget="`+id+`" data-shortcut="s" aria-label="Изменить: `+name+`"><span>`+name+`</span>`), ui.Icon("chevron-down"), raw(`</button><div id="`+id+`" popover class="menu-pop">`),
			ui.MenuAct("status", "waiting", "status-waiting", "Ожидает ответа клиента"), ui.MenuAct("status", "done", "status-done", "Выполнено"), raw(`</div>`))
	}
	return all(raw(`<aside class="pane-details details" id="details" tabindex="0" aria-label="Сведения"><a class="btn btn-sm btn-ghost details-back" href="/workspace">`), ui.Icon("arrow-left"), raw(`Заявка</a><div class="details-person">`), ui.Avatar("Мария Окафор", "lg"),
		raw(`<div><h2 class="details-name">Мария Окафор</h2><p class="details-role">Постановщик</p></div></div><ul class="details-contact"><li>`), ui.Icon("mail"), raw(`<a class="link" href="mailto:maria@okafor.example">maria@okafor.example</a></li><li>`), ui.Icon("phone"), raw(`<a class="link" href="tel:+375296254895">+375 29 625 48 95</a></li></ul><dl class="facts">`),
		fact("Статус", choice("choose-status", "В работе")), fact("Исполнитель", choice("choose-assignee", "Анна Ли")), fact("Отдел", raw("Возвраты")),
		fact("Приоритет", raw(`<span class="line"><span class="dot dot-high"></span>Высокий</span>`)), fact("Ответить за", raw(`<span class="late">42 мин</span>`)), fact("Метки", raw(`<span class="tags"><span class="tag">возврат</span><span class="tag">карта</span></span>`)),
		raw(`</dl><details open><summary>Другие заявки</summary><div class="details-tickets"><a href="/x"><span class="clip">Изменить адрес доставки</span><span>март</span></a><a href="/x"><span class="clip">Счёт с номером НДС</span><span>янв</span></a></div></details><details><summary>История</summary></details></aside>`))
}

// workspacePage is three panes as agents see them; screen is what a narrow
// window shows.
func workspacePage(screen string) templ.Component {
	p := page("ru", "Возврат за заказ 4821", "workspace", ann)
	note := ui.Message(p.L, noon, ui.Word{Anchor: "m3", Author: "Анна Ли", Side: "agent", Note: true, At: noon.Add(-4 * time.Hour), HTML: `<p>Третье треснувшее основание за месяц, та же партия. <span data-mention="7">@Jonas</span>, проверь, пожалуйста, склад.</p>`})
	dialogue := words(p.L)
	dialogue = append(dialogue[:3:3], note, dialogue[3])
	head, mark := "h2", "Возврат за заказ 4821"
	if screen == "list" {
		head, mark = "h1", ""
	}
	list := all(raw(`<section class="pane-list" id="list" aria-labelledby="list-title"><header class="list-head"><`+head+` class="list-title" id="list-title">Все открытые <span class="count">24</span></`+head+`><a class="btn btn-sm btn-ghost btn-square" href="/new" aria-label="Новая заявка">`), ui.Icon("plus"), raw(`</a></header><div class="rows" id="rows" data-rows>`), rows(p, mark), raw(`</div></section>`))
	if screen == "list" {
		return in(ui.Workspace(p, "list", nav(p)), list, raw(`<section class="pane-ticket" aria-label="Заявка">`), ui.Empty("Выберите заявку", "Она откроется здесь, а список останется на месте."), raw(`</section>`))
	}
	return in(ui.Workspace(p, screen, nav(p)), list,
		raw(`<section class="pane-ticket" aria-labelledby="subject" data-presence="/presence"><header class="ticket-head"><a class="btn btn-sm btn-ghost btn-square ticket-back" href="/list" aria-label="К списку">`), ui.Icon("arrow-left"),
		raw(`</a><div class="ticket-title"><h1 id="subject" class="ticket-subject">Возврат за заказ 4821</h1><span class="ticket-number">#100231</span>`), ui.Status("open", "В работе"),
		raw(`</div><div class="ticket-actions"><button class="btn btn-sm">Взять</button><button class="btn btn-sm btn-primary" data-shortcut="e">`), ui.Icon("status-done"),
		raw(`Выполнено</button><a class="btn btn-sm btn-ghost btn-square ticket-to-details" href="/details" aria-label="Сведения">`), ui.Icon("layout-sidebar-right"),
		raw(`</a></div></header><div id="presence" class="presence" role="status"><p class="presence-line presence-writing">Борис пишет…</p></div><section class="thread" id="thread" tabindex="0" aria-label="Переписка" hx-get="/part" hx-trigger="live-100231 from:body, live-all from:body" hx-swap="outerMorph">`),
		all(dialogue...), raw(`</section>`), composer(p), raw(`</section>`), details(p.L),
		in(ui.Dialog(p.L, "shortcuts", "Клавиши"), raw(`<dl class="keys"><div class="key"><dt><kbd class="kbd kbd-sm">j</kbd></dt><dd>дальше</dd></div></dl>`)))
}

func adminPage() templ.Component {
	p := page("en", "Mailboxes", "workspace", ann)
	index := func(icon, name string, current bool) templ.Component {
		state := ""
		if current {
			state = ` aria-current="page"`
		}
		return all(raw(`<a class="nav-link" href="/admin"`+state+`>`), ui.Icon(icon), raw(`<span>`+name+`</span></a>`))
	}
	return in(ui.Workspace(p, "page", nav(p)), raw(`<div class="admin"><nav class="admin-index" aria-label="Settings">`),
		index("settings", "General", false), index("mailbox", "Mailboxes", true), index("users-group", "Departments", false), index("user", "Agents", false), index("tag", "Topics", false),
		raw(`</nav><div class="admin-content"><div class="spread"><div><h1>Mailboxes</h1><p class="lead">Addresses that take letters in and send them.</p></div><button class="btn btn-primary btn-sm">`), ui.Icon("plus"),
		raw(`Add a mailbox</button></div><div class="table-wrap" tabindex="0" role="region" aria-label="Mailboxes"><table class="table"><thead><tr><th>Address</th><th>Department</th><th>State</th><th><span class="sr-only">Acts</span></th></tr></thead><tbody><tr><td><a href="/x">help@okno.example</a></td><td>Support</td><td><span class="state state-good"><span class="dot"></span>Last letter 5 minutes ago</span></td><td class="acts"><button class="btn btn-xs">Test</button></td></tr></tbody></table></div><section class="panel"><h2>Receiving</h2><form class="form">`),
		ui.Input(ui.Field{Name: "host", Label: "IMAP server", Value: "imap.okno.example", Required: true}), raw(`<div class="pair">`), ui.Input(ui.Field{Name: "port", Label: "Port", Value: "993"}),
		ui.Select(ui.Field{Name: "tls", Label: "Encryption", Options: []ui.Option{{Value: "tls", Label: "TLS"}}}), raw(`</div>`), ui.Checkbox(ui.Field{Name: "keep", Label: "Leave letters on the server", Hint: "Otherwise they are deleted once they are tickets."}, true),
		raw(`<div class="form-act"><button class="btn btn-primary btn-sm">Save</button><button class="btn btn-sm">Fetch now</button></div></form></section></div></div>`))
}
