package post

import (
	"errors"
	"slices"

	"github.com/emersion/go-smtp"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/bearer"
	"github.com/oknodesk/okno/internal/outbound"
)

// unprotected is why STARTTLS did not begin.
type unprotected struct{ error }

// Unwrap is errors.Unwrap's.
func (e *unprotected) Unwrap() error { return e.error }

// signInError is why a relay did not let us in.
type signInError struct{ err error }

// Error says at what it happened.
func (e *signInError) Error() string { return "signing in: " + e.err.Error() }

// Unwrap is errors.Unwrap's.
func (e *signInError) Unwrap() error { return e.err }

// Codes of AUTH's answers (RFC 4954, 6).
var (
	wantsProtection = []int{530, 538}
	wantsAnother    = []int{534, 535} // login, password or mechanism
)

// troubled is err with what is wrong with the relay; nil stays nil.
func troubled(err error) error {
	if err == nil {
		return nil
	}
	return &okno.ServerError{Trouble: troubleOf(err), Err: err}
}

func troubleOf(err error) okno.Trouble {
	if fault := outbound.FaultOf(err); fault != "" {
		return okno.Trouble(fault)
	}
	code := 0
	var no *smtp.SMTPError
	if errors.As(err, &no) {
		code = no.Code
	}
	signingIn := errors.As(err, new(*signInError))
	switch {
	case errors.Is(err, errNaked), errors.As(err, new(*unprotected)), signingIn && slices.Contains(wantsProtection, code):
		return okno.TroubleSecurity
	case signingIn && slices.Contains(wantsAnother, code), errors.As(err, new(*bearer.Refusal)):
		return okno.TroubleLogin
	}
	return ""
}
