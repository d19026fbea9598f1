package oknotest_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// The first administrator of company 17.
const (
	bossLogin   = "Admin-17"
	bossAddress = "boss@firm17.example"
	entryGone   = "Ссылка больше не действует"
	wrongPair   = "Такого сочетания логина и пароля нет."
	chosen      = "my own " + oknotest.Password
)

// company is an installation in Russian with a customer company that was just
// made.
func company(t *testing.T) *oknotest.Rig {
	t.Helper()
	r := oknotest.Start(t, oknotest.Options{Lang: "ru"})
	_, err := r.Desk.AddCompany(t.Context(), okno.Console(), "company 17", desk.CompanyForm{
		Number: "17", Name: "ООО «Ромашка»", Country: "BY", SeesAll: true, AdminName: "Пётр Главный", AdminAddress: bossAddress, Lang: "ru"})
	must(t, err)
	return r
}

// invited is what an invitation says: login, issued password and the link.
func invited(t *testing.T, r *oknotest.Rig, address string) (login, password, link string) {
	t.Helper()
	l := r.Sink.Letter(address, "Для вас был создан аккаунт в тикет системе.")
	word := func(name string) string {
		found := regexp.MustCompile(`(?m)^` + name + `: (\S+)\s*$`).FindStringSubmatch(l.Text)
		if found == nil {
			t.Fatalf("no %s in the invitation:\n%s", name, l.Text)
		}
		return found[1]
	}
	for _, words := range []string{"Добрый день!", "Войти в тикет систему", "Это автоматическое уведомление. Пожалуйста, не отвечайте на него."} {
		if !strings.Contains(l.Text, words) {
			t.Errorf("the invitation does not say %q:\n%s", words, l.Text)
		}
	}
	return word("Логин"), word("Пароль"), l.Link(t, "/entry/")
}

// scan follows a link as a mail scanner does.
func scan(t *testing.T, link string) {
	t.Helper()
	for _, method := range []string{http.MethodHead, http.MethodGet, http.MethodGet} {
		q, err := http.NewRequestWithContext(t.Context(), method, link, nil)
		must(t, err)
		answer, err := http.DefaultClient.Do(q)
		must(t, err)
		must(t, answer.Body.Close())
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s of the link is answered %d", method, answer.StatusCode)
		}
	}
}

// types signs in by typing.
func types(v *oknotest.Visitor, login, password string) *oknotest.Visitor {
	return v.Open("/login").Fill("Пользователь", login).Fill("Пароль", password).Key("\r")
}

// chooses fills in «Смена пароля».
func chooses(v *oknotest.Visitor, password, repeated string) *oknotest.Visitor {
	return v.Fill("Пароль", password).Fill("Повторите пароль", repeated).Press("Войти")
}

// enters is the first entry of whoever has an address, apart from any browser.
func enters(t *testing.T, r *oknotest.Rig, address string) {
	t.Helper()
	_, _, link := invited(t, r, address)
	_, err := r.Desk.UseEntry(t.Context(), link[strings.LastIndex(link, "/")+1:], oknotest.Password, "", "test")
	must(t, err)
}

func TestR39R41R42R43TheInvitationsLinkLeadsToAPasswordOfOnesOwn(t *testing.T) {
	r := company(t)
	login, issued, link := invited(t, r, bossAddress)
	if login != bossLogin {
		t.Errorf("the login is %q", login)
	}
	scan(t, link)
	b := r.Browser(t)
	boss := b.Person("Boss").Open(link).Sees("Смена пароля").Sees("Для входа необходимо сменить пароль")
	second := boss.Tab().Open(link).Sees("Для входа необходимо сменить пароль")
	boss.Front()
	chooses(boss, chosen, chosen+".").Sees("Пароли не совпадают.")
	chooses(boss, issued, issued).Sees("Новый пароль должен отличаться от прежнего.")
	chooses(boss, chosen, chosen).At("/tickets").Sees("Мои заявки").Sees("Создать заявку").Sees("Ответственные")
	chooses(second.Front(), "a third password", "a third password").Sees(entryGone)
	b.Person("somebody with the letter").Open(link).Sees(entryGone)

	later := b.Person("Boss later")
	types(later, login, issued).Sees(wrongPair)
	types(later, login, chosen).At("/tickets").Sees("Мои заявки")
	boss.NoFaults()
}

func TestR56R66AnEmployeeIsRegisteredAndEnters(t *testing.T) {
	r := company(t)
	enters(t, r, bossAddress)
	b := r.Browser(t)
	boss := b.Person("Boss").SignIn(bossLogin).At("/tickets").Press("Ответственные").Press("Добавить ответственного")
	boss.Sees("Добавление ответственного").Sees("Данные для входа").Sees("После создания изменение и просмотр данных будет недоступен")
	proposed := func(name string) string {
		return oknotest.Ask[string](boss, `document.querySelector("input[name=`+name+`]").value`)
	}
	login, password := proposed("login"), proposed("password")
	boss.Holds("Код страны", "+375").Fill("ФИО", "Мария Иванова").Fill("Email", "maria@firm17.example").Fill("Телефон", "29 625").Press("Сохранить")
	boss.Shows("#f-phone-error").Holds("ФИО", "Мария Иванова").Holds("Пароль", password)
	boss.Fill("Телефон", "29 625 48 95").Press("Сохранить").At("/company?").Sees("Ответственный добавлен.").Sees("Мария Иванова").Sees("Приглашён")

	mailedLogin, mailed, _ := invited(t, r, "maria@firm17.example")
	if mailedLogin != login || mailed != password {
		t.Errorf("the letter says %q and not what the form said", mailedLogin)
	}
	if p, err := r.Desk.KnownSender(t.Context(), "maria@firm17.example"); err != nil || p.Phone != "+375 29 625 48 95" || p.Name != "Мария Иванова" {
		t.Errorf("%+v %v", p, err)
	}

	maria := b.Person("Maria")
	types(maria, login, password).At("/password").Sees("Для входа необходимо сменить пароль")
	other := b.Person("Maria elsewhere")
	types(other, login, password).At("/password")
	third, err := r.Desk.SignIn(t.Context(), login, password, "", "test")
	must(t, err)
	for _, path := range []string{"/", "/tickets", "/tickets/100001", "/open", "/status", "/profile", "/company", "/desk", "/login", "/tickets/login"} {
		maria.Open(path).At("/password")
	}
	chooses(maria, password, password).Sees("Новый пароль должен отличаться от прежнего.")
	chooses(maria, chosen, "").Misses("Мои заявки")
	chooses(maria, chosen, chosen).At("/tickets").Sees("Мои заявки").Misses("Ответственные")

	other.Open("/tickets").At("/login") // what the issued password began is over
	if a, _, err := r.Desk.ActorOf(t.Context(), third, okno.DoorPortal); err != nil || a.Person != 0 {
		t.Errorf("an old cookie is person %d's still, %v", a.Person, err)
	}
	types(other, login, password).Sees(wrongPair)
	types(other, "maria@firm17.example", chosen).At("/tickets").Sees("Мои заявки")
	boss.Open("/company").Sees("Активен").Misses("Приглашён")
	boss.NoFaults()
	maria.NoFaults()
}

func TestR38AnAnswerToTheInvitationBecomesATicket(t *testing.T) {
	r := company(t)
	from, to, raw, err := r.Sink.Letter(bossAddress, "Пожалуйста, не отвечайте на него.").Answer("Куда мне войти?")
	must(t, err)
	must(t, oknotest.Send(r.SMTP, from, to, raw))
	r.Settle()
	boss, err := r.Desk.KnownSender(t.Context(), bossAddress)
	must(t, err)
	list, err := r.Desk.MyTickets(t.Context(), okno.Actor{Person: boss.ID, Door: okno.DoorPortal}, desk.Mine{})
	must(t, err)
	if len(list.Rows) != 1 || list.Rows[0].LastWord != "Куда мне войти?" {
		t.Errorf("his tickets are %+v", list.Rows)
	}
}

func TestR66AnInvitationThatExpiredIsSentAnew(t *testing.T) {
	r := company(t)
	enters(t, r, bossAddress)
	ctx := t.Context()
	list, _, err := r.Desk.Companies(ctx, okno.Console(), "")
	must(t, err)
	must(t, r.Desk.AddContact(ctx, okno.Console(), "Maria", list[0].Ref, desk.ContactForm{
		Name: "Мария Иванова", Address: "maria@firm17.example", Login: "maria", Password: "issued to Maria", Lang: "ru"}))
	r.Settle()
	r.Sink.Forget()
	must(t, r.Desk.InviteContact(ctx, okno.Console(), contactNamed(t, r, list[0].Ref, "Мария Иванова")))
	login, issued, link := invited(t, r, "maria@firm17.example")
	r.Settle()
	r.Sink.Forget()

	b := r.Browser(t)
	maria, boss := b.Person("Maria"), b.Person("Boss").SignIn(bossLogin)
	types(maria, login, "issued to Maria").Sees(wrongPair) // that of the first invitation
	r.Clock.Advance(71*time.Hour + 50*time.Minute)
	types(b.Person("Maria in time"), login, issued).At("/password")
	r.Clock.Advance(20 * time.Minute)
	maria.Open(link).Sees(entryGone)
	types(maria, login, issued).Sees(wrongPair)

	boss.Open("/company").Press("Пригласить ещё раз").Sees("Приглашение отправлено ещё раз.")
	_, next, fresh := invited(t, r, "maria@firm17.example")
	if next == issued || fresh == link {
		t.Error("the same password or link again")
	}
	maria.Open(link).Sees(entryGone)
	types(maria, login, issued).Sees(wrongPair)
	chooses(maria.Open(fresh), chosen, chosen).At("/tickets").Sees("Мои заявки")
	types(b.Person("somebody with the letter"), login, next).Sees(wrongPair)
}

func contactNamed(t *testing.T, r *oknotest.Rig, c okno.Ref, name string) okno.Ref {
	t.Helper()
	list, err := r.Desk.Contacts(t.Context(), okno.Console(), c, "")
	must(t, err)
	for _, m := range list.Contacts {
		if m.Name == name {
			return m.Ref
		}
	}
	t.Fatalf("no contact is called %q", name)
	return ""
}
