package okno

import (
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// Person is anyone the desk knows: who asks, who answers, or both at
// different doors.
type Person struct {
	ID      PersonID
	Ref     Ref
	Name    string
	Phone   string
	Address string // the first of his addresses; empty: a caller without one
	Lang    string // "": not known yet
	Zone    string // IANA name; "": the installation's
	Agent   bool   // holds a role at the desk
	Away    bool   // an agent's own word that he is not to be given work
	// AwayUntil ends being away; zero: until he says otherwise.
	AwayUntil time.Time
	Theme     string // "", "light", "dark"

	Shortcuts bool // single-letter keys are on (WCAG 2.1.4)
	Switches  Switches

	Picture     string // blob hash of his picture; empty: none
	PictureType string // its media type

	Created  time.Time
	Disabled time.Time // zero: may come in
	Erased   time.Time // zero: not; else he has no name, address or phone any more
	Version  int64
}

// Short is the name for a place with little room: the name, else the part of
// the address before the @.
func (p Person) Short() string {
	if p.Name != "" {
		return p.Name
	}
	local, _, _ := strings.Cut(p.Address, "@")
	return local
}

// Address is one of a person's e-mail addresses; it is nobody else's.
type Address struct {
	ID        AddressID
	Person    PersonID
	Address   string    // as written
	Folded    string    // as compared
	Confirmed time.Time // zero: nobody has shown that it is his
	// Undeliverable is since when letters to it come back; zero: they do not.
	// Trouble is why, in the other mail server's words.
	Undeliverable time.Time
	Trouble       string
}

// MaxAddress is the longest e-mail address, in bytes (RFC 5321 4.5.3.1).
const MaxAddress = 254

// quotedWords is an address of words in quotation marks (RFC 5321, 4.1.2) that
// could not stand without them.
var quotedWords = regexp.MustCompile("^\"[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~.-]+(?: [\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~.-]+)+\"@")

// CheckAddress returns the address alone, trimmed, or says what is wrong with
// it. A name beside it ("Ann <ann@example.com>") is not an address.
func CheckAddress(field, s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", Missing(field)
	}
	a, err := mail.ParseAddress(s)
	if err == nil && quotedWords.MatchString(s) {
		a.Address = s // the parser leaves the marks out
	}
	if err != nil || len(s) > MaxAddress || a.Address != strings.Trim(s, "<>") || !strings.Contains(a.Address[strings.LastIndex(a.Address, "@")+1:], ".") && !strings.HasSuffix(a.Address, "@localhost") {
		return "", &Error{Reason: Invalid, Key: "error.address.wrong", Field: field}
	}
	return a.Address, nil
}

// MaxName is the longest name of a person, in characters.
const MaxName = 120

// CheckName says what is wrong with a person's name, or nil.
func CheckName(field, s string) error {
	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return Missing(field)
	case n > MaxName:
		return TooLong(field, MaxName)
	}
	return nil
}
