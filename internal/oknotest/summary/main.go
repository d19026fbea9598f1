// Command summary reads the output of "go test -json", prints what failed in full
// and what was skipped with its reason, and ends with one line:
//
//	N passed, N failed, N skipped
//
// It exits with 1 if anything failed, if nothing was run, or, where the
// environment says CI=true, if anything was skipped.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

func main() {
	ok, err := summarize(os.Stdin, os.Stdout, os.Getenv("CI") == "true")
	if err != nil {
		fmt.Fprintln(os.Stderr, "summary:", err)
	}
	if !ok || err != nil {
		os.Exit(1)
	}
}

// event is one line of go test -json (go doc test2json).
type event struct {
	Action, Package, Test, Output, ImportPath, FailedBuild string
}

const (
	maxLine   = 16 << 20 // bytes of one event
	maxOutput = 4 << 20  // bytes kept of one test's output
)

// test is one test, or with no name the package around its tests.
type test struct {
	pkg, name string
	result    string // "pass", "fail", "skip"; empty while it runs
	output    strings.Builder
	parent    bool // of subtests, which are counted in its place
}

type run struct {
	tests  map[[2]string]*test
	builds map[string]*test // what the compiler said, by import path
	stray  []string         // lines that are no events
}

func (r *run) test(pkg, name string) *test {
	key := [2]string{pkg, name}
	if r.tests[key] == nil {
		r.tests[key] = &test{pkg: pkg, name: name}
	}
	return r.tests[key]
}

func (t *test) write(output string) {
	if t.output.Len() < maxOutput {
		t.output.WriteString(output)
	}
}

// summarize reports whether all is well.
func summarize(in io.Reader, out io.Writer, strict bool) (ok bool, err error) {
	r := &run{tests: map[[2]string]*test{}, builds: map[string]*test{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		r.line(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		return false, fmt.Errorf("a line of the tests' output: %w", err)
	}
	passed, failed, skipped := r.count()
	w := bufio.NewWriter(out)
	for _, line := range r.stray {
		fmt.Fprintln(w, line)
	}
	for _, t := range skipped {
		fmt.Fprintf(w, "SKIPPED %s: %s\n", t.title(), t.reason())
	}
	for _, t := range failed {
		fmt.Fprintf(w, "\nFAILED %s\n%s", t.title(), t.output.String())
	}
	if len(failed) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", passed, len(failed), len(skipped))
	ok = len(failed) == 0 && passed > 0 && !(strict && len(skipped) > 0)
	return ok, w.Flush()
}

// line takes in one line of output.
func (r *run) line(text []byte) {
	var e event
	if err := json.Unmarshal(text, &e); err != nil || e.Action == "" {
		r.stray = append(r.stray, string(text))
		return
	}
	switch e.Action {
	case "build-output", "build-fail":
		if r.builds[e.ImportPath] == nil {
			r.builds[e.ImportPath] = &test{pkg: e.ImportPath}
		}
		r.builds[e.ImportPath].write(e.Output)
		return
	}
	t := r.test(e.Package, e.Test)
	for i := strings.LastIndexByte(e.Test, '/'); i > 0; i = strings.LastIndexByte(e.Test[:i], '/') {
		r.test(e.Package, e.Test[:i]).parent = true
	}
	switch e.Action {
	case "output":
		t.write(e.Output)
	case "pass", "fail", "skip":
		t.result = e.Action
		if build := r.builds[e.FailedBuild]; build != nil {
			t.write(build.output.String())
		}
	}
}

// count sorts the tests. A test with subtests stands for itself only where it
// failed and none of them did; a package likewise. What began and never ended failed.
func (r *run) count() (passed int, failed, skipped []*test) {
	for _, key := range slices.SortedFunc(maps.Keys(r.tests), compareKeys) {
		t := r.tests[key]
		switch {
		case t.result == "pass" || (t.result == "skip" && t.name == ""):
			if t.name != "" && !t.parent {
				passed++
			}
		case t.result == "skip":
			skipped = append(skipped, t)
		case !(t.parent || t.name == "") || !r.failedBelow(t):
			failed = append(failed, t)
		}
	}
	return passed, failed, skipped
}

// failedBelow tells whether something inside t failed, so that t only repeats it.
func (r *run) failedBelow(t *test) bool {
	for key, below := range r.tests {
		inside := key[1] != "" && (t.name == "" || strings.HasPrefix(key[1], t.name+"/"))
		if key[0] == t.pkg && below != t && inside && below.result != "pass" && below.result != "skip" {
			return true
		}
	}
	return false
}

func compareKeys(a, b [2]string) int {
	if c := strings.Compare(a[0], b[0]); c != 0 {
		return c
	}
	return strings.Compare(a[1], b[1])
}

func (t *test) title() string {
	switch {
	case t.name == "":
		return t.pkg
	case t.result == "":
		return t.pkg + " " + t.name + " (never ended)"
	}
	return t.pkg + " " + t.name
}

// reason is what a skipped test said, on one line.
func (t *test) reason() string {
	var said []string
	for line := range strings.Lines(t.output.String()) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			said = append(said, line)
		}
	}
	return strings.Join(said, " ")
}
