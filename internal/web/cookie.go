package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Names of our cookies, without the prefix they bear on https.
const (
	cookieSession = "okno"
	cookieLang    = "okno-lang"
	cookieTheme   = "okno-theme"
	cookieToast   = "okno-toast"
	cookieBrowser = "okno-browser"
)

// Ages of our cookies. How long a session really lasts the desk decides.
const (
	sessionAge    = 30 * 24 * time.Hour
	preferenceAge = 365 * 24 * time.Hour
	toastAge      = time.Minute
	browserAge    = 365 * 24 * time.Hour
)

// maxToken is the longest session token that is looked at, in bytes.
const maxToken = 128

// cookieName binds a cookie to this very host on https: a browser accepts the
// __Host- prefix only with Secure, Path=/ and no Domain, so that no
// neighbouring host can plant one.
func (q *Request) cookieName(name string) string {
	if q.secure() {
		return "__Host-" + name
	}
	return name
}

func (q *Request) secure() bool { return q.server.front.secure(q.HTTP) }

func (q *Request) cookie(name string) string {
	c, err := q.HTTP.Cookie(q.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie sets a cookie for an age; an age of 0 removes it.
func (q *Request) setCookie(name, value string, age time.Duration) {
	c := &http.Cookie{
		Name:     q.cookieName(name),
		Value:    value,
		Path:     "/",
		MaxAge:   int(age / time.Second),
		Secure:   q.secure(),
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
	if age == 0 {
		c.MaxAge = -1
	}
	http.SetCookie(q.Writer, c)
}

// SetSession gives the browser the token of a session that has begun.
func (q *Request) SetSession(token string) {
	q.token = token
	q.setCookie(cookieSession, token, sessionAge)
}

// DropSession takes the token from the browser. Ending the session itself is
// the desk's.
func (q *Request) DropSession() {
	q.token = ""
	q.setCookie(cookieSession, "", 0)
}

// Session is the session token that the browser showed; empty: none.
func (q *Request) Session() string { return q.token }

// BrowserMark is what an earlier sign-in left in this browser (desk.BrowserMark);
// empty: nothing.
func (q *Request) BrowserMark() string {
	mark := q.cookie(cookieBrowser)
	if len(mark) > maxToken {
		return ""
	}
	return mark
}

// SetBrowserMark leaves a mark in the browser that outlasts the session.
func (q *Request) SetBrowserMark(mark string) { q.setCookie(cookieBrowser, mark, browserAge) }

func readSession(q *Request) string {
	token := q.cookie(cookieSession)
	if len(token) > maxToken {
		return ""
	}
	return token
}

// keepToast leaves the toast for the page that the browser is sent to.
func (q *Request) keepToast() error {
	if q.toast == nil {
		return nil
	}
	raw, err := json.Marshal(q.toast)
	if err != nil {
		return fmt.Errorf("toast: %w", err)
	}
	q.setCookie(cookieToast, base64.RawURLEncoding.EncodeToString(raw), toastAge)
	return nil
}

// maxToast is the longest toast that is looked at, in bytes.
const maxToast = 2000

// takeToast is the toast of this answer or what keepToast left, once; nil:
// none. Anything unreadable is none. A fragment has no place to show it, and
// one that a live page asks for meanwhile must not take it from the page that
// the browser was sent to.
func (q *Request) takeToast() *Toast {
	if q.toast != nil || q.Fragment() {
		return q.toast
	}
	value := q.cookie(cookieToast)
	if value == "" || len(value) > maxToast {
		return nil
	}
	q.setCookie(cookieToast, "", 0)
	raw, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return nil
	}
	var t Toast
	if json.Unmarshal(raw, &t) != nil {
		return nil
	}
	return &t
}
