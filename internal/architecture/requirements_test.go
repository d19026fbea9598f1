package architecture

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// lastRow is the number of requirements, R1 to R66.
const lastRow = 66

var (
	requirementRow  = regexp.MustCompile(`(?m)^\| R([0-9]+) \| (.+?) \|([^|]*)\|$`)
	requirementTest = regexp.MustCompile(`^TestR([0-9]+)[A-Z]`)
	testName        = regexp.MustCompile(`\bTest\w+`)
)

// requirementBreaches compares the table with the tests that exist.
func requirementBreaches(table string, tests []string) (breaches []string) {
	say := func(format string, args ...any) { breaches = append(breaches, fmt.Sprintf(format, args...)) }
	named := map[string][]string{} // the tests of each row
	for _, row := range requirementRow.FindAllStringSubmatch(table, -1) {
		number, cell := row[1], row[3]
		if _, twice := named[number]; twice {
			say("R%s has two rows", number)
		}
		named[number] = testName.FindAllString(cell, -1)
		for _, name := range named[number] {
			if !slices.Contains(tests, name) {
				say("R%s names %s, which does not exist", number, name)
			}
		}
	}
	for n := 1; n <= lastRow; n++ {
		if _, ok := named[fmt.Sprint(n)]; !ok {
			say("R%d has no row", n)
		}
	}
	for _, name := range tests {
		if of := requirementTest.FindStringSubmatch(name); of != nil && !slices.Contains(named[of[1]], name) {
			say("%s is not in the row of R%s", name, of[1])
		}
	}
	return breaches
}

func TestRequirementsNameTheirTests(t *testing.T) {
	var tests []string
	for _, name := range files(t, "_test.go") {
		for _, d := range parse(t, name, read(t, name)).file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				tests = append(tests, f.Name.Name)
			}
		}
	}
	for _, b := range requirementBreaches(read(t, "docs/requirements.md"), tests) {
		t.Errorf("docs/requirements.md: %s", b)
	}
}

func TestRequirementRulesCanFail(t *testing.T) {
	var all strings.Builder
	for n := 1; n <= lastRow; n++ {
		fmt.Fprintf(&all, "| R%d | words | |\n", n)
	}
	fill := func(row, cell string) string {
		return strings.Replace(all.String(), "| "+row+" | words | |", "| "+row+" | words | "+cell+" |", 1)
	}
	for _, c := range []struct {
		table string
		tests []string
		want  string
	}{
		{fill("R12", "TestR12ConfirmationLetter, TestLanguage"), []string{"TestR12ConfirmationLetter", "TestLanguage", "TestOther"}, ""},
		{fill("R12", "`TestR12Gone`"), nil, "R12 names TestR12Gone, which does not exist"},
		{fill("R13", "TestR12A"), []string{"TestR12A"}, "TestR12A is not in the row of R12"},
		{all.String(), []string{"TestR12A"}, "TestR12A is not in the row of R12"},
		{all.String() + "| R12 | again | |\n", nil, "R12 has two rows"},
		{strings.Replace(all.String(), "| R66 |", "| 66 |", 1), nil, "R66 has no row"},
	} {
		if got := strings.Join(requirementBreaches(c.table, c.tests), "; "); got != c.want {
			t.Errorf("%v: %q, want %q", c.tests, got, c.want)
		}
	}
}
