package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
)

// tellForm is a form that tells what it was sent.
func tellForm(q *Request) error {
	form, err := q.Form()
	tell := func(wrong map[string]string) templ.Component {
		return say(fmt.Sprintf("%s|%d files|%v", form.Get("text"), len(form.Uploads()), wrong))
	}
	if err != nil {
		return q.Again(err, tell)
	}
	return q.Render(tell(nil))
}

func forms(r *Router) {
	r.Anyone("POST /form", tellForm, Files())
	r.Anyone("POST /short", tellForm)
}

// parts sends a form with files.
func (r *rig) parts(path string, pairs ...string) *httptest.ResponseRecorder {
	return r.do(multipartForm(path, pairs...))
}

// multipartForm is a form with files: name, value pairs; a name that begins
// with @ is a file's.
func multipartForm(path string, pairs ...string) *http.Request {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		if name, ok := strings.CutPrefix(pairs[i], "@"); ok {
			w, _ := m.CreateFormFile(name, name+".txt")
			_, _ = w.Write([]byte(pairs[i+1]))
			continue
		}
		_ = m.WriteField(pairs[i], pairs[i+1])
	}
	_ = m.Close()
	req := httptest.NewRequest("POST", path, &body)
	req.Header.Set("Content-Type", m.FormDataContentType())
	return req
}

func TestFormWithFiles(t *testing.T) {
	r := newRig(t, nil, forms)
	w := r.parts("/form", "text", "the printer", "upload", "sent-before", "@file", "one", "@file", "two")
	if w.Code != 200 || w.Body.String() != "the printer|3 files|map[]" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if set := w.Header().Values("Set-Cookie"); len(set) != 1 || !strings.HasPrefix(set[0], "okno=visitor;") {
		t.Errorf("a visitor's files are kept for %v", set)
	}
}

func TestTooLargeAFileKeepsWhatWasTyped(t *testing.T) {
	r := newRig(t, nil, forms)
	w := r.parts("/form", "@file", strings.Repeat("x", 1<<20+1), "@file", "small", "text", "the printer")
	if w.Code != 413 || w.Body.String() != "the printer|1 files|map[file:The file is too large: at most 1\u00a0MB.]" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestFormBeyondItsBoundKeepsWhatWasRead(t *testing.T) {
	r := newRig(t, nil, forms)
	big := strings.Repeat("x", 1<<20)
	w := r.parts("/form", "text", "the printer", "@file", big, "@file", big, "@file", big, "@file", big, "@file", big, "@file", big)
	if w.Code != 413 || !strings.HasPrefix(w.Body.String(), "the printer|") {
		t.Errorf("%d %.200s", w.Code, w.Body)
	}
}

func TestFormsHaveBounds(t *testing.T) {
	r := newRig(t, nil, forms)
	if w := r.post("/short", "text="+strings.Repeat("x", maxForm)); w.Code != 413 {
		t.Errorf("a long form: %d", w.Code)
	}
	if w := r.parts("/form", "text", strings.Repeat("x", maxValues+1)); w.Code != 413 {
		t.Errorf("long values: %d", w.Code)
	}
	var many []string
	for range maxParts + 1 {
		many = append(many, "x", "1")
	}
	if w := r.parts("/form", many...); w.Code != 413 {
		t.Errorf("many values: %d", w.Code)
	}
	many = nil
	for range okno.MaxFiles + 1 {
		many = append(many, "@file", "x")
	}
	if w := r.parts("/form", append(many, "text", "kept")...); w.Code != 422 || !strings.HasPrefix(w.Body.String(), "kept|100 files|") {
		t.Errorf("many files: %d %s", w.Code, w.Body)
	}
	if w := r.parts("/short", "@file", "unasked"); w.Code != 422 {
		t.Errorf("a file that was not asked for: %d", w.Code)
	}
	other := httptest.NewRequest("POST", "/short", strings.NewReader(`{"text":"x"}`))
	other.Header.Set("Content-Type", "application/json")
	if w := r.do(other); w.Code != 422 {
		t.Errorf("no form at all: %d", w.Code)
	}
	if w := r.post("/short", "text=%zz"); w.Code != 422 {
		t.Errorf("a broken form: %d", w.Code)
	}
	req := httptest.NewRequest("POST", "/form", strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhalf"))
	req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	if w := r.do(req); w.Code != 422 {
		t.Errorf("half a form: %d", w.Code)
	}
}

func TestChosenNoFileIsNone(t *testing.T) {
	r := newRig(t, nil, forms)
	body := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--b--\r\n"
	req := httptest.NewRequest("POST", "/form", strings.NewReader(body))
	req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	if w := r.do(req); w.Body.String() != "|0 files|map[]" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestLineEndsOfText(t *testing.T) {
	f := &Form{values: url.Values{"text": {"one\r\ntwo"}, "subject": {" Printer "}}}
	if f.Text("text") != "one\ntwo" || f.Word("subject") != "Printer" {
		t.Errorf("%q %q", f.Text("text"), f.Word("subject"))
	}
}

func TestUploadNamesTheFile(t *testing.T) {
	r := newRig(t, nil)
	w := r.parts("/uploads", "@file", "hello")
	if w.Code != 201 || w.Body.String() != `{"ref":"f1","name":"file.txt","size":5,"image":false}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"413": r.parts("/uploads", "@file", strings.Repeat("x", 1<<20+1)),
		"422": r.parts("/uploads", "text", "no file"),
	} {
		if fmt.Sprint(w.Code) != name || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%d %s, want %s", w.Code, w.Body, name)
		}
	}
}
