package oknotest_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/demo"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/oknotest"
)

// Who looks at pages: nobody known, a company's employee, its administrator,
// an agent, and the administrator.
const (
	guest    = "guest"
	employee = "employee"
	boss     = "boss"
	agent    = "agent"
	admin    = "admin"
)

// logins are the sample's people, by the language it is made in.
var logins = map[string]map[string]string{
	"en": {employee: "peter@bakery.example", boss: "paula@bakery.example", agent: "anna@okno.example", admin: "admin@okno.example"},
	"ru": {employee: "petr@bakery.example", boss: "polina@bakery.example", agent: "anna@okno.example", admin: "admin@okno.example"},
}

// world is the demo's sample, with a ticket that has all a ticket can have,
// one in each of the states that customers are asked something in, letters in
// and out, and links of every kind.
type world struct {
	*oknotest.Rig
	t        *testing.T
	l        *locale.Locale
	browser  *oknotest.Browser
	visitors map[string]*oknotest.Visitor
	names    map[string]string // what stands for the capitals in a path
	keys     int
}

func newWorld(t *testing.T, lang string) *world {
	t.Helper()
	r := oknotest.Start(t, oknotest.Options{Demo: true, Lang: lang, Ago: 2 * time.Hour})
	w := &world{Rig: r, t: t, l: locale.New(lang, time.UTC), browser: r.Browser(t), visitors: map[string]*oknotest.Visitor{}, names: map[string]string{}}
	w.names["LOOKEDFOR"] = map[string]string{"en": "lamp", "ru": "лампы"}[lang]
	w.full()
	w.asked()
	w.letters()
	w.unasked()
	w.links()
	w.lists()
	w.views()
	w.Clock.Advance(time.Since(w.Clock.Now()))
	w.fresh()
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	must(w.t, err)
}

func (w *world) key() string {
	w.keys++
	return fmt.Sprintf("the key %d of the world", w.keys)
}

// as is one of the cast at a door, signed in apart from his browser.
func (w *world) as(who string, door okno.Door) okno.Actor {
	w.t.Helper()
	token, err := w.Desk.SignIn(w.t.Context(), logins[w.l.Lang()][who], demo.Password, "", "world")
	w.must(err)
	a, _, err := w.Desk.ActorOf(w.t.Context(), token, door)
	w.must(err)
	return a
}

// visitor is one of the cast in a browser of his own, signed in.
func (w *world) visitor(who string) *oknotest.Visitor {
	w.t.Helper()
	if w.visitors[who] == nil {
		v := w.browser.Person(who).Dark(false) // and without motion, from the first page on
		if who != guest {
			v.SignIn(logins[w.l.Lang()][who])
		}
		w.visitors[who] = v
	}
	return w.visitors[who]
}

// path is an address with its capitals filled in.
func (w *world) path(p string) string {
	parts := strings.FieldsFunc(p, func(r rune) bool { return strings.ContainsRune("/?=&", r) })
	for _, part := range parts {
		if name, ok := w.names[part]; ok {
			p = strings.Replace(p, part, name, 1)
		}
	}
	return p
}

// story is what is said in the full ticket.
type story struct {
	subject, text, answer, reply, note, last, when, about, done, closed, fresh string

	tags []string
}

var stories = map[string]story{
	"en": {
		subject: "The display case gets warm on the left",
		text:    "Good morning,\n\nsince yesterday the display case by the window gets warm on the left side. A photograph and the last service report are attached.\n\nCan you tell us what to do before the weekend?",
		answer:  "Hello,\n\nthank you for the photograph. Is the fan at the back turning? A sheet of paper held before it should move.",
		reply:   "It turns, but slowly, and it makes a noise now and then.",
		note:    "The same fan as at the school in October. The part is in stock.",
		last:    "Then the fan is worn out. We bring a new one on Friday between 9 and 11; until then please leave the left door a little open.",
		when:    "weekdays from 14 to 17", about: "Who lets the fitter in on Friday",
		done: "Second key for the back door", closed: "Price of the yearly service", fresh: "Shelf for the second case",
		tags: []string{"urgent", "display case", "spare part"},
	},
	"ru": {
		subject: "Витрина греется с левой стороны",
		text:    "Добрый день!\n\nСо вчерашнего дня витрина у окна нагревается слева. Снимок и акт последнего обслуживания прилагаю.\n\nПодскажите, пожалуйста, что делать до выходных?",
		answer:  "Здравствуйте!\n\nСпасибо за снимок. Вращается ли вентилятор на задней стенке? Лист бумаги, поднесённый к нему, должен шевелиться.",
		reply:   "Вращается, но медленно, и время от времени шумит.",
		note:    "Такой же вентилятор, как в октябре в школе. Деталь на складе есть.",
		last:    "Значит, вентилятор изношен. Привезём новый в пятницу с 9 до 11; до этого оставьте левую дверцу чуть приоткрытой.",
		when:    "по будням с 14 до 17", about: "Кто встретит мастера в пятницу",
		done: "Второй ключ от задней двери", closed: "Стоимость годового обслуживания", fresh: "Полка для второй витрины",
		tags: []string{"срочно", "витрина", "запчасть"},
	},
}

// opened is a ticket of the employee's.
func (w *world) opened(subject, text string, files ...okno.Ref) okno.Number {
	w.t.Helper()
	by := w.as(employee, okno.DoorPortal)
	o, err := w.Desk.OpenTicket(w.t.Context(), by, desk.Opening{Key: w.key(), Channel: okno.ChannelWeb, Subject: subject, Text: text, Uploads: files, Lang: w.l.Lang()})
	w.must(err)
	return o.Number
}

// full makes the ticket that has everything.
func (w *world) full() {
	ctx, s := w.t.Context(), stories[w.l.Lang()]
	by, ann := w.as(employee, okno.DoorPortal), w.as(agent, okno.DoorWorkspace)
	var files []okno.Ref
	for _, f := range []struct {
		name    string
		content []byte
	}{{"photo.png", photograph(w.t)}, {"report.pdf", []byte("%PDF-1.4\n% the report\n")}} {
		kept, _, err := w.Desk.KeepUpload(ctx, by, f.name, bytes.NewReader(f.content), 1<<20)
		w.must(err)
		files = append(files, kept.Ref)
	}
	o, err := w.Desk.OpenTicket(ctx, by, desk.Opening{Key: w.key(), Channel: okno.ChannelWeb, Subject: s.subject, Text: s.text, Uploads: files, Lang: w.l.Lang()})
	w.must(err)
	n := o.Number
	w.must(w.Desk.Take(ctx, ann, n, 0))
	for _, said := range []struct {
		by   okno.Actor
		text string
		note bool
	}{{ann, s.answer, false}, {by, s.reply, false}, {ann, s.note, true}, {ann, s.last, false}} {
		words := desk.Words{Key: w.key(), Text: said.text, Channel: okno.ChannelWeb}
		w.Clock.Advance(4 * time.Minute)
		if said.note {
			_, err = w.Desk.AddNote(ctx, said.by, n, words)
		} else {
			_, err = w.Desk.AddMessage(ctx, said.by, n, words)
		}
		w.must(err)
	}
	w.must(w.Desk.AskCall(ctx, by, n, desk.CallForm{Key: w.key(), Phone: "+375 29 625 48 95", When: s.when, About: s.about}))
	w.names["FULL"] = string(n)
}

// asked makes a ticket in each state in which a customer is asked something.
func (w *world) asked() {
	ctx, s := w.t.Context(), stories[w.l.Lang()]
	by, ann := w.as(employee, okno.DoorPortal), w.as(agent, okno.DoorWorkspace)
	done, closed := w.opened(s.done, s.text), w.opened(s.closed, s.text)
	w.must(w.Desk.SetStatus(ctx, ann, done, okno.StatusDone, okno.Hold{}, 0))
	w.must(w.Desk.SetStatus(ctx, ann, closed, okno.StatusDone, okno.Hold{}, 0))
	w.must(w.Desk.ConfirmDone(ctx, by, closed, true))
	w.names["DONE"], w.names["CLOSED"] = string(done), string(closed)
}

// fresh makes a ticket of which every word can still be changed, and one was.
func (w *world) fresh() {
	ctx, s := w.t.Context(), stories[w.l.Lang()]
	by, ann := w.as(employee, okno.DoorPortal), w.as(agent, okno.DoorWorkspace)
	n := w.opened(s.fresh, s.text)
	said, err := w.Desk.AddMessage(ctx, by, n, desk.Words{Key: w.key(), Text: s.reply, Channel: okno.ChannelWeb})
	w.must(err)
	answered, err := w.Desk.AddMessage(ctx, ann, n, desk.Words{Key: w.key(), Text: s.answer, Channel: okno.ChannelWeb})
	w.must(err)
	message, err := w.Desk.Message(ctx, ann, answered.Ref)
	w.must(err)
	w.must(w.Desk.EditMessage(ctx, ann, n, answered.Ref, s.last, "", message.Version))
	part := w.opened(s.done, s.reply)
	w.must(w.Desk.Merge(ctx, ann, part, desk.Merging{Into: n}))
	w.names["PART"] = string(part)
	w.names["FRESH"], w.names["SAID"], w.names["ANSWERED"] = string(n), string(said.Ref), string(answered.Ref)
}

// letters brings a letter with HTML and files in; the tray has what went out.
func (w *world) letters() {
	s := stories[w.l.Lang()]
	raw, err := mail.Write(mail.Outgoing{
		From: mail.Address{Name: "Maria", Addr: "maria@mail.example"}, To: mail.Address{Addr: "support@okno.example"}, Subject: s.subject + " 2",
		MessageID: mail.NewMessageID("mail.example", ""), Date: w.Clock.Now(), Text: s.text,
		HTML:        "<p>" + strings.ReplaceAll(s.text, "\n\n", "</p><p>") + `</p><p><img src="cid:photo@mail.example" width="320"></p><table><tr><td bgcolor="#ffeecc">4821</td><td>` + s.when + "</td></tr></table>",
		Inline:      []mail.Attachment{{Name: "photo.png", Type: "image/png", ContentID: "photo@mail.example", Content: photograph(w.t)}},
		Attachments: []mail.Attachment{{Name: "report.pdf", Type: "application/pdf", Content: []byte("%PDF-1.4\n% the report\n")}},
	})
	w.must(err)
	w.must(oknotest.Send(w.SMTP, "maria@mail.example", "support@okno.example", raw))
	w.Settle()
	list, err := w.Desk.View(w.t.Context(), w.as(agent, okno.DoorWorkspace), okno.ViewOpen, "")
	w.must(err)
	for _, row := range list.Rows {
		if row.Subject == s.subject+" 2" {
			w.names["LETTERED"] = string(row.Number)
		}
	}
}

// links makes a link of every kind that letters carry, and an access link that
// has expired.
func (w *world) links() {
	ctx, cast := w.t.Context(), logins[w.l.Lang()]
	by := w.as(employee, okno.DoorPortal)
	w.must(w.Desk.RequestAccess(ctx, w.l.Lang(), cast[employee], w.names["FULL"]))
	w.must(w.Desk.Register(ctx, desk.Registration{Key: w.key(), Name: "Ida", Address: "ida@mail.example", Password: demo.Password, Lang: w.l.Lang()}))
	w.must(w.Desk.AskAddress(ctx, by, demo.Password, "new@bakery.example"))
	company := w.company()
	w.must(w.Desk.AddContact(ctx, w.as(boss, okno.DoorPortal), w.key(), company, desk.ContactForm{
		Name: "Maria", Address: "maria@mail.example", Login: "1001-maria", Password: "first " + demo.Password, Lang: w.l.Lang()}))
	for name, letter := range map[string][2]string{
		"EXPIRED": {cast[employee], "/t/"}, "REGISTER": {"ida@mail.example", "/register/"}, "ADDRESS": {"new@bakery.example", "/address/"}, "JOIN": {"maria@mail.example", "/join/"},
	} {
		w.names[name] = path.Base(w.InTray(letter[0], letter[1]).Link(w.t, letter[1]))
	}
	w.names["OFF"] = w.Desk.NoLettersToken(by.Person, okno.MatterClosed)
	w.Clock.Advance(61 * time.Minute)
	entry, err := w.Desk.ResetByConsole(ctx, cast[agent])
	w.must(err)
	w.names["ENTRY"] = entry
}

func (w *world) company() okno.Ref {
	companies, err := w.Desk.ManagedCompanies(w.t.Context(), w.as(boss, okno.DoorPortal))
	w.must(err)
	return companies[0].Ref
}

// lists names the first of each of the administration's lists.
func (w *world) lists() {
	ctx := w.t.Context()
	agents, err := w.Desk.Agents(ctx, okno.Console())
	w.must(err)
	w.names["AGENT"] = string(agents[1].Ref)
	departments, err := w.Desk.AllDepartments(ctx, okno.Console())
	w.must(err)
	w.names["DEPARTMENT"] = string(departments[0].Ref)
	w.must(w.Desk.SaveTeam(ctx, okno.Console(), "", okno.Team{Name: departments[0].Name + " 2", Department: departments[0].ID, Members: []okno.PersonID{agents[1].ID}}))
	teams, err := w.Desk.AllTeams(ctx, okno.Console())
	w.must(err)
	w.names["TEAM"] = string(teams[0].Ref)
	topics, err := w.Desk.AllTopics(ctx, okno.Console())
	w.must(err)
	w.names["TOPIC"] = string(topics[0].Ref)
	boxes, err := w.Desk.Mailboxes(ctx, okno.Console())
	w.must(err)
	w.names["MAILBOX"] = string(boxes[0].Ref)
	w.connect(boxes[0].Mailbox)
	people, _, err := w.Desk.People(ctx, okno.Console(), logins[w.l.Lang()][employee], "")
	w.must(err)
	w.names["PERSON"] = string(people[0].Ref)
	letters, _, err := w.Desk.Letters(ctx, okno.Console(), "", "")
	w.must(err)
	w.names["LETTER"] = string(letters[0].Ref)
	kept, _, err := w.Desk.KeptLetters(ctx, okno.Console(), "", "")
	w.must(err)
	w.names["KEPT"] = string(kept[0].Ref)
	contacts, err := w.Desk.Contacts(ctx, okno.Console(), w.company(), "")
	w.must(err)
	w.names["COMPANY"], w.names["CONTACT"] = string(w.company()), string(contacts.Contacts[0].Ref)
}

// views puts tags on a ticket and keeps a view of every kind of condition.
func (w *world) views() {
	ctx, by := w.t.Context(), w.as(agent, okno.DoorWorkspace)
	w.must(w.Desk.ChangeTags(ctx, by, okno.Number(w.names["FULL"]), stories[w.l.Lang()].tags, nil))
	tags, err := w.Desk.Tags(ctx, by)
	w.must(err)
	w.names["TAG"] = string(tags[0].Ref)
	value := map[okno.ViewField]string{
		okno.FieldStatus: string(okno.StatusNew), okno.FieldAssignee: okno.ValueMe, okno.FieldTeam: okno.ValueMine, okno.FieldDepartment: w.names["DEPARTMENT"],
		okno.FieldTag: w.names["TAG"], okno.FieldCompany: "a", okno.FieldRequester: "a", okno.FieldChannel: string(okno.ChannelWeb),
		okno.FieldCreated: "7", okno.FieldUpdated: "30", okno.FieldDeadline: okno.ValuePast, okno.FieldHas: okno.ValueFile,
	}
	v := okno.View{Name: w.l.T("words.view"), Order: okno.OrderNewest}
	for _, f := range okno.ViewFields {
		if value[f] != "" {
			v.Conditions = append(v.Conditions, okno.Condition{Field: f, Op: f.Ops()[0], Values: []string{value[f]}})
		}
	}
	ref, err := w.Desk.SaveView(ctx, by, v)
	w.must(err)
	w.names["VIEW"] = string(ref)
}

// connect connects a mailbox with a provider.
func (w *world) connect(m okno.Mailbox) {
	p := okno.Provider{
		Kind: okno.OtherProvider, App: "okno", Secret: "secret", Name: "Keycloak", Scopes: []string{"openid", "email"}, Hosts: []string{"imap.example"},
		AuthURL: "https://id.example/auth", TokenURL: "https://id.example/token",
	}
	w.must(w.Desk.SaveProvider(w.t.Context(), okno.Console(), p))
	w.must(w.Desk.KeepAccess(w.t.Context(), okno.Console(), desk.Consent{Mailbox: m, Provider: p, Address: m.Address}, desk.Tokens{
		Address: m.Address, Token: "token", Refresh: "refresh", Expires: w.Desk.Now().Add(24 * time.Hour), Ends: w.Desk.Now().Add(90 * 24 * time.Hour),
	}))
}

// status is what the page that is shown was answered with.
func pageStatus(v *oknotest.Visitor) int {
	return int(oknotest.Ask[float64](v, `performance.getEntriesByType("navigation")[0].responseStatus || `+fmt.Sprint(http.StatusOK)))
}

// photograph is a picture of a display case as a child would paint it.
func photograph(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 640, 420))
	fill := func(x0, y0, x1, y1 int, c color.RGBA) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				m.SetRGBA(x, y, c)
			}
		}
	}
	fill(0, 0, 640, 420, color.RGBA{233, 226, 214, 255})
	fill(0, 330, 640, 420, color.RGBA{176, 148, 120, 255})
	fill(90, 60, 550, 350, color.RGBA{74, 86, 104, 255})
	for shelf := range 3 {
		top := 78 + shelf*86
		fill(106, top, 534, top+74, color.RGBA{214, 230, 240, 255})
		for loaf := range 6 {
			fill(124+loaf*68, top+36, 172+loaf*68, top+70, color.RGBA{uint8(196 - loaf*9), uint8(140 - loaf*7), 76, 255})
		}
	}
	fill(90, 60, 106, 350, color.RGBA{214, 92, 70, 255}) // the warm side
	var b bytes.Buffer
	must(t, png.Encode(&b, m))
	return b.Bytes()
}
