package admin_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/oknodesk/okno/internal/desk"
)

func settingsForm(version string, more ...string) []string {
	return append([]string{"version", version, "product", "Window", "company", "Supplier", "lang", "en", "zone", "Europe/Minsk", "numbers", "random",
		"accent", "#1F55A5", "keep_letters", "30", "phrases_en", "all done\n\nthat is it\n", "phrases_ru", ""}, more...)
}

func TestSettingsAreSavedOverTheVersionThatWasSeen(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		seen := version(ada.page("/admin/settings"))
		ada.saved("/admin/settings", settingsForm(seen, "tag_letters", "yes")...)
		s, err := r.desk.Settings(r.Context())
		r.must(err)
		if s.Product != "Window" || s.Zone != "Europe/Minsk" || !s.RandomNumbers || !s.TagLetters || s.KeepLetters != 30 || s.Accent != "#1f55a5" ||
			!slices.Equal(s.Phrases["en"], []string{"all done", "that is it"}) || len(s.Phrases["ru"]) != 0 {
			r.Errorf("%+v", s)
		}
		code, page := ada.post("/admin/settings", "version", seen, "product", "Fenster", "company", "Mine", "lang", "en", "zone", "UTC", "keep_letters", "90")
		if code != 409 {
			r.Fatalf("a stale form: %d", code)
		}
		r.shows(page, `value="Fenster"`, "Saved now: Window", "Saved now: Supplier")
		if v := version(page); v == seen || v == "" {
			r.Errorf("the form that came back is of version %q", v)
		}
	})
}

func TestWrongSettingsAreNamedAndKept(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		code, page := ada.post("/admin/settings", "version", version(ada.page("/admin/settings")), "product", "", "lang", "de", "zone", "Mars/Base", "accent", "blue", "keep_letters", "many")
		if code != 422 {
			r.Errorf("%d", code)
		}
		for _, field := range []string{"product", "lang", "zone", "accent", "keep_letters"} {
			r.shows(page, `id="f-`+field+`-error"`)
		}
		r.shows(page, `value="blue"`, `value="many"`)
		for name, phrases := range map[string]string{"one too long": strings.Repeat("x", 101), "too many": strings.Repeat("done\n", 101)} {
			code, page := ada.post("/admin/settings", with(settingsForm("1"), "phrases_ru", phrases)...)
			if code != 422 {
				r.Errorf("%s: %d", name, code)
			}
			r.shows(page, `id="f-phrases_ru-error"`)
		}
	})
}

func TestBuiltInPhrasesStayBuiltIn(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		ada.saved("/admin/settings", "version", version(ada.page("/admin/settings")), "product", "x", "lang", "en", "zone", "UTC", "keep_letters", "9",
			"phrases_en", strings.Join(desk.BuiltInPhrases("en"), "\r\n"), "phrases_ru", strings.Join(desk.BuiltInPhrases("ru"), "\r\n"))
		s, err := r.desk.Settings(r.Context())
		r.must(err)
		if len(s.Phrases["en"])+len(s.Phrases["ru"]) != 0 {
			r.Errorf("%v", s.Phrases)
		}
	})
}

func TestAccentIsShownBeforeItIsSaved(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		code, page := ada.post("/admin/settings/preview", settingsForm("1")...)
		if code != 200 {
			r.Fatalf("%d", code)
		}
		r.shows(page, "Contrast 6", `formaction="/admin/settings/preview#preview"`, `fill="#1f55a5"`, `value="Window"`)
		if s, err := r.desk.Settings(r.Context()); err != nil || s.Accent != "" {
			r.Errorf("showing saved it: %v %v", s.Accent, err)
		}
	})
}

func somePicture(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range 40 {
		m.Set(i, 10, color.RGBA{200, 30, 60, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLogoIsMadeAnewAndShown(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		hidden := append(somePicture(t), "<script>alert(1)</script>"...)
		if code, to := ada.send("/admin/settings/logo", "logo", "logo.png", hidden); code != 303 || to != "/admin/settings" {
			r.Fatalf("%d %s", code, to)
		}
		src := between(ada.page("/admin/settings"), `class="brand-logo" src="`, `"`)
		if !strings.HasPrefix(src, "/logo?of=") {
			r.Fatalf("the logo is at %q", src)
		}
		res, err := ada.Get(r.url + src)
		r.must(err)
		defer res.Body.Close()
		shown, err := io.ReadAll(res.Body)
		r.must(err)
		if res.Header.Get("Content-Type") != "image/png" || bytes.Contains(shown, []byte("script")) {
			r.Errorf("%s %q", res.Header.Get("Content-Type"), shown)
		}
		ada.saved("/admin/settings/logo", "remove", "yes")
		if code, _ := ada.get(src); code != 404 {
			r.Errorf("taken away, yet %d", code)
		}
	})
}

func TestWhatIsNoPictureIsNoLogo(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		for name, content := range map[string]string{
			"logo.svg": `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
			"logo.png": "<!doctype html><script>alert(1)</script>",
			"logo.gif": "GIF89a<script>alert(1)</script>",
		} {
			code, page := ada.send("/admin/settings/logo", "logo", name, []byte(content))
			if code != 422 {
				r.Errorf("%s: %d", name, code)
			}
			r.shows(page, `id="f-logo-error"`)
		}
		if code, page := ada.post("/admin/settings/logo"); code != 422 {
			r.Errorf("no file: %d %s", code, page)
		}
		if s, err := r.desk.Settings(r.Context()); err != nil || s.Logo != "" {
			r.Errorf("%v %v", s.Logo, err)
		}
	})
}

func TestR13NumbersHaveASettableFormatWithAPreview(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		r.shows(ada.page("/admin/settings"), "A new ticket’s number, for example", "#100001")
		seen := version(ada.page("/admin/settings"))
		counted := func(more ...string) []string { return with(settingsForm(seen, more...), "numbers", "counted") }
		code, page := ada.post("/admin/settings/preview", counted("prefix", "sd-", "digits", "8")...)
		if code != 200 {
			r.Fatalf("preview: %d", code)
		}
		r.shows(page, "#SD-00100001", `value="sd-"`)
		if s, err := r.desk.Settings(r.Context()); err != nil || s.NumberPrefix != "" {
			r.Errorf("the preview was saved: %+v %v", s, err)
		}
		for _, wrong := range [][]string{{"prefix", "1-", "digits", "6"}, {"prefix", "", "digits", "five"}} {
			if code, page := ada.post("/admin/settings", counted(wrong...)...); code != 422 || !strings.Contains(page, "-error") {
				r.Errorf("%v: %d", wrong, code)
			}
		}
		ada.saved("/admin/settings", counted("prefix", "sd-", "digits", "8")...)
		if s, err := r.desk.Settings(r.Context()); err != nil || s.NumberPrefix != "SD-" || s.NumberDigits != 8 {
			r.Errorf("%+v %v", s, err)
		}
		r.shows(ada.page("/admin/settings"), "#SD-00100001", `value="SD-"`)
	})
}
