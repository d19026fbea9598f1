package workspace

import "github.com/oknodesk/okno"

// look is how a view is shown at the left: its icon, and the letter that leads
// to it after "g".
type look struct{ icon, letter string }

var looks = map[okno.ViewKind]look{
	okno.ViewMine:       {"user", "m"},
	okno.ViewUnassigned: {"inbox", "u"},
	okno.ViewOpen:       {"status-open", "o"},
	okno.ViewCalls:      {"phone-call", "p"},
	okno.ViewWaiting:    {"status-waiting", "w"},
	okno.ViewHold:       {"status-hold", "h"},
	okno.ViewDone:       {"status-done", "d"},
	okno.ViewClosed:     {"status-closed", "c"},
}
