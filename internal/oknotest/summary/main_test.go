package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// outcome runs go test over a module made of one test file and summarizes it.
func outcome(t *testing.T, strict bool, source string, args ...string) (string, bool) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module sample\n\ngo 1.26\n", "sample_test.go": "package sample\n\n" + source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", append([]string{"test", "-json", "-vet=off"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	output, err := cmd.Output() // that tests failed is seen in the output
	if len(output) == 0 {
		t.Fatalf("go test said nothing: %v", err)
	}
	var out strings.Builder
	ok, err := summarize(strings.NewReader(string(output)), &out, strict)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), ok
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return lines[len(lines)-1]
}

func TestOutcomesOfRealRuns(t *testing.T) {
	const begin = "import \"testing\"\n"
	for name, c := range map[string]struct {
		source string
		args   []string
		strict bool
		last   string
		ok     bool
		says   string
	}{
		"quiet about passes": {source: begin + `func TestA(t *testing.T) { t.Log("chatter"); t.Run("b", func(t *testing.T) {}); t.Run("c", func(t *testing.T) {}) }`,
			last: "2 passed, 0 failed, 0 skipped", ok: true},
		"a failure in full": {source: begin + `func TestA(t *testing.T) { t.Log("before"); t.Error("wrong") }; func TestB(t *testing.T) {}`,
			last: "1 passed, 1 failed, 0 skipped", says: "before"},
		"a failed subtest counts once": {source: begin + `func TestA(t *testing.T) { t.Run("b", func(t *testing.T) { t.Error("wrong") }) }`,
			last: "0 passed, 1 failed, 0 skipped", says: "TestA/b"},
		"a parent that fails by itself": {source: begin + `func TestA(t *testing.T) { t.Run("b", func(t *testing.T) {}); t.Error("wrong after all") }`,
			last: "1 passed, 1 failed, 0 skipped", says: "wrong after all"},
		"a skip says why": {source: begin + `func TestA(t *testing.T) { t.Skip("no chromium: apt install chromium") }; func TestB(t *testing.T) {}`,
			last: "1 passed, 0 failed, 1 skipped", ok: true, says: "no chromium: apt install chromium"},
		"a skip in CI is a failure": {source: begin + `func TestA(t *testing.T) { t.Skip("no chromium") }; func TestB(t *testing.T) {}`,
			strict: true, last: "1 passed, 0 failed, 1 skipped"},
		"a panic": {source: begin + `func TestA(t *testing.T) { panic("gone") }; func TestB(t *testing.T) {}`,
			last: "0 passed, 1 failed, 0 skipped", says: "gone"},
		"an exit in the middle": {source: "import (\"os\"; \"testing\")\nfunc TestA(t *testing.T) { os.Exit(3) }",
			last: "0 passed, 1 failed, 0 skipped", says: "TestA"},
		"what does not compile": {source: begin + `func TestA(t *testing.T) { t.Nonsense() }`,
			last: "0 passed, 1 failed, 0 skipped", says: "Nonsense"},
		"nothing to run": {source: begin + `func TestA(t *testing.T) {}`, args: []string{"-run", "Nobody"},
			last: "0 passed, 0 failed, 0 skipped"},
		"too slow": {source: begin + `func TestA(t *testing.T) { select {} }; func TestB(t *testing.T) {}`, args: []string{"-timeout", "1s"},
			last: "0 passed, 1 failed, 0 skipped", says: "TestA"},
	} {
		t.Run(name, func(t *testing.T) {
			text, ok := outcome(t, c.strict, c.source, c.args...)
			if lastLine(text) != c.last || ok != c.ok || !strings.Contains(text, c.says) {
				t.Errorf("all is well: %v, want %v\n%s", ok, c.ok, text)
			}
			if strings.Contains(text, "chatter") {
				t.Errorf("a passed test is heard:\n%s", text)
			}
		})
	}
}

func TestLineThatIsNoEventIsShown(t *testing.T) {
	var out strings.Builder
	ok, err := summarize(strings.NewReader("go: something is wrong with go.mod\n"), &out, false)
	if err != nil || ok || !strings.Contains(out.String(), "something is wrong with go.mod") || lastLine(out.String()) != "0 passed, 0 failed, 0 skipped" {
		t.Errorf("ok %v, error %v:\n%s", ok, err, out.String())
	}
}
