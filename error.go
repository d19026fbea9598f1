package okno

import (
	"errors"
	"strings"
)

// Reason is why something was refused.
type Reason string

const (
	Invalid   Reason = "invalid"   // what was given is wrong; Field names it
	NotFound  Reason = "notfound"  // there is no such thing for this asker
	Forbidden Reason = "forbidden" // he sees it but may not do this
	Unknown   Reason = "unknown"   // nobody is signed in
	Conflict  Reason = "conflict"  // it has changed since, or does not go together with how it stands
	TooMany   Reason = "toomany"   // throttled
	TooLarge  Reason = "toolarge"
	Busy      Reason = "busy" // for now; try again
)

// Error is a refusal that a person can read: Key and Args are a text in the
// catalogue, Field the field it stands beside.
type Error struct {
	Reason Reason
	Key    string
	Args   []any // name, value pairs
	Field  string
	// Changed says, with Conflict, what has changed since the asker looked.
	Changed []Event
}

// Error says the refusal for logs and tests, not for people.
func (e *Error) Error() string {
	s := string(e.Reason) + ": " + e.Key
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	return s
}

// Errors is several refusals at once: every field that is wrong, not only the
// first (spec R10).
type Errors []*Error

// Error joins the refusals for logs and tests.
func (es Errors) Error() string {
	words := make([]string, len(es))
	for i, e := range es {
		words[i] = e.Error()
	}
	return strings.Join(words, "; ")
}

// Add appends err when it is a refusal; nil is passed over. It returns any
// other error, which is not the asker's fault.
func (es *Errors) Add(err error) error {
	if err == nil {
		return nil
	}
	var many Errors
	if errors.As(err, &many) {
		*es = append(*es, many...)
		return nil
	}
	var one *Error
	if errors.As(err, &one) {
		*es = append(*es, one)
		return nil
	}
	return err
}

// Err is nil when nothing was refused.
func (es Errors) Err() error {
	if len(es) == 0 {
		return nil
	}
	return es
}

// ReasonOf tells why err refuses; empty means that err is no refusal but a
// failure of ours.
func ReasonOf(err error) Reason {
	var one *Error
	if errors.As(err, &one) {
		return one.Reason
	}
	var many Errors
	if errors.As(err, &many) && len(many) > 0 {
		return many[0].Reason
	}
	return ""
}

// Missing refuses an empty required field.
func Missing(field string) *Error {
	return &Error{Reason: Invalid, Key: "error.missing", Field: field}
}

// TooLong refuses a field of more than max characters.
func TooLong(field string, max int) *Error {
	return &Error{Reason: Invalid, Key: "error.toolong", Field: field, Args: []any{"Max", max}}
}

// Refuse makes a plain refusal.
func Refuse(r Reason, key string, args ...any) *Error {
	return &Error{Reason: r, Key: key, Args: args}
}

// ErrNotFound refuses what is not there, or not for this asker: the two are
// the same to him.
var ErrNotFound = &Error{Reason: NotFound, Key: "error.notfound"}

// ErrForbidden refuses an action on something that the asker does see.
var ErrForbidden = &Error{Reason: Forbidden, Key: "error.forbidden"}
