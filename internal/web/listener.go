package web

import (
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
	t := h.About()
	if t == nil {
		return h.Person != 0 && h.Person == l.person
	}
	for _, s := range l.scopes {
		if (!h.AgentsOnly || s.Side() == okno.SideAgent) && s.Admits(t) {
			return true
		}
	}
	return false
}
