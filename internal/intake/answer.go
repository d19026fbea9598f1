package intake

import (
	"errors"

	"github.com/emersion/go-smtp"
)

// Exit codes of sysexits.h, which mail servers act on.
const (
	exitData   = 65 // the letter cannot be taken
	exitNoUser = 67 // no mailbox has the address
	exitLater  = 75 // try again
)

var (
	answerNoMailbox = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox here"}
	answerEmpty     = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "The letter is empty"}
	answerLongLine  = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "A line of the letter is too long"}
	answerLater     = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Trouble here, please try again later"}
	answerSlow      = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 4, 2}, Message: "The letter took too long"}
	answerEnough    = &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Too many unknown recipients"}
)

// smtpAnswer says an outcome of Keep in SMTP. It never is a plain error: those
// would be told to the sender as permanent, words and all.
func smtpAnswer(err error) error {
	var said *smtp.SMTPError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNoMailbox):
		return answerNoMailbox
	case errors.Is(err, ErrTooLarge):
		return smtp.ErrDataTooLarge
	case errors.Is(err, ErrEmpty):
		return answerEmpty
	case errors.As(err, &said):
		return said
	}
	return answerLater
}

// exitCode says an outcome of Keep to the mail server that ran the program.
func exitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, ErrNoMailbox):
		return exitNoUser
	case errors.Is(err, ErrTooLarge), errors.Is(err, ErrEmpty):
		return exitData
	}
	return exitLater
}
