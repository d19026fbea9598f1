package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
)

func TestRefusalsByReason(t *testing.T) {
	var refusal error
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("GET /refused", func(*Request) error { return refusal })
		r.Anyone("POST /refused", func(*Request) error { return refusal })
		r.Anyone("POST /again", func(q *Request) error {
			return q.Again(refusal, func(map[string]string) templ.Component { return templ.NopComponent })
		})
	})
	partial := []string{"HX-Request", "true", "HX-Request-Type", "partial"}
	for _, c := range []struct {
		reason okno.Reason
		page   int
		status int
		after  string
	}{
		{okno.Invalid, 422, 422, ""},
		{okno.NotFound, 404, 404, ""},
		{okno.Forbidden, 403, 403, ""},
		{okno.Unknown, 303, 401, ""},
		{okno.Conflict, 409, 409, ""},
		{okno.TooMany, 429, 429, "60"},
		{okno.TooLarge, 413, 413, ""},
		{okno.Busy, 503, 503, "5"},
	} {
		refusal = fmt.Errorf("on the way: %w", okno.Refuse(c.reason, "error.forbidden"))
		page, fragment, command, program := r.get("/refused"), r.get("/refused", partial...), r.post("/refused", "", partial...), r.get("/refused", "Accept", "application/json")
		if page.Code != c.page || fragment.Code != c.status || command.Code != c.status || program.Code != c.status {
			t.Errorf("%s: page %d, fragment %d, command %d, program %d; want %d and %d", c.reason, page.Code, fragment.Code, command.Code, program.Code, c.page, c.status)
		}
		if got := program.Header().Get("Retry-After"); got != c.after {
			t.Errorf("%s: Retry-After %q, want %q", c.reason, got, c.after)
		}
		if c.page != 303 && !strings.Contains(page.Body.String(), "You may not do this.") {
			t.Errorf("%s: the page does not say why: %s", c.reason, page.Body)
		}
		if strings.Contains(fragment.Body.String(), "<html") || strings.Contains(fragment.Body.String(), "<title") {
			t.Errorf("%s: a whole page stands in a fragment", c.reason)
		}
		if command.Header().Get("HX-Reswap") != "none" || !strings.Contains(command.Header().Get("HX-Trigger"), "You may not do this.") {
			t.Errorf("%s: a refused command replaces what was typed: %v", c.reason, command.Header())
		}
		for _, path := range []string{"/refused", "/again"} {
			whole := r.post(path, "", "HX-Request", "true", "HX-Request-Type", "full").Header().Get("HX-Trigger")
			if said := strings.Contains(whole, "You may not do this."); said != (c.status >= 500) {
				t.Errorf("%s: to a script that asks %s for a whole page the header says %q", c.reason, path, whole)
			}
		}
		if got := program.Header().Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: a program is answered in %s", c.reason, got)
		}
	}
	if strings.Contains(r.log.String(), "level=ERROR") {
		t.Errorf("a refusal is logged as a failure: %s", r.log)
	}
}

func TestProblemNamesEveryField(t *testing.T) {
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("POST /form", func(*Request) error {
			return okno.Errors{okno.Missing("subject"), okno.TooLong("text", 100000)}
		}, Problems())
	})
	var got struct {
		Status int
		Detail string
		Errors []struct{ Field, Detail string }
	}
	w := r.post("/form", "")
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := `{422 Please fill this in. This is too long: at most 100,000 characters. [{subject Please fill this in.} {text This is too long: at most 100,000 characters.}]}`
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestArgumentsThatAreWordsAreSaid(t *testing.T) {
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("GET /", func(*Request) error {
			return okno.Refuse(okno.Conflict, "error.status.move", "From", "status.closed", "To", "status.hold")
		})
	})
	if got := r.get("/", "Accept", "application/json").Body.String(); !strings.Contains(got, "from “Closed” to “On hold”") {
		t.Error(got)
	}
}

func TestFormIsShownAgainWithWhatIsWrong(t *testing.T) {
	var refusal error
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("POST /form", func(q *Request) error {
			form, err := q.Form()
			if err == nil {
				err = refusal
			}
			return q.Again(err, func(wrong map[string]string) templ.Component {
				return say(form.Get("subject") + "|" + wrong["subject"] + "|" + q.Key())
			})
		})
	})
	refusal = okno.Errors{okno.Missing("subject"), okno.TooLong("subject", 250)}
	w := r.post("/form", "subject=Printer&_key=0123456789abcdef")
	if w.Code != 422 || w.Body.String() != "Printer|Please fill this in.|0123456789abcdef" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	refusal = okno.ErrNotFound
	if w := r.post("/form", "subject=Printer"); w.Code != 404 || strings.HasPrefix(w.Body.String(), "Printer|") {
		t.Errorf("a form nobody may see is shown: %d %s", w.Code, w.Body)
	}
}

func TestFailuresShowAnIDAndAreLoggedOnceWithoutSecrets(t *testing.T) {
	r := newRig(t, nil, func(r *Router) {
		r.Customers("GET /t/{token}/tickets/{number}", func(*Request) error { return errors.New("the disk is gone") })
		r.Anyone("POST /panic", func(*Request) error { panic("no such luck") })
	})
	r.everyone()
	w := r.get("/t/t0ken-in-path/tickets/100001?access=t0ken-in-query", as("ann")...)
	if w.Code != 500 || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	log := r.log.String()
	if strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, "the disk is gone") ||
		!strings.Contains(log, `route="GET /t/{token}/tickets/{number}"`) || !strings.Contains(log, "person=1") || !strings.Contains(log, "ticket=100001") {
		t.Errorf("log: %s", log)
	}
	_, id, _ := strings.Cut(log, " id=")
	id, _, _ = strings.Cut(id, " ")
	if len(id) != 8 || !strings.Contains(w.Body.String(), id) {
		t.Errorf("the page does not show the id %q: %s", id, w.Body)
	}
	r.log.Reset()
	if w := r.post("/panic", "password=hunter2", as("ann")...); w.Code != 500 {
		t.Errorf("a panic is answered with %d", w.Code)
	}
	if log += r.log.String(); !strings.Contains(log, "no such luck") {
		t.Errorf("the panic is not logged: %s", log)
	}
	for _, secret := range []string{"t0ken", "hunter2", "ann"} {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
}

func TestAnAnswerThatBreaksOffIsNotTakenForWhole(t *testing.T) {
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("GET /half", func(q *Request) error {
			if _, err := io.WriteString(q.Writer, "the first half"); err != nil {
				return err
			}
			if err := http.NewResponseController(q.Writer).Flush(); err != nil {
				return err
			}
			return errors.New("out of ink")
		}, Streamed())
	})
	s := httptest.NewServer(r)
	defer s.Close()
	res, err := s.Client().Get(s.URL + "/half")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err == nil || string(body) != "the first half" {
		t.Errorf("%q, %v", body, err)
	}
	s.Close() // waits for the handler's last word
	if !strings.Contains(r.log.String(), "out of ink") {
		t.Error("the failure is not logged")
	}
}

func TestADeskThatFailsLetsNobodyIn(t *testing.T) {
	r := newRig(t, nil, fourGates)
	r.everyone()
	r.desk.failing = errors.New("no database")
	for _, path := range []string{"/open", "/tickets", "/desk"} {
		if w := r.get(path, as("vera")...); w.Code != 500 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
