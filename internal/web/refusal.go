package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/trace"
)

// statuses is the one place where a reason becomes an HTTP status.
var statuses = map[okno.Reason]int{
	okno.Invalid:   http.StatusUnprocessableEntity,
	okno.NotFound:  http.StatusNotFound,
	okno.Forbidden: http.StatusForbidden,
	okno.Unknown:   http.StatusUnauthorized,
	okno.Conflict:  http.StatusConflict,
	okno.TooMany:   http.StatusTooManyRequests,
	okno.TooLarge:  http.StatusRequestEntityTooLarge,
	okno.Busy:      http.StatusServiceUnavailable,
}

// retryAfter is when to ask again where the refusal does not say, in seconds.
var retryAfter = map[okno.Reason]int{okno.TooMany: 60, okno.Busy: 5}

// Status is the HTTP status of a refusal; 500 for what is none.
func Status(err error) int {
	if errors.Is(err, errHost) {
		return http.StatusMisdirectedRequest
	}
	if status, ok := statuses[okno.ReasonOf(err)]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// Words is a refusal in the reader's language. An argument that is itself a
// key of the catalogue is said in words too; an int is a number, an int64 a
// size in bytes.
func Words(l *locale.Locale, e *okno.Error) string {
	args := slices.Clone(e.Args)
	for i := 1; i < len(args); i += 2 {
		switch v := args[i].(type) {
		case string:
			if l.Has(v) {
				args[i] = l.T(v)
			}
		case int:
			args[i] = l.Number(int64(v))
		case int64:
			args[i] = l.Bytes(v)
		}
	}
	return l.T(e.Key, args...)
}

// each lists the single refusals in err; none when err is a failure.
func each(err error) []*okno.Error {
	var many okno.Errors
	if errors.As(err, &many) {
		return many
	}
	var one *okno.Error
	if errors.As(err, &one) {
		return []*okno.Error{one}
	}
	return nil
}

// FieldErrors are the refusals of err in the reader's words, by field; what
// concerns no field stands under "". The first refusal of a field counts.
func (q *Request) FieldErrors(err error) map[string]string {
	fields := map[string]string{}
	for _, e := range each(err) {
		if _, said := fields[e.Field]; !said {
			fields[e.Field] = Words(q.Locale, e)
		}
	}
	return fields
}

// Again shows a form again after err, with what is wrong beside each field and
// with what was typed (spec R10). What a form cannot mend (nobody is signed
// in, there is no such ticket, a failure of ours) stays an error.
func (q *Request) Again(err error, form func(wrong map[string]string) templ.Component) error {
	switch okno.ReasonOf(err) {
	case okno.Invalid, okno.Conflict, okno.TooLarge, okno.TooMany, okno.Busy:
		q.setRetryAfter(err)
		q.sayUnswapped(err)
		return q.RenderStatus(Status(err), form(q.FieldErrors(err)))
	}
	return err
}

// refuse answers err: as a problem document, a fragment or a page. A failure
// of ours is logged here, once, under an id that the reader sees.
func (q *Request) refuse(err error) {
	if okno.ReasonOf(err) == "" {
		if errors.Is(err, context.Canceled) && q.Context().Err() != nil {
			return // the browser went away
		}
		err = q.failure(err)
	}
	if q.answer.begun {
		panic(http.ErrAbortHandler) // the browser shall see that it is not whole
	}
	q.setRetryAfter(err)
	if answered := q.tell(err); answered != nil {
		q.server.log.Error("a refusal could not be shown", "route", q.Route.Pattern, "error", answered)
		http.Error(q.Writer, http.StatusText(Status(err)), Status(err))
	}
}

// tell chooses the shape of a refusal.
func (q *Request) tell(err error) error {
	switch {
	case q.wantsProblem():
		return q.problem(err)
	case q.Fragment() && q.unsafe():
		// A refused command leaves the page, and what was typed in it, as it
		// was, and says why.
		q.Writer.Header().Set("HX-Reswap", "none")
		q.Toast(Toast{Text: q.summary(err), Kind: "error"})
		return q.RenderStatus(Status(err), templ.NopComponent)
	case q.Fragment():
		return q.RenderStatus(Status(err), refusalFragment(q.summary(err)))
	case okno.ReasonOf(err) == okno.Unknown:
		return q.Redirect(q.signInPage())
	}
	q.sayUnswapped(err)
	return q.RenderStatus(Status(err), refusalPage(q, err))
}

// sayUnswapped has a script's reader told in a toast why a page came with a 5xx:
// the script leaves the page that is shown, and what was typed in it, as it was.
func (q *Request) sayUnswapped(err error) {
	if Status(err) >= http.StatusInternalServerError && q.HTTP.Header.Get("HX-Request") != "" {
		q.Toast(Toast{Text: q.summary(err), Kind: "error"})
	}
}

// failure logs an error that is not the asker's fault and makes the refusal
// he is shown. The log names the route's pattern, never the address, which
// may hold a token.
func (q *Request) failure(err error) *okno.Error {
	id := rand.Text()[:8]
	q.server.log.Error("request failed", "id", id, "route", q.Route.Pattern,
		"person", int64(q.Actor.Person), "ticket", q.HTTP.PathValue("number"), "error", err, trace.InLog(q.Context()))
	return &okno.Error{Key: "error.failure", Args: []any{"ID", id}}
}

func (q *Request) setRetryAfter(err error) {
	after, ok := retryAfter[okno.ReasonOf(err)]
	if !ok {
		return
	}
	for _, e := range each(err) {
		for i := 0; i+1 < len(e.Args); i += 2 {
			if n, ok := e.Args[i+1].(int); ok && e.Args[i] == "Seconds" {
				after = n
			}
		}
	}
	q.Writer.Header().Set("Retry-After", strconv.Itoa(after))
}

// summary is all that was refused, in one text.
func (q *Request) summary(err error) string {
	var words []string
	for _, e := range each(err) {
		if said := Words(q.Locale, e); !slices.Contains(words, said) {
			words = append(words, said)
		}
	}
	return strings.Join(words, " ")
}

// home is where a refused asker can go on.
func (q *Request) home() string {
	if q.Route.Gate == GateAgents || q.Route.Gate == GateAdmins {
		return "/desk"
	}
	return "/"
}

// homeWords name what home leads to.
func (q *Request) homeWords() string {
	if q.home() == "/desk" {
		return "web.refusal.desk"
	}
	return "web.refusal.home"
}

// wantsProblem reports whether a program asks.
func (q *Request) wantsProblem() bool {
	if q.Route.problem {
		return true
	}
	accept := q.HTTP.Header.Get("Accept")
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

// problem is a refusal as RFC 9457 has it.
func (q *Request) problem(err error) error {
	type wrong struct {
		Field  string `json:"field"`
		Detail string `json:"detail"`
	}
	document := struct {
		Type   string  `json:"type"`
		Title  string  `json:"title"`
		Status int     `json:"status"`
		Detail string  `json:"detail"`
		Errors []wrong `json:"errors,omitempty"`
	}{Type: "about:blank", Title: q.refusalTitle(err), Status: Status(err), Detail: q.summary(err)}
	for _, e := range each(err) {
		if e.Field != "" {
			document.Errors = append(document.Errors, wrong{e.Field, Words(q.Locale, e)})
		}
	}
	body, err := json.Marshal(document)
	if err != nil {
		return err
	}
	q.personal()
	q.Writer.Header().Set("Content-Type", "application/problem+json")
	q.Writer.WriteHeader(document.Status)
	_, _ = q.Writer.Write(body)
	return nil
}

// refusalTitle is the heading over a refusal, by its reason.
func (q *Request) refusalTitle(err error) string {
	if errors.Is(err, errHost) {
		return q.Locale.T("web.refusal.host")
	}
	if slices.ContainsFunc(each(err), func(e *okno.Error) bool { return e.Key == "error.readonly" }) {
		return q.Locale.T("web.refusal.readonly")
	}
	if reason := okno.ReasonOf(err); reason != "" {
		return q.Locale.T("web.refusal." + string(reason))
	}
	return q.Locale.T("web.refusal.failure")
}
