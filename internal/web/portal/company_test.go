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

// issued is the password that stands in a contact's form here.
const issued = "issued by the firm"

// firm makes a company whose administrator has chosen the password.
func (h *house) firm(number string) okno.Company {
	h.Helper()
	c, err := h.desk.AddCompany(h.Context(), okno.Console(), h.unlike("firm"), desk.CompanyForm{
		Number: number, Name: "Firm " + number, Country: "BY", SeesAll: true, AdminName: "Boss", AdminAddress: "boss@firm" + number + ".example"})
	h.must(err)
	h.chooses("Admin-" + number)
	return c
}

// chooses is the first entry of whoever has a login or an address.
func (h *house) chooses(login string) {
	h.Helper()
	link, err := h.desk.ResetByConsole(h.Context(), login)
	h.must(err)
	_, err = h.desk.UseEntry(h.Context(), link, password, "", "test")
	h.must(err)
}

// employee offers a place to someone, who has not come in yet.
func (h *house) employee(c okno.Company, login string) {
	h.Helper()
	h.must(h.desk.AddContact(h.Context(), okno.Console(), h.unlike("contact"), c.Ref, desk.ContactForm{
		Name: "The " + login, Address: login + "@firm.example", Login: login, Password: issued}))
}

// value is what stands in a field of a page's form.
func (a answer) value(name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(a.body)
	if m == nil {
		return ""
	}
	return m[1]
}

func TestR32PagesBearTheNames(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("ru")
		b.show(b.get("/"), 200, "Okno", "Supplier Ltd")
		s, err := h.desk.Settings(t.Context())
		h.must(err)
		s.Product, s.Company = okno.DefaultSettings("ru").Product, "ООО «Поставщик»"
		h.must(h.desk.SaveSettings(t.Context(), okno.Console(), s))
		for _, path := range []string{"/", "/login", "/open", "/status"} {
			b.show(b.get(path), 200, "Тикет-система", "ООО «Поставщик»")
		}
	})
}

func TestR44MainPageOfACompanyAdministrator(t *testing.T) {
	each(t, func(h *house) {
		c := h.firm("17")
		h.employee(c, "gil")
		h.chooses("gil")
		boss, gil := h.browser("ru"), h.browser("ru")
		boss.lead(boss.post("/login", "login", "Admin-17", "password", password), "/tickets")
		boss.show(boss.get("/tickets"), 200, "Мои заявки", "Создать заявку", "Ответственные")
		gil.lead(gil.post("/login", "login", "gil", "password", password), "/tickets")
		main := gil.get("/tickets")
		gil.show(main, 200, "Мои заявки", "Создать заявку")
		if main.has("/company") {
			t.Error("an employee has the tab")
		}
	})
}

func TestR45CreateTicketOpensTheForm(t *testing.T) {
	each(t, func(h *house) {
		h.firm("17")
		b := h.browser("ru")
		b.signIn("Admin-17")
		if !b.get("/tickets").has(`href="/open"`) {
			t.Error("the button leads elsewhere")
		}
		b.show(b.get("/open"), 200, "Тема", "Описание", "Файлы")
	})
}

func TestR56R58R63AdministratorRegistersEmployees(t *testing.T) {
	each(t, func(h *house) {
		c := h.firm("17")
		b := h.browser("ru")
		b.signIn("Admin-17")
		b.show(b.get("/company"), 200, "Ответственные", "Firm 17", "Boss", "Активен", "Добавить ответственного")
		form := b.get("/company/contacts/new")
		b.show(form, 200, "Добавление ответственного", "ФИО *", "Email *", "Телефон", "Код страны", "Данные для входа", "Логин *", "Пароль *", "Администратор",
			"После создания изменение и просмотр данных будет недоступен", "Сохранить")
		typed := []string{"_key", form.key(), "company", form.value("company"), "name", "Иванов Иван", "email", "ivan@firm17.example", "code", form.value("code"),
			"phone", "29 625 48 95", "login", "ivanov", "password", issued}
		wrong := b.post("/company/contacts", append([]string{"_key", form.key()}, "company", string(c.Ref), "name", "", "email", "nobody", "code", "+375", "phone", "12", "login", "a b", "password", "short")...)
		b.show(wrong, 422, "Заполните это поле.")
		for _, field := range []string{"name", "email", "phone", "login", "password"} {
			if !wrong.has(`id="f-` + field + `-error"`) {
				t.Errorf("%s is not marked", field)
			}
		}
		if !wrong.has(`value="nobody"`, `value="12"`, `value="a b"`) {
			t.Error("what was typed is lost")
		}
		if strings.Contains(b.get("/company").words(), "Приглашён") {
			t.Error("something was saved")
		}
		b.lead(b.post("/company/contacts", typed...), "/company?company="+string(c.Ref))
		b.lead(b.post("/company/contacts", typed...), "/company?company="+string(c.Ref)) // sent twice
		list := b.get("/company")
		b.show(list, 200, "Иванов Иван", "Приглашён", "Ответственный добавлен. Приглашение отправлено.", "Отключить", "Пригласить ещё раз", "Назначить администратором")
		if n := strings.Count(list.body, "Иванов Иван</td>"); n != 1 {
			t.Errorf("he stands %d times in the list", n)
		}
		for _, secret := range []string{"ivan@firm17.example", "29 625 48 95", "ivanov", issued} {
			if list.has(secret) { // spec R64
				t.Errorf("the list shows %q", secret)
			}
		}
	})
}

func TestR59CountryCodeStandsApart(t *testing.T) {
	each(t, func(h *house) {
		h.firm("17")
		b := h.browser("en")
		b.signIn("Admin-17")
		form := b.get("/company/contacts/new")
		if form.value("code") != "+375" || form.value("phone") != "" {
			t.Errorf("the form begins with %q and %q", form.value("code"), form.value("phone"))
		}
		for _, c := range []struct {
			code, phone, field string
		}{{"+375", "29 625 48 95", ""}, {"+7", "(912) 345-67-89", ""}, {"", "", ""}, {"+375", "29 625 48", "phone"}, {"+375", "+375 29 625 48 95", "phone"}, {"", "29 625 48 95", "code"}, {"+0", "29 625 48 95", "code"}} {
			login := h.unlike("p")
			a := b.post("/company/contacts", "_key", h.unlike("key"), "company", form.value("company"), "name", "X", "email", login+"@firm.example", "code", c.code, "phone", c.phone, "login", login, "password", issued)
			if c.field == "" && a.code != 303 || c.field != "" && (a.code != 422 || !a.has(`id="f-`+c.field+`-error"`)) {
				t.Errorf("%+v: %d\n%.600s", c, a.code, a.words())
			}
			h.later(3 * time.Second)
		}
	})
}

func TestR60LoginAndPasswordAreProposed(t *testing.T) {
	each(t, func(h *house) {
		h.firm("17")
		b := h.browser("en")
		b.signIn("Admin-17")
		one, two := b.get("/company/contacts/new"), b.get("/company/contacts/new")
		for _, name := range []string{"login", "password"} {
			if one.value(name) == "" || one.value(name) == two.value(name) {
				t.Errorf("%s: %q, then %q", name, one.value(name), two.value(name))
			}
		}
		post := func(email, login string) answer {
			return b.post("/company/contacts", "_key", h.unlike("key"), "company", one.value("company"), "name", "X", "email", email, "login", login, "password", one.value("password"))
		}
		if a := post("a@firm.example", one.value("login")); a.code != 303 {
			t.Errorf("%d %.600s", a.code, a.words())
		}
		if a := post("b@firm.example", strings.ToUpper(one.value("login"))); a.code != 422 || !a.has(`id="f-login-error"`) {
			t.Errorf("a login twice: %d", a.code)
		}
	})
}

func TestR61AdministratorTicked(t *testing.T) {
	each(t, func(h *house) {
		c := h.firm("17")
		b := h.browser("en")
		b.signIn("Admin-17")
		for login, ticked := range map[string]bool{"lead": true, "plain": false} {
			form := []string{"_key", h.unlike("key"), "company", string(c.Ref), "name", login, "email", login + "@firm.example", "login", login, "password", issued}
			if ticked {
				form = append(form, "administrator", "yes")
			}
			b.lead(b.post("/company/contacts", form...), "/company?company="+string(c.Ref))
			h.chooses(login)
			w := h.browser("en")
			w.signIn(login)
			if code := w.get("/company").code; (code == 200) != ticked {
				t.Errorf("%s: %d", login, code)
			}
		}
	})
}

// act is the address of a button beside a contact in the list.
func (a answer) act(name, thing string) string {
	_, row, _ := strings.Cut(a.body, ">"+name+"</td>")
	m := regexp.MustCompile(`action="(/company/contacts/[^"]*/` + thing + `)"`).FindStringSubmatch(row)
	if m == nil {
		return ""
	}
	return m[1]
}

func TestR62R64WhatCanBeDoneWithAContact(t *testing.T) {
	each(t, func(h *house) {
		c := h.firm("17")
		h.employee(c, "gil")
		b, gil := h.browser("ru"), h.browser("ru")
		b.signIn("Admin-17")
		list := b.get("/company")
		home := "/company?company=" + string(c.Ref)
		b.lead(b.post(list.act("The gil", "invitation"), "company", string(c.Ref)), home)
		b.show(b.get(home), 200, "Приглашение отправлено ещё раз.")
		h.chooses("gil")
		gil.signIn("gil")
		b.lead(b.post(list.act("The gil", "invitation"), "company", string(c.Ref)), home)
		b.show(b.get(home), 200, "Этот человек уже вошёл в систему или отключён")
		b.lead(b.post(list.act("Boss", "administrator"), "company", string(c.Ref), "value", "off"), home)
		b.show(b.get(home), 200, "Это последний администратор компании.")
		b.lead(b.post(list.act("The gil", "access"), "company", string(c.Ref), "value", "off"), home)
		b.show(b.get(home), 200, "Отключён", "Включить")
		gil.lead(gil.get("/tickets"), "/login?back=%2Ftickets")
		b.lead(b.post(list.act("The gil", "access"), "company", string(c.Ref), "value", "on"), home)
		b.lead(b.post(list.act("The gil", "administrator"), "company", string(c.Ref), "value", "on"), home)
		gil.signIn("gil")
		gil.show(gil.get("/company"), 200, "Снять права администратора")
		b.lead(b.post(list.act("Boss", "administrator"), "company", string(c.Ref), "value", "off"), "/tickets")
		b.show(b.get("/company"), 404)
		// No page shows or changes a card.
		ref := strings.Split(list.act("The gil", "access"), "/")[3]
		for _, path := range []string{"/company/contacts/" + ref, "/company/contacts/" + ref + "/edit", "/company/contacts", "/company/" + ref} {
			if code := gil.get(path).code; code != 404 && code != 405 {
				t.Errorf("%s: %d", path, code)
			}
			if path != "/company/contacts" {
				if code := gil.post(path, "company", string(c.Ref), "name", "Other").code; code != 404 && code != 405 {
					t.Errorf("POST %s: %d", path, code)
				}
			}
		}
	})
}

func TestR40NothingGetsRoundTheChangeOfPassword(t *testing.T) {
	each(t, func(h *house) {
		c := h.firm("17")
		h.employee(c, "gil")
		n := h.file("gil@firm.example", "Noise")
		b := h.browser("en")
		b.lead(b.post("/login", "login", "gil", "password", issued, "back", "/open"), "/open")
		old := h.browser("en") // a second session of the same password
		old.lead(old.post("/login", "login", "gil", "password", issued), "/tickets")
		link := h.access(n, 0, time.Hour)
		for _, who := range []*browser{b, old} {
			for _, path := range []string{"/", "/open", "/open/done", "/tickets", "/tickets/" + string(n), "/company", "/company/contacts/new", "/login", "/tickets/login", "/status", link} {
				who.lead(who.get(path), "/password")
			}
			for _, path := range []string{"/open", "/tickets/" + string(n) + "/messages", "/tickets/" + string(n) + "/closing", "/company/contacts", "/status"} {
				who.lead(who.post(path, "text", "x"), "/password")
			}
			if code := who.get("/live").code; code == 200 {
				t.Error("the stream is open")
			}
		}
		b.show(b.get("/password"), 200, "Change of password", "To sign in, the password must be changed", "Password", "Repeat the password", "Sign in")
		b.show(b.post("/password", "password", issued, "repeat", issued), 422, "The new password must differ from the old one.")
		b.show(b.post("/password", "password", "a new password", "repeat", "another one"), 422, "The passwords differ.")
		b.lead(b.post("/password", "password", "a new password", "repeat", "a new password"), "/tickets")
		b.show(b.get("/tickets"), 200, "Noise")
		old.lead(old.get("/tickets"), "/login?back=%2Ftickets")
		old.show(old.post("/login", "login", "gil", "password", issued), 422)
		old.lead(old.post("/login", "login", "gil", "password", "a new password"), "/tickets")
	})
}

func TestOneOfTwoCompaniesChooses(t *testing.T) {
	each(t, func(h *house) {
		one, two := h.firm("1"), h.firm("2")
		h.employee(one, "gil")
		h.chooses("gil")
		h.employee2(two, "gil@firm.example")
		b := h.browser("en")
		if b.signIn("gil"); b.get("/open").has(`name="company"`) {
			t.Error("who has one company is asked for which")
		}
		link := h.joinLink("gil@firm.example", two)
		page := h.browser("en").get(link)
		b.show(page, 200, "Firm 2", "Join")
		b.show(h.browser("en").get(link), 200, "Firm 2") // looking spends nothing
		b.lead(h.browser("en").post(link), "/login")
		b.show(h.browser("en").post(link), 404)
		form := b.get("/open")
		b.show(form, 200, "Company", "Firm 1", "Firm 2")
		send := func(company okno.Ref) answer {
			return b.post("/open", "_key", h.unlike("key"), "subject", "Lamp", "text", "Dark.", "company", string(company))
		}
		if a := send(""); a.code != 422 || !a.has(`id="f-company-error"`) {
			t.Errorf("without a choice: %d %.500s", a.code, a.words())
		}
		b.lead(send(two.Ref), "/open/done")
		for boss, sees := range map[string]bool{"Admin-1": false, "Admin-2": true} {
			w := h.browser("en")
			w.signIn(boss)
			if w.get("/tickets").has("Lamp") != sees {
				t.Errorf("%s sees the ticket: %t", boss, !sees)
			}
		}
		// An administrator of both chooses whose contacts he looks at.
		h.must(h.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE membership SET administrator = 1`)
			return err
		}))
		b.show(b.get("/company"), 200, "Contacts of Firm 1", "Contacts of Firm 2")
		b.show(b.get("/company?company="+string(two.Ref)), 200, "Contacts of Firm 2")
		b.show(b.get("/company?company=nonsense"), 404)
	})
}

// employee2 offers a place to someone who is known.
func (h *house) employee2(c okno.Company, address string) {
	h.Helper()
	h.must(h.desk.AddContact(h.Context(), okno.Console(), h.unlike("contact"), c.Ref, desk.ContactForm{
		Name: "Known", Address: address, Login: h.unlike("known"), Password: issued}))
}

// joinLink is a link to join as the letter carries it.
func (h *house) joinLink(address string, c okno.Company) string {
	h.Helper()
	p, err := h.desk.KnownSender(h.Context(), address)
	h.must(err)
	link, name := h.desk.JoinLink(p.ID, c.ID), h.unlike("letter")
	h.must(h.desk.QueueLetters(h.Context(), []desk.Outgoing{{
		Letter: okno.Letter{Kind: okno.LetterJoin, Origin: name, Person: p.ID, To: address, MessageID: name + "@desk.example", Bytes: []byte("x")},
		Links:  []desk.LinkToken{link},
	}}))
	return "/join/" + link.Token
}
