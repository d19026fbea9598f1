package okno

import "time"

// What becomes of a done ticket whose closing was announced.
const (
	// ClosingReminded: the requester is told once more that it will close.
	ClosingReminded EventKind = "closing.reminded"
	// ClosingStopped: its time came and it does not close by itself; Reason is
	// "unannounced" (no letter has reached the requester in time) or "call"
	// (he waits to be phoned).
	ClosingStopped EventKind = "closing.stopped"
)

func init() {
	eventAudience[ClosingReminded] = ForAll
}

// Closing is when a done ticket closes by itself unless something is said.
type Closing struct {
	At      time.Time // zero: it does not
	Reminds time.Time // when its requester is reminded; zero: he was, or is not to be
}

// LetterReminder tells the requester once more that his ticket will close.
const LetterReminder LetterKind = "reminder"

// LetterNotClosed tells the assignee that a ticket does not close by itself.
const LetterNotClosed LetterKind = "notclosed"
