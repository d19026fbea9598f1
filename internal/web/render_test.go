package web

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func TestLocalPaths(t *testing.T) {
	for path, want := range map[string]bool{
		"/": true, "/tickets/100001?part=thread#m1": true, "/desk?view=mine&q=a%20b": true, "/поиск": true,
		"": false, "tickets": false, "//evil.example": false, "///evil.example": false, "/\\evil.example": false, "\\\\evil.example": false,
		"https://evil.example": false, "javascript:alert(1)": false, "/\t/evil.example": false, "/\n/evil.example": false,
		"/%zz": false, "/a\\b": false, " /tickets": false,
	} {
		if localPath(path) != want {
			t.Errorf("%q: local is %v", path, !want)
		}
	}
}

func TestReturnStaysWithUs(t *testing.T) {
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("GET /login", func(q *Request) error { return q.Redirect(q.Return("/tickets")) })
	})
	for next, want := range map[string]string{
		"/desk?view=mine": "/desk?view=mine", "//evil.example": "/tickets", "https://evil.example": "/tickets", "": "/tickets",
		"/" + strings.Repeat("x", maxReturn): "/tickets",
	} {
		req := httptest.NewRequest("GET", "/login", nil)
		req.URL.RawQuery = url.Values{"back": {next}}.Encode()
		if got := r.do(req).Header().Get("Location"); got != want {
			t.Errorf("back=%q leads to %q, want %q", next, got, want)
		}
	}
}

func TestRedirectElsewhereIsAFailure(t *testing.T) {
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("GET /away", func(q *Request) error { return q.Redirect("//evil.example") })
	})
	if w := r.get("/away"); w.Code != 500 || w.Header().Get("Location") != "" {
		t.Errorf("answer %d to %q", w.Code, w.Header().Get("Location"))
	}
}

func TestFragmentsAndWholePages(t *testing.T) {
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("GET /page", func(q *Request) error {
			if q.Fragment() {
				return q.Render(say("part"))
			}
			return q.Render(say("whole"))
		})
		r.Anyone("GET /elsewhere", func(q *Request) error { return q.Redirect("/page") })
	})
	for _, c := range []struct {
		headers []string
		want    string
	}{
		{nil, "whole"},
		{[]string{"HX-Request", "true", "HX-Request-Type", "partial"}, "part"},
		{[]string{"HX-Request", "true", "HX-Request-Type", "full"}, "whole"},
		{[]string{"HX-History-Restore-Request", "true", "HX-Request-Type", "full"}, "whole"},
		{[]string{"HX-History-Restore-Request", "true", "HX-Request-Type", "partial"}, "whole"},
	} {
		w := r.get("/page", c.headers...)
		if w.Body.String() != c.want {
			t.Errorf("%v: %s, want %s", c.headers, w.Body, c.want)
		}
		if vary := strings.Join(w.Header().Values("Vary"), ", "); !strings.Contains(vary, "HX-Request-Type") || !strings.Contains(vary, "HX-History-Restore-Request") {
			t.Errorf("Vary is %q", vary)
		}
	}
	w := r.get("/elsewhere", "HX-Request", "true", "HX-Request-Type", "partial")
	if w.Code != 200 || w.Header().Get("HX-Redirect") != "/page" || w.Header().Get("Location") != "" {
		t.Errorf("a fragment is sent elsewhere by %d %v", w.Code, w.Header())
	}
}

func TestAnErrorLeavesNoHalfPage(t *testing.T) {
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("GET /half", func(q *Request) error {
			return q.Render(templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
				if _, err := io.WriteString(w, "the first half"); err != nil {
					return err
				}
				return errors.New("out of ink")
			}))
		})
	})
	w := r.get("/half")
	if w.Code != 500 || strings.Contains(w.Body.String(), "first half") {
		t.Errorf("answer %d %q", w.Code, w.Body)
	}
}

func TestPersonalPagesAreNotKept(t *testing.T) {
	r := newRig(t, nil, fourGates)
	r.everyone()
	if got := r.get("/tickets", as("ann")...).Header().Get("Cache-Control"); got != "private, no-store" {
		t.Errorf("a signed-in page: %q", got)
	}
	if got := r.get("/open").Header().Get("Cache-Control"); got != "private, no-cache" {
		t.Errorf("a visitor's page: %q", got)
	}
}

func TestToastOutlivesARedirectOnce(t *testing.T) {
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("POST /act", func(q *Request) error {
			q.Toast(Toast{Text: "Заявка закрыта 🎉", Undo: "/undo"})
			return q.Redirect("/page")
		})
		r.Anyone("POST /fragment", func(q *Request) error {
			q.Toast(Toast{Text: "Ок 🎉"})
			return q.Done()
		})
		r.Anyone("GET /page", func(q *Request) error {
			if t := q.takeToast(); t != nil {
				return q.Render(say(t.Text))
			}
			return q.Render(say(""))
		})
	})
	cookie := r.post("/act", "").Result().Cookies()[0]
	if w := r.get("/page", "Cookie", cookie.Name+"="+cookie.Value, "HX-Request", "true", "HX-Request-Type", "partial"); w.Body.String() != "" || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("a fragment says %q and leaves the toast in %q", w.Body, w.Header().Get("Set-Cookie"))
	}
	w := r.get("/page", "Cookie", cookie.Name+"="+cookie.Value)
	if w.Body.String() != "Заявка закрыта 🎉" {
		t.Errorf("the page says %q", w.Body)
	}
	if set := w.Header().Get("Set-Cookie"); !strings.Contains(set, "Max-Age=0") {
		t.Errorf("the toast is left in %q", set)
	}
	if got := r.get("/page", "Cookie", cookie.Name+"=rubbish").Body.String(); got != "" {
		t.Errorf("rubbish is said: %q", got)
	}
	if got := r.post("/fragment", "", "HX-Request", "true").Header().Get("HX-Trigger"); got != `{"toast":{"text":"\u041e\u043a \ud83c\udf89"}}` {
		t.Errorf("HX-Trigger is %s", got)
	}
}

func TestPagesAreCompressedAndStreamsAreNot(t *testing.T) {
	long := strings.Repeat("a long page ", 1000)
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("GET /page", func(q *Request) error { return q.Render(say(long)) })
		r.Anyone("GET /raw", func(q *Request) error { return q.Render(say(long)) }, Streamed())
	})
	w := r.get("/page", "Accept-Encoding", "gzip")
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal("the page is not compressed")
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || string(got) != long {
		t.Errorf("the page does not come back: %v", err)
	}
	if got := r.get("/raw", "Accept-Encoding", "gzip").Header().Get("Content-Encoding"); got != "" {
		t.Errorf("the stream is in %s", got)
	}
}

func TestLanguageOfAPage(t *testing.T) {
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("GET /", func(q *Request) error { return q.Render(say(q.Locale.Lang())) })
	})
	r.desk.settings.Lang = "ru"
	reader := customerAnn
	reader.person.Lang = "en"
	r.desk.seat("english", reader)
	for _, c := range []struct {
		headers []string
		want    string
	}{
		{nil, "ru"},
		{[]string{"Accept-Language", "en-GB,en;q=0.9"}, "en"},
		{[]string{"Accept-Language", "en", "Cookie", "okno-lang=ru"}, "ru"},
		{[]string{"Accept-Language", "en", "Cookie", "okno-lang=xx"}, "en"},
		{[]string{"Accept-Language", "ru", "Cookie", "okno-lang=ru; okno=english"}, "en"},
	} {
		if got := r.get("/", c.headers...).Body.String(); got != c.want {
			t.Errorf("%v: %s, want %s", c.headers, got, c.want)
		}
	}
}

func TestLanguageIsChosenByAForm(t *testing.T) {
	r := newRig(t, nil)
	w := r.post("/language", "lang=ru&back=/status")
	if w.Code != 303 || w.Header().Get("Location") != "/status" || !strings.HasPrefix(w.Header().Get("Set-Cookie"), "okno-lang=ru;") {
		t.Errorf("answer %d %v", w.Code, w.Header())
	}
	if w := r.post("/language", "lang=tlh"); w.Code != 422 {
		t.Errorf("an unknown language: %d", w.Code)
	}
	if w := r.post("/theme", "theme=dark"); w.Code != 303 || !strings.HasPrefix(w.Header().Get("Set-Cookie"), "okno-theme=dark;") {
		t.Errorf("theme: %d %v", w.Code, w.Header())
	}
	if w := r.post("/theme", "theme=pink"); w.Code != 422 {
		t.Errorf("an unknown theme: %d", w.Code)
	}
}
