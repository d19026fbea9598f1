package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oknodesk/okno/internal/app"
)

func TestMailInspectReadsAFileOrItsInput(t *testing.T) {
	const letter = "From: Ann <ann@client.example>\r\nSubject: Printer\r\n\r\nIt smokes.\r\n"
	file := filepath.Join(t.TempDir(), "letter.eml")
	if err := os.WriteFile(file, []byte(letter), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args        []string
		in, subject string
		code        int
	}{
		{nil, letter, "Printer", 0},
		{[]string{file}, "", "Printer", 0},
		{nil, "", "", 0},
		{nil, "\x00\xff no letter at all", "", 0},
		{[]string{file + ".gone"}, "", "", 1},
		{[]string{file, file}, "", "", app.ExitUsage},
	} {
		var out, errs strings.Builder
		data := filepath.Join(t.TempDir(), "none")
		code := run(t.Context(), append([]string{"mail", "inspect"}, c.args...), []string{"OKNO_DATA=" + data}, stdio{strings.NewReader(c.in), &out, &errs})
		if code != c.code || (code == 0) != (errs.Len() == 0) {
			t.Errorf("%q: exit code %d, %s", c.args, code, errs.String())
		}
		if _, err := os.Stat(data); !os.IsNotExist(err) {
			t.Errorf("%q made a data directory", c.args)
		}
		if code != 0 {
			continue
		}
		var read struct{ Subject string }
		if err := json.Unmarshal([]byte(out.String()), &read); err != nil || read.Subject != c.subject {
			t.Errorf("%q: %v, subject %q", c.args, err, read.Subject)
		}
	}
}
