package admin

import (
	"slices"
	"strconv"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
)

// homeView is the index of everything that can be set.
type homeView struct {
	view
	query  string
	found  []section
	health []trouble
}

// trouble is one line of the strip that says how the desk fares.
type trouble struct{ words, path string }

const maxQuery = 100 // bytes of a search

func (a *Admin) home(q *web.Request) error {
	v := homeView{view: view{Page: q.Page(q.Locale.T("ui.admin")), lead: q.Locale.T("admin.lead")}}
	v.Script = "portal"
	v.query = q.Query("q")
	v.found = sectionsFor(v.query[:min(len(v.query), maxQuery)])
	var err error
	if v.health, err = a.health(q); err != nil {
		return err
	}
	return q.Render(homePage(v))
}

// health is what an administrator should look at.
func (a *Admin) health(q *web.Request) ([]trouble, error) {
	var all []trouble
	if a.c.CheckRelay == nil {
		all = append(all, trouble{q.Locale.T("admin.health.norelay"), "/admin/letters/test"})
	}
	boxes, err := a.desk.FetchTrouble(q.Context())
	if err != nil {
		return nil, err
	}
	for _, m := range boxes {
		if m.Access != nil && m.Access.Refused != "" {
			continue // the line about that says it
		}
		words := q.Locale.T("admin.health.mailbox", "Address", m.Address, "Since", q.Locale.Ago(m.State.Since, q.Now))
		all = append(all, trouble{words, "/admin/mailboxes/" + string(m.Ref)})
	}
	alarmed, err := a.desk.Alarms(q.Context(), q.Actor)
	if err != nil {
		return nil, err
	}
	for _, m := range alarmed {
		if a := m.Access; a != nil && a.Alarm.Kind != "" {
			words := q.Locale.T("admin.health."+string(a.Alarm.Kind), "Address", m.Address, "Date", q.Locale.Date(m.AccessEnds))
			all = append(all, trouble{words, "/admin/mailboxes/" + string(m.Ref)})
		}
		if m.Alarm.Kind == okno.AlarmSilent {
			words := q.Locale.T("admin.health.silent", "Address", m.Address, "Since", q.Locale.Ago(m.Alarm.Since, q.Now))
			all = append(all, trouble{words, "/admin/mailboxes/" + string(m.Ref)})
		}
	}
	for _, state := range []okno.LetterState{okno.LetterDelayed, okno.LetterFailed} {
		letters, more, err := a.desk.Letters(q.Context(), q.Actor, state, "")
		if err != nil {
			return nil, err
		}
		if n := len(letters); n > 0 {
			all = append(all, trouble{q.Locale.T("admin.health.letters."+string(state), "Count", capped(n, more)), "/admin/letters?state=" + string(state)})
		}
	}
	kept, more, err := a.desk.KeptLetters(q.Context(), q.Actor, okno.KeptFailed, "")
	if err != nil {
		return nil, err
	}
	if n := len(kept); n > 0 {
		all = append(all, trouble{q.Locale.T("admin.health.kept", "Count", capped(n, more)), "/admin/kept?state=failed"})
	}
	dead, err := a.desk.DeadJobs(q.Context(), q.Actor)
	if err != nil {
		return nil, err
	}
	if n := len(dead); n > 0 {
		all = append(all, trouble{q.Locale.T("admin.health.jobs", "Count", capped(n, false)), "/admin/jobs"})
	}
	return slices.Clip(all), nil
}

// capped is a count of which only the first page was read.
func capped(n int, more bool) string {
	if more {
		return strconv.Itoa(n) + "+"
	}
	return strconv.Itoa(n)
}
