package ui

import (
	"time"

	"github.com/oknodesk/okno/internal/locale"
)

// File is an attachment as a tile.
type File struct {
	Ref   string // of an upload, for the form
	URL   string
	Name  string
	Size  int64  // bytes
	Thumb string // URL of a small picture; "": none
	View  string // URL where it can be looked at; "": it can only be saved
}

// Word is one message or note of a ticket's dialogue.
type Word struct {
	Anchor  string // id of the element
	Author  string
	Picture string // URL of the author's; "": none
	Side    string // "customer", "agent" or "system": how it looks
	Note    bool   // internal
	Channel string // said beside the author; "": nothing
	At      time.Time
	HTML    string    // harmless and ready to stand in the page; or
	Frame   string    // URL of the message in its own sandboxed frame
	Remote  *Remote   // pictures of other hosts in the frame; nil: there are none
	Quoted  string    // plain text that was cut; "": none
	Deleted time.Time // zero: it stands
	Erased  bool      // deleted because its writer was erased
	Files   []File
	Marks   []Mark
	Change  string // URL of the page that changes or deletes it; "": the reader may not
	Folded  string // what to call it while it is folded; "": it stands open
	Letter  string // URL of what is known of the letter that it came by; "": by none
	Publish string // URL that makes an answer of it; "": it cannot be made one
	Before  string // URL of its earlier versions; "": none, or not for the reader
}

// Remote are a letter's pictures that stand on other hosts: they are fetched, by
// us, once the reader asks for them.
type Remote struct {
	Action string // where the choice is posted
	Back   string // where it leads to
	Count  int
	Hosts  string // where they stand
	Shown  bool
	Always bool   // because they are always shown from this sender
	Sender string // whose may always be shown; "": nobody's
}

// Mark says something about a message: not confirmed, edited, delayed.
type Mark struct {
	Kind string // "info", "warning", "error", "success"
	Icon string
	Text string
	// Href and Link lead to what can be done about it; empty: nothing.
	Href, Link string
}

// ago is when, in words, for the element that scripts keep fresh.
func ago(l *locale.Locale, t, now time.Time) string { return l.Ago(t, now) }

func wordClass(w Word) string {
	switch {
	case w.Note:
		return "word word-note"
	case w.Side == "agent":
		return "word word-agent"
	}
	return "word"
}

// frame is the address of the message's own document. It changes with the
// reader's choice, so that an open page loads it anew.
func (w Word) frame() string {
	if w.Remote != nil && w.Remote.Shown {
		return w.Frame + "?pictures=shown"
	}
	return w.Frame
}
