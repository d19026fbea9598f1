package portal_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
)

func (a answer) version() string {
	m := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(a.body)
	if m == nil {
		return ""
	}
	return m[1]
}

func TestAPersonCorrectsHisProfile(t *testing.T) {
	each(t, func(h *house) {
		b := h.member("ru", "carl@customer.example")
		page := b.get("/profile")
		b.show(page, 200, "Профиль", "carl@customer.example", "Где Вы вошли", "Этот, сейчас")
		b.show(b.post("/profile", "version", page.version(), "name", "", "lang", "ru", "zone", "Mars/Base"), 422, "Заполните это поле.", "Выберите один из предложенных вариантов.")
		b.lead(b.post("/profile", "version", page.version(), "name", "Carl New", "phone", "+375 29 625 48 95", "lang", "en", "zone", "Europe/Minsk"), "/profile")
		page2 := b.get("/profile")
		b.show(page2, 200, "Profile", "Saved.")
		if !page2.has(`value="Carl New"`, `value="+375 29 625 48 95"`, `<option value="Europe/Minsk" selected>`) {
			t.Error("what was said is not kept")
		}
		b.show(b.post("/profile", "version", page.version(), "name", "Old", "lang", "ru"), 409)
		h.browser("ru").lead(h.browser("ru").get("/profile"), "/login?back=%2Fprofile")
		guest := h.guest(h.file("dora@customer.example", "Noise"))
		guest.show(guest.get("/profile"), 404)
	})
}

func TestANewAddressIsAskedForAndConfirmed(t *testing.T) {
	each(t, func(h *house) {
		h.member("en", "dora@customer.example")
		b := h.member("en", "carl@customer.example")
		b.show(b.post("/profile/address", "email", "karl@new.example", "present", "wrong"), 422, "This is not your present password.")
		b.lead(b.post("/profile/address", "email", "dora@customer.example", "present", password), "/profile")
		taken := b.get("/profile")
		b.lead(b.post("/profile/address", "email", "karl@new.example", "present", password), "/profile")
		free := b.get("/profile")
		b.show(free, 200, "We have sent a letter to the new address.", "Your address: carl@customer.example")
		if taken.body != free.body {
			t.Error("the page tells whether the address is someone's")
		}
		link := "/address/" + h.mailed(h.desk.AddressConfirmationLink(h.last(okno.AddressAsked)))
		stranger := h.browser("en")
		stranger.show(stranger.get(link), 200, "karl@new.example", "Confirm the address")
		b.show(b.get("/profile"), 200, "Your address: carl@customer.example")
		b.lead(b.post(link), "/profile")
		b.show(b.get("/profile"), 200, "Your address: karl@new.example", "The new address is confirmed.")
		stranger.show(stranger.get(link), 404, "This link is no longer good")
	})
}

func TestAPictureIsShownSmallAndAnew(t *testing.T) {
	each(t, func(h *house) {
		b := h.member("en", "carl@customer.example")
		var picture bytes.Buffer
		h.must(png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 600, 300))))
		b.show(b.sendPicture("no picture at all"), 422, "This is not a picture we can read.")
		b.lead(b.sendPicture(picture.String()), "/profile")
		m := regexp.MustCompile(`src="(/people/[^"]+)"`).FindStringSubmatch(b.get("/profile").body)
		if m == nil {
			t.Fatal("the picture is not shown")
		}
		shown := b.get(strings.ReplaceAll(m[1], "&amp;", "&"))
		size, _, err := image.DecodeConfig(strings.NewReader(shown.body))
		h.must(err)
		if size.Width != 256 || size.Height != 128 {
			t.Errorf("it is %d × %d", size.Width, size.Height)
		}
		dora := h.member("en", "dora@customer.example")
		dora.show(dora.get(m[1]), 404)
		b.lead(b.post("/profile/picture", "remove", "yes"), "/profile")
		if b.get("/profile").has("/people/") {
			t.Error("it was to be taken away")
		}
	})
}

func (b *browser) sendPicture(content string) answer {
	b.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("picture", "me.png")
	b.must(err)
	_, err = part.Write([]byte(content))
	b.must(err)
	b.must(m.Close())
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.url+"/profile/picture", &body)
	b.must(err)
	req.Header.Set("Content-Type", m.FormDataContentType())
	return b.do(req)
}

func TestSessionsAreEndedFromTheProfile(t *testing.T) {
	each(t, func(h *house) {
		b := h.member("en", "carl@customer.example")
		there, elsewhere := h.browser("en"), h.browser("en")
		there.signIn("carl@customer.example")
		m := regexp.MustCompile(`name="session" value="([^"]+)"`).FindStringSubmatch(b.get("/profile").body)
		if m == nil {
			t.Fatal("the other session cannot be ended")
		}
		dora := h.member("en", "dora@customer.example")
		dora.show(dora.post("/profile/sessions", "session", m[1]), 404)
		b.lead(b.post("/profile/sessions", "session", m[1]), "/profile")
		there.lead(there.get("/tickets"), "/login?back=%2Ftickets")
		elsewhere.signIn("carl@customer.example")
		b.lead(b.post("/profile/sessions", "others", "yes"), "/profile")
		elsewhere.lead(elsewhere.get("/tickets"), "/login?back=%2Ftickets")
		b.show(b.get("/profile"), 200, "This one, now")
	})
}
