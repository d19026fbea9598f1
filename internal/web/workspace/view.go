package workspace

import (
	"slices"

	"github.com/oknodesk/okno"
)

// look is how a view is shown at the left: its icon, and the letter that leads
// to it after "g".
type look struct{ icon, letter string }

var looks = map[okno.ViewKind]look{
	okno.ViewMine:       {"user", "m"},
	okno.ViewTeam:       {"users-group", "t"},
	okno.ViewUnassigned: {"inbox", "u"},
	okno.ViewOpen:       {"status-open", "o"},
	okno.ViewOverdue:    {"alarm", "l"},
	okno.ViewCalls:      {"phone-call", "p"},
	okno.ViewWaiting:    {"status-waiting", "w"},
	okno.ViewHold:       {"status-hold", "h"},
	okno.ViewDone:       {"status-done", "d"},
	okno.ViewClosed:     {"status-closed", "c"},
}

// views are those of the agent: who is in no team has none of its tickets.
func (v *listView) views() []okno.ViewKind {
	if _, member := v.Counts[okno.ViewTeam]; member {
		return okno.Views
	}
	return slices.DeleteFunc(slices.Clone(okno.Views), func(view okno.ViewKind) bool { return view == okno.ViewTeam })
}
