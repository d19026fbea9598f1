package app

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestOperationsPageListsEveryOptionAsItIs(t *testing.T) {
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range options {
		def := ""
		if o.def != "" {
			def = "`" + o.def + "`"
		}
		if row := fmt.Sprintf("| `--%s` | %s | %s |\n", o.name, def, o.meaning); !strings.Contains(string(page), row) {
			t.Errorf("docs/operations.md lacks the row\n%s", row)
		}
	}
	if rows := strings.Count(string(page), "\n| `--"); rows != len(options) {
		t.Errorf("docs/operations.md has %d rows of options, want %d", rows, len(options))
	}
}
