package okno

// Trouble is what is wrong with a mail server, as far as there is advice on it;
// "": nobody foresaw it.
type Trouble string

// The first five are what outbound.FaultOf tells, in its words.
const (
	TroubleHost        Trouble = "host"        // its name is not known
	TroubleRefused     Trouble = "refused"     // nobody listens at the port
	TroublePrivate     Trouble = "private"     // it is in an inner network that is not allowed
	TroubleSilent      Trouble = "silent"      // no answer in time
	TroubleCertificate Trouble = "certificate" // it does not prove who it is
	TroubleSecurity    Trouble = "security"    // it protects the connection another way, or not at all
	TroubleLogin       Trouble = "login"       // it does not let us in
	TroubleSelect      Trouble = "folder"      // it has no such folder
)

// ServerError is an error of speaking with a mail server.
type ServerError struct {
	Trouble Trouble
	Err     error
}

// Error is what was said, in the words of the mail server or of the network.
func (e *ServerError) Error() string { return e.Err.Error() }

// Unwrap is errors.Unwrap's.
func (e *ServerError) Unwrap() error { return e.Err }
