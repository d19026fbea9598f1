package locale

import (
	"strings"
	"testing"
)

var sampleEntries = map[string]entry{
	"a.plain":       {forms: map[string]string{"other": "Plain"}},
	"a.named":       {forms: map[string]string{"other": "For {{.Name}}"}},
	"a.count":       {forms: map[string]string{"one": "{{.Count}} a", "other": "{{.Count}} as"}},
	"a.deep.title":  {forms: map[string]string{"other": "Deep"}},
	"error.missing": {forms: map[string]string{"other": "At most {{.Max}}"}},
}

// judge says everything the tests of this package would say of one file.
func judge(t *testing.T, name, src string) string {
	t.Helper()
	s := &sources{literals: map[string]string{}}
	add := s.addGo
	if strings.HasSuffix(name, ".templ") {
		add = s.addTempl
	}
	if err := add(name, []byte(src)); err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, u := range s.uses {
		if fault := u.fault(sampleEntries); fault != "" {
			said = append(said, fault)
		}
	}
	return strings.Join(append(said, s.strayKeys(sampleEntries)...), "; ")
}

func TestFaultyUsesOfKeysAreFound(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`l.T("a.plain")`, ""},
		{`page.Locale().T("a.none")`, `no text for "a.none"`},
		{`l.T("a.named", "Name", who)`, ""},
		{`l.T("a.named")`, "no value for {{.Name}}"},
		{`l.T("a.named", "Name")`, "pairs"},
		{`l.T("a.named", name, who)`, "pairs"},
		{`l.T("a.named", args...)`, ""},
		{`l.T("a.plain", "Name", who)`, "has no {{.Name}}"},
		{`l.T("a.count")`, "N is for"},
		{`l.N("a.count", 3)`, ""},
		{`l.N("a.plain", 3)`, "N is for"},
		{`l.T("a." + kind)`, ""},
		{`l.T("b." + kind + ".x")`, "no key begins"},
		{`field("a.deep.titel")`, `no text for "a.deep.titel"`},
		{`field("a.else.titel")`, ""},
		{`okno.Refuse(okno.Conflict, "error.missing", "Max", 5)`, ""},
		{`okno.Refuse(okno.Conflict, "error.missing")`, "no value for {{.Max}}"},
		{`add("error.none")`, `no text for "error.none"`},
		{`_ = &Error{Key: "error.missing", Args: []any{"Max", 5}}`, ""},
		{`_ = okno.Error{Key: "error.missing"}`, "no value for {{.Max}}"},
	} {
		if got := judge(t, "x.go", "package x\nfunc f() {\n"+c.code+"\n}\n"); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.code, got, c.want)
		}
	}
	for _, c := range []struct{ page, want string }{
		{`<p title={ l.T("a.none") }></p>`, `no text for "a.none"`},
		{`<p>{ l.T("a.named") }</p>`, "no value for {{.Name}}"},
		{"if l.T(\"a.plain\") != \"\" {\n@ui.Field(\"a.deep.titel\")\n}", `no text for "a.deep.titel"`},
	} {
		if got := judge(t, "x.templ", "package x\n\ntempl page(l *Locale) {\n"+c.page+"\n}\n"); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.page, got, c.want)
		}
	}
}

func TestUnusedTextsAreFound(t *testing.T) {
	s := &sources{literals: map[string]string{}}
	if err := s.addGo("x.go", []byte(`package x
		var _ = l.T("a." + kind)
		var _ = "status.new"`)); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(s.unused(sampleEntries), "; ")
	if !strings.Contains(got, "error.missing") || strings.Contains(got, "a.plain") {
		t.Errorf("unused: %q", got)
	}
}
