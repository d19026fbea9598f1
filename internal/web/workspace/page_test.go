package workspace_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/oknodesk/okno/internal/db/dbtest"
)

// inline are the styles and scripts that the policy of pages forbids, and what
// would need eval.
var inline = regexp.MustCompile(`(?i)<style|\sstyle=|<script(?:\s+[^>]*)?>[^<]*\w|\son[a-z]+=|hx-on|js:|hx-trigger="[^"]*\[`)

// data is the one script element that is none: the words for the scripts.
var data = regexp.MustCompile(`(?s)<script type="application/json".*?</script>`)

func TestPagesInBothLanguagesWithoutInlineStylesAndScripts(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	n := r.open("Everything on it")
	r.ann.post(page(n)+"/notes", "_key", aKey, "note", "A note", "version", "99").leads(t, page(n))
	r.ann.post(page(n)+"/status", "status", "hold", "plan", "own", "at", "2026-11-25T14:30", "wakes", "yes", "version", "99").leads(t, page(n))
	r.abe.post(page(n)+"/presence", "writing", "1").has(t, 204)
	for lang, word := range map[string]string{"en": "Keyboard shortcuts", "ru": "Сочетания клавиш"} {
		must(t, r.SetLang(t.Context(), r.ann.Actor, lang))
		for _, path := range []string{"/desk", "/desk?view=closed", "/desk?q=1", "/desk/new", "/desk/settings", page(n), page(n) + "/details"} {
			got := r.ann.get(path)
			got.has(t, 200, `<html lang="`+lang+`"`, word)
			got.lacks(t, "⟦")
			if found := inline.FindString(data.ReplaceAllString(got.body, "")); found != "" {
				t.Errorf("%s: %q", path, found)
			}
			if strings.Count(got.body, "<h1") != 1 || strings.Count(got.body, "<main") != 1 {
				t.Errorf("%s: %d h1, %d main", path, strings.Count(got.body, "<h1"), strings.Count(got.body, "<main"))
			}
			for id, n := range ids(got.body) {
				if n > 1 {
					t.Errorf("%s: id %s stands %d times", path, id, n)
				}
			}
		}
	}
}

var idAttribute = regexp.MustCompile(`\sid="([^"]*)"`)

func ids(body string) map[string]int {
	n := map[string]int{}
	for _, m := range idAttribute.FindAllStringSubmatch(body, -1) {
		n[m[1]]++
	}
	return n
}

func TestOwnSettingsAreKept(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	r.ann.get("/desk/settings").has(t, 200, "I am away")
	r.ann.post("/desk/settings", "lang", "ru", "theme", "dark", "away", "yes").leads(t, "/desk/settings")
	r.ann.get("/desk").has(t, 200, `<html lang="ru"`, `data-theme="dark"`, `data-shortcuts="off"`)
	n := r.open("Who is away")
	r.abe.get(page(n)).has(t, 200, ">away<")
	r.ann.post("/desk/settings", "lang", "ru", "theme", "dark", "away", "yes", "back", "2026-11-20").has(t, 422, "Выберите день, который ещё не наступил.", `value="2026-11-20"`)
	r.ann.post("/desk/settings", "lang", "ru", "theme", "dark", "away", "yes", "back", "2026-11-23").leads(t, "/desk/settings")
	r.ann.get("/desk/settings").has(t, 200, `value="2026-11-23"`)
	r.abe.get(page(n)).has(t, 200, ">away<")
	r.clock = r.clock.AddDate(0, 0, 3) // she is back
	r.abe.get(page(n)).lacks(t, ">away<")
	r.ann.get("/desk/settings").lacks(t, `value="2026-11-23"`)
	r.ann.post("/desk/settings", "lang", "xx", "theme", "pink", "shortcuts", "yes").leads(t, "/desk/settings")
	r.ann.get("/desk").has(t, 200, `<html lang="ru"`, `data-theme="dark"`, `data-shortcuts="on"`)
}
