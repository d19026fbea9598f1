// Package workspace is where agents live: views at the left, the list of
// tickets, a ticket with its dialogue, and its details. It is a surface: it
// asks the desk, which judges, and shows the answer.
package workspace

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/live"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
)

// PresenceTopic carries live.Beat between processes. Whoever puts the house
// together lets Workspace.Hear listen to it.
const PresenceTopic = "presence"

// Announce tells all processes something, as db.DB.Announce does.
type Announce func(ctx context.Context, topic, payload string) error

// Workspace shows the desk to its agents. It is safe for concurrent use.
type Workspace struct {
	desk     *desk.Desk
	presence *live.Presence
	announce Announce
	places   func(l *locale.Locale, by okno.Actor, typed string) []web.Place // nil: there are none elsewhere
}

// New makes the workspace over a desk. presence is this process's; announce
// carries it to the others.
func New(d *desk.Desk, presence *live.Presence, announce Announce) *Workspace {
	return &Workspace{desk: d, presence: presence, announce: announce}
}
