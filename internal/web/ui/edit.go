package ui

import "time"

// Edit is one's own message while it is changed or deleted.
type Edit struct {
	Path     string // where the change is sent
	Deletion string // where it is deleted
	Back     string // the message in its ticket
	Text     Field
	Hint     string // who sees the earlier text
	Editor   bool   // with the editor, which begins with HTML
	HTML     string
	Version  int64 // of the message that the author saw
	Until    time.Time
	Now      string // what the message says meanwhile; "": what the author saw
	Wrong    []Wrong
}
