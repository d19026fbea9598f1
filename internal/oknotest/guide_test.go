package oknotest_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/oknotest"
)

// guidePictures is where the guide keeps its pictures, by language; beside
// each lies the text that was on the screen.
const guidePictures = "../web/portal/guide/pictures"

// tale is what happens in the guide's pictures; its people are plainly
// invented.
type tale struct {
	lang, supplier, agent   string
	topics                  []string
	name, phone             string
	subject, text, answer   string
	reply, solved           string
	others                  [2][2]string // subject and text
	wanted                  string       // of the latter
	company, head, employee string
	country, employeePhone  string
	when, about             string
}

var tales = []tale{{
	lang: "ru", supplier: "ООО «Образец»", agent: "Анна Примерова", topics: []string{"Что-то не работает", "Вопрос о продукте", "Счета и оплата"},
	name: "Мария Примерная", phone: "+375 29 625 48 95",
	subject: "Лампа мигает через час работы", text: "Настольная лампа, купленная на прошлой неделе, примерно через час начинает мигать. Лампочку заменили, не помогло. Снимок прилагаю.",
	answer: "Здравствуйте, Мария!\n\nСпасибо, что проверили другую лампочку. Нагревается ли основание лампы, когда она мигает?",
	reply:  "Да, довольно сильно. Я тогда её выключаю.", solved: "Похоже на блок питания. Новый уже отправлен, он будет у Вас завтра.",
	others: [2][2]string{{"Нет кабеля в посылке", "Посылка пришла, но кабеля в ней нет."}, {"Счёт на старый адрес", "Можно ли выставить счёт заново?"}}, wanted: "Пришлите, пожалуйста, новый адрес.",
	company: "Пекарня «Образцовая»", head: "Полина Образцова", employee: "Пётр Корочкин", country: "BY", employeePhone: "29 625 48 95", when: "Завтра после обеда", about: "Как поставить новую лампу.",
}, {
	lang: "en", supplier: "Sample Support", agent: "Ann Sample", topics: []string{"Something does not work", "A question about a product", "Bills and payment"},
	name: "Mary Example", phone: "+44 20 7946 0018",
	subject: "The lamp flickers after an hour", text: "The desk lamp I bought last week begins to flicker after about an hour. A new bulb did not help. A picture is attached.",
	answer: "Hello Mary,\n\nThank you for trying another bulb. Does the foot of the lamp get warm when it flickers?",
	reply:  "Yes, quite. I switch it off then.", solved: "It looks like the power supply. A new one is on its way and will be with you tomorrow.",
	others: [2][2]string{{"No cable in the parcel", "The parcel came, but there is no cable in it."}, {"Old address on the bill", "Can you make out the bill again?"}}, wanted: "Please send us the new address.",
	company: "Sample Bakery", head: "Paula Example", employee: "Peter Crust", country: "GB", employeePhone: "20 7946 0018", when: "Tomorrow after lunch", about: "How to put in the new lamp.",
}}

// TestR1TheGuidesPicturesShowTheProduct lives through what the guide tells and
// compares what is on the screen with what was there when the pictures were
// taken. With OKNO_TEST_SCREENSHOTS set it takes them anew.
func TestR1TheGuidesPicturesShowTheProduct(t *testing.T) {
	for _, s := range tales {
		t.Run(s.lang, func(t *testing.T) {
			a := newAlbum(t, s)
			a.guest()
			a.registered()
			a.contacts()
			a.whole()
		})
	}
}

// album is a running desk of the tale, and the pictures taken of it.
type album struct {
	*oknotest.Rig
	tale
	t       *testing.T
	l       *locale.Locale
	ann     okno.Actor
	maria   *oknotest.Visitor
	polina  *oknotest.Visitor
	reader  *oknotest.Visitor // of letters
	taken   []string
	renewed bool
	made    int // submissions
}

const (
	mariaAt  = "maria@customer.example"
	polinaAt = "polina@bakery.example"
	petrAt   = "petr@bakery.example"
)

func newAlbum(t *testing.T, s tale) *album {
	t.Helper()
	r := oknotest.Start(t, oknotest.Options{Lang: s.lang, Bare: true})
	a := &album{Rig: r, tale: s, t: t, l: locale.New(s.lang, nil), renewed: os.Getenv("OKNO_TEST_SCREENSHOTS") != ""}
	ctx := t.Context()
	must(t, r.Desk.SetUp(ctx, okno.Console(), "", desk.Setup{
		Name: "Ada", Address: oknotest.Ada, Password: oknotest.Password, Company: s.supplier, Support: oknotest.Support, Lang: s.lang, Zone: "UTC",
	}))
	departments, err := r.Desk.Departments(ctx)
	must(t, err)
	for i, topic := range s.topics {
		must(t, r.Desk.SaveTopic(ctx, okno.Console(), "", okno.Topic{Names: map[string]string{s.lang: topic}, Position: i}, departments[0].Ref))
	}
	roles, err := r.Desk.Roles(ctx, okno.Console())
	must(t, err)
	must(t, r.Desk.AddAgent(ctx, okno.Console(), a.key(), desk.AgentForm{Name: s.agent, Address: oknotest.Ann, Role: roles[0].Ref, Departments: []okno.Ref{departments[0].Ref}}))
	link, err := r.Desk.ResetByConsole(ctx, oknotest.Ann)
	must(t, err)
	_, err = r.Desk.UseEntry(ctx, link, oknotest.Password, "", "rig")
	must(t, err)
	a.ann = r.Agent(oknotest.Ann)
	b := r.Browser(t)
	a.maria, a.polina, a.reader = b.Person("Maria").Dark(false), b.Person("Polina").Dark(false), b.Person("a reader of letters").Dark(false)
	return a
}

// key is a submission key of its own for each thing that is made.
func (a *album) key() string {
	a.made++
	return fmt.Sprintf("the-guides-tale-%04d", a.made)
}

// T is a caption of the tale's language.
func (a *album) T(key string, args ...any) string { return a.l.T(key, args...) }

// guest opens a ticket without an account, follows and closes it.
func (a *album) guest() {
	m := a.maria.Size(760, 900)
	m.Open("/").Sees(a.T("portal.home.welcome"))
	a.take(m, "home", ".home")
	m.Open("/open").Fill(a.T("portal.field.email"), mariaAt).Fill(a.T("portal.field.name"), a.name).Fill(a.T("portal.field.phone"), a.phone)
	m.Choose(a.T("words.topic"), a.topics[0]).Fill(a.T("words.subject"), a.subject).Fill(a.T("portal.field.text"), a.text)
	m.Attach(a.T("portal.field.files"), lampPicture(a.t)).Shows(`.file:has(input[name="upload"])`).Sees(a.T("js.saved"))
	a.take(m, "form", ".sheet")
	m.Press(a.T("portal.open.send")).At("/open/done").Sees(a.T("portal.opened")).Sees(mariaAt)
	a.take(m, "opened", ".sheet")
	confirmation := a.Sink.Letter(mariaAt, "#100001")
	a.letter("letter-confirmation", confirmation)

	m.Open("/status").Fill(a.T("portal.field.email"), mariaAt).Fill(a.T("portal.field.number"), "100001")
	a.take(m, "status", ".sheet")

	a.says("100001", a.answer)
	a.letter("letter-answer", a.Sink.Letter(mariaAt, strings.SplitN(a.answer, "\n", 2)[0]))
	m.Size(1060, 900).Open(confirmation.Link(a.t, "/t/")).At("/tickets/100001").Sees(a.answer[:20])
	m.Fill(a.T("portal.ticket.write"), a.reply).Sees(a.T("js.saved"))
	a.take(m, "message", "#write")
	m.Press(a.T("portal.ticket.send")).Sees(a.reply).Misses(a.T("js.sending"))
	m.Open("/tickets/100001").Shows(".file img")
	a.take(m, "ticket", "main")
	a.take(m, "card", "#card")

	a.says("100001", a.solved)
	a.moves("100001", okno.StatusDone)
	m.Sees(a.T("portal.ticket.question"))
	a.take(m, "question", "#question")
}

// registered makes her an account; her tickets are in it.
func (a *album) registered() {
	for i, other := range a.others {
		_, err := a.Desk.OpenTicket(a.t.Context(), okno.Nobody(a.lang), desk.Opening{
			Key: a.key(), Name: a.name, Address: mariaAt, Channel: okno.ChannelWeb, Subject: other[0], Text: other[1], Lang: a.lang,
		})
		must(a.t, err)
		if i == 1 {
			a.says("100003", a.wanted)
			a.moves("100003", okno.StatusWaiting)
		}
	}
	m := a.maria.Size(760, 900)
	m.Open("/register").Fill(a.T("portal.field.name"), a.name).Fill(a.T("portal.field.email"), mariaAt).Fill(a.T("portal.field.password"), oknotest.Password)
	a.take(m, "register", ".sheet")
	m.Press(a.T("portal.register.send")).At("/register/sent")
	letter := a.Sink.Letter(mariaAt, a.T("letter.registration.subject"))
	a.letter("letter-registration", letter)
	m.Open("/login").Fill(a.T("portal.login.name"), mariaAt).Fill(a.T("portal.field.password"), oknotest.Password)
	a.take(m, "sign-in", ".sheet")
	m.Open(letter.Link(a.t, "/register/")).Fill(a.T("portal.field.password"), oknotest.Password).Press(a.T("portal.confirm.send")).At("/tickets").Sees(a.subject)
	m.Size(900, 900).Open("/tickets").Sees(a.others[1][0])
	a.take(m, "tickets", "main")
}

// contacts lets a company in, whose administrator adds a colleague and asks
// for a call.
func (a *album) contacts() {
	ctx := a.t.Context()
	_, err := a.Desk.AddCompany(ctx, okno.Console(), a.key(), desk.CompanyForm{
		Number: "1042", Name: a.company, Country: a.country, AdminName: a.head, AdminAddress: polinaAt, SeesAll: true, Lang: a.lang,
	})
	must(a.t, err)
	p := a.polina.Size(760, 900)
	invitation := a.Sink.Letter(polinaAt, "Admin-1042")
	a.letter("letter-invitation", invitation, a.issued(invitation))
	p.Open(invitation.Link(a.t, "/entry/")).Fill(a.T("portal.field.password"), oknotest.Password).Fill(a.T("portal.password.repeat"), oknotest.Password)
	a.take(p, "password", ".sheet")
	p.Press(a.T("ui.signin")).At("/tickets").Sees(a.T("portal.company"))

	p.Open("/company/contacts/new").Fill(a.T("portal.contact.fullname"), a.employee).Fill(a.T("portal.contact.email"), petrAt).Fill(a.T("portal.field.phone"), a.employeePhone)
	a.take(p, "contact", ".sheet")
	p.Press(a.T("portal.contact.save")).At("/company").Sees(a.employee)
	p.Size(900, 900).Open("/company").Sees(a.employee)
	a.take(p, "contacts", "main")

	p.Size(760, 900).Open("/open").Fill(a.T("words.subject"), a.subject).Fill(a.T("portal.field.text"), a.text).Press(a.T("portal.open.send")).At("/open/done")
	p.Press(a.T("portal.opened.show")).Press(a.T("portal.call")).At("/call")
	p.Fill(a.T("portal.field.phone"), a.phone).Fill(a.T("portal.call.when"), a.when).Fill(a.T("portal.call.about"), a.about)
	a.take(p, "call", ".sheet")
}

// says answers for the agent, who takes the ticket first.
func (a *album) says(n okno.Number, text string) {
	a.t.Helper()
	ctx := a.t.Context()
	page, err := a.Desk.Ticket(ctx, a.ann, n, 0)
	must(a.t, err)
	if page.Ticket.Assignee != a.ann.Person {
		must(a.t, a.Desk.Take(ctx, a.ann, n, 0))
	}
	_, err = a.Desk.AddMessage(ctx, a.ann, n, desk.Words{Key: a.key(), Text: text, Channel: okno.ChannelWeb})
	must(a.t, err)
}

func (a *album) moves(n okno.Number, to okno.StatusKind) {
	a.t.Helper()
	must(a.t, a.Desk.SetStatus(a.t.Context(), a.ann, n, to, okno.Hold{}, 0))
}

// issued is the password that an invitation carries.
func (a *album) issued(l oknotest.Taken) string {
	a.t.Helper()
	before, after, _ := strings.Cut(a.T("letter.invitation.issued", "Password", "\x00"), "\x00")
	_, password, ok := strings.Cut(l.Text, before)
	if !ok {
		a.t.Fatalf("no password in the invitation:\n%s", l.Text)
	}
	password, _, _ = strings.Cut(password, after+"\n")
	return strings.TrimSpace(password)
}

// letter takes a letter as a mail program shows it.
func (a *album) letter(name string, l oknotest.Taken, secrets ...string) {
	a.t.Helper()
	a.reader.Size(640, 600).Open("data:text/html;charset=utf-8;base64," + base64.StdEncoding.EncodeToString([]byte(l.HTML)))
	a.take(a.reader, name, "body", secrets...)
}

// take compares what stands on the screen with what stood there when the
// picture was taken; secrets differ each time.
func (a *album) take(v *oknotest.Visitor, name, selector string, secrets ...string) {
	a.t.Helper()
	text := onScreen(v, selector)
	for _, s := range secrets {
		text = strings.ReplaceAll(text, s, "SECRET")
	}
	text = settled(text)
	a.taken = append(a.taken, name)
	at := filepath.Join(guidePictures, a.lang, name)
	if a.renewed {
		must(a.t, os.MkdirAll(filepath.Dir(at), 0o755))
		must(a.t, os.WriteFile(at+".png", v.Picture(selector), 0o644))
		must(a.t, os.WriteFile(at+".txt", []byte(text), 0o644))
		return
	}
	then, err := os.ReadFile(at + ".txt")
	must(a.t, err)
	if text != string(then) {
		a.t.Errorf("the picture %s/%s is no longer what is on the screen (make screenshots takes it anew).\nIt was:\n%s\nIt is:\n%s", a.lang, name, then, text)
	}
}

// whole fails when the guide keeps pictures that nobody takes.
func (a *album) whole() {
	a.t.Helper()
	kept, err := filepath.Glob(filepath.Join(guidePictures, a.lang, "*"))
	must(a.t, err)
	for _, name := range kept {
		if short, _, _ := strings.Cut(filepath.Base(name), "."); !slices.Contains(a.taken, short) {
			a.t.Errorf("nobody takes %s", name)
		}
	}
}

// onScreen is the text of an element as it is seen, moments left out.
func onScreen(v *oknotest.Visitor, selector string) string {
	return oknotest.Ask[string](v, `(e => { let t = e.innerText; for (const m of e.querySelectorAll("time")) { t = t.replace(m.innerText, "TIME") } return t })(document.querySelector("`+selector+`"))`)
}

var (
	digits = regexp.MustCompile(`[0-9]+`)
	dates  = regexp.MustCompile(`0 \p{L}+ 0( г\.)?`)
	blanks = regexp.MustCompile(`[\p{Z}\t]+`)
)

// settled is a text without what differs from day to day, a line for a line.
func settled(text string) string {
	text = dates.ReplaceAllString(blanks.ReplaceAllString(digits.ReplaceAllString(text, "0"), " "), "DATE")
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// lampPicture is a photograph of sorts: light in the dark.
func lampPicture(t *testing.T) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 240, 180))
	for x := range 240 {
		for y := range 180 {
			light := math.Exp(-(math.Pow(float64(x-120), 2) + math.Pow(float64(y-70), 2)) / 2600)
			m.Set(x, y, color.RGBA{uint8(40 + 215*light), uint8(36 + 190*light), uint8(50 + 70*light), 255})
		}
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, m))
	name := filepath.Join(t.TempDir(), "lamp.png")
	must(t, os.WriteFile(name, b.Bytes(), 0o644))
	return name
}

// TestR1AnyoneReadsTheGuide finds the guide from every place that leads to it.
func TestR1AnyoneReadsTheGuide(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Lang: "ru"})
	v := r.Browser(t).Person("a newcomer")
	v.Open("/").Press("Как создать заявку и следить за ней").At("/help").Sees("Назначение системы")
	v.Open("/status").Press("Руководство").At("/help")
	v.Open("/open").Press("руководство").At("/help#opening").Shows("h2#opening:target")
	v.Press("Регистрация на сайте заявок").Shows("h2#account:target")
	for _, lang := range []string{"en", "ru"} {
		v.Press(map[string]string{"en": "Язык и оформление", "ru": "Language and appearance"}[lang]).Press(map[string]string{"en": "English", "ru": "Русский"}[lang]).At("/help")
		v.Shows(`html[lang="`+lang+`"]`).Size(1440, 900).Dark(false).Accessible().Fits()
		v.Dark(true).Accessible().Size(320, 700).Accessible().Fits().Size(1440, 900)
		v.Do(`document.querySelectorAll("figure img").forEach(i => { i.loading = "eager" })`)
		v.Whole("figure img")
	}
	v.SignIn(oknotest.Ann).Open("/help").Sees("Назначение системы")
	if twice := oknotest.Ask[string](v, `[...document.querySelectorAll("[id]")].map(e => e.id).filter((id, i, all) => all.indexOf(id) < i).join(" ")`); twice != "" {
		t.Errorf("two things of the page are called %s", twice)
	}
	v.NoFaults()
}
