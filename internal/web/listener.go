package web

import (
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/live"
)

// listener is what a stream may tell its browser: what the session's actors
// see. It is replaced whole when their rights change.
type listener struct {
	scopes []okno.Scope
	person int64
}

// listener is what the session's actors see now, at every door.
func (q *Request) listener() (*listener, error) {
	actors, err := q.doors()
	if err != nil {
		return nil, err
	}
	return listenerOf(actors), nil
}

func listenerOf(actors []okno.Actor) *listener {
	l := &listener{scopes: make([]okno.Scope, len(actors))}
	for i, by := range actors {
		l.scopes[i], l.person = by.Sees(), int64(by.Person)
	}
	return l
}

// admits says whether a hint is for this browser. A customer gets none for
// what only agents may know.
func (l *listener) admits(h live.Hint) bool {
	if h.Ticket == 0 {
		return h.Person != 0 && h.Person == l.person
	}
	t := okno.Ticket{
		ID: okno.TicketID(h.Ticket), Department: okno.DepartmentID(h.Department),
		Requester: okno.PersonID(h.Requester), Company: okno.CompanyID(h.Company),
	}
	for _, p := range h.Participants {
		t.Participants = append(t.Participants, okno.PersonID(p))
	}
	return slices.ContainsFunc(l.scopes, func(s okno.Scope) bool {
		return (!h.AgentsOnly || s.Side() == okno.SideAgent) && s.Admits(&t)
	})
}
