package desk

import "github.com/oknodesk/okno/internal/mail"

// BuiltInPhrases are the closing phrases of a language for which the
// installation has none of its own.
func BuiltInPhrases(lang string) []string { return mail.DefaultClosingPhrases(lang) }
