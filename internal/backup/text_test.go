package backup

import (
	"encoding/json"
	"testing"

	"github.com/oknodesk/okno/internal/db"
)

// FuzzText: a text is written as encoding/json writes it, and read as it was.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "plain", "Зоопарк \"ё\" \\ \n\r\t<b>&", "\u2028 \u2029 \b\f\x00\x7f", "\xff broken", `\u003c \/`, "\\", `\"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := appendText(nil, s)
		if err != nil || string(got) != string(want) {
			t.Fatalf("%q is written as %s, %v; want %s", s, got, err, want)
		}
		var back string
		if err := json.Unmarshal(want, &back); err != nil {
			t.Fatal(err)
		}
		if read, err := readText(got); err != nil || read != back {
			t.Fatalf("%s is read as %q, %v; want %q", got, read, err, back)
		}
	})
}

// FuzzRow: what is no row is refused, and a row that is read is written alike.
func FuzzRow(f *testing.F) {
	columns := []db.Column{{Name: "id", Kind: db.Int}, {Name: "name", Kind: db.Text}, {Name: "picture", Kind: db.Bytes}}
	for _, line := range []string{"[1,\"a,]\",\"AAE=\"]\n", "[-1,null,null]\n", "[1,\"\\\"]\n", "[1]\n", "[1,\"a\",\"b\"", "", "[", "[,,]", "[1,2,3]\n", "[1,\"\",\"\"]"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		row, err := readRow([]byte(line), columns)
		if err != nil {
			return
		}
		written, err := appendRow(nil, columns, row)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readRow(written, columns)
		if err != nil {
			t.Fatalf("%q was read and written as %q: %v", line, written, err)
		}
		for i := range row {
			if a, ok := row[i].([]byte); ok {
				if string(a) != string(again[i].([]byte)) {
					t.Errorf("column %d: %q, then %q", i, a, again[i])
				}
			} else if row[i] != again[i] {
				t.Errorf("column %d: %q, then %q", i, row[i], again[i])
			}
		}
	})
}
