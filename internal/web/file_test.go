package web

import (
	"bytes"
	"image"
	_ "image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func TestFileIsSavedNeverShown(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	r.desk.files["f1"] = "<script>alert(1)</script>"
	w := r.get("/files/f1", as("ann")...)
	if w.Code != 200 || w.Body.String() != "<script>alert(1)</script>" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for name, want := range map[string]string{
		"Content-Type":            "application/octet-stream",
		"Content-Disposition":     `attachment; filename="____ _1_.html"; filename*=UTF-8''%D1%81%D1%87%D1%91%D1%82%20%221%22.html`,
		"Content-Security-Policy": "sandbox; default-src 'none'",
		"X-Content-Type-Options":  "nosniff",
		"Cache-Control":           "private, no-store",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if w := r.get("/files/f1", append(as("ann"), "Range", "bytes=1-6")...); w.Code != 206 || w.Body.String() != "script" {
		t.Errorf("a range: %d %s", w.Code, w.Body)
	}
}

func TestThumbnailIsShown(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewNRGBA(image.Rect(0, 0, 800, 400))); err != nil {
		t.Fatal(err)
	}
	r.desk.files["f1"] = drawn.String()
	r.desk.files["f2"] = "<svg onload=alert(1)>"
	for path, width := range map[string]int{"/files/f1/thumb": thumbSide, "/files/f1/picture": 800} {
		for range 2 { // made, and kept
			w := r.get(path, as("ann")...)
			h := w.Header()
			if !strings.HasPrefix(h.Get("Content-Type"), "image/") || h.Get("Content-Disposition") != "inline" || !strings.HasPrefix(h.Get("Cache-Control"), "private") || h.Get("Content-Security-Policy") != filePolicy {
				t.Errorf("%s: %v", path, h)
			}
			shown, _, err := image.DecodeConfig(w.Body)
			if err != nil || shown.Width != width {
				t.Errorf("%s: %d pixels wide, %v", path, shown.Width, err)
			}
		}
	}
	if w := r.get("/files/f2/thumb", as("ann")...); w.Code != 404 {
		t.Errorf("what is no picture: %d", w.Code)
	}
	if w := r.get("/files/f1/thumb", as("guest")...); w.Code != 200 {
		t.Errorf("a guest: %d", w.Code)
	}
}

func TestPDFIsLookedAtInTheBrowsersViewer(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	r.desk.files["pdf"] = "%PDF-1.7\n"
	r.desk.files["pdf2"] = "<script>alert(1)</script>"
	w := r.get("/files/pdf/view", as("ann")...)
	if w.Code != 200 || w.Body.String() != "%PDF-1.7\n" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "Content-Security-Policy": viewPolicy, "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := w.Header().Get("Content-Disposition"); !strings.HasPrefix(got, "inline; ") {
		t.Errorf("disposition: %q", got)
	}
	if w := r.get("/files/pdf2/view", as("ann")...); w.Code != 404 {
		t.Errorf("what only says that it is one: %d", w.Code)
	}
}

func TestFilesGoThroughTheLock(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	r.desk.files["note1"] = "agents' own"
	for token, want := range map[string]int{"": 303, "ann": 404, "boris": 200} {
		if w := r.get("/files/note1", as(token)...); w.Code != want {
			t.Errorf("%q: %d, want %d", token, w.Code, want)
		}
	}
	if w := r.get("/files/nothing", as("boris")...); w.Code != 404 {
		t.Errorf("no such file: %d", w.Code)
	}
}

func TestNamesOfSavedFiles(t *testing.T) {
	for name, want := range map[string]string{
		"plain.pdf":          `attachment; filename="plain.pdf"; filename*=UTF-8''plain.pdf`,
		"a\r\nSet-Cookie: x": `attachment; filename="a__Set-Cookie: x"; filename*=UTF-8''a__Set-Cookie%3A%20x`,
		"../../etc/passwd":   `attachment; filename=".._.._etc_passwd"; filename*=UTF-8''.._.._etc_passwd`,
		`a"b;c%d`:            `attachment; filename="a_b_c_d"; filename*=UTF-8''a%22b%3Bc%25d`,
	} {
		if got := disposition("attachment", name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func TestOnlyHarmlessTypesAreNamed(t *testing.T) {
	for media, want := range map[string]string{
		"image/png": "image/png", "application/pdf": "application/pdf", "image/svg+xml": "application/octet-stream",
		"IMAGE/SVG+XML; charset=utf-8": "application/octet-stream", "text/html": "application/octet-stream",
		"application/xhtml+xml": "application/octet-stream", "text/xml": "application/octet-stream", "": "application/octet-stream",
	} {
		if got := saved(media); got != want {
			t.Errorf("%q: %s, want %s", media, got, want)
		}
	}
}

func TestMessageFrame(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	w := r.get("/messages/m1", as("ann")...)
	if w.Code != 200 || !strings.Contains(w.Body.String(), "<p>Hello</p>") || !strings.Contains(w.Body.String(), `content="light"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	want := "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
	if got := w.Header().Get("Content-Security-Policy"); got != want {
		t.Errorf("policy %q", got)
	}
	if got := r.get("/messages/m1?theme=dark", as("ann")...).Body.String(); !strings.Contains(got, `content="dark"`) {
		t.Errorf("dark: %s", got)
	}
	if got := r.get("/messages/text", as("ann")...).Body.String(); !strings.Contains(got, "<pre>1 &lt; 2</pre>") {
		t.Errorf("a message without HTML: %s", got)
	}
	if w := r.get("/messages/m2", as("ann")...); w.Code != 404 || w.Header().Get("Content-Security-Policy") != pagePolicy {
		t.Errorf("no such message: %d", w.Code)
	}
}
