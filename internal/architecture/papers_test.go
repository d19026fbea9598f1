package architecture

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var relativeLink = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// deadLinks says which files a page links to in vain.
func deadLinks(name, text string, exists func(string) bool) (breaches []string) {
	for _, link := range relativeLink.FindAllStringSubmatch(text, -1) {
		if target := path.Join(path.Dir(name), link[1]); !exists(target) {
			breaches = append(breaches, fmt.Sprintf("%s links to %s, which is not there", name, target))
		}
	}
	return breaches
}

func TestPapersLinkToWhatIsThere(t *testing.T) {
	pages := files(t, ".md")
	if len(pages) < 8 {
		t.Fatalf("found %d pages", len(pages))
	}
	exists := func(name string) bool {
		_, err := os.Stat(filepath.Join(root, name))
		return err == nil
	}
	for _, name := range pages {
		report(t, deadLinks(name, read(t, name), exists))
	}
}

func TestDeadLinkIsFound(t *testing.T) {
	page := "[a](there.md) [b](../LICENSE#x) [c](https://example.org/x) [d](gone.md)"
	exists := func(name string) bool { return name == "docs/there.md" || name == "LICENSE" }
	if got := strings.Join(deadLinks("docs/x.md", page, exists), "; "); got != "docs/x.md links to docs/gone.md, which is not there" {
		t.Errorf("%q", got)
	}
}

// TestRoomsStandInThePaper keeps the picture of the house whole.
func TestRoomsStandInThePaper(t *testing.T) {
	paper := read(t, "docs/architecture.md")
	for _, r := range rooms {
		if last := path.Base(r.path); r.path != "" && !strings.Contains(paper, last) && r.path != "internal/architecture" {
			t.Errorf("docs/architecture.md does not name %s", r.path)
		}
	}
}

// The list in internal/desk/doc.go leads a stranger to the file of a noun.
func TestTheDesksListNamesItsFiles(t *testing.T) {
	named := 0
	for line := range strings.Lines(read(t, "internal/desk/doc.go")) {
		about, list, ok := strings.Cut(strings.TrimPrefix(line, "//   - "), ": ")
		if !ok || !strings.HasPrefix(line, "//   - ") {
			continue
		}
		for name := range strings.SplitSeq(strings.TrimSpace(list), ", ") {
			if named++; len(read(t, "internal/desk/"+name+".go")) == 0 {
				t.Errorf("%s: %s.go is empty", about, name)
			}
		}
	}
	if named < 50 {
		t.Errorf("only %d files are named: the list is not read", named)
	}
}
