package ui_test

import (
	"io/fs"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/oknodesk/okno/internal/web/assets"
)

var (
	iconName  = regexp.MustCompile(`Icon\("([a-z0-9-]+)"\)`)
	className = regexp.MustCompile(`class="([^"]*)"`)
)

func built(t *testing.T, name string) string {
	t.Helper()
	w := httptest.NewRecorder()
	assets.Handler().ServeHTTP(w, httptest.NewRequest("GET", assets.Path(name), nil))
	return w.Body.String()
}

// Pages name icons and classes; one that nobody built shows nothing and fails
// nowhere else.
func TestPagesNameOnlyWhatIsBuilt(t *testing.T) {
	sprite, styles := built(t, "icons.svg"), built(t, "app.css")
	// Hooks of tests and the server's own, which have no looks.
	looks := map[string]bool{}
	for _, c := range regexp.MustCompile(`\.([a-zA-Z][a-zA-Z0-9_-]*)`).FindAllStringSubmatch(styles, -1) {
		looks[c[1]] = true
	}
	err := fs.WalkDir(os.DirFS(".."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".templ") {
			return err
		}
		source, err := os.ReadFile("../" + path)
		if err != nil {
			return err
		}
		for _, m := range iconName.FindAllStringSubmatch(string(source), -1) {
			if !strings.Contains(sprite, `id="`+m[1]+`"`) {
				t.Errorf("%s: icon %q is not in the sprite", path, m[1])
			}
		}
		for _, m := range className.FindAllStringSubmatch(string(source), -1) {
			for _, class := range strings.Fields(m[1]) {
				if !looks[class] {
					t.Errorf("%s: class %q has no looks", path, class)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
