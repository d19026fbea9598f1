// Package bearer signs in to mail servers with a token in a password's place:
// by OAUTHBEARER (RFC 7628), or by XOAUTH2, which Google and Microsoft had
// before there was a standard.
package bearer

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"github.com/emersion/go-sasl"
)

// The mechanisms, as servers name them.
const (
	XOAuth2     = "XOAUTH2"
	OAuthBearer = "OAUTHBEARER"
)

// ErrNone says that the server takes no tokens.
var ErrNone = errors.New("the server takes neither XOAUTH2 nor OAUTHBEARER")

// Refusal is a server's no to a token.
type Refusal struct {
	Status string // the server's word, such as "400" or "invalid_token"; empty: it gave none
}

// Error names the server's word.
func (r *Refusal) Error() string {
	if r.Status == "" {
		return "the server refused the token"
	}
	return "the server refused the token: " + r.Status
}

// SignIn is one exchange by whichever mechanism the server offers.
type SignIn struct {
	mechanism string
	first     []byte
	apart     bool // the first answer is yet to go in a line of its own
	refused   *Refusal
}

// New makes the exchange; login is the mailbox's name at the server. offers
// tells which mechanisms the server has; ErrNone: neither.
func New(offers func(mechanism string) bool, login, token string) (*SignIn, error) {
	if strings.ContainsAny(login+token, "\x01\r\n\x00") {
		return nil, errors.New("the login or the token has a control character")
	}
	switch {
	case offers(XOAuth2):
		return &SignIn{mechanism: XOAuth2, first: []byte("user=" + login + "\x01auth=Bearer " + token + "\x01\x01")}, nil
	case offers(OAuthBearer):
		name := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(login) // RFC 5801 4
		return &SignIn{mechanism: OAuthBearer, first: []byte("n,a=" + name + ",\x01auth=Bearer " + token + "\x01\x01")}, nil
	}
	return nil, ErrNone
}

var _ sasl.Client = (*SignIn)(nil)

// Within has the token sent in a line of its own if the command that would
// hold it is longer than so many bytes: SMTP's may have 512 (RFC 4954 4).
func (s *SignIn) Within(limit int) *SignIn {
	s.apart = len("AUTH ")+len(s.mechanism)+1+base64.StdEncoding.EncodedLen(len(s.first))+len("\r\n") > limit
	return s
}

// Start implements sasl.Client.
func (s *SignIn) Start() (mechanism string, first []byte, err error) {
	if s.apart {
		return s.mechanism, nil, nil
	}
	return s.mechanism, s.first, nil
}

// Next implements sasl.Client: whatever a server says after it has the token is
// its refusal, and it waits for an answer before it ends the exchange.
func (s *SignIn) Next(challenge []byte) ([]byte, error) {
	if s.apart {
		s.apart = false
		return s.first, nil
	}
	var said struct {
		Status string `json:"status"`
	}
	s.refused = &Refusal{}
	if json.Unmarshal(challenge, &said) == nil && len(said.Status) <= 40 {
		s.refused.Status = said.Status
	}
	return []byte{1}, nil // RFC 7628 3.2.3; XOAUTH2's end takes anything
}

// Failed is what err, with which the exchange ended, means: a Refusal if the
// server said no to the token.
func (s *SignIn) Failed(err error) error {
	if err != nil && s.refused != nil {
		return s.refused
	}
	return err
}
