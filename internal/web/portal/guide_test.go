package portal_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
)

func TestTheGuideSpeaksOfThisInstallation(t *testing.T) {
	each(t, func(h *house) {
		b := h.browser("ru")
		b.show(b.get("/help"), http.StatusOK, "Заявки принимает и выполняет Supplier Ltd.", "support@desk.example", "«Открыть новую заявку»", "«Ожидает вашего ответа»")

		s, err := h.desk.Settings(t.Context())
		h.must(err)
		s.Product, s.Phrases = "Window & Co", map[string][]string{"en": {"that will do"}}
		admin := h.ada()
		admin.Door = okno.DoorAdmin
		h.must(h.desk.SaveSettings(t.Context(), admin, s))
		b.lang = "en"
		b.show(b.get("/help"), http.StatusOK, "Window & Co is the one place", "“that will do”")
	})
}

func TestTheGuidesPicturesAreKeptForEver(t *testing.T) {
	each(t, func(h *house) {
		pictures := regexp.MustCompile(`src="(/help/[^"]+)"`).FindAllStringSubmatch(h.browser("en").get("/help").body, -1)
		if len(pictures) < 15 {
			t.Fatalf("the guide shows %d pictures", len(pictures))
		}
		for _, m := range pictures {
			res, err := http.Get(h.url + m[1])
			h.must(err)
			res.Body.Close()
			if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/png" || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %s, %v", m[1], res.Status, res.Header)
			}
		}
		if a := h.browser("en").get("/help/en-home.0000000000.png"); a.code != http.StatusNotFound {
			t.Errorf("a picture that is not there is answered %d", a.code)
		}
	})
}
