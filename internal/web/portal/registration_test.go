package portal_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

// last is the subject of the latest fact of a kind.
func (h *house) last(kind okno.EventKind) (subject int64) {
	h.Helper()
	h.must(h.db.Read(h.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT subject FROM event WHERE kind = ? ORDER BY id DESC LIMIT 1`, kind).Scan(&subject)
	}))
	return subject
}

// mailed is a link's token once a letter with it is queued.
func (h *house) mailed(link desk.LinkToken) string {
	h.Helper()
	name := h.unlike("letter")
	h.must(h.desk.QueueLetters(h.Context(), []desk.Outgoing{{
		Letter: okno.Letter{Kind: okno.LetterTest, Origin: name, To: "someone@customer.example", MessageID: "<" + name + "@desk.example>", Bytes: []byte("x")},
		Links:  []desk.LinkToken{link},
	}}))
	return link.Token
}

// register fills in the form; the letter's link is returned.
func (b *browser) register(address, password string) string {
	b.Helper()
	b.lead(b.post("/register", "_key", b.get("/register").key(), "name", "Карл", "email", address, "password", password), "/register/sent")
	return "/register/" + b.mailed(b.desk.RegistrationLink(b.last(okno.RegistrationAsked)))
}

// member is a browser in which a customer with an account is signed in.
func (h *house) member(lang, address string) *browser {
	h.Helper()
	b := h.browser(lang)
	b.lead(b.post(b.register(address, password), "password", password), "/tickets")
	return b
}

func TestR26StatusPageOpensRegistration(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("ru")
		if !b.get("/status").has(`href="/register">зарегистрироваться</a>`) || !b.get("/login").has(`href="/register">зарегистрироваться</a>`) {
			t.Error("the word does not open registration")
		}
		b.show(b.get("/register"), 200, "Регистрация", "Имя", "Электронная почта", "Телефон", "Пароль", "Зарегистрироваться")
		page := b.post("/register", "_key", b.get("/register").key(), "name", "", "email", "nobody", "password", "short")
		b.show(page, 422, "Проверьте поля")
		if !page.has(`value="nobody"`, `id="f-name-error"`, `id="f-email-error"`, `id="f-password-error"`) || page.has(`value="short"`) {
			t.Error("wrong fields are not named, or the password is shown")
		}
	})
}

// made is when a page was made, as it stands on every page.
var made = regexp.MustCompile(`data-made="\d+"`)

func TestRegistrationAnswersTheSameForEveryAddress(t *testing.T) {
	each(t, func(h *house) {
		h.file("dora@customer.example", "Noise")
		h.member("en", "carl@customer.example")
		var sent, refused string
		for i, address := range []string{"nobody@customer.example", "dora@customer.example", "carl@customer.example", "ada@desk.example", "support@desk.example"} {
			b := h.browser("en")
			b.register(address, "mallory's "+password)
			page := b.get("/register/sent")
			b.show(page, 200, "48 hours")
			why := b.post("/login", "login", address, "password", "mallory's "+password)
			b.show(why, 422, "not confirmed yet", "Send the letter again")
			for _, a := range []*answer{&page, &why} {
				a.body = made.ReplaceAllString(strings.ReplaceAll(a.body, address, "ADDRESS"), "")
			}
			b.lead(b.post("/register/letter", "email", address), "/register/sent")
			b.lead(b.post("/reset", "email", address), "/reset/sent")
			reset := b.get("/reset/sent")
			reset.body = made.ReplaceAllString(reset.body, "")
			if i == 0 {
				sent, refused = page.body+reset.body, why.body
			} else if page.body+reset.body != sent || why.body != refused {
				t.Errorf("%s is answered otherwise:\n%s\n%s", address, page.words(), why.words())
			}
			h.later(time.Minute)
		}
	})
}

func TestR28LoginSaysWhyOnlyAfterTheRightPassword(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("ru")
		b.register("carl@customer.example", password)
		wrong := b.post("/login", "login", "carl@customer.example", "password", "wrong "+password)
		none := b.post("/login", "login", "eve@customer.example", "password", "wrong "+password)
		b.show(wrong, 422, "Такого сочетания логина и пароля нет.")
		if strings.ReplaceAll(none.body, "eve@", "carl@") != wrong.body {
			t.Error("a wrong password tells of a registration")
		}
		right := b.post("/login", "login", "carl@customer.example", "password", password)
		b.show(right, 422, "ещё не подтверждена", "Отправить письмо ещё раз")
		if !right.has(`action="/register/letter"`, `name="email" value="carl@customer.example"`) {
			t.Error("the letter cannot be sent again from here")
		}
	})
}

func TestR29AConfirmedCustomerIsIn(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("ru")
		link := b.register("carl@customer.example", password)
		for range 2 { // a mail scanner follows the link first
			b.show(b.get(link), 200, "Подтверждение регистрации", "carl@customer.example")
		}
		b.show(b.post(link), 422, "Заполните это поле.")
		b.show(b.post(link, "password", "wrong "+password), 422, "При регистрации был выбран другой пароль.")
		b.lead(b.post(link, "password", password), "/tickets")
		b.show(b.get(link), 404, "Ссылка больше не действует")
		b.show(b.get("/tickets"), 200, "Мои заявки", "Создать заявку")
		b.lead(b.post("/logout"), "/")
		if !b.get("/").has(`href="/login">Войти</a>`) {
			t.Error("the home page has no way in")
		}
		b.lead(b.post("/login", "login", "Carl@customer.example", "password", password), "/tickets")
		b.lead(b.get("/register"), "/tickets")
	})
}

func TestConfirmationPasswordsAreNotGuessed(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("en")
		link := b.register("carl@customer.example", "mallory's "+password)
		for range 5 {
			b.show(b.post(link, "password", "guess"), 422)
		}
		b.show(b.post(link, "password", "guess"), 429)
	})
}

func TestR30HisTicketsFromBeforeAreThereAndAreFound(t *testing.T) {
	each(t, func(h *house) {
		old, noise := h.file("carl@customer.example", "Стул скрипит"), h.file("carl@customer.example", "Шум в трубе")
		h.file("dora@customer.example", "Чужая заявка")
		h.must(h.desk.SetStatus(h.Context(), h.ada(), old, okno.StatusClosed, okno.Hold{}, 0))
		b := h.member("ru", "carl@customer.example")
		page := b.get("/tickets")
		b.show(page, 200, "Открытые 1", "Закрытые 1", "Шум в трубе")
		if page.has("Стул скрипит") {
			t.Error("a closed ticket stands among the open ones")
		}
		b.show(b.get("/tickets?state=closed"), 200, "Стул скрипит")
		h.must(h.desk.IndexAll(h.Context()))
		for query, finds := range map[string][2]string{
			"q=%D1%81%D1%82%D1%83%D0%BB": {"Стул скрипит", "Шум"}, "q=%23" + string(noise): {"Шум в трубе", "Стул скрипит"},
			"status=closed": {"Стул скрипит", "Шум"}, "status=new": {"Шум в трубе", "Стул скрипит"},
		} {
			found := b.get("/tickets?" + query)
			b.show(found, 200, finds[0])
			if found.has(finds[1]) {
				t.Errorf("%s finds also %s", query, finds[1])
			}
		}
		b.show(b.get("/tickets?q=%D1%87%D1%83%D0%B6%D0%B0%D1%8F"), 200, "Ничего не найдено", "Показать все")
		b.show(b.get("/tickets?q=status:mad"), 200, "Непонятно: status:mad")
	})
}

func TestUnreadAnswersAreMarkedUntilTheyAreSeen(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		b := h.member("en", "carl@customer.example")
		h.later(time.Minute)
		_, err := h.desk.AddMessage(h.Context(), h.ada(), n, desk.Words{Key: h.unlike("answer"), Text: "Try this.", Channel: okno.ChannelWeb})
		h.must(err)
		if !b.get("/tickets").has(`class="new-count"`) {
			t.Error("a new answer is not marked")
		}
		h.later(time.Minute)
		b.post("/tickets/" + string(n) + "/seen")
		if b.get("/tickets").has(`class="new-count"`) {
			t.Error("it is marked after it was seen")
		}
	})
}

func TestAForgottenPasswordIsChosenAnew(t *testing.T) {
	each(t, func(h *house) {
		there := h.member("ru", "carl@customer.example")
		b := h.browser("ru")
		if !b.get("/login").has(`href="/reset">Забыли пароль?</a>`) {
			t.Error("the sign-in page has no way to a new password")
		}
		b.show(b.get("/reset"), 200, "Забыли пароль?", "Отправить ссылку")
		b.show(b.post("/reset", "email", "nobody"), 422)
		p, err := h.desk.KnownSender(h.Context(), "carl@customer.example")
		h.must(err)
		link := "/entry/" + h.mailed(h.desk.EntryLink(p.ID, false))
		b.show(b.get(link), 200, "Смена пароля", "carl@customer.example")
		b.lead(b.post(link, "password", "new "+password, "repeat", "new "+password), "/tickets")
		b.show(b.get("/tickets"), 200, "Мои заявки")
		there.lead(there.get("/tickets"), "/login?back=%2Ftickets")
		b.show(b.get(link), 404, "Ссылка больше не действует", "Забыли пароль?")
	})
}

func TestAskingForAccountsIsThrottled(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("en")
		for path, limit := range map[string]int{"/register/letter": 10, "/reset": 10} {
			for range limit {
				if a := b.post(path, "email", "carl@customer.example"); a.code != 303 {
					t.Fatalf("%s: %d", path, a.code)
				}
			}
			b.show(b.post(path, "email", "carl@customer.example"), 429)
		}
		b.show(b.post("/register", "email", "carl@customer.example"), 429)
	})
}
