package locale

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ/generator"
	templ "github.com/a-h/templ/parser/v2"
)

// Keys composed in the program from a prefix and a value of the data. Those
// composed in the call itself, as in T("role." + name), need no line here.
var composed = []string{"status.", "channel.", "event.", "words.", "error.password."}

// use is one place in the program that names a key.
type use struct {
	where  string
	method string   // T, N, Has; Refuse and Error for a refusal's key
	key    string   // or the beginning of one, if open
	open   bool     // the rest of the key is composed
	names  []string // of the values given
	odd    bool     // the values are not pairs of a literal name and a value
	spread bool     // the values are passed as a slice: unknown here
}

// sources is what the program says about keys.
type sources struct {
	uses     []use
	literals map[string]string // every string literal and where it stands
}

func (s *sources) addGo(name string, src []byte) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	where := func(n ast.Node) string { return fmt.Sprintf("%s:%d", name, fset.Position(n.Pos()).Line) }
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if text, ok := literal(n); ok {
				s.literals[text] = where(n)
			}
		case *ast.CallExpr:
			if u, ok := callUse(n); ok {
				u.where = where(n)
				s.uses = append(s.uses, u)
			}
		case *ast.CompositeLit:
			if u, ok := refusalUse(n); ok {
				u.where = where(n)
				s.uses = append(s.uses, u)
			}
		}
		return true
	})
	return nil
}

// addTempl reads a page template through the Go code that templ makes of it.
func (s *sources) addTempl(name string, src []byte) error {
	parsed, err := templ.ParseString(string(src))
	if err != nil {
		return err
	}
	var code bytes.Buffer
	if _, err := generator.Generate(parsed, &code); err != nil {
		return err
	}
	return s.addGo(name+" (generated)", code.Bytes())
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// places tells for each method which argument is the key and where values begin.
var places = map[string]struct{ key, values int }{"T": {0, 1}, "N": {0, 2}, "Has": {0, 1}, "Refuse": {1, 2}}

// callUse reads a call of such a method, by whatever value it is made.
func callUse(call *ast.CallExpr) (use, bool) {
	u := use{method: nameOf(call.Fun), spread: call.Ellipsis.IsValid()}
	place, ok := places[u.method]
	if !ok || len(call.Args) < place.values {
		return u, false
	}
	first := call.Args[place.key]
	for {
		sum, ok := first.(*ast.BinaryExpr)
		if !ok {
			break
		}
		u.open, first = true, sum.X
	}
	if u.key, ok = literal(first); !ok {
		return u, false
	}
	if !u.spread {
		u.names, u.odd = namesOf(call.Args[place.values:])
	}
	return u, true
}

// refusalUse reads a literal like Error{Key: "error.missing", Args: …}.
func refusalUse(lit *ast.CompositeLit) (use, bool) {
	u := use{method: "Error"}
	if nameOf(lit.Type) != "Error" {
		return u, false
	}
	for _, element := range lit.Elts {
		field, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch nameOf(field.Key) {
		case "Key":
			u.key, _ = literal(field.Value)
		case "Args":
			if args, ok := field.Value.(*ast.CompositeLit); ok {
				u.names, u.odd = namesOf(args.Elts)
			} else {
				u.spread = true
			}
		}
	}
	return u, u.key != ""
}

func namesOf(args []ast.Expr) (names []string, odd bool) {
	if len(args)%2 != 0 {
		return nil, true
	}
	for i := 0; i < len(args); i += 2 {
		name, ok := literal(args[i])
		if !ok {
			return nil, true
		}
		names = append(names, name)
	}
	return names, false
}

// fault says what is wrong with a use of a key, "" if nothing.
func (u use) fault(entries map[string]entry) string {
	if u.open {
		for key := range entries {
			if strings.HasPrefix(key, u.key) {
				return ""
			}
		}
		return fmt.Sprintf("%s: no key begins with %q", u.where, u.key)
	}
	e, ok := entries[u.key]
	needs := e.placeholders()
	if u.method == "N" {
		delete(needs, "Count")
	}
	switch {
	case u.method == "Has":
		return ""
	case !ok:
		return fmt.Sprintf("%s: no text for %q", u.where, u.key)
	case u.odd:
		return fmt.Sprintf("%s: %q: values are pairs of a literal name and a value", u.where, u.key)
	case (u.method == "N") != e.plural():
		return fmt.Sprintf("%s: %q: N is for texts with plural forms, T for the others", u.where, u.key)
	case u.spread:
		return ""
	}
	for name := range needs {
		if !slices.Contains(u.names, name) {
			return fmt.Sprintf("%s: %q: no value for {{.%s}}", u.where, u.key, name)
		}
	}
	for _, name := range u.names {
		if !needs[name] {
			return fmt.Sprintf("%s: %q: the text has no {{.%s}}", u.where, u.key, name)
		}
	}
	return ""
}

// strayKeys lists literals that look like keys and are none: every "error.…",
// and what shares its first two words with a key ("portal.open.nmae").
func (s *sources) strayKeys(entries map[string]entry) (stray []string) {
	branches := map[string]bool{}
	for key := range entries {
		if words := strings.SplitN(key, ".", 3); len(words) == 3 {
			branches[words[0]+"."+words[1]] = true
		}
	}
	used := map[string]bool{}
	for _, u := range s.uses {
		used[u.key] = true
	}
	for text, where := range s.literals {
		words := strings.SplitN(text, ".", 3)
		if _, ok := entries[text]; ok || used[text] || !keyShape.MatchString(text) {
			continue
		}
		if words[0] == "error" || len(words) == 3 && branches[words[0]+"."+words[1]] {
			stray = append(stray, fmt.Sprintf("%s: no text for %q", where, text))
		}
	}
	return stray
}

// unused lists keys that nothing in the program names.
func (s *sources) unused(entries map[string]entry) (idle []string) {
	prefixes := slices.Clone(composed)
	for _, u := range s.uses {
		if u.open && u.key != "" {
			prefixes = append(prefixes, u.key)
		}
	}
	for key, e := range entries {
		_, named := s.literals[key]
		if !named && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			idle = append(idle, fmt.Sprintf("%s: %s: nothing uses it", e.file, key))
		}
	}
	return idle
}

// eachSource calls visit for every Go file that is part of the program, and
// every page template, in the repository.
func eachSource(t *testing.T, visit func(name string, src []byte) error) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() {
			if name != root && (strings.HasPrefix(base, ".") || base == "node_modules" || base == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		isGo := strings.HasSuffix(base, ".go") && !strings.HasSuffix(base, "_test.go") && !strings.HasSuffix(base, "_templ.go")
		if !isGo && !strings.HasSuffix(base, ".templ") {
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		shown, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		if err := visit(filepath.ToSlash(shown), src); err != nil {
			t.Errorf("%s: %v", shown, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func readSources(t *testing.T) *sources {
	t.Helper()
	s := &sources{literals: map[string]string{}}
	eachSource(t, func(name string, src []byte) error {
		if strings.HasSuffix(name, ".templ") {
			return s.addTempl(name, src)
		}
		return s.addGo(name, src)
	})
	return s
}

// That both languages hold the same keys is TestCataloguesHoldTheSameKeys.
func TestEveryKeyTheProgramUsesHasAText(t *testing.T) {
	s := readSources(t)
	if len(s.uses) < 10 {
		t.Fatalf("only %d uses found: the sources are not being read", len(s.uses))
	}
	entries, _ := readEntries(t, english)
	for _, u := range s.uses {
		if fault := u.fault(entries); fault != "" {
			t.Error(fault)
		}
	}
	for _, stray := range s.strayKeys(entries) {
		t.Error(stray)
	}
}

func TestEveryTextIsUsed(t *testing.T) {
	s := readSources(t)
	entries, _ := readEntries(t, english)
	for _, idle := range s.unused(entries) {
		t.Error(idle)
	}
}
