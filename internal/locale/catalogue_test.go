package locale

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// entry is one key of one language; a text without plural forms has only "other".
type entry struct {
	file  string
	forms map[string]string
}

func (e entry) plural() bool { return len(e.forms) > 1 }

// placeholders are the names used by any of the forms.
func (e entry) placeholders() map[string]bool {
	names := map[string]bool{}
	for _, text := range e.forms {
		maps.Copy(names, placeholdersOf(text))
	}
	return names
}

var placeholder = regexp.MustCompile(`\{\{\.([A-Z][A-Za-z]*)\}\}`)

func placeholdersOf(text string) map[string]bool {
	names := map[string]bool{}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		names[m[1]] = true
	}
	return names
}

// readEntries reads every file of a language itself, since merging hides what
// stands twice, and returns the keys with what is wrong in the files.
func readEntries(t *testing.T, lang string) (map[string]entry, []string) {
	t.Helper()
	names, err := fs.Glob(files, "catalogue/"+lang+"/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no catalogue of %s: %v", lang, err)
	}
	entries, faults := map[string]entry{}, []string{}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		faults = append(faults, readFile(entries, lang+"/"+path.Base(name), data)...)
	}
	return entries, faults
}

var keyShape = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$`)

func readFile(entries map[string]entry, name string, data []byte) (faults []string) {
	d := json.NewDecoder(bytes.NewReader(data))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return []string{name + ": not a JSON object"}
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return append(faults, fmt.Sprintf("%s: %v", name, err))
		}
		key := token.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return append(faults, fmt.Sprintf("%s: %s: %v", name, key, err))
		}
		e := entry{file: name, forms: map[string]string{}}
		var text string
		if json.Unmarshal(value, &text) == nil {
			e.forms["other"] = text
		} else if err := json.Unmarshal(value, &e.forms); err != nil {
			faults = append(faults, name+": "+key+": neither a text nor plural forms")
		}
		if first, ok := entries[key]; ok {
			faults = append(faults, name+": "+key+": stands in "+first.file+" already")
		}
		if !keyShape.MatchString(key) {
			faults = append(faults, name+": "+key+": a key is lower-case words joined by dots")
		}
		entries[key] = e
	}
	return faults
}

var formsOf = map[string][]string{
	english: {"one", "other"},
	russian: {"few", "many", "one", "other"},
}

// entryFaults says what is wrong with one key by itself.
func entryFaults(lang string, e entry) (faults []string) {
	if forms := slices.Sorted(maps.Keys(e.forms)); e.plural() && !slices.Equal(forms, formsOf[lang]) {
		faults = append(faults, fmt.Sprintf("plural forms are %v, not %v", forms, formsOf[lang]))
	}
	all := e.placeholders()
	for form, text := range e.forms {
		if text == "" {
			faults = append(faults, form+" is empty")
		}
		if strings.Count(text, "{{") != len(placeholder.FindAllString(text, -1)) {
			faults = append(faults, form+" has a placeholder that is not of the shape {{.Name}}")
		}
		for name := range all {
			// "one" is 1 alone in English and may say so in words; in Russian it is also 21.
			if name == "Count" && form == "one" && lang == english {
				continue
			}
			if !placeholdersOf(text)[name] {
				faults = append(faults, form+" lacks {{."+name+"}}")
			}
		}
	}
	return faults
}

func TestCataloguesAreWellFormed(t *testing.T) {
	for _, l := range Languages() {
		entries, faults := readEntries(t, l.Code)
		for _, fault := range faults {
			t.Error(fault)
		}
		for key, e := range entries {
			for _, fault := range entryFaults(l.Code, e) {
				t.Errorf("%s: %s: %s", e.file, key, fault)
			}
		}
	}
}

func TestCataloguesHoldTheSameKeys(t *testing.T) {
	en, _ := readEntries(t, english)
	ru, _ := readEntries(t, russian)
	for key, e := range en {
		r, ok := ru[key]
		switch {
		case !ok:
			t.Errorf("%s: %s: no Russian text", e.file, key)
		case e.plural() != r.plural():
			t.Errorf("%s: %s: plural in one language only", e.file, key)
		case !maps.Equal(e.placeholders(), r.placeholders()):
			t.Errorf("%s: %s: placeholders differ from the Russian ones", e.file, key)
		case path.Base(e.file) != path.Base(r.file):
			t.Errorf("%s: %s: the Russian text stands in %s", e.file, key, r.file)
		}
	}
	for key, e := range ru {
		if _, ok := en[key]; !ok {
			t.Errorf("%s: %s: no English text", e.file, key)
		}
	}
}

func TestFaultsOfACatalogueAreFound(t *testing.T) {
	for _, c := range []struct{ lang, file, want string }{
		{"en", `{"a.b": "x", "a.b": "y"}`, "stands in"},
		{"en", `{"Ab": "x"}`, "lower-case"},
		{"en", `{"a.b": ["x"]}`, "neither"},
		{"en", `["a.b"]`, "not a JSON object"},
		{"en", `{"a.b": ""}`, "empty"},
		{"en", `{"a.b": "{{if .X}}x{{end}}"}`, "shape"},
		{"en", `{"a.b": {"one": "x", "few": "y", "other": "z"}}`, "plural forms"},
		{"ru", `{"a.b": {"one": "x", "other": "z"}}`, "plural forms"},
		{"ru", `{"a.b": {"one": "x", "few": "{{.Count}}", "many": "{{.Count}}", "other": "{{.Count}}"}}`, "one lacks"},
		{"en", `{"a.b": {"one": "x", "other": "{{.Count}} {{.Name}}"}}`, "one lacks {{.Name}}"},
		{"en", `{"a.b": {"one": "one", "other": "{{.Count}}"}}`, ""},
	} {
		entries := map[string]entry{}
		faults := readFile(entries, "x.json", []byte(c.file))
		for _, e := range entries {
			faults = append(faults, entryFaults(c.lang, e)...)
		}
		if got := strings.Join(faults, "; "); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.file, got, c.want)
		}
	}
}
