// Package push brings notices to the browsers that people allowed to show
// them, also while our pages are closed, through the push service that each
// browser named (RFC 8030). What passes there is sealed for the browser, and
// holds no more than a ticket's number and what happened to it.
package push

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/outbound"
)

const (
	// keptFor is how long a push service keeps a notice for a browser that is
	// away, and how old a notice may be that is still sent.
	keptFor = 12 * time.Hour
	// sendTime bounds one exchange with a push service.
	sendTime = 20 * time.Second
	// maxAnswer is the longest answer, which nobody reads, in bytes.
	maxAnswer = 64 << 10
	// attempts at one notice: more than its time allows, with pauses that
	// double from 5 s to an hour.
	attempts = 40
	// longestPause is as long as a push service may have us wait.
	longestPause = time.Hour
)

// Config is what a Sender is made of.
type Config struct {
	Desk *desk.Desk
	// Web asks push services: what Web makes, or a test's own way.
	Web Asker
	// BaseURL is how the world reaches us: push services are told it.
	BaseURL *url.URL
	Log     *slog.Logger
}

// Asker sends one request and gives the answer to it.
type Asker interface {
	Do(r *http.Request) (*http.Response, error)
}

// Web is the guarded way to push services: to public addresses only, and to
// nowhere that they redirect to.
func Web(d *outbound.Dialer) Asker { return d.Direct(sendTime, maxAnswer) }

// Sender tells browsers.
type Sender struct{ Config }

// New makes a sender.
func New(c Config) *Sender { return &Sender{c} }

// Register has r work off desk.PushJobKind.
func (s *Sender) Register(r *jobs.Runner) {
	r.Handle(desk.PushJobKind, jobs.Options{MaxAttempts: attempts}, s.send)
}

// send is one attempt at one notice for one browser. Sent twice, the second
// takes the place of the first on the screen.
func (s *Sender) send(ctx context.Context, j jobs.Job) error {
	if j.V != 1 {
		return jobs.Cancel(fmt.Errorf("job %s of version %d: this program knows version 1", j.Kind, j.V))
	}
	var job desk.PushJob
	if err := json.Unmarshal(j.Payload, &job); err != nil {
		return jobs.Cancel(fmt.Errorf("job %s: %w", j.Kind, err))
	}
	p, err := s.Desk.PushToSend(ctx, job)
	if okno.ReasonOf(err) == okno.NotFound {
		return nil // read meanwhile, or no longer his to see
	}
	if err != nil {
		return err
	}
	if s.Desk.Now().Sub(p.At) >= keptFor {
		s.Log.Warn("a browser was not told in time", "person", p.Person, "attempts", j.Attempt-1)
		return nil
	}
	answer, err := s.post(ctx, p)
	var private outbound.ErrForbidden
	if errors.As(err, &private) {
		s.Log.Warn("a browser named a push service that is not at a public address", "person", p.Person)
		return s.Desk.PushRefused(ctx, job, p.Person)
	}
	if err != nil {
		return err
	}
	return s.answered(ctx, job, p, answer)
}

// answered is what follows from the push service's answer (RFC 8030, 5 and 7.3).
func (s *Sender) answered(ctx context.Context, job desk.PushJob, p desk.Push, answer *http.Response) error {
	said := fmt.Errorf("push service: %s", answer.Status)
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusNotFound, code == http.StatusGone, code == http.StatusUnauthorized, code == http.StatusForbidden:
		s.Log.Info("a browser is forgotten: its push service knows it no longer", "person", p.Person, "status", code)
		return s.Desk.PushRefused(ctx, job, p.Person)
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		if wait := retryAfter(answer.Header.Get("Retry-After")); wait > 0 {
			return jobs.Later(s.Desk.Now().Add(wait), said)
		}
		return said
	case code >= 500, code == http.StatusRequestTimeout:
		return said
	}
	return jobs.Cancel(said)
}

// retryAfter is a pause in seconds (RFC 9110, 10.2.3), bounded; 0: none was
// named, or a date.
func retryAfter(header string) time.Duration {
	n, err := strconv.Atoi(header)
	if err != nil || n <= 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, longestPause)
}

// shown is what the browser is told; its service worker reads it.
type shown struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	Tag   string `json:"tag"` // a later notice of the same ticket, or page, takes its place
	Path  string `json:"path"`
}

func (s *Sender) post(ctx context.Context, p desk.Push) (*http.Response, error) {
	endpoint, err := url.Parse(p.Endpoint)
	if err != nil || endpoint.Scheme != "https" {
		return nil, jobs.Cancel(errors.New("push: the push service's address is not https"))
	}
	text, err := json.Marshal(words(p))
	if err != nil {
		return nil, err
	}
	body, err := seal(p.PushTarget, text)
	if err != nil {
		return nil, jobs.Cancel(err)
	}
	key, err := s.Desk.PushKey(ctx)
	if err != nil {
		return nil, err
	}
	proof, err := authorization(key, endpoint, s.BaseURL.String(), s.Desk.Now())
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.Endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, jobs.Cancel(err)
	}
	r.Header.Set("Authorization", proof)
	r.Header.Set("Content-Encoding", "aes128gcm")
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("TTL", strconv.Itoa(int(keptFor/time.Second)))
	r.Header.Set("Urgency", urgency(p.Kind))
	answer, err := s.Web.Do(r)
	if err != nil {
		return nil, bare(err)
	}
	return answer, answer.Body.Close() // the status says it all
}

// bare is an error without the address it speaks of, which gives whoever has it
// the right to send there: failures of jobs are shown and logged.
func bare(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}

// words are what happened, in the reader's language.
func words(p desk.Push) shown {
	l := locale.New(p.Lang(), time.UTC)
	told := shown{Title: p.Product, Body: l.T("notice."+string(p.Kind), "Number", string(p.Number)), Path: place(p)}
	told.Tag = string(p.Number)
	if p.Ticket == 0 {
		told.Tag = told.Path
	}
	return told
}

// place is the page that the notice is about, as the bell has it.
func place(p desk.Push) string {
	switch {
	case p.Kind == okno.NoticeEntryReturned:
		return "/admin/letters"
	case p.Ticket == 0:
		return "/admin/mailboxes"
	case p.Kind.Side() == okno.SideAgent:
		return "/desk/tickets/" + url.PathEscape(string(p.Number))
	}
	return "/tickets/" + url.PathEscape(string(p.Number))
}

// urgency lets a browser on a weak battery wait with what can (RFC 8030, 5.3).
func urgency(kind okno.NoticeKind) string {
	if kind == okno.NoticeCall {
		return "high"
	}
	return "normal"
}
