package oknotest_test

import (
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// place is a page as somebody sees it, or a state that he brings it into.
// Capitals in its path are the world's.
type place struct {
	name  string // one only
	route string // whose page it is
	who   string
	path  string
	do    func(*world, *oknotest.Visitor) // nil: as it comes
}

// places are all pages of the product, surface by surface. Every route that
// answers with a page has one; notPages says which do not.
var places = []place{
	{"home", "GET /{$}", guest, "/", nil},
	{"home-signed-in", "GET /{$}", employee, "/", nil},
	{"home-menu", "GET /{$}", guest, "/", unfolds("button[popovertarget=preferences]", "#preferences")},
	{"open", "GET /open", guest, "/open", nil},
	{"open-wrong", "POST /open", guest, "/open", refused},
	{"open-signed-in", "GET /open", employee, "/open", nil},
	{"opened", "GET /open/done", employee, "/open", files},
	{"status", "GET /status", guest, "/status", nil},
	{"status-wrong", "POST /status", guest, "/status", refused},
	{"status-sent", "GET /status/sent", guest, "/status/sent", nil},
	{"link-expired", "GET /t/{token}", guest, "/t/EXPIRED", nil},
	{"login", "GET /login", guest, "/login", nil},
	{"login-tickets", "GET /tickets/login", guest, "/tickets/login", nil},
	{"login-wrong", "POST /login", guest, "/login", refused},
	{"register", "GET /register", guest, "/register", nil},
	{"register-wrong", "POST /register", guest, "/register", refused},
	{"register-sent", "GET /register/sent", guest, "/register/sent", nil},
	{"register-letter", "GET /register/letter", guest, "/register/letter", nil},
	{"register-confirm", "GET /register/{token}", guest, "/register/REGISTER", nil},
	{"reset", "GET /reset", guest, "/reset", nil},
	{"reset-sent", "GET /reset/sent", guest, "/reset/sent", nil},
	{"off", "GET /off/{token}", guest, "/off/OFF", nil},
	{"entry", "GET /entry/{token}", guest, "/entry/ENTRY", nil},
	{"entry-wrong", "POST /entry/{token}", guest, "/entry/ENTRY", refused},
	{"join", "GET /join/{token}", guest, "/join/JOIN", nil},
	{"address", "GET /address/{token}", guest, "/address/ADDRESS", nil},
	{"help", "GET /help", guest, "/help", nil},
	{"missing", "", guest, "/no-such-page", nil},
	{"tray", "GET /demo/letters", guest, "/demo/letters", nil},
	{"tray-letter", "GET /demo/letters/{n}", guest, "/demo/letters/1", nil},
	{"tray-new", "GET /demo/letters/new", guest, "/demo/letters/new", nil},

	{"tickets", "GET /tickets", employee, "/tickets", nil},
	{"tickets-boss", "GET /tickets", boss, "/tickets", nil},
	{"tickets-closed", "GET /tickets", employee, "/tickets?closed=1", nil},
	{"tickets-none", "GET /tickets", employee, "/tickets?q=nothing-like-it", nil},
	{"ticket", "GET /tickets/{number}", employee, "/tickets/FULL", framed},
	{"ticket-boss", "GET /tickets/{number}", boss, "/tickets/FULL", framed},
	{"ticket-done", "GET /tickets/{number}", employee, "/tickets/DONE", framed},
	{"ticket-answer-no", "GET /tickets/{number}", employee, "/tickets/DONE?answer=no", framed},
	{"ticket-closed", "GET /tickets/{number}", employee, "/tickets/CLOSED", framed},
	{"ticket-wrong", "POST /tickets/{number}/messages", employee, "/tickets/FULL", refused},
	{"ticket-edited", "GET /tickets/{number}", employee, "/tickets/FRESH", framed},
	{"message-edit", "GET /tickets/{number}/messages/{ref}", employee, "/tickets/FRESH/messages/SAID", nil},
	{"call", "GET /tickets/{number}/call", employee, "/tickets/DONE/call", nil},
	{"call-wrong", "POST /tickets/{number}/calls", employee, "/tickets/DONE/call", refused},
	{"profile", "GET /profile", employee, "/profile", nil},
	{"profile-wrong", "POST /profile/address", employee, "/profile", refusedIn("form[action='/profile/address']")},
	{"password", "GET /password", employee, "/password", nil},
	{"notices", "GET /notices", employee, "/notices", nil},
	{"company", "GET /company", boss, "/company", nil},
	{"contact-new", "GET /company/contacts/new", boss, "/company/contacts/new", nil},
	{"contact-wrong", "POST /company/contacts", boss, "/company/contacts/new", refused},

	{"desk", "GET /desk", agent, "/desk?view=open", nil},
	{"desk-found", "GET /desk", agent, "/desk?q=LOOKEDFOR", hit},
	{"desk-found-nothing", "GET /desk", agent, "/desk?q=status:mad", nil},
	{"desk-mine", "GET /desk", agent, "/desk?view=mine", nil},
	{"desk-empty", "GET /desk", admin, "/desk?view=mine", nil},
	{"desk-nav", "GET /desk", agent, "/desk?view=open", unfolds("button[popovertarget=preferences]", "#preferences")},
	{"desk-palette", "GET /desk/palette", agent, "/desk?view=open", anythingFound},
	{"desk-shortcuts", "GET /desk", agent, "/desk?view=open", shortcutList},
	{"desk-ticket", "GET /desk/tickets/{number}", agent, "/desk/tickets/FULL", framed},
	{"desk-letter", "GET /desk/tickets/{number}", agent, "/desk/tickets/LETTERED", framed},
	{"desk-details", "GET /desk/tickets/{number}/details", agent, "/desk/tickets/FULL/details", nil},
	{"desk-details-open", "GET /desk/tickets/{number}/details", agent, "/desk/tickets/FULL/details", everythingOpen},
	{"desk-status-menu", "GET /desk/tickets/{number}/details", agent, "/desk/tickets/FULL/details", unfolds("[data-shortcut=s]", "[id^=choose-status]")},
	{"desk-assign-menu", "GET /desk/tickets/{number}/details", agent, "/desk/tickets/FULL/details", unfolds("[data-shortcut=a]", "[id^=choose-assignee]")},
	{"desk-answer", "GET /desk/tickets/{number}", agent, "/desk/tickets/FULL", composing("public")},
	{"desk-note", "GET /desk/tickets/{number}", agent, "/desk/tickets/FULL", composing("note")},
	{"desk-held", "GET /desk/tickets/{number}", agent, "/desk/tickets/DONE", holding},
	{"desk-refused", "POST /desk/tickets/{number}/messages", agent, "/desk/tickets/FULL", emptyAnswer},
	{"desk-done", "GET /desk/tickets/{number}", agent, "/desk/tickets/DONE", framed},
	{"desk-edited", "GET /desk/tickets/{number}", agent, "/desk/tickets/FRESH", framed},
	{"desk-message-edit", "GET /desk/tickets/{number}/messages/{ref}", agent, "/desk/tickets/FRESH/messages/ANSWERED", nil},
	{"desk-versions", "GET /desk/tickets/{number}/messages/{ref}/versions", agent, "/desk/tickets/FRESH/messages/ANSWERED/versions", nil},
	{"desk-view-new", "GET /desk/views/new", agent, "/desk/views/new", nil},
	{"desk-view", "GET /desk", agent, "/desk?view=VIEW", nil},
	{"desk-view-edit", "GET /desk/views/{ref}", agent, "/desk/views/VIEW", nil},
	{"desk-bulk", "POST /desk/bulk", agent, "/desk?view=open", choosing("")},
	{"desk-bulk-refused", "POST /desk/bulk", agent, "/desk?view=closed", choosing("done")},
	{"desk-tags", "GET /desk/tickets/{number}/details", agent, "/desk/tickets/FULL/details", unfolds("[data-shortcut=l]", "[id^=choose-tags]")},
	{"desk-overdue", "GET /desk", agent, "/desk?view=overdue", nil},
	{"desk-new", "GET /desk/new", agent, "/desk/new", nil},
	{"desk-new-wrong", "POST /desk/new", agent, "/desk/new", refused},
	{"desk-notices", "GET /desk/notices", agent, "/desk/notices", nil},
	{"desk-quarantine", "GET /desk/quarantine", agent, "/desk/quarantine", nil},
	{"desk-quarantine-letter", "GET /desk/quarantine/{ref}", agent, "/desk/quarantine/WAITING", nil},
	{"desk-returned", "GET /desk/tickets/{number}", agent, "/desk/tickets/CAMEBACK", framed},
	{"desk-returned-details", "GET /desk/tickets/{number}/details", agent, "/desk/tickets/CAMEBACK/details", everythingOpen},
	{"desk-message-letter", "GET /desk/tickets/{number}/messages/{ref}/letter", agent, "/desk/tickets/CAMEBACK/messages/WRITTEN/letter", nil},
	{"desk-readdress", "GET /desk/tickets/{number}/letters/{ref}", agent, "/desk/tickets/CAMEBACK/letters/RETURNED", nil},
	{"desk-merge", "GET /desk/tickets/{number}/merge", agent, "/desk/tickets/FULL/merge", nil},
	{"desk-merge-found", "GET /desk/tickets/{number}/merge", agent, "/desk/tickets/FULL/merge?find=LOOKEDFOR", nil},
	{"desk-merge-into", "GET /desk/tickets/{number}/merge", agent, "/desk/tickets/CAMEBACK/merge?into=LETTERED", nil},
	{"desk-merge-company", "GET /desk/tickets/{number}/merge", agent, "/desk/tickets/FULL/merge?into=CAMEBACK", nil},
	{"desk-split", "GET /desk/tickets/{number}/parts/{part}", agent, "/desk/tickets/FRESH/parts/PART", nil},
	{"desk-settings", "GET /desk/settings", agent, "/desk/settings", nil},
	{"desk-missing", "", agent, "/desk/tickets/1", nil},

	{"admin", "GET /admin", admin, "/admin", nil},
	{"admin-agents", "GET /admin/agents", admin, "/admin/agents", nil},
	{"admin-agent", "GET /admin/agents/{ref}", admin, "/admin/agents/AGENT", nil},
	{"admin-agent-new", "GET /admin/agents/new", admin, "/admin/agents/new", nil},
	{"admin-agent-wrong", "POST /admin/agents", admin, "/admin/agents/new", refused},
	{"admin-roles", "GET /admin/roles", admin, "/admin/roles", nil},
	{"admin-departments", "GET /admin/departments", admin, "/admin/departments", nil},
	{"admin-tags", "GET /admin/tags", admin, "/admin/tags", nil},
	{"admin-tag", "GET /admin/tags/{ref}", admin, "/admin/tags/TAG", nil},
	{"admin-department", "GET /admin/departments/{ref}", admin, "/admin/departments/DEPARTMENT", nil},
	{"admin-department-new", "GET /admin/departments/new", admin, "/admin/departments/new", nil},
	{"admin-topics", "GET /admin/topics", admin, "/admin/topics", nil},
	{"admin-topic", "GET /admin/topics/{ref}", admin, "/admin/topics/TOPIC", nil},
	{"admin-topic-new", "GET /admin/topics/new", admin, "/admin/topics/new", nil},
	{"admin-teams", "GET /admin/teams", admin, "/admin/teams", nil},
	{"admin-team-new", "GET /admin/teams/new", admin, "/admin/teams/new", nil},
	{"admin-team", "GET /admin/teams/{ref}", admin, "/admin/teams/TEAM", nil},
	{"admin-people", "GET /admin/people", admin, "/admin/people", nil},
	{"admin-person", "GET /admin/people/{ref}", admin, "/admin/people/PERSON", nil},
	{"admin-erasure", "GET /admin/people/{ref}/erasure", admin, "/admin/people/PERSON/erasure", nil},
	{"admin-erasure-wrong", "POST /admin/people/{ref}/erasure", admin, "/admin/people/PERSON/erasure", refusedIn("form[action$='/erasure']")},
	{"admin-companies", "GET /admin/companies", admin, "/admin/companies", nil},
	{"admin-company", "GET /admin/companies/{ref}", admin, "/admin/companies/COMPANY", nil},
	{"admin-company-new", "GET /admin/companies/new", admin, "/admin/companies/new", nil},
	{"admin-contact", "GET /admin/companies/{ref}/contacts/{contact}", admin, "/admin/companies/COMPANY/contacts/CONTACT", nil},
	{"admin-bans", "GET /admin/bans", admin, "/admin/bans", nil},
	{"admin-bans-wrong", "POST /admin/bans", admin, "/admin/bans", refused},
	{"admin-mailboxes", "GET /admin/mailboxes", admin, "/admin/mailboxes", nil},
	{"admin-mailbox", "GET /admin/mailboxes/{ref}", admin, "/admin/mailboxes/MAILBOX", nil},
	{"admin-mailbox-new", "GET /admin/mailboxes/new", admin, "/admin/mailboxes/new", nil},
	{"admin-mailbox-connect", "POST /admin/mailboxes/{ref}/access", admin, "/admin/mailboxes/MAILBOX", connecting},
	{"admin-mailbox-return", "GET /admin/mailboxes/access", admin, "/admin/mailboxes/access?state=x&code=y", nil},
	{"admin-mailbox-denied", "GET /admin/mailboxes/access", admin, "/admin/mailboxes/access?error=access_denied", nil},
	{"admin-providers", "GET /admin/providers", admin, "/admin/providers", nil},
	{"admin-provider-google", "GET /admin/providers/{kind}", admin, "/admin/providers/google", nil},
	{"admin-provider-other", "GET /admin/providers/{kind}", admin, "/admin/providers/other", nil},
	{"admin-sending", "GET /admin/mailboxes/{ref}/sending", admin, "/admin/mailboxes/MAILBOX/sending", nil},
	{"admin-settings", "GET /admin/settings", admin, "/admin/settings", nil},
	{"admin-calendar", "GET /admin/calendar", admin, "/admin/calendar", nil},
	{"admin-templates", "GET /admin/templates", admin, "/admin/templates", nil},
	{"admin-template", "GET /admin/templates/{name}/{lang}", admin, "/admin/templates/done/ru", framed},
	{"admin-letters", "GET /admin/letters", admin, "/admin/letters", nil},
	{"admin-letter", "GET /admin/letters/{ref}", admin, "/admin/letters/LETTER", nil},
	{"admin-letter-test", "GET /admin/letters/test", admin, "/admin/letters/test", nil},
	{"admin-kept", "GET /admin/kept", admin, "/admin/kept", nil},
	{"admin-kept-letter", "GET /admin/kept/{ref}", admin, "/admin/kept/KEPT", nil},
	{"admin-jobs", "GET /admin/jobs", admin, "/admin/jobs", nil},
}

// notPages are the routes that answer a GET with something that is no page of
// ours, or with a page that is looked at elsewhere.
var notPages = map[string]string{
	"GET /live":                                 "a stream",
	"GET /files/{ref}":                          "a file",
	"GET /files/{ref}/thumb":                    "a picture",
	"GET /files/{ref}/picture":                  "a picture",
	"GET /files/{ref}/view":                     "a PDF in the browser's own viewer",
	"GET /people/{ref}/picture":                 "a picture",
	"GET /messages/{ref}":                       "a letter's own HTML, in its frame",
	"GET /messages/{ref}/pictures/{mark}":       "a picture",
	"GET /logo":                                 "a picture",
	"GET /accent.css":                           "a stylesheet",
	"GET /manifest.webmanifest":                 "for browsers",
	"GET /static/{name}":                        "a file",
	"GET /favicon.ico":                          "a picture",
	"GET /robots.txt":                           "for search engines",
	"GET /healthz":                              "for programs",
	"GET /readyz":                               "for programs",
	"GET /metrics":                              "for programs",
	"GET /admin/kept/{ref}/raw":                 "a file",
	"GET /desk/search/offers":                   "a part of the search box",
	"GET /desk/tags/offers":                     "what a line of tags completes",
	"GET /help/{picture}":                       "a picture",
	"GET /open/assignees":                       "a part of the ticket form",
	"GET /sw.js":                                "a script",
	"GET /demo/letters/{n}/html":                "a letter's own HTML, in its frame",
	"GET /admin/templates/{name}/{lang}/letter": "a letter's own HTML, in its frame",
	"GET /setup/{token}":                        "only before there is an administrator: TestFirstPageOfANewInstallation",
}

// choosing chooses the list's first ticket and presses a button of the bar: what
// it does, or "" for the one that asks.
func choosing(do string) func(*world, *oknotest.Visitor) {
	button := `.bulk button:not([name], [type])`
	if do != "" {
		button = `.bulk [value=` + do + `]`
	}
	return func(_ *world, v *oknotest.Visitor) {
		v.Do(`document.querySelector(".row-check").click()`)
		v.Do(`document.querySelector("` + button + `").click()`)
		v.At("/desk/bulk").Shows(".pane-page")
	}
}

// unfolds presses what opens something, and waits for it.
func unfolds(button, what string) func(*world, *oknotest.Visitor) {
	return func(_ *world, v *oknotest.Visitor) {
		v.Shows(button)
		v.Do(`[...document.querySelectorAll(` + "`" + button + "`" + `)].find(e => e.checkVisibility()).click()`)
		v.Shows(what + ":popover-open")
	}
}

// refused sends the page's form with nothing filled in.
func refused(w *world, v *oknotest.Visitor) { refusedIn("main form.form[method=post]")(w, v) }

func refusedIn(form string) func(*world, *oknotest.Visitor) {
	return func(_ *world, v *oknotest.Visitor) {
		v.Do(`const f = document.querySelector("` + form + `"); f.noValidate = true;
			for (const e of f.elements) if (e.matches("input:not([type=hidden], [type=checkbox]), textarea")) e.value = ""; f.requestSubmit()`)
		v.Shows(".summary")
	}
}

// files fills in the ticket form and sends it.
func files(w *world, v *oknotest.Visitor) {
	s := stories[w.l.Lang()]
	v.Fill(w.l.T("words.subject"), s.done).Fill(w.l.T("portal.field.text"), s.reply).Press(w.l.T("portal.open.send")).At("/open/done")
}

// connecting begins to connect a mailbox again.
func connecting(w *world, v *oknotest.Visitor) {
	v.Press(w.l.T("admin.access.again")).Sees(w.l.T("admin.access.stay"))
}

// hit waits until something is found.
func hit(_ *world, v *oknotest.Visitor) { v.Shows("mark.hit") }

// framed waits until every message stands in its full height.
func framed(_ *world, v *oknotest.Visitor) { v.Framed() }

func shortcutList(_ *world, v *oknotest.Visitor) {
	v.Key("?").Shows("#shortcuts[open]")
}

// anythingFound types into the palette.
func anythingFound(_ *world, v *oknotest.Visitor) {
	v.Key("k", chromedp.ModifierCtrl).Shows("#palette[open]").Type("a").Shows("#palette [role=option]")
}

// everythingOpen unfolds what the page folds.
func everythingOpen(_ *world, v *oknotest.Visitor) {
	v.Do(`document.querySelectorAll("#details details").forEach(d => { d.open = true })`)
}

// composing stands in one of the two boxes, with the editor there.
func composing(name string) func(*world, *oknotest.Visitor) {
	return func(w *world, v *oknotest.Visitor) {
		key := map[string]string{"public": "r", "note": "n"}[name]
		v.Framed().Key(key).Shows(".composer-box[open] .editor").Type(stories[w.l.Lang()].reply)
	}
}

// holding plans an answer, and unfolds where its time is chosen.
func holding(w *world, v *oknotest.Visitor) {
	at := w.Desk.Now().Add(100 * 24 * time.Hour)
	_, err := w.Desk.AddMessage(w.t.Context(), w.as(agent, okno.DoorWorkspace), okno.Number(w.names["DONE"]), desk.Words{
		Key: "an answer that is planned", Text: stories[w.l.Lang()].reply, Channel: okno.ChannelWeb, Hold: true, At: at})
	w.must(err)
	v.Shows(".held").Framed()
	v.Do(`document.querySelectorAll(".held-time, .composer-later").forEach(d => { d.open = true })`)
}

func emptyAnswer(w *world, v *oknotest.Visitor) {
	v.Do(`const a = document.querySelector("textarea[name=public]"); a.value = ""; a.form.requestSubmit()`)
	v.Shows(".composer .field-error")
}

// of tells whether a place shows the page of a route.
func (p place) of(pattern string) bool { return strings.TrimSpace(p.route) == pattern }
