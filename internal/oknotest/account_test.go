package oknotest_test

import (
	"testing"

	"github.com/oknodesk/okno/internal/oknotest"
)

// register fills in the form of a new account.
func register(v *oknotest.Visitor, address string) {
	v.Fill("Имя", "Карл Клиентов").Fill("Электронная почта", address).Fill("Пароль", oknotest.Password).Press("Зарегистрироваться")
	v.At("/register/sent").Sees("Проверьте почту")
}

func TestR26R30ACustomerRegistersAndFindsHisTickets(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Lang: "ru"})
	if err := oknotest.Send(r.SMTP, oknotest.Carl, oknotest.Support, koi8(t)); err != nil {
		t.Fatal(err)
	}
	r.Sink.Letter(oknotest.Carl, "#100001")
	carl := r.Browser(t).Person("Carl")

	carl.Open("/status").Press("зарегистрироваться").At("/register")
	register(carl, oknotest.Carl)
	letter := r.Sink.Letter(oknotest.Carl, "Подтвердите регистрацию")

	carl.Open("/login").Fill("Пользователь", oknotest.Carl).Fill("Пароль", oknotest.Password).Key("\r")
	carl.Sees("ещё не подтверждена").Press("Отправить письмо ещё раз").At("/register/sent")

	carl.Open(letter.Link(t, "/register/")).Sees("Подтверждение регистрации").Fill("Пароль", oknotest.Password).Press("Подтвердить и войти")
	carl.At("/tickets").Sees("Мои заявки").Sees("Создать заявку").Sees("Лампа мигает") // from before

	carl.Press("Создать заявку").At("/open").Fill("Тема", "Скрипит стул").Fill("Описание", "Со вчерашнего дня.").Press("Отправить заявку")
	carl.At("/open/done")
	carl.Open("/tickets").Sees("Скрипит стул").Sees("Лампа мигает")
	carl.Fill("Номер или слова", "стул").Press("Найти").Sees("Скрипит стул").Misses("Лампа мигает")

	profileInBrowser(t, r, carl)
	carl.NoFaults()
}

// profileInBrowser corrects the profile, and forgets the password.
func profileInBrowser(t *testing.T, r *oknotest.Rig, carl *oknotest.Visitor) {
	t.Helper()
	carl.Open("/profile").Sees("Где Вы вошли").Sees("Этот, сейчас")
	carl.Fill("Имя", "Карл К.").Press("Сохранить").Sees("Сохранено.")
	carl.Fill("Новый адрес электронной почты", "karl@new.example").Fill("Нынешний пароль", oknotest.Password).Press("Сменить адрес")
	carl.Sees("Мы отправили письмо на новый адрес.")
	carl.Open(r.Sink.Letter("karl@new.example", "Подтвердить адрес").Link(t, "/address/")).Sees("karl@new.example").Press("Подтвердить адрес")
	carl.At("/profile").Sees("Ваш адрес: karl@new.example")
	r.Sink.Letter(oknotest.Carl, "новый адрес электронной почты")

	carl.Press("Выйти").At("/").Sees("Чем мы можем помочь?")
	carl.Open("/#/tickets/login").At("/login").Press("Забыли пароль?").At("/reset") // R33
	carl.Fill("Электронная почта", "karl@new.example").Press("Отправить ссылку").At("/reset/sent")
	carl.Open(r.Sink.Letter("karl@new.example", "Новый пароль").Link(t, "/entry/"))
	carl.Fill("Пароль", "new "+oknotest.Password).Fill("Повторите пароль", "new "+oknotest.Password).Press("Войти")
	carl.At("/tickets").Sees("Скрипит стул")
}
