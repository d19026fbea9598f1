package okno

// RegistrationAsked is the fact that a visitor asked for an account; its
// subject is the registration. PersonRegistered is the fact that the address's
// owner confirmed it.
const (
	RegistrationAsked EventKind = "registration.asked"
	PersonRegistered  EventKind = "person.registered"
)

const (
	LetterRegistration LetterKind = "registration" // confirms an address, spec R27
	LetterRegistered   LetterKind = "registered"   // the address has an account already
)

// MaxPhone is the longest telephone number as typed, in bytes.
const MaxPhone = 40

// CheckPhone says what is wrong with a telephone number, or nil; an empty one
// is none.
func CheckPhone(field, s string) error {
	if len(s) > MaxPhone {
		return TooLong(field, MaxPhone)
	}
	return nil
}
