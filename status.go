package okno

import "slices"

// StatusKind is what a status means to the program. The statuses people see
// are rows (Status), each of one kind.
type StatusKind string

const (
	StatusNew     StatusKind = "new"     // nobody has taken it up yet
	StatusOpen    StatusKind = "open"    // in progress
	StatusWaiting StatusKind = "waiting" // for the customer's answer; chosen, never guessed
	StatusHold    StatusKind = "hold"    // put off until a date, wakes by itself
	StatusDone    StatusKind = "done"    // an agent says it is solved, the requester is asked
	StatusClosed  StatusKind = "closed"  // agreed, announced or closed by the requester
)

// StatusKinds lists every kind in the order of a ticket's life.
var StatusKinds = []StatusKind{StatusNew, StatusOpen, StatusWaiting, StatusHold, StatusDone, StatusClosed}

// Alive reports whether somebody still owes the ticket something.
func (k StatusKind) Alive() bool { return k != StatusDone && k != StatusClosed }

// Valid reports whether k is one of StatusKinds.
func (k StatusKind) Valid() bool { return slices.Contains(StatusKinds, k) }

// Status is a status as an installation names it. Names are by language code;
// a kind's own name stands in the catalogue when a language has none here.
type Status struct {
	ID       StatusID
	Kind     StatusKind
	Names    map[string]string
	Position int
	Colour   string
}

// Mover is on which side of the ticket the one who changes its status stands.
type Mover string

const (
	ByCustomer Mover = "customer" // the requester or his company's administrator
	ByAgent    Mover = "agent"
	BySystem   Mover = "system" // an announced deadline, a date that came
)

// transitions is the one table of what may follow what, by whom (spec
// "Statuses"). What is not here is refused.
var transitions = map[StatusKind]map[StatusKind][]Mover{
	StatusNew: {
		StatusOpen:    {ByAgent},
		StatusWaiting: {ByAgent},
		StatusHold:    {ByAgent},
		StatusDone:    {ByAgent},
		StatusClosed:  {ByCustomer, ByAgent},
	},
	StatusOpen: {
		StatusWaiting: {ByAgent},
		StatusHold:    {ByAgent},
		StatusDone:    {ByAgent},
		StatusClosed:  {ByCustomer, ByAgent},
	},
	StatusWaiting: {
		StatusOpen:   {ByCustomer, ByAgent, BySystem},
		StatusHold:   {ByAgent},
		StatusDone:   {ByAgent},
		StatusClosed: {ByCustomer, ByAgent},
	},
	StatusHold: {
		StatusOpen:    {ByCustomer, ByAgent, BySystem},
		StatusWaiting: {ByAgent},
		StatusDone:    {ByAgent},
		StatusClosed:  {ByCustomer, ByAgent},
	},
	StatusDone: {
		StatusOpen:   {ByCustomer, ByAgent},
		StatusClosed: {ByCustomer, ByAgent, BySystem},
	},
	StatusClosed: {
		StatusOpen: {ByCustomer, ByAgent},
	},
}

// MayMove reports whether a ticket may go from one kind of status to another
// when somebody of the given side asks.
func MayMove(from, to StatusKind, by Mover) bool {
	return slices.Contains(transitions[from][to], by)
}

// MovesFrom lists where a ticket may go from a kind of status, in the order
// of StatusKinds.
func MovesFrom(from StatusKind, by Mover) []StatusKind {
	var to []StatusKind
	for _, k := range StatusKinds {
		if MayMove(from, k, by) {
			to = append(to, k)
		}
	}
	return to
}
