package okno

import (
	"strings"
	"time"
)

// AddressAsked is the fact that a person asked for another address; its
// subject is the change. AddressChanged is the fact that he confirmed it.
const (
	AddressAsked   EventKind = "address.asked"
	AddressChanged EventKind = "address.changed"
)

const (
	LetterAddress        LetterKind = "address"         // confirms a new address
	LetterAddressTaken   LetterKind = "address-taken"   // it is another's already
	LetterAddressChanged LetterKind = "address-changed" // to the former address
)

// Profile is what a person says of himself.
type Profile struct {
	Name, Phone string
	Lang        string // "ru" or "en"
	Zone        string // IANA name; "": the installation's
	Version     int64  // that was seen
}

// Check trims the profile and names every field that is wrong.
func (p *Profile) Check() error {
	p.Name, p.Phone = strings.TrimSpace(p.Name), strings.TrimSpace(p.Phone)
	var wrong Errors
	for _, err := range []error{CheckName("name", p.Name), CheckPhone("phone", p.Phone)} {
		if err := wrong.Add(err); err != nil {
			return err
		}
	}
	if p.Lang != "ru" && p.Lang != "en" {
		wrong = append(wrong, &Error{Reason: Invalid, Key: "error.lang", Field: "lang"})
	}
	if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" {
		wrong = append(wrong, &Error{Reason: Invalid, Key: "error.choice", Field: "zone"})
	}
	return wrong.Err()
}
