package okno

import (
	"regexp"
	"slices"
	"strings"
)

// The facts about companies' contacts; all are for agents. ContactAdded's and
// ContactInvited's reason says which letter follows, ContactChanged's what was
// changed.
const (
	ContactInvited EventKind = "contact.invited" // once more
	ContactJoined  EventKind = "contact.joined"
	ContactChanged EventKind = "contact.changed"
)

// The reasons of ContactAdded and ContactInvited.
const (
	ContactMade  = "made"  // an account was made for him
	ContactAsked = "asked" // he was known before and is asked to join
)

// ContactState is how far a company's contact has come.
type ContactState string

const (
	ContactIsInvited   ContactState = "invited"   // has not come in yet
	ContactIsUnreached ContactState = "unreached" // nor can he: the letter that invites him came back
	ContactIsActive    ContactState = "active"
	ContactIsDisabled  ContactState = "disabled"
)

// Waits reports whether the contact is still to come in.
func (s ContactState) Waits() bool { return s == ContactIsInvited || s == ContactIsUnreached }

// Contact is a person's place in a company as its administrators see it: never
// his address, phone or login (spec R64).
type Contact struct {
	Ref           Ref
	Name          string // empty: he gave none
	State         ContactState
	Administrator bool
}

// ManagesContacts reports whether the actor administers a company as its
// contact: he came in at the portal and has chosen his password.
func (a Actor) ManagesContacts(c CompanyID) bool {
	return c != 0 && a.Door == DoorPortal && a.Person != 0 && !a.MustChange &&
		slices.ContainsFunc(a.Companies, func(m Membership) bool { return m.Company == c && m.Administrator })
}

// ManagesAnyContacts reports whether there is a company that the actor
// administers as its contact.
func (a Actor) ManagesAnyContacts() bool {
	return slices.ContainsFunc(a.Companies, func(m Membership) bool { return a.ManagesContacts(m.Company) })
}

// AdminLogin begins the login names of companies' first administrators (spec
// R37); nobody else's may.
const AdminLogin = "Admin-"

var loginName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._-]{2,39}$`)

// CheckLogin says what is wrong with a login name that someone chose for
// another: 3 to 40 letters, digits, dots, hyphens and underscores. It is no
// address: whose address it is signs in with that.
func CheckLogin(field, s string) error {
	switch {
	case s == "":
		return Missing(field)
	case !loginName.MatchString(s):
		return &Error{Reason: Invalid, Key: "error.login", Field: field}
	case strings.HasPrefix(strings.ToLower(s), strings.ToLower(AdminLogin)):
		return &Error{Reason: Invalid, Key: "error.taken", Field: field}
	}
	return nil
}
