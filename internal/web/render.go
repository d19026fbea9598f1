package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"unicode/utf16"

	"github.com/a-h/templ"
)

var pages = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestPooled keeps one huge page from holding its memory for ever.
const largestPooled = 1 << 20

// Render answers 200 with a page or a fragment.
func (q *Request) Render(c templ.Component) error { return q.RenderStatus(http.StatusOK, c) }

// RenderStatus answers with a page or a fragment. It is made whole first, so
// that an error in it leads to a refusal and never to half a page.
func (q *Request) RenderStatus(status int, c templ.Component) error {
	if q.fault != nil {
		return q.fault
	}
	buffer := pages.Get().(*bytes.Buffer)
	buffer.Reset()
	defer func() {
		if buffer.Cap() <= largestPooled {
			pages.Put(buffer)
		}
	}()
	if err := c.Render(q.Context(), buffer); err != nil {
		return fmt.Errorf("render %s: %w", q.Route.Pattern, err)
	}
	if err := q.sendToast(); err != nil {
		return err
	}
	q.personal()
	q.Writer.Header().Set("Content-Type", "text/html; charset=utf-8")
	q.Writer.WriteHeader(status)
	// A browser that went away is no failure of ours.
	_, _ = q.Writer.Write(buffer.Bytes())
	return nil
}

// JSON answers with a value as JSON.
func (q *Request) JSON(status int, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("answer %s: %w", q.Route.Pattern, err)
	}
	q.personal()
	q.Writer.Header().Set("Content-Type", "application/json")
	q.Writer.WriteHeader(status)
	_, _ = q.Writer.Write(body)
	return nil
}

// Done answers 204: there is nothing to show.
func (q *Request) Done() error {
	if err := q.sendToast(); err != nil {
		return err
	}
	q.personal()
	q.Writer.WriteHeader(http.StatusNoContent)
	return nil
}

// personal marks the answer as made for this reader alone: never kept by a
// cache, nor by the browser once somebody is known to it.
func (q *Request) personal() {
	h := q.Writer.Header()
	if h.Get("Cache-Control") == "" {
		if q.token != "" {
			h.Set("Cache-Control", "private, no-store")
		} else {
			h.Set("Cache-Control", "private, no-cache")
		}
	}
	h.Add("Vary", "HX-Request, HX-Request-Type, HX-History-Restore-Request, Cookie, Accept-Language")
}

// Redirect leads to a page of ours by 303, so that reloading it sends nothing
// again. A fragment's request would follow a 303 by itself and put the whole
// page into the place of the fragment; it is told to go there instead.
func (q *Request) Redirect(path string) error {
	if !localPath(path) {
		return fmt.Errorf("redirect from %s: %q is not a path of ours", q.Route.Pattern, path)
	}
	if err := q.keepToast(); err != nil {
		return err
	}
	q.personal()
	if q.Fragment() {
		q.Writer.Header().Set("HX-Redirect", path)
		q.Writer.WriteHeader(http.StatusOK)
		return nil
	}
	q.Writer.Header().Set("Location", path)
	q.Writer.WriteHeader(http.StatusSeeOther)
	return nil
}

// maxReturn is the longest path that is come back to, in bytes.
const maxReturn = 1000

// Return is where to go after signing in or after a switch: the parameter or
// field "back" when it is a path of ours, else the given path.
func (q *Request) Return(otherwise string) string {
	back := q.Query("back")
	if q.form != nil && q.form.Get("back") != "" {
		back = q.form.Get("back")
	}
	if back == "" || len(back) > maxReturn || !localPath(back) {
		return otherwise
	}
	return back
}

// localPath reports whether a browser that is sent there stays with us.
// Browsers read "//host", "///host" and "/\host" as another host; tabs and
// line ends, which they drop before they look, url.Parse refuses.
func localPath(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsRune(path, '\\') {
		return false
	}
	u, err := url.Parse(path)
	return err == nil && u.Scheme == "" && u.Host == "" && u.User == nil
}

// Toast is a short word on what has just been done.
type Toast struct {
	Text string `json:"text"`
	Kind string `json:"kind,omitempty"` // "", "success", "warning", "error"
	Undo string `json:"undo,omitempty"` // where a POST takes it back; empty: cannot be
}

// Toast has a word shown with this answer, or with the page it leads to.
func (q *Request) Toast(t Toast) { q.toast = &t }

// sendToast gives the toast to htmx in a header; without htmx, the page itself
// carries it (Page).
func (q *Request) sendToast() error {
	if q.toast == nil || q.HTTP.Header.Get("HX-Request") == "" {
		return nil
	}
	raw, err := json.Marshal(map[string]*Toast{"toast": q.toast})
	if err != nil {
		return fmt.Errorf("toast: %w", err)
	}
	q.Writer.Header().Set("HX-Trigger", asciiJSON(raw))
	return nil
}

// asciiJSON escapes what a header may not hold; JSON has an escape for every
// character.
func asciiJSON(raw []byte) string {
	var out strings.Builder
	for _, r := range string(raw) {
		switch {
		case r < 0x80:
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}
