package okno

import "time"

// LetterCancelled: an administrator took it out of the outbox before it left.
const LetterCancelled LetterState = "cancelled"

// Attempt is one time that a relay did not take a letter.
type Attempt struct {
	N     int
	At    time.Time
	Words string // the relay's own, or why it could not be reached
}

// LetterWithdrawn is the fact that a letter was taken out of the outbox.
const LetterWithdrawn EventKind = "letter.withdrawn"
