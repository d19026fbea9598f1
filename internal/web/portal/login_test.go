package portal_test

import (
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
)

func TestR33R34SignInPage(t *testing.T) {
	each(t, func(h *house) {
		for _, path := range []string{"/login", "/tickets/login"} {
			b := h.browser("ru")
			b.show(b.get(path), 200, "Вход в тикет систему", "Введите свои учётные данные для входа", "Пользователь", "Пароль", "Войти", "Получите ссылку на свою заявку")
			b = h.browser("en")
			b.show(b.get(path), 200, "User", "Password", "Sign in")
		}
		if !h.browser("ru").get("/").has(`id="/tickets/login"`) {
			t.Error("the address #/tickets/login finds nothing on the home page")
		}
	})
}

func TestSigningInLeadsToWhereOneBelongs(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("en")
		wrong := b.post("/login", "login", "ada@desk.example", "password", "wrong")
		b.show(wrong, 422, "There is no such login and password here.")
		if !wrong.has(`value="ada@desk.example"`) || wrong.has(`value="wrong"`) {
			t.Error("the login must be kept and the password not")
		}
		unknown := h.browser("en").post("/login", "login", "ada@desk.example", "password", "wrong")
		none := h.browser("en").post("/login", "login", "eve@desk.example", "password", "wrong")
		if strings.ReplaceAll(none.body, "eve@", "ada@") != unknown.body {
			t.Error("the answer tells whether there is such a login")
		}
		b.show(b.post("/login"), 422, "Please fill this in.")
		b.lead(b.post("/login", "login", "ada@desk.example", "password", password), "/desk")
		b.lead(b.get("/login?back=/tickets"), "/tickets")
		b.lead(b.post("/logout"), "/")
		b.lead(b.get("/tickets"), "/login?back=%2Ftickets")
		b.lead(b.post("/login", "login", "ada@desk.example", "password", password, "back", "/tickets"), "/tickets")
		b = h.browser("en")
		b.lead(b.post("/login", "login", "ada@desk.example", "password", password, "back", "//evil.example/"), "/desk")
	})
}

func TestGuessingPasswordsSlowsDownForThatLoginOnly(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("en")
		for range 5 {
			b.show(b.post("/login", "login", "eve@desk.example", "password", "guess"), 422)
		}
		b.show(b.post("/login", "login", "EVE@desk.example", "password", "guess"), 429, "Too many attempts")
		b.lead(b.post("/login", "login", "ada@desk.example", "password", password), "/desk")
		h.later(15 * time.Second)
		h.browser("en").show(h.browser("en").post("/login", "login", "eve@desk.example", "password", "guess"), 422)
	})
}

func TestTicketOpenedByALinkStaysOpenAfterSigningIn(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		b := h.guest(n)
		b.signIn("ada@desk.example")
		b.show(b.get("/tickets/"+string(n)), 200, "Noise")
		b.show(b.get("/tickets"), 200, "Noise", "Carl Customer")
	})
}

func TestR39EntryLinkLeadsToTheChoiceOfAPassword(t *testing.T) {
	each(t, func(h *house) {
		admin := h.ada()
		admin.Door = okno.DoorAdmin
		roles, err := h.desk.Roles(t.Context(), admin)
		h.must(err)
		h.must(h.desk.AddAgent(t.Context(), admin, "add", desk.AgentForm{Name: "Boris", Address: "boris@desk.example", Role: roles[0].Ref}))
		link, err := h.desk.ResetByConsole(t.Context(), "boris@desk.example")
		h.must(err)
		path := "/entry/" + link
		b := h.browser("ru")
		for range 2 { // looking spends nothing
			b.show(b.get(path), 200, "Смена пароля", "Для входа необходимо сменить пароль", "Пароль", "Повторите пароль", "Войти", "Логин: boris@desk.example")
		}
		b.show(b.post(path, "password", "a new password", "repeat", "another"), 422, "Пароли не совпадают.")
		b.show(b.post(path, "password", "short", "repeat", "short"), 422)
		b.show(b.post(path), 422)
		b.lead(b.post(path, "password", "a new password", "repeat", "a new password"), "/desk")
		b.show(b.get("/tickets"), 200, "Мои заявки")
		b = h.browser("ru")
		b.show(b.get(path), 404, "Ссылка больше не действует")
		b.show(b.post(path, "password", "yet another one", "repeat", "yet another one"), 404, "Ссылка больше не действует")
		b.lead(b.post("/login", "login", "boris@desk.example", "password", "a new password"), "/desk")
	})
}

func TestR41R43OwnPasswordIsChanged(t *testing.T) {
	each(t, func(h *house) {
		b, elsewhere := h.browser("en"), h.browser("en")
		b.lead(b.get("/password"), "/login?back=%2Fpassword")
		b.signIn("ada@desk.example")
		elsewhere.signIn("ada@desk.example")
		b.show(b.get("/password"), 200, "Present password", "Repeat the password")
		b.show(b.post("/password", "present", "wrong", "password", "a new password", "repeat", "a new password"), 422, "This is not your present password.")
		b.show(b.post("/password", "present", password, "password", password, "repeat", password), 422, "The new password must differ from the old one.")
		b.show(b.post("/password", "present", password, "password", "a new password", "repeat", "another"), 422, "The passwords differ.")
		b.lead(b.post("/password", "present", password, "password", "a new password", "repeat", "a new password"), "/desk")
		b.show(b.get("/tickets"), 200, "My tickets", "The password has been changed.")
		elsewhere.lead(elsewhere.get("/tickets"), "/login?back=%2Ftickets")
		elsewhere.show(elsewhere.post("/login", "login", "ada@desk.example", "password", password), 422)
		elsewhere.lead(elsewhere.post("/login", "login", "ada@desk.example", "password", "a new password"), "/desk")
	})
}

func TestR40IssuedPasswordMustBeChangedFirst(t *testing.T) {
	each(t, func(h *house) {
		h.must(h.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE account SET must_change = 1`)
			return err
		}))
		b := h.browser("en")
		b.signIn("ada@desk.example")
		for _, path := range []string{"/", "/open", "/tickets", "/login"} {
			b.lead(b.get(path), "/password")
		}
		page := b.get("/password")
		b.show(page, 200, "Change of password", "To sign in, the password must be changed", "Repeat the password", "Sign in")
		if !page.has(`action="/logout"`) {
			t.Error("there is no way out")
		}
		if page.has(`name="present"`) {
			t.Error("the issued password is asked for again")
		}
		b.show(b.post("/password", "password", password, "repeat", password), 422, "The new password must differ from the old one.")
		b.lead(b.post("/password", "password", "a new password", "repeat", "a new password"), "/desk")
		b.show(b.get("/tickets"), 200, "My tickets")
		again := h.browser("en")
		again.show(again.post("/login", "login", "ada@desk.example", "password", password), 422)
	})
}

func TestGuestHasNoPasswordToChange(t *testing.T) {
	each(t, func(h *house) {
		b := h.guest(h.file("carl@customer.example", "Noise"))
		b.show(b.get("/password"), 404)
		b.show(b.post("/password", "password", "a new password", "repeat", "a new password"), 404)
	})
}

func TestSetupMakesTheFirstAdministratorOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		link, err := h.desk.SetupLink(t.Context())
		h.must(err)
		second, err := h.desk.SetupLink(t.Context())
		h.must(err)
		b := h.browser("ru")
		b.show(b.get("/setup/nonsense"), 404)
		b.show(b.get("/setup/"+link), 200, "Настройка системы", "Имя", "Пароль", "Адрес поддержки", "Язык")
		form := []string{"name", "Ада", "email", "ada@desk.example", "company", "Поставщик", "product", "", "lang", "ru", "password", password, "support"}
		wrong := b.post("/setup/"+link, append(form, "ada@desk.example")...)
		b.show(wrong, 422)
		if !wrong.has(`value="Поставщик"`, `id="f-support-error"`) || wrong.has(password) {
			t.Error("what was typed must be kept, the password not shown")
		}
		b.show(b.post("/setup/nonsense", append(form, "support@desk.example")...), 404)
		b.lead(b.post("/setup/"+link, append(form, "support@desk.example")...), "/desk")
		home := h.browser("ru").get("/")
		b.show(home, 200, "Тикет-система", "Поставщик", "Открыть новую заявку")
		b.show(h.browser("ru").get("/setup/"+second), 409, "Система уже настроена")
		mallory := h.browser("ru")
		mallory.show(mallory.post("/setup/"+second, "name", "M", "email", "m@evil.example", "password", password, "support", "s@evil.example", "lang", "ru"), 409)
	})
}
