package okno

import "time"

// LetterTemplate is what an installation says otherwise in letters of a kind,
// in one language, as one version of it.
type LetterTemplate struct {
	Name    string // of the template
	Lang    string
	Version int64             // counts from 1; 0: the built-in words
	Texts   map[string]string // by key of the catalogue; a key that is missing: the built-in words
	Person  PersonID          // who wrote it
	At      time.Time
}

// MaxTemplateText is the longest text of a template, in characters.
const MaxTemplateText = 2000

// TemplateEdited is the fact that a letter template was changed.
const TemplateEdited EventKind = "template.edited"
