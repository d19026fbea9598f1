package portal_test

import (
	"bytes"
	"image"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// agentRef is an agent by public name.
func (h *house) agentRef(address string) okno.Ref {
	h.Helper()
	p, err := h.desk.KnownSender(h.Context(), address)
	h.must(err)
	return p.Ref
}

// serves makes an agent one whom a company's people may choose.
func (h *house) serves(c okno.Company, agents ...okno.Ref) {
	h.Helper()
	h.must(h.desk.SaveCompany(h.Context(), okno.Console(), c.Ref, desk.CompanyForm{Number: c.Number, Name: c.Name, SeesAll: true, Agents: agents, Version: c.Version}))
}

// lamps is a topic for whose tickets an agent may be chosen, with a team.
func (h *house) lamps(team okno.TeamID, agents ...okno.PersonID) okno.Topic {
	h.Helper()
	deps, err := h.desk.Departments(h.Context())
	h.must(err)
	h.must(h.desk.SaveTopic(h.Context(), okno.Console(), "", okno.Topic{Names: map[string]string{"ru": "Лампы", "en": "Lamps"}, Team: team, Agents: agents}, deps[0].Ref))
	topics, err := h.desk.Topics(h.Context())
	h.must(err)
	return topics[0]
}

var noscript = regexp.MustCompile(`(?s)<noscript>.*?</noscript>`)

func TestR48TheFormOffersNameAndPictureAndRefusesAtTheField(t *testing.T) {
	each(t, func(h *house) {
		h.agent("Анна Агентова", "ann@desk.example")
		h.agent("Борис Борисов", "bob@desk.example")
		var face bytes.Buffer
		h.must(png.Encode(&face, image.NewGray(image.Rect(0, 0, 8, 8))))
		ann := h.browser("ru")
		ann.signIn("ann@desk.example")
		if a := ann.sendPicture(face.String()); a.code != 303 {
			t.Fatalf("her picture: %d %.300s", a.code, a.words())
		}
		bob, err := h.desk.KnownSender(t.Context(), "bob@desk.example")
		h.must(err)
		lamps, firm := h.lamps(0, bob.ID), h.firm("17")
		h.serves(firm, h.agentRef("ann@desk.example"))
		h.agent("Карл Клиентов", "carl@customer.example") // with an account, and of no company

		b := h.browser("ru")
		b.signIn("Admin-17")
		page := b.get("/open")
		b.show(page, 200, "Исполнитель", "Выбрать автоматически", "Анна Агентова")
		if !page.has(`<img class="avatar-face avatar-md" src="/people/`) || page.has("desk.example") {
			t.Error("without her picture, or with an address")
		}
		if picture := regexp.MustCompile(`src="(/people/[^"]+)"`).FindStringSubmatch(page.body); picture == nil || b.get(strings.ReplaceAll(picture[1], "&amp;", "&")).code != 200 {
			t.Errorf("the picture is not shown: %v", picture)
		}
		scripted := noscript.ReplaceAllString(page.body, "")
		if strings.Contains(scripted, "Борис Борисов") || !page.has("Борис Борисов") {
			t.Error("who is another topic's stands there with scripts, or does not without")
		}
		b.show(b.part("/open/assignees?topic="+string(lamps.Ref)), 200, "Анна Агентова", "Борис Борисов")
		for who, form := range map[string]answer{"a guest": h.browser("ru").get("/open"), "a guest's part": h.browser("ru").part("/open/assignees?topic=" + string(lamps.Ref))} {
			if form.has("Анна") || form.has("Борис") || strings.Contains(form.words(), "Исполнитель") {
				t.Errorf("%s is offered someone", who)
			}
		}
		carl := h.browser("ru")
		carl.signIn("carl@customer.example")
		if form := carl.get("/open"); strings.Contains(noscript.ReplaceAllString(form.body, ""), "f-assignee") {
			t.Error("who has no such agents sees the field")
		}

		form := []string{"_key", page.key(), "subject", "Лампа", "text", "Мигает", "assignee"}
		page = b.post("/open", append(form, string(bob.Ref))...) // without the topic that he is for
		b.show(page, 422, "Этого исполнителя здесь выбрать нельзя.", "Исполнитель: Этого исполнителя")
		if !page.has(`href="#f-assignee"`, `id="f-assignee"`, `id="f-assignee-error"`, `value="Лампа"`) {
			t.Error("it is not said at the field, or what was typed is lost")
		}
		b.lead(b.post("/open", append(form, string(bob.Ref), "topic", string(lamps.Ref))...), "/open/done")
		number := regexp.MustCompile(`\d{6}`).FindString(b.get("/open/done").words())
		if p := h.ticket(okno.Number(number)); p.Ticket.Assignee != bob.ID {
			t.Errorf("the ticket is %d's, want %d's", p.Ticket.Assignee, bob.ID)
		}
		b.show(b.get("/tickets/"+number), 200, "Исполнитель Борис Борисов", "Исполнитель: Борис Борисов, по выбору постановщика")
	})
}

func TestR50AssigneesAnswersStandAsADialogue(t *testing.T) {
	each(t, func(h *house) {
		h.agent("Ann Agent", "ann@desk.example")
		firm := h.firm("17")
		h.serves(firm, h.agentRef("ann@desk.example"))
		b := h.browser("en")
		b.signIn("Admin-17")
		b.lead(b.post("/open", "_key", b.get("/open").key(), "subject", "Lamp", "text", "It is dark.", "assignee", string(h.agentRef("ann@desk.example"))), "/open/done")
		token, err := h.desk.SignIn(t.Context(), "ann@desk.example", password, "", "test")
		h.must(err)
		ann, _, err := h.desk.ActorOf(t.Context(), token, okno.DoorWorkspace)
		h.must(err)
		path := "/tickets/100001"
		for _, words := range [][2]string{{"Which lamp?", "The left one."}, {"Try it now.", "It shines."}} {
			_, err = h.desk.AddMessage(t.Context(), ann, "100001", desk.Words{Key: h.unlike("answer"), Text: words[0], Channel: okno.ChannelWeb})
			h.must(err)
			if a := b.post(path+"/messages", "_key", b.get(path).key(), "text", words[1]); a.code != 303 {
				t.Fatalf("write: %d %s", a.code, a.words())
			}
		}
		page := b.get(path)
		said := regexp.MustCompile(`(?s)It is dark\..*Ann Agent.*Which lamp\?.*Boss.*The left one\..*Ann Agent.*Try it now\..*Boss.*It shines\.`)
		thread := page.body[strings.Index(page.body, `id="thread"`):]
		if !said.MatchString(thread) {
			t.Errorf("the dialogue: %.2000s", page.words())
		}
		b.show(page, 200, "Assignee Ann Agent")
	})
}

func TestR53CardShowsATeamAsSuch(t *testing.T) {
	each(t, func(h *house) {
		h.agent("Ann Agent", "ann@desk.example")
		ann, err := h.desk.KnownSender(t.Context(), "ann@desk.example")
		h.must(err)
		deps, err := h.desk.Departments(t.Context())
		h.must(err)
		h.must(h.desk.SaveTeam(t.Context(), okno.Console(), "", okno.Team{Name: "Светлые головы", Department: deps[0].ID, Members: []okno.PersonID{ann.ID}}))
		teams, err := h.desk.AllTeams(t.Context(), okno.Console())
		h.must(err)
		n := h.file("carl@customer.example", "Noise")
		b := h.guest(n)
		b.lang = "ru"
		path := "/tickets/" + string(n)
		b.show(b.get(path), 200, "Исполнитель Отдел: "+deps[0].Name)
		h.must(h.desk.AssignTeam(t.Context(), h.ada(), n, teams[0].Ref, 0))
		b.show(b.get(path), 200, "Исполнитель Команда: Светлые головы", "Исполнитель: команда «Светлые головы»")
		h.must(h.desk.Assign(t.Context(), h.ada(), n, ann.Ref, 0))
		b.show(b.get(path), 200, "Исполнитель Ann Agent")
	})
}
