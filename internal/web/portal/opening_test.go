package portal_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

func TestR7HomeOpensTheFormWithoutSigningIn(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("ru")
		home := b.get("/")
		b.show(home, 200, "Открыть новую заявку", "Проверить состояние заявки", "Войти")
		if !home.has(`href="/open"`, `href="/status"`, `href="/login"`) {
			t.Error("a door leads nowhere")
		}
		b.show(b.get("/open"), 200, "Описание")
	})
}

func TestR8FormSaysHowToUpdateATicket(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("ru")
		page := b.get("/open")
		b.show(page, 200, "Оставьте как можно больше информации, чтобы мы могли помочь Вам как можно скорее. Чтобы обновить существующую заявку, авторизируйтесь .")
		if !regexp.MustCompile(`<a[^>]* href="/login[^"]*">авторизируйтесь</a>\.`).MatchString(page.body) {
			t.Error("the word does not lead to the sign-in")
		}
	})
}

func TestR10FormNamesEachWrongFieldAndLosesNothing(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("en")
		key := b.get("/open").key()
		page := b.send("/open", "photo.txt", []byte("what it looks like"),
			"_key", key, "email", "carl at customer", "name", "", "subject", "", "text", "It <hums>\r\nall day", "phone", "+375 29 625 48 95")
		b.show(page, 422, "This is not an e-mail address.", "Please fill this in.", "photo.txt")
		for _, kept := range []string{
			`value="carl at customer"`, "It &lt;hums&gt;\nall day", `value="+375 29 625 48 95"`, `name="_key" value="` + key + `"`,
			`id="f-email-error"`, `id="f-name-error"`, `id="f-subject-error"`, `href="#f-email"`, `href="#f-name"`, `href="#f-subject"`,
		} {
			if !page.has(kept) {
				t.Errorf("the form that came back lacks %s", kept)
			}
		}
		if page.has(`id="f-text-error"`) || page.has(`id="f-phone-error"`) {
			t.Error("a field that is right is called wrong")
		}
		upload := regexp.MustCompile(`name="upload" value="([^"]+)"`).FindStringSubmatch(page.body)
		if upload == nil {
			t.Fatal("the file is lost")
		}
		b.lead(b.post("/open", "_key", key, "email", "carl@customer.example", "name", "Carl", "subject", "Noise", "text", "It hums", "upload", upload[1]), "/open/done")
		p := h.ticket("100001")
		if len(p.Messages) != 1 || len(p.Messages[0].Files) != 1 || p.Messages[0].Files[0].Name != "photo.txt" || p.Ticket.Subject != "Noise" {
			t.Errorf("the ticket: %+v", p.Messages)
		}
		if requester := p.Person(p.Ticket.Requester); requester.Name != "Carl" || requester.Address != "carl@customer.example" {
			t.Errorf("the requester: %+v", requester)
		}
	})
}

func TestDroppedUploadIsNotSent(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("en")
		page := b.send("/open", "wrong.txt", []byte("x"), "_key", b.get("/open").key())
		upload := regexp.MustCompile(`name="upload" value="([^"]+)"`).FindStringSubmatch(page.body)
		if upload == nil {
			t.Fatal("the file is lost")
		}
		form := []string{"_key", page.key(), "email", "carl@customer.example", "subject", "Noise", "text", "It hums", "upload", upload[1], "drop", upload[1]}
		page = b.post("/open", form...)
		b.show(page, 422)
		if page.has("wrong.txt") {
			t.Error("a dropped file is back")
		}
		b.lead(b.post("/open", append(form, "name", "Carl")...), "/open/done")
		if files := h.ticket("100001").Messages[0].Files; len(files) != 0 {
			t.Errorf("files: %+v", files)
		}
	})
}

func TestFormSentTwiceIsOneTicket(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("en")
		form := []string{"_key", b.get("/open").key(), "email", "carl@customer.example", "name", "Carl", "subject", "Noise", "text", "It hums"}
		b.lead(b.post("/open", form...), "/open/done")
		b.lead(b.post("/open", form...), "/open/done")
		b.show(b.get("/open/done"), 200, "100001", "carl@customer.example")
		list, err := h.desk.View(t.Context(), h.ada(), okno.ViewOpen, "")
		h.must(err)
		if len(list.Rows) != 1 {
			t.Errorf("%d tickets", len(list.Rows))
		}
	})
}

func TestFileTooLargeKeepsTheForm(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("en")
		page := b.send("/open", "film.mov", bytes.Repeat([]byte("x"), 26<<20), "_key", b.get("/open").key(), "email", "carl@customer.example", "subject", "Noise", "text", "Long story")
		b.show(page, 413, "The file is too large: at most 25 MB.", "Long story")
		if !page.has(`value="carl@customer.example"`, `value="Noise"`, `id="f-file-error"`) {
			t.Error("what was typed is lost")
		}
	})
}

func TestWhoIsSignedInIsNotAskedWhoHeIs(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("en")
		b.signIn("ada@desk.example")
		page := b.get("/open")
		b.show(page, 200, "Subject")
		if page.has(`name="email"`) || page.has(`name="name"`) {
			t.Error("the form asks for what is known")
		}
		b.lead(b.post("/open", "_key", page.key(), "subject", "My own lamp", "text", "Dark here"), "/open/done")
		done := b.get("/open/done")
		b.show(done, 200, "100001", "ada@desk.example")
		if !done.has(`href="/tickets/100001"`) {
			t.Error("no way to the ticket")
		}
		b.show(b.get("/tickets/100001"), 200, "My own lamp", "Dark here")
	})
}

func TestPageAfterOpeningTellsNothingToOthers(t *testing.T) {
	each(t, func(h *house) {
		h.file("carl@customer.example", "Noise")
		b := h.browser("en")
		b.lead(b.get("/open/done"), "/")
		b.lead(b.get("/open/done?number=100001"), "/")
	})
}

func TestTopicsAreOfferedOnceThereAreAny(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("ru")
		if b.get("/open").has(`name="topic"`) {
			t.Error("a choice of nothing")
		}
		deps, err := h.desk.Departments(t.Context())
		h.must(err)
		admin := h.ada()
		admin.Door = okno.DoorAdmin
		h.must(h.desk.SaveTopic(t.Context(), admin, "", okno.Topic{Names: map[string]string{"ru": "Принтеры", "en": "Printers"}}, deps[0].Ref))
		page := b.get("/open")
		b.show(page, 200, "Вид обращения", "Принтеры")
		topic := regexp.MustCompile(`<option value="([^"]+)">Принтеры`).FindStringSubmatch(page.body)
		if topic == nil {
			t.Fatal("the topic cannot be chosen")
		}
		form := []string{"_key", page.key(), "email", "carl@customer.example", "name", "Carl", "subject", "Noise", "text", "It hums", "topic"}
		b.show(b.post("/open", append(form, "nonsense")...), 422)
		b.lead(b.post("/open", append(form, topic[1])...), "/open/done")
		if name := h.ticket("100001").Topic.Name("en"); name != "Printers" {
			t.Errorf("topic %q", name)
		}
	})
}

func TestUnsetDeskSaysSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newHouse(t, d).browser("ru")
		b.show(b.get("/"), 200, "Система ещё не настроена")
		b.lead(b.get("/open"), "/")
		form := []string{"_key", strings.Repeat("k", 20), "email", "carl@customer.example", "name", "Carl", "subject", "Noise", "text", "It hums"}
		b.lead(b.post("/open", form...), "/")
	})
}
