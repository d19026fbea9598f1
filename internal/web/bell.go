package web

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web/ui"
)

// Addresses of the notices: at the portal's door and at the workspace's.
const (
	bellPath      = "/notices"
	agentBellPath = "/desk/notices"
)

// latestNotices is how many stand behind the bell.
const latestNotices = 7

// bellPath is where the notices of the reader are at this door.
func (q *Request) bellPath() string {
	if q.Actor.Door == okno.DoorPortal {
		return bellPath
	}
	return agentBellPath
}

// bell is the reader's at this door; nil: he has none. A part of a page shows
// no bell, so that its notices need not be counted.
func (q *Request) bell() (*ui.Bell, error) {
	if q.Actor.Person == 0 || q.Actor.MustChange || q.Fragment() {
		return nil, nil
	}
	n, err := q.server.source.UnreadNotices(q.Context(), q.Actor)
	return &ui.Bell{Path: q.bellPath(), Unread: n}, err
}

// Notices answers with the reader's notices: whole is the surface's page around
// them; an open page asks for the bell, the latest or the list alone.
func (q *Request) Notices(switches string, whole func(ui.BellList) (templ.Component, error)) error {
	if q.Person.ID == 0 {
		return okno.ErrNotFound
	}
	part, limit := q.Query("part"), 0
	if !q.Fragment() {
		part = ""
	}
	if slices.Contains(ui.BellID, part) {
		n, err := q.server.source.UnreadNotices(q.Context(), q.Actor)
		if err != nil {
			return err
		}
		return q.Render(ui.BellButton(q.Locale, ui.Bell{Path: q.bellPath(), Unread: n}, part))
	}
	if part == "latest" {
		limit = latestNotices
	}
	list, err := q.bellList(q.Query("from"), limit)
	if err != nil {
		return err
	}
	list.Switch = switches
	switch part {
	case "latest":
		return q.Render(ui.BellLatest(list))
	case "list":
		return q.Render(ui.BellLines(list))
	}
	page, err := whole(list)
	if err != nil {
		return err
	}
	return q.Render(page)
}

// bellList is one page of the notices in words.
func (q *Request) bellList(from string, limit int) (ui.BellList, error) {
	list := ui.BellList{L: q.Locale, Now: q.Now, Path: q.bellPath(), From: from != ""}
	page, err := q.Desk.Notices(q.Context(), q.Actor, from, limit)
	if err != nil {
		return list, err
	}
	n, err := q.server.source.UnreadNotices(q.Context(), q.Actor)
	if err != nil {
		return list, err
	}
	list.Unread = n > 0
	if page.Next != "" {
		list.Next = list.Path + "?" + url.Values{"from": {page.Next}}.Encode()
	}
	for _, line := range page.Lines {
		list.Lines = append(list.Lines, ui.BellLine{
			Href: q.noticePlace(line), Words: q.Locale.T("notice."+string(line.Kind), "Number", string(line.Number)),
			Icon: noticeIcon(line.Kind), Subject: ui.Subject(q.Locale, line.Subject), Actor: line.Actor, At: line.At, Unread: line.Read.IsZero(),
		})
	}
	return list, nil
}

// noticePlace is the address of what a notice is about: a ticket at this door,
// the letters, or the mailboxes.
func (q *Request) noticePlace(line desk.NoticeLine) string {
	if line.Kind == okno.NoticeEntryReturned {
		return "/admin/letters"
	}
	if line.Ticket == 0 {
		return "/admin/mailboxes"
	}
	n := line.Number
	at := "/tickets/"
	if q.Actor.Door != okno.DoorPortal {
		at = "/desk/tickets/"
	}
	return at + url.PathEscape(string(n))
}

// noticeIcon is the picture beside a notice's words.
func noticeIcon(kind okno.NoticeKind) string {
	switch kind {
	case okno.NoticeAnswer, okno.NoticeMessage, okno.NoticeWrote, okno.NoticeApart:
		return "message"
	case okno.NoticeDone, okno.NoticeReminder:
		return "status-done"
	case okno.NoticeClosed, okno.NoticeEnded:
		return "status-closed"
	case okno.NoticeReopened:
		return "status-open"
	case okno.NoticeAssigned:
		return "user-check"
	case okno.NoticeCall, okno.NoticeCallOff, okno.NoticeCallMissed:
		return "phone-call"
	case okno.NoticeReturned, okno.NoticeHeldBack, okno.NoticeEntryReturned:
		return "mail-off"
	case okno.NoticeNotClosed, okno.NoticeAlarm:
		return "alert-circle"
	case okno.NoticeAlarmOver:
		return "status-done"
	}
	return "inbox"
}

// ReadNotices marks all of the reader's notices at this door as read and leads
// back to them.
func (q *Request) ReadNotices() error {
	if err := q.Desk.ReadNotices(q.Context(), q.Actor); err != nil {
		return err
	}
	q.Toast(Toast{Text: q.Locale.T("bell.read.done"), Kind: "success"})
	return q.Redirect(q.bellPath())
}
