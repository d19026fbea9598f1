package web

import (
	"encoding/base64"
	"net/http"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web/assets"
	"github.com/oknodesk/okno/internal/web/ui"
)

// Push is where browsers show the reader's notices, for a page at back.
func (q *Request) Push(back string) (ui.PushView, error) {
	v := ui.PushView{L: q.Locale, Back: back}
	var err error
	if v.Key, err = q.Desk.PushPublicKey(q.Context()); err != nil && !q.server.readOnly { // none was made yet, and none is now
		return v, err
	}
	own, err := q.Desk.PushBrowsers(q.Context(), q.Actor)
	for _, b := range own {
		v.Browsers = append(v.Browsers, ui.PushBrowser{Ref: string(b.Ref), Name: BrowserName(b.Browser), Since: b.Since, This: b.This})
	}
	return v, err
}

// serviceWorker is the script that shows notices while our pages are closed.
// It stands at the root, under one name for ever: browsers look there for a
// newer one.
func serviceWorker(q *Request) error {
	q.Writer.Header().Set("Cache-Control", "no-cache")
	assets.Serve("sw.js", q.Writer, q.HTTP)
	return nil
}

// allowPush takes what the browser says of where it can be told.
func allowPush(q *Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	to := okno.PushTarget{Endpoint: form.Word("endpoint")}
	var bad [2]error
	to.P256DH, bad[0] = base64.RawURLEncoding.DecodeString(form.Word("p256dh"))
	to.Auth, bad[1] = base64.RawURLEncoding.DecodeString(form.Word("auth"))
	if bad != [2]error{} {
		return okno.Refuse(okno.Invalid, "error.push")
	}
	if err := q.Desk.AllowPush(q.Context(), q.Actor, to, q.Browser()); err != nil {
		return err
	}
	q.Writer.WriteHeader(http.StatusCreated)
	return nil
}

// renewPush goes on with a browser whose person has signed in again.
func renewPush(q *Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	if err := q.Desk.RenewPush(q.Context(), q.Actor, form.Word("endpoint")); err != nil {
		return err
	}
	return q.Done()
}

// forbidPush ends telling one of the reader's browsers.
func forbidPush(q *Request) error {
	if _, err := q.Form(); err != nil {
		return err
	}
	if err := q.Desk.ForbidPush(q.Context(), q.Actor, okno.Ref(q.Path("ref"))); err != nil {
		return err
	}
	q.Toast(Toast{Text: q.Locale.T("push.forbidden"), Kind: "success"})
	return q.Redirect(q.Return("/profile"))
}
