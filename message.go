package okno

import (
	"time"
	"unicode/utf8"
)

// MessageKind tells a public message from an internal note.
type MessageKind string

const (
	Public MessageKind = "public"
	Note   MessageKind = "note" // agents only; customers do not learn that notes exist (spec R15)
)

// Claim grades who a letter says it is from (spec "A letter's claim is
// graded"). What is written in a session is Proven.
type Claim string

const (
	Proven     Claim = "proven"
	ThreadOnly Claim = "thread"  // another's signed reply address, or References
	Claimed    Claim = "claimed" // the ticket's number in the subject alone
)

// Message is one word in a ticket's dialogue.
type Message struct {
	ID     MessageID
	Ref    Ref
	Ticket TicketID
	Home   TicketID // in which it was written, and which went into Ticket since; 0: Ticket

	Kind    MessageKind
	Side    Side
	Author  PersonID // 0: the system
	Channel Channel
	Claim   Claim
	// Apart: from someone who takes no part in the ticket and whose letter
	// proves nothing; agents see it standing apart, customers do not see it.
	Apart bool
	// Machine: an auto-reply, a bounce, a list; shown to agents as such and
	// answered by nobody.
	Machine bool

	Text   string // always; plain
	HTML   string // made safe; empty when Text says it all
	Quoted string // what was cut as quoted, plain
	Letter KeptLetterID
	// Published is the public message that a note which came by letter has
	// become; 0: none.
	Published MessageID

	Files []File

	At      time.Time
	Edited  time.Time // zero: never
	Deleted time.Time // zero: stands; else a tombstone without text
	Version int64     // counts its changes; a change takes the version the person saw
}

// Visible reports whether the side may see that the message exists.
func (m *Message) Visible(s Side) bool {
	return s == SideAgent || m.Kind == Public && !m.Apart && !m.Machine
}

// CheckText says what is wrong with a message's text, or nil. Files alone are
// a message too.
func CheckText(field, text string, files int) error {
	switch n := utf8.RuneCountInString(text); {
	case n == 0 && files == 0:
		return Missing(field)
	case n > MaxText:
		return TooLong(field, MaxText)
	case files > MaxFiles:
		return &Error{Reason: Invalid, Key: "error.files.many", Field: "file", Args: []any{"Max", MaxFiles}}
	}
	return nil
}

// File is an attachment of a message or an upload that waits for its form.
type File struct {
	ID        FileID
	Ref       Ref
	Message   MessageID // 0: an upload not yet submitted
	Name      string
	Type      string // media type as judged by us, never trusted to be shown inline
	Size      int64  // bytes
	Hash      string // SHA-256, hex: where the bytes are
	ContentID string // of an inline picture of a letter
	Width     int    // pixels; 0: not a picture we can show
	Height    int
}

// Picture reports whether the file can be shown inline after re-encoding.
func (f File) Picture() bool { return f.Width > 0 && f.Height > 0 }
