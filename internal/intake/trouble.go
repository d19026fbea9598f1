package intake

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/bearer"
	"github.com/oknodesk/okno/internal/outbound"
)

// Steps of a session whose failure says what is wrong.
const (
	stepSignIn = "sign in"
	stepSelect = "select"
)

// stepError is what went wrong at a step of a session.
type stepError struct {
	step string
	err  error
}

func at(step string, err error) error { return &stepError{step, err} }

// Error names the step.
func (e *stepError) Error() string { return e.step + ": " + e.err.Error() }

// Unwrap is errors.Unwrap's.
func (e *stepError) Unwrap() error { return e.err }

// silence is that of a server that did not answer a command.
type silence time.Duration

// Error says how long it was waited.
func (s silence) Error() string { return fmt.Sprintf("no answer within %s", time.Duration(s)) }

// errNaked refuses to show a password to whoever listens.
var errNaked = errors.New("connect: without encryption only a server on this machine is spoken to")

// protecting are the steps that end with an encrypted connection.
var protecting = []string{"TLS", "STARTTLS", "STLS"}

// troubleOf tells what is wrong with a mail server.
func troubleOf(err error) okno.Trouble {
	if fault := outbound.FaultOf(err); fault != "" {
		return okno.Trouble(fault)
	}
	var failed *stepError
	step := ""
	if errors.As(err, &failed) {
		step = failed.step
	}
	switch {
	case errors.As(err, new(silence)):
		return okno.TroubleSilent
	case errors.Is(err, errNaked), slices.Contains(protecting, step), codeOf(err) == imap.ResponseCodePrivacyRequired:
		return okno.TroubleSecurity
	case step == stepSignIn && refused(err):
		return okno.TroubleLogin
	case step == stepSelect && refused(err):
		return okno.TroubleSelect
	}
	return ""
}

func codeOf(err error) imap.ResponseCode {
	var no *imap.Error
	if errors.As(err, &no) {
		return no.Code
	}
	return ""
}

// passing are the codes of a server that cannot just now (RFC 5530).
var passing = []imap.ResponseCode{imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug}

// refused reports whether the server said no for good.
func refused(err error) bool {
	var imapNo *imap.Error
	var popNo *popRefusal
	switch {
	case errors.As(err, &imapNo):
		return imapNo.Type == imap.StatusResponseTypeNo && !slices.Contains(passing, imapNo.Code)
	case errors.As(err, &popNo): // RFC 2449, 8.1; RFC 3206
		said := strings.ToUpper(popNo.words)
		return !strings.HasPrefix(said, "[IN-USE]") && !strings.HasPrefix(said, "[LOGIN-DELAY]") && !strings.HasPrefix(said, "[SYS/TEMP]")
	}
	return errors.As(err, new(*bearer.Refusal))
}
