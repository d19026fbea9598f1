package oknotest

import (
	"os"
	"path/filepath"
	"strings"
)

// Accessible runs axe-core on the page as it stands and fails the test for
// every violation it finds. It also refuses a page that scrolls sideways.
func (v *Visitor) Accessible() *Visitor {
	v.t.Helper()
	script, err := os.ReadFile(filepath.Join(root(v.t), "internal/web/assets/src/node_modules/axe-core/axe.min.js"))
	if err != nil {
		v.t.Fatalf("axe-core is not installed (.ci/install installs it): %v", err)
	}
	Ask[any](v, string(script)+"; null")
	v.Do(`window.axeFound = null; axe.run(document, {resultTypes: ["violations"]}).then(r => { window.axeFound = r.violations.map(x => x.id + ": " + x.help + "\n" + x.nodes.slice(0, 4).map(n => "  " + n.html.slice(0, 200) + "\n    " + (n.any.concat(n.all)[0] || {message: ""}).message).join("\n")) })`)
	v.until("hear from axe", `window.axeFound !== null`)
	found := Ask[[]string](v, `window.axeFound`)
	where := Ask[string](v, `location.pathname + " " + innerWidth + "px"`)
	if len(found) > 0 {
		v.t.Errorf("%s is not accessible:\n%s", where, strings.Join(found, "\n"))
	}
	if Ask[bool](v, `document.documentElement.scrollWidth > innerWidth + 1`) {
		v.t.Errorf("%s scrolls sideways", where)
	}
	return v
}
