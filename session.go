package okno

import "time"

// SessionsEnded is the fact that a person ended sessions of his own; its
// reason is "one" or "others".
const SessionsEnded EventKind = "sessions.ended"

// Session is one browser in which a person is signed in, as he sees it.
type Session struct {
	Ref     Ref
	Browser string // its own name for itself, at most 200 bytes; empty: it gave none
	Created time.Time
	Seen    time.Time // used last, to within ten minutes
	This    bool      // the one that asks
}
