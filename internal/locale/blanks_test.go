package locale

import "testing"

func TestValuesGoIntoTheirPlaces(t *testing.T) {
	for _, c := range []struct {
		text string
		args []any
		want string // empty: it cannot be filled
	}{
		{"#{{.Number}} of {{.Company}}", []any{"Company", "{{.Number}}", "Number", 7}, "#7 of {{.Number}}"},
		{"{{.Number}}{{.Number}}", []any{"Number", "1", "Unused", "2"}, "11"},
		{"a {{.Number", []any{"Number", "1"}, "a {{.Number"},
		{"{{.Number}}", nil, ""},
		{"{{.Number}}", []any{"number", "1"}, ""},
		{"{{.Number}}", []any{"Number"}, ""},
	} {
		got, ok := newBlanks(c.text).fill(c.args)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%q with %v: %q, %v", c.text, c.args, got, ok)
		}
	}
}
