package oknotest_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// shown are the pictures that README shows and docs/screenshots keeps: their
// place, language, width and theme are their name.
var shown = []string{
	"desk-ticket-en-1280-light", "desk-ticket-ru-1280-light", "desk-ticket-en-1280-dark",
	"ticket-en-1280-light", "ticket-ru-1280-light", "ticket-ru-390-dark",
	"home-en-1280-light", "tickets-boss-ru-1280-light", "admin-en-1280-light", "desk-ru-390-light", "open-en-390-light",
}

// frames are the sizes pictures are taken at, in CSS pixels.
var frames = [][2]int64{{1280, 800}, {390, 844}}

const maxShown = 2500 << 10 // bytes of all pictures kept together

// TestScreenshots takes a picture of every page, as "make screenshots" asks by
// naming a directory in OKNO_TEST_SCREENSHOTS: those that are shown go there,
// all go to its folder "all". Without, it sees that what is shown is there.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("OKNO_TEST_SCREENSHOTS")
	if dir == "" {
		kept(t)
		return
	}
	for _, lang := range []string{"en", "ru"} {
		t.Run(lang, func(t *testing.T) {
			w := newWorld(t, lang)
			for _, p := range places {
				if w.shows(p) {
					t.Run(p.name, func(*testing.T) { w.pictured(p, dir) })
				}
			}
		})
	}
}

// kept compares the pictures that are shown with those in the repository, and
// with those that README names.
func kept(t *testing.T) {
	t.Helper()
	const dir = "../../docs/screenshots"
	var total int64
	for _, name := range shown {
		info, err := os.Stat(filepath.Join(dir, name+".png"))
		if err != nil {
			t.Errorf("%v: take the pictures with make screenshots", err)
			continue
		}
		total += info.Size()
	}
	if total > maxShown {
		t.Errorf("the pictures take %d bytes, more than %d", total, maxShown)
	}
	readme, err := os.ReadFile("../../README.md")
	must(t, err)
	named := regexp.MustCompile(`docs/screenshots/([^)"\s]+)\.png`).FindAllSubmatch(readme, -1)
	if len(named) == 0 {
		t.Error("README shows no picture")
	}
	for _, name := range named {
		if _, err := os.Stat(filepath.Join(dir, string(name[1])+".png")); err != nil {
			t.Errorf("README names a picture that is not kept: %v", err)
		}
	}
}

// pictured takes a place at every size, light and dark.
func (w *world) pictured(p place, dir string) {
	w.t.Helper()
	v := w.visitor(p.who)
	w.enter(p, v)
	for _, size := range frames {
		for _, theme := range []string{"light", "dark"} {
			name := p.name + "-" + w.l.Lang() + "-" + map[int64]string{1280: "1280", 390: "390"}[size[0]] + "-" + theme
			v.Size(size[0], size[1]).Dark(theme == "dark").Framed()
			file := filepath.Join(dir, "all", name+".png")
			v.Shot(file)
			for _, s := range shown {
				if s == name {
					w.must(small(file, filepath.Join(dir, name+".png")))
				}
			}
		}
	}
}

// small writes a picture anew in as few bytes as PNG takes without loss.
func small(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, m); err != nil {
		return err
	}
	return os.WriteFile(to, out.Bytes(), 0o644)
}
