package web

import (
	"html"
	"io"
	"net/http"
)

// message gives one message's HTML as a document of its own, for the sandboxed
// frame in the ticket's page. The HTML was made safe when it was kept; the
// policy and the sandbox hold even if it was not.
func message(q *Request) error {
	p, err := q.remotePictures()
	if err != nil {
		return err
	}
	body := q.withRemote(p)
	if body == "" {
		body = "<pre>" + html.EscapeString(p.Message.Text) + "</pre>"
	}
	return q.Frame(body)
}

// Frame answers with somebody's HTML as a document of its own, for a sandboxed
// frame: the only pages where inline styles live.
func (q *Request) Frame(body string) error {
	q.personal()
	h := q.Writer.Header()
	h.Set("Content-Security-Policy", framePolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	head := framePaper
	if q.Query("theme") == "dark" {
		head = frameDark
	}
	q.Writer.WriteHeader(http.StatusOK)
	for _, part := range []string{head, body, "</body></html>\n"} {
		if _, err := io.WriteString(q.Writer, part); err != nil {
			return nil // the browser went away
		}
	}
	return nil
}

// The page around a message does the measuring and scrolling: only what is too
// wide scrolls here. Letters with colours of their own stay on white paper.
const (
	// Pictures of other hosts that nobody has asked for take no more room than their words.
	frameStyle = `html{overflow-y:hidden;overflow-x:auto}body{margin:0;padding:1px 0;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}` +
		`img{max-width:100%;height:auto}` +
		`img[data-remote-src]{width:auto!important;height:auto!important;padding:0 .25em;border:1px dashed #888a;font:12px/1.6 system-ui,sans-serif}` +
		`img[data-remote-src]:is(:not([alt]),[alt=""]){display:none!important}blockquote{margin:.5em 0;padding-left:.75em;border-left:2px solid #8886}pre{white-space:pre-wrap;font:inherit;margin:0}table{max-width:100vw!important}`
	framePaper = `<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light"><style>:root{color-scheme:light}` +
		frameStyle + `body{background:#fff;color:#1c2129}a{color:#1f55a5}</style></head><body>`
	frameDark = `<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="dark"><style>:root{color-scheme:dark}` +
		frameStyle + `body{background:transparent;color:#e6e8ec}a{color:#8db8f0}</style></head><body>`
)
