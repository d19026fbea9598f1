// Package architecture holds the tests that keep the house in order. Each rule
// says in one sentence what is wrong and where; docs/architecture.md says why.
package architecture

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/oknodesk/okno"

// room is a row of the room table. A package belongs to the room with the
// longest path it lies in.
type room struct {
	path  string   // below the module; "" is the vocabulary
	floor int      // nothing imports from a floor above its own
	may   []string // the rooms it may import; "1" and "2" are all rooms of that floor, "*" all but those above
}

// rooms is the room table.
var rooms = []room{
	{"", 1, nil},
	{"internal/db", 1, nil},
	{"internal/mail", 1, nil},
	{"internal/safehtml", 1, nil},
	{"internal/locale", 1, nil},
	{"internal/blob", 1, nil},
	{"internal/secret", 1, nil},
	{"internal/outbound", 1, nil},
	{"internal/bearer", 1, nil},
	{"internal/metrics", 1, nil},
	{"internal/trace", 1, nil},
	{"internal/picture", 1, nil},
	{"internal/search", 1, nil},
	{"internal/web/assets", 1, nil},

	{"internal/jobs", 2, []string{"internal/db", "internal/trace"}},
	{"internal/lot", 2, []string{""}},
	{"internal/sla", 2, []string{""}},
	{"internal/live", 2, []string{""}},
	{"internal/backup", 2, []string{"internal/blob", "internal/db"}},

	{"internal/desk/internal/store", 3, []string{"", "internal/db"}},
	{"internal/desk", 3, []string{"internal/desk/internal/store", "1", "2"}},

	{"internal/access", 4, []string{"", "internal/desk", "internal/jobs", "internal/outbound"}},
	{"internal/intake", 4, []string{"", "internal/bearer", "internal/desk", "internal/jobs", "internal/locale", "internal/mail", "internal/outbound", "internal/safehtml", "internal/trace"}},
	{"internal/post", 4, []string{"", "internal/bearer", "internal/desk", "internal/jobs", "internal/lot", "internal/mail", "internal/outbound", "internal/trace"}},
	{"internal/notify", 4, []string{"", "internal/desk", "internal/jobs", "internal/locale", "internal/lot", "internal/mail", "internal/safehtml"}},
	{"internal/push", 4, []string{"", "internal/desk", "internal/jobs", "internal/locale", "internal/outbound"}},
	{"internal/automation", 4, []string{"", "internal/desk", "internal/jobs"}},
	{"internal/webhook", 4, []string{"", "internal/desk", "internal/jobs", "internal/outbound"}},
	{"internal/web/ui", 4, []string{"", "internal/locale", "internal/web/assets"}},
	{"internal/web", 4, []string{"", "internal/desk", "internal/locale", "internal/live", "internal/picture", "internal/safehtml", "internal/trace", "internal/web/ui", "internal/web/assets"}},
	{"internal/web/portal", 4, surface},
	{"internal/web/workspace", 4, surface},
	{"internal/web/admin", 4, surface},
	{"internal/web/api", 4, surface},

	{"internal/demo", 5, []string{"", "internal/desk", "internal/intake", "internal/post", "internal/mail", "internal/safehtml", "internal/web", "internal/web/ui", "internal/locale"}},
	{"internal/app", 5, []string{"*"}},
	{"cmd/okno", 6, []string{"internal/app"}},

	{"internal/db/dbtest", rig, []string{"internal/db", "internal/oknotest/port"}},
	{"internal/trace/tracetest", rig, nil},
	{"internal/oknotest", rig, []string{"*"}},
	{"internal/oknotest/port", rig, nil},
	{"internal/architecture", rig, nil},
}

// surface is what each of the four surfaces may import: not one another.
var surface = []string{"", "internal/desk", "internal/live", "internal/locale", "internal/safehtml", "internal/web", "internal/web/ui"}

// rig is no floor: only tests import what stands there.
const rig = 0

// roomOf finds the room of a package of ours by its path below the module.
func roomOf(table []room, pkg string) (found room, ok bool) {
	for _, r := range table {
		inside := pkg == r.path || (r.path != "" && strings.HasPrefix(pkg, r.path+"/"))
		if inside && (!ok || len(r.path) > len(found.path)) {
			found, ok = r, true
		}
	}
	return found, ok
}

// allows tells whether code of room r may import room other.
func (r room) allows(other room) bool {
	if other.floor == rig {
		return r.floor == rig && (slices.Contains(r.may, "*") || slices.Contains(r.may, other.path))
	}
	floor := fmt.Sprint(other.floor)
	all := slices.Contains(r.may, "*") && (r.floor == rig || other.floor <= r.floor)
	return all || r.path == other.path || slices.Contains(r.may, floor) || slices.Contains(r.may, other.path)
}

// allowsTest tells whether a test in room r may import other: besides the rigs,
// all that stands lower, to set its scene.
func (r room) allowsTest(other room) bool {
	return other.floor == rig || r.allows(other) || other.floor < r.floor
}

// listed is a package as go list tells it.
type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// below is an import path below the module; ok is false for other people's packages.
func below(importPath string) (pkg string, ok bool) {
	if importPath == module {
		return "", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// roomBreaches says what contradicts the room table.
func roomBreaches(table []room, packages []listed) []string {
	var breaches []string
	say := func(format string, args ...any) { breaches = append(breaches, fmt.Sprintf(format, args...)) }
	for _, p := range packages {
		pkg, ok := below(p.ImportPath)
		if !ok {
			continue
		}
		from, ok := roomOf(table, pkg)
		if !ok {
			say("%s has no room: give it a row in the room table", pkg)
			continue
		}
		for _, element := range strings.Split(pkg, "/") {
			if slices.Contains(namesOfNothing, element) {
				say("%s is named %q, which says nothing of what it provides", pkg, element)
			}
		}
		for _, imported := range p.Imports {
			if to, ours := importedRoom(table, imported); ours && !from.allows(to) {
				say("%s imports %s: the room table does not let %s", pkg, strings.TrimPrefix(imported, module+"/"), name(from))
			}
		}
		for _, imported := range append(p.TestImports, p.XTestImports...) {
			if to, ours := importedRoom(table, imported); ours && !from.allowsTest(to) {
				say("a test of %s imports %s, which stands no lower than %s", pkg, strings.TrimPrefix(imported, module+"/"), name(from))
			}
		}
	}
	return breaches
}

// namesOfNothing are the package names that gather whatever has no place.
var namesOfNothing = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "service", "services", "manager", "managers", "misc", "shared", "base"}

func importedRoom(table []room, importPath string) (room, bool) {
	pkg, ours := below(importPath)
	if !ours {
		return room{}, false
	}
	return roomOf(table, pkg)
}

func name(r room) string {
	if r.path == "" {
		return "the vocabulary"
	}
	return r.path
}

// upward says which rows of the table let a room import from above its floor, or in a circle.
func upward(table []room) []string {
	var breaches []string
	for _, r := range table {
		for _, other := range table {
			if r.floor == rig || other.floor == rig || r.path == other.path || !r.allows(other) {
				continue
			}
			if other.floor > r.floor {
				breaches = append(breaches, fmt.Sprintf("the room table lets %s import %s from a floor above", name(r), name(other)))
			}
			if other.allows(r) && r.path < other.path {
				breaches = append(breaches, fmt.Sprintf("the room table lets %s and %s import one another", name(r), name(other)))
			}
		}
	}
	return breaches
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	// -e: what does not compile is the compiler's to report.
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// root is the repository seen from this package, where tests run.
const root = "../.."

func TestRoomsImportWhatTheTableLetsThem(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < 5 {
		t.Fatalf("go list found %d packages", len(packages))
	}
	report(t, roomBreaches(rooms, packages))
	report(t, upward(rooms))
}

func report(t *testing.T, breaches []string) {
	t.Helper()
	for _, b := range breaches {
		t.Error(b)
	}
}

func TestRoomRulesCanFail(t *testing.T) {
	table := []room{
		{"", 1, nil}, {"internal/db", 1, nil},
		{"internal/desk/internal/store", 3, []string{"", "internal/db"}},
		{"internal/desk", 3, []string{"internal/desk/internal/store", "1"}},
		{"internal/web", 4, []string{"internal/desk"}},
		{"internal/web/portal", 4, []string{"internal/web"}}, {"internal/web/admin", 4, []string{"internal/web"}},
		{"internal/rig", rig, []string{"*"}},
	}
	for _, c := range []struct {
		pkg, imports, test string
		want               string // "" if it is in order
	}{
		{pkg: "internal/desk", imports: "internal/db"},
		{pkg: "internal/desk/internal/store", imports: "internal/db/words"},
		{pkg: "internal/web/portal", imports: "internal/web/portal/parts"},
		{pkg: "internal/web/portal", imports: "internal/web/admin", want: "internal/web/portal imports internal/web/admin: the room table does not let internal/web/portal"},
		{pkg: "internal/db", imports: "internal/desk", want: "internal/db imports internal/desk: the room table does not let internal/db"},
		{pkg: "internal/web", imports: "internal/db", want: "internal/web imports internal/db: the room table does not let internal/web"},
		{pkg: "internal/web", imports: "internal/rig", want: "internal/web imports internal/rig: the room table does not let internal/web"},
		{pkg: "internal/web", test: "internal/rig"},
		{pkg: "internal/web", test: "internal/db"},
		{pkg: "internal/db", test: "internal/desk", want: "a test of internal/db imports internal/desk, which stands no lower than internal/db"},
		{pkg: "internal/attic", want: "internal/attic has no room: give it a row in the room table"},
		{pkg: "internal/desk/util", want: `internal/desk/util is named "util", which says nothing of what it provides`},
	} {
		p := listed{ImportPath: path.Join(module, c.pkg)}
		if c.imports != "" {
			p.Imports = []string{"fmt", path.Join(module, c.imports)}
		}
		if c.test != "" {
			p.XTestImports = []string{path.Join(module, c.test)}
		}
		if got := strings.Join(roomBreaches(table, []listed{p}), "; "); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	circle := []room{{"a", 1, []string{"b"}}, {"b", 1, []string{"a", "c"}}, {"c", 2, nil}}
	if got := upward(circle); len(got) != 2 {
		t.Errorf("a table with a circle and an arrow up: %q", got)
	}
}
