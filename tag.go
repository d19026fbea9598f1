package okno

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Tag is a word that agents put on tickets. It is the desk's, not the
// ticket's: renamed, it is so everywhere. Customers never see tags.
type Tag struct {
	ID      TagID
	Ref     Ref
	Name    string
	Into    TagID // the tag that it was merged into; 0: it is one by itself
	Created time.Time
	Version int64
}

// Bounds of tags.
const (
	MaxTagName    = 40   // characters
	MaxTicketTags = 20   // of one ticket
	MaxTags       = 2000 // of an installation
)

// TagName is a tag's name as it is kept: one line without space around it. A
// comma stands between names, it is in none.
func TagName(typed string) (string, error) {
	name := strings.Join(strings.Fields(typed), " ")
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", Missing("tag")
	case n > MaxTagName:
		return "", TooLong("tag", MaxTagName)
	case strings.ContainsFunc(name, func(r rune) bool { return r == ',' || r == '"' || unicode.IsControl(r) }):
		return "", &Error{Reason: Invalid, Key: "error.tag.sign", Field: "tag"}
	}
	return name, nil
}

// What can be done with tags.
var (
	TagTicket  = declare(Action{Name: "ticket.tag", Roles: agents})
	ManageTags = declare(Action{Name: "tags.manage", Roles: admins})
)

// The facts about tags; all are for agents. The data of the first two name the
// tag as To and From.
const (
	TagAdded   EventKind = "tag.added"
	TagRemoved EventKind = "tag.removed"
	TagEdited  EventKind = "tag.edited"
)
