package oknotest_test

import (
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// offers reports which agents the form offers to those who see it.
const offers = `[...document.querySelectorAll("#assignees .face-name")].filter(e => e.checkVisibility()).map(e => e.innerText).join(", ")`

// picks presses an agent's face.
func picks(v *oknotest.Visitor, name string) {
	v.Do(`[...document.querySelectorAll(".face-choice")].find(e => e.checkVisibility() && e.innerText.includes("` + name + `")).click()`)
}

func TestR48TheChoiceFollowsTheTopic(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Lang: "ru"})
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	departments, err := r.Desk.Departments(ctx)
	must(err)
	ann, err := r.Desk.KnownSender(ctx, oknotest.Ann)
	must(err)
	must(r.Desk.SaveTopic(ctx, okno.Console(), "", okno.Topic{Names: map[string]string{"ru": "Лампы"}, Agents: []okno.PersonID{ann.ID}}, departments[0].Ref))
	ada, err := r.Desk.KnownSender(ctx, oknotest.Ada)
	must(err)
	_, err = r.Desk.AddCompany(ctx, okno.Console(), "a firm", desk.CompanyForm{
		Number: "17", Name: "Фирма", SeesAll: true, Agents: []okno.Ref{ada.Ref}, AdminName: "Глава", AdminAddress: "boss@firm.example"})
	must(err)
	link, err := r.Desk.ResetByConsole(ctx, "Admin-17")
	must(err)
	_, err = r.Desk.UseEntry(ctx, link, oknotest.Password, "", "test")
	must(err)

	b := r.Browser(t)
	guest := b.Person("Guest").Open("/open").Sees("Описание").Misses("Исполнитель")
	guest.NoFaults()
	boss := b.Person("Boss").SignIn("Admin-17")
	boss.Open("/open").Sees("Исполнитель").Sees(ada.Name).Misses(ann.Name)
	boss.Choose("Вид обращения", "Лампы").Sees(ann.Name)
	picks(boss, ann.Name)
	boss.Choose("Вид обращения", "Не знаю").Misses(ann.Name)
	if got := oknotest.Ask[string](boss, offers); got != "Выбрать автоматически, "+ada.Name {
		t.Errorf("without a topic: %s", got)
	}
	if !oknotest.Ask[bool](boss, `document.querySelector("#assignees :checked").value === ""`) {
		t.Error("who is offered no longer is chosen still")
	}
	boss.Choose("Вид обращения", "Лампы").Sees(ann.Name)
	picks(boss, ann.Name)
	boss.Accessible()
	boss.Fill("Тема", "Лампа").Fill("Описание", "Мигает.").Press("Отправить заявку").At("/open/done")
	boss.Open("/tickets/100001").Sees(ann.Name)
	r.Sink.Letter(oknotest.Ann, "100001")

	plain := b.Person("Plain").SignIn("Admin-17").Scripts(false)
	plain.Open("/open").Sees("Другие исполнители").Sees(ann.Name)
	picks(plain, ann.Name)
	plain.Fill("Тема", "Стул").Fill("Описание", "Скрипит.").Press("Отправить заявку").Sees("Этого исполнителя здесь выбрать нельзя.")
	plain.Choose("Вид обращения", "Лампы").Press("Отправить заявку").At("/open/done")
	at := r.Agent(oknotest.Ann)
	if p, err := r.Desk.Ticket(ctx, at, "100002", 0); err != nil || p.Ticket.Assignee != ann.ID {
		t.Errorf("without scripts the ticket is %+v (%v)", p, err)
	}
	boss.NoFaults()
}
