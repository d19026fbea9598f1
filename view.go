package okno

import (
	"strings"
	"time"
)

// View is a question to the tickets that an agent has saved under a name. Who
// looks at it sees what it finds among the tickets that he sees.
type View struct {
	Ref      Ref
	Name     string
	Question string   // as it is typed into the search box
	Person   PersonID // whose it is
	Shared   bool     // all agents have it
	Created  time.Time
}

// Bounds of saved views.
const (
	MaxViews    = 50 // of one agent
	MaxViewName = 60 // characters
)

// Check brings a view into its form and says everything that is wrong with it,
// or nil.
func (v *View) Check() error {
	v.Name, v.Question = strings.TrimSpace(v.Name), strings.TrimSpace(v.Question)
	var wrong Errors
	switch n := len([]rune(v.Name)); {
	case n == 0:
		wrong = append(wrong, Missing("name"))
	case n > MaxViewName:
		wrong = append(wrong, TooLong("name", MaxViewName))
	}
	if v.Question == "" {
		wrong = append(wrong, Missing("q"))
	}
	return wrong.Err()
}
