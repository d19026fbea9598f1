package architecture

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// source is one parsed Go file of ours.
type source struct {
	path      string // from the root of the repository
	text      string
	file      *ast.File
	set       *token.FileSet
	generated bool
}

func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

// in tells whether the file lies in one of these packages or below.
func (s source) in(packages ...string) bool {
	return slices.ContainsFunc(packages, func(p string) bool { return strings.HasPrefix(s.path, p+"/") || s.path == p })
}

func (s source) line(n ast.Node) int { return s.set.Position(n.Pos()).Line }

func parse(t *testing.T, name, text string) source {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return source{path: name, text: text, file: file, set: set, generated: ast.IsGenerated(file)}
}

// files returns the paths of our files with this ending, from the root.
func files(t *testing.T, ending string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != root && (strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"node_modules", "testdata", "tmp", "bin", "okno-data"}, d.Name())) {
			return filepath.SkipDir
		}
		if rel, err := filepath.Rel(root, p); err == nil && strings.HasSuffix(p, ending) && !d.IsDir() {
			found = append(found, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sourceRule says what is wrong with one file.
type sourceRule struct {
	name string
	find func(source) []string
}

var sourceRules = []sourceRule{
	{"SQL stands in the store", sqlOutsideStore},
	{"only post speaks SMTP to others", smtpClient},
	{"only outbound dials", dialing},
	{"files and functions stay small", size},
	{"tests wait for facts, they do not sleep", sleeping},
	{"exported names keep to the words", words},
}

func TestSourceKeepsTheRules(t *testing.T) {
	all := files(t, ".go")
	if len(all) < 10 {
		t.Fatalf("found %d Go files", len(all))
	}
	for _, name := range all {
		s := parse(t, name, read(t, name))
		for _, rule := range sourceRules {
			for _, breach := range rule.find(s) {
				t.Errorf("%s (%s)", breach, rule.name)
			}
		}
	}
}

var sqlText = regexp.MustCompile(`^\s*(SELECT|WITH)\s|\b(INSERT\s+INTO|DELETE\s+FROM)\s|\bUPDATE\s+\S+\s+SET\s|\bFROM\s+\S+\s+WHERE\s`)

// sqlOutsideStore: db, jobs and backup have tables of their own; the test rig looks at
// a running program's from outside.
func sqlOutsideStore(s source) (breaches []string) {
	if s.generated || s.test() || s.in("internal/desk/internal/store", "internal/db", "internal/jobs", "internal/backup", "internal/oknotest") {
		return nil
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		if text, err := strconv.Unquote(literal.Value); err == nil && sqlText.MatchString(text) {
			breaches = append(breaches, fmt.Sprintf("%s:%d holds SQL: it belongs to internal/desk/internal/store", s.path, s.line(literal)))
		}
		return true
	})
	return breaches
}

// calls finds what file s uses of a package, as selectors with their names.
func (s source) calls(importPath string) (uses []*ast.SelectorExpr) {
	local := ""
	for _, i := range s.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil && p == importPath {
			local = importName(i, p)
		}
	}
	if local == "" {
		return nil
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if use, ok := n.(*ast.SelectorExpr); ok {
			if pkg, ok := use.X.(*ast.Ident); ok && pkg.Name == local {
				uses = append(uses, use)
			}
		}
		return true
	})
	return uses
}

var versionElement = regexp.MustCompile(`^v[0-9]+$`)

// importName is what a package is called in the file: by its own name, which is
// the path's last element without "go-" and version.
func importName(i *ast.ImportSpec, importPath string) string {
	if i.Name != nil {
		return i.Name.Name
	}
	last := path.Base(importPath)
	if versionElement.MatchString(last) {
		last = path.Base(path.Dir(importPath))
	}
	return strings.TrimPrefix(last, "go-")
}

// smtpClients are the ways to hand a letter to another server.
var smtpClients = map[string]*regexp.Regexp{
	"net/smtp":                    regexp.MustCompile(`.`),
	"github.com/emersion/go-smtp": regexp.MustCompile(`^(Dial|NewClient|SendMail)`),
}

func smtpClient(s source) (breaches []string) {
	if s.test() || s.in("internal/post", "internal/oknotest") {
		return nil
	}
	for pkg, client := range smtpClients {
		for _, use := range s.calls(pkg) {
			if client.MatchString(use.Sel.Name) {
				breaches = append(breaches, fmt.Sprintf("%s:%d uses %s.%s: letters leave by internal/post", s.path, s.line(use), pkg, use.Sel.Name))
			}
		}
	}
	return breaches
}

// dialers are the ways to open a connection past the guarded dialer.
var dialers = map[string]*regexp.Regexp{
	"net":        regexp.MustCompile(`^(Dial|Dialer$)`),
	"crypto/tls": regexp.MustCompile(`^(Dial|Dialer$)`),
	"net/http":   regexp.MustCompile(`^(Get|Post|PostForm|Head|DefaultClient|DefaultTransport|Client|Transport)$`),
	"github.com/emersion/go-imap/v2/imapclient": regexp.MustCompile(`^Dial`),
}

// dialersByRight open connections that the guarded dialer is not for.
var dialersByRight = []string{
	"internal/outbound",           // is the guarded dialer
	"internal/post",               // the relay is named by a setting
	"internal/app/socket.go",      // the control socket, a file
	"internal/app/rooms.go",       // the resolver of --dns
	"internal/app/supervisor.go",  // the socket of whoever started the program
	"internal/app/watchdog.go",    // the pages of this very process
	"internal/intake/listener.go", // asks whether a socket file is anybody's
	"internal/db",                 // the database is named by a setting
	"internal/oknotest",           // the test rig
}

func dialing(s source) (breaches []string) {
	if s.test() || s.in(dialersByRight...) {
		return nil
	}
	for pkg, dial := range dialers {
		for _, use := range s.calls(pkg) {
			if dial.MatchString(use.Sel.Name) {
				breaches = append(breaches, fmt.Sprintf("%s:%d uses %s.%s: the world is reached through internal/outbound", s.path, s.line(use), pkg, use.Sel.Name))
			}
		}
	}
	return breaches
}

// Bounds of one sitting, in lines.
const (
	maxFile     = 450
	maxFunction = 70
)

// large are files and functions that are better whole, each with its reason.
var large = map[string]string{}

func size(s source) (breaches []string) {
	if s.generated || s.test() {
		return nil
	}
	if n := strings.Count(s.text, "\n"); n > maxFile && large[s.path] == "" {
		breaches = append(breaches, fmt.Sprintf("%s has %d lines, more than %d: split it along a noun", s.path, n, maxFile))
	}
	for _, d := range s.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		n := s.set.Position(f.End()).Line - s.line(f) + 1
		if n > maxFunction && large[s.path+" "+f.Name.Name] == "" {
			breaches = append(breaches, fmt.Sprintf("%s:%d: %s has %d lines, more than %d", s.path, s.line(f), f.Name.Name, n, maxFunction))
		}
	}
	return breaches
}

func sleeping(s source) (breaches []string) {
	if !s.test() {
		return nil
	}
	for _, use := range s.calls("time") {
		if use.Sel.Name == "Sleep" {
			breaches = append(breaches, fmt.Sprintf("%s:%d sleeps: wait for what the test is about", s.path, s.line(use)))
		}
	}
	return breaches
}
