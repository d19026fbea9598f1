package okno

// ErasePerson is having what is kept of a person erased at his request.
var ErasePerson = declare(Action{Name: "people.erase", Roles: admins})

// PersonErased is the fact that an administrator had a person's data erased.
// TicketErased is the fact that a ticket lost by it what he had written there.
const (
	PersonErased EventKind = "person.erased"
	TicketErased EventKind = "ticket.erased"
)

func init() { eventAudience[TicketErased] = ForAll }
