package main

import (
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/oknodesk/okno/internal/app"
)

func TestCommandLine(t *testing.T) {
	data := t.TempDir()
	for _, c := range []struct {
		line     string
		code     int
		out, err string
	}{
		{"", 0, "usage: okno COMMAND", ""},
		{"--help", 0, "print every option", ""},
		{"version", 0, "okno ", ""},
		{"config --lang ru", 0, "lang = ru", ""},
		{"config --lang=de", app.ExitConfig, "", "--lang"},
		{"config --lisen :80", app.ExitUsage, "", "lisen"},
		{"config --help", 0, "", "-listen"},
		{"config now", app.ExitUsage, "", `"now"`},
		{"config now --lang ru", app.ExitUsage, "", `"now"`},
		{"mail", app.ExitUsage, "", `"mail"`},
	} {
		var out, errs strings.Builder
		code := run(t.Context(), strings.Fields(c.line), []string{"OKNO_DATA=" + data}, stdio{strings.NewReader(""), &out, &errs})
		if code != c.code || !strings.Contains(out.String(), c.out) || !strings.Contains(errs.String(), c.err) || (c.err == "") != (errs.Len() == 0) {
			t.Errorf("okno %s: exit code %d\nout: %s\nerr: %s", c.line, code, out.String(), errs.String())
		}
	}
}

func TestCommandsAreFoundByTheirWholeWords(t *testing.T) {
	for _, cmd := range commands {
		found, rest, ok := find(append(strings.Fields(cmd.words), "--demo"))
		if !ok || found.words != cmd.words || len(rest) != 1 {
			t.Errorf("%s: found %q, rest %v", cmd.words, found.words, rest)
		}
	}
}

func TestFlagsAndArgumentsStandInAnyOrder(t *testing.T) {
	fs := flag.NewFlagSet("okno", flag.ContinueOnError)
	lang, demo := fs.String("lang", "", ""), fs.Bool("demo", false, "")
	rest, err := parse(fs, []string{"olga@example.org", "--lang", "ru", "now", "--demo"})
	if err != nil || !slices.Equal(rest, []string{"olga@example.org", "now"}) || *lang != "ru" || !*demo {
		t.Errorf("rest %v, lang %q, demo %v, error %v", rest, *lang, *demo, err)
	}
}
