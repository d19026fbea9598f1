package okno

import (
	"slices"
)

// Door is the way an actor came in. The same person is another actor at
// another door: an agent at the portal is only a customer.
type Door string

const (
	DoorPortal    Door = "portal"
	DoorWorkspace Door = "workspace"
	DoorAdmin     Door = "admin"
	DoorMail      Door = "mail"
	DoorConsole   Door = "console" // whoever may run the program on its machine
	DoorSystem    Door = "system"  // the desk itself, for a deadline or an import
)

// Actor is who acts: a person (or nobody), the door he came through and the
// proof he showed there. Only Desk makes actors.
type Actor struct {
	Person  PersonID // 0: nobody known
	Door    Door
	Session SessionID
	Lang    string
	// Claim grades the letter at DoorMail; empty elsewhere.
	Claim Claim
	// Guest are tickets opened to this browser by an access link, with the
	// person each link was mailed to.
	Guest map[TicketID]PersonID
	// Grants are filled at the workspace's and the administration's doors, and
	// for an agent's proven letter to a ticket he takes no part in.
	Grants []Grant
	// Companies are filled at the portal's door and for proven letters.
	Companies []Membership
	// MustChange: the account's password was issued; nothing but changing it
	// is allowed.
	MustChange bool
}

// System is the desk itself.
func System() Actor { return Actor{Door: DoorSystem} }

// Console is whoever may run the program on its machine.
func Console() Actor { return Actor{Door: DoorConsole} }

// Nobody is a visitor without any proof.
func Nobody(lang string) Actor { return Actor{Door: DoorPortal, Lang: lang} }

// Trusted reports whether the actor is the desk or its machine's owner.
func (a Actor) Trusted() bool { return a.Door == DoorSystem || a.Door == DoorConsole }

// Agent reports whether he acts as an agent here.
func (a Actor) Agent() bool {
	inside := a.Door == DoorWorkspace || a.Door == DoorAdmin || a.Door == DoorMail && a.Claim == Proven
	return inside && len(a.Grants) > 0 && !a.MustChange
}

// Side is on which side of a dialogue this actor speaks.
func (a Actor) Side() Side {
	switch {
	case a.Trusted():
		return SideSystem
	case a.Agent():
		return SideAgent
	}
	return SideCustomer
}

// Mover is on which side of the table of transitions this actor stands.
func (a Actor) Mover() Mover {
	switch a.Side() {
	case SideAgent:
		return ByAgent
	case SideSystem:
		return BySystem
	}
	return ByCustomer
}

// For is the person in whose name this actor acts on a ticket: himself, or
// the one to whom the access link was mailed.
func (a Actor) For(t *Ticket) PersonID {
	if a.Person != 0 && (a.Agent() || t.TakesPart(a.Person) || a.administers(t.Company)) {
		return a.Person
	}
	if p, ok := a.Guest[t.ID]; ok {
		return p
	}
	return a.Person
}

func (a Actor) administers(c CompanyID) bool {
	return c != 0 && slices.ContainsFunc(a.Companies, func(m Membership) bool { return m.Company == c && m.Administrator && m.SeesAll })
}

// Standing is what a customer is to a ticket.
type Standing uint8

const (
	AsRequester Standing = 1 << iota
	AsCompanyAdmin
	AsParticipant
	// AsStranger: someone with no part in the ticket, whose letter found it.
	AsStranger
)

// StandingIn is everything that the actor is to a ticket as a customer.
func (a Actor) StandingIn(t *Ticket) Standing {
	var s Standing
	person := a.For(t)
	if person != 0 && person == t.Requester {
		s |= AsRequester
	} else if t.TakesPart(person) {
		s |= AsParticipant
	}
	if a.administers(t.Company) {
		s |= AsCompanyAdmin
	}
	if s == 0 && a.Door == DoorMail {
		s = AsStranger
	}
	return s
}

// Action is something that can be done. It is declared once, beside its noun,
// with who may do it before an installation changes its roles. Its name is
// the permission's name.
type Action struct {
	Name string
	// Roles are the built-in roles that hold the permission at first.
	Roles []string
	// Customers is which standing in the ticket suffices for a customer; 0:
	// customers never do this.
	Customers Standing
	// Unproven: a letter whose claim is not proven may do it too (it only
	// adds words).
	Unproven bool
}

// Actions lists every action, in the order of declaration; it is the
// permission page of the administration.
var Actions []Action

func declare(a Action) Action {
	Actions = append(Actions, a)
	return a
}

var (
	agents = []string{"agent", "admin"}
	admins = []string{"admin"}
)

// What can be done with a ticket.
var (
	SeeTicket       = declare(Action{Name: "ticket.see", Roles: agents, Customers: AsRequester | AsParticipant | AsCompanyAdmin})
	OpenTicket      = declare(Action{Name: "ticket.open", Roles: agents})
	WriteMessage    = declare(Action{Name: "message.write", Roles: agents, Customers: AsRequester | AsParticipant | AsCompanyAdmin | AsStranger, Unproven: true})
	WriteNote       = declare(Action{Name: "note.write", Roles: agents})
	SetStatus       = declare(Action{Name: "ticket.status", Roles: agents})
	AssignTicket    = declare(Action{Name: "ticket.assign", Roles: agents})
	TransferTicket  = declare(Action{Name: "ticket.transfer", Roles: agents})
	EditSubject     = declare(Action{Name: "ticket.subject", Roles: agents})
	AddParticipants = declare(Action{Name: "participant.add", Roles: agents, Customers: AsRequester | AsCompanyAdmin})
	CloseTicket     = declare(Action{Name: "ticket.close", Roles: agents, Customers: AsRequester | AsCompanyAdmin})
	ConfirmDone     = declare(Action{Name: "ticket.confirm", Customers: AsRequester | AsCompanyAdmin})
	// AskClosing is what an unproven letter that says "solved" comes to: the
	// requester is mailed a button.
	AskClosing = declare(Action{Name: "ticket.askclosing", Customers: AsRequester | AsParticipant | AsStranger, Unproven: true})
)

// What can be done with the installation.
var (
	ManagePeople      = declare(Action{Name: "people.manage", Roles: admins})
	ManageDepartments = declare(Action{Name: "departments.manage", Roles: admins})
	ManageMailboxes   = declare(Action{Name: "mailboxes.manage", Roles: admins})
	ManageSettings    = declare(Action{Name: "settings.manage", Roles: admins})
	SeeLetters        = declare(Action{Name: "letters.see", Roles: admins})
)

// RolePermissions lists what a built-in role may do before anyone changes it.
func RolePermissions(role string) []string {
	var names []string
	for _, a := range Actions {
		if slices.Contains(a.Roles, role) {
			names = append(names, a.Name)
		}
	}
	return names
}

// May reports whether the actor may do this with this ticket. It judges the
// action only: that he sees the ticket at all is the scope's matter.
func (a Actor) May(act Action, t *Ticket) bool {
	switch {
	case a.Trusted():
		return true
	case a.MustChange:
		return false
	case a.Agent():
		return a.holds(act.Name, t.Department)
	case a.Door == DoorWorkspace || a.Door == DoorAdmin:
		return false // an agent's door without a role
	case a.Door == DoorMail && a.Claim != Proven && !act.Unproven:
		return false
	}
	return a.StandingIn(t)&act.Customers != 0
}

// MayManage reports whether the actor may do this with the installation; no
// letter does, whoever wrote it.
func (a Actor) MayManage(act Action) bool {
	return a.Trusted() || a.Agent() && a.Door != DoorMail && a.holds(act.Name, 0)
}

// MayIn reports whether the actor may do this in a department, as an agent.
func (a Actor) MayIn(act Action, d DepartmentID) bool {
	return a.Trusted() || a.Agent() && a.holds(act.Name, d)
}

// holds reports whether a grant gives the permission in the department; what
// concerns the whole installation (0) needs a grant for all departments.
func (a Actor) holds(permission string, d DepartmentID) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return (g.Department == 0 || g.Department == d && d != 0) && slices.Contains(g.Permissions, permission)
	})
}

// Scope is which tickets an asker sees. Only Actor.Sees fills one; the zero
// Scope sees nothing.
type Scope struct {
	everything  bool
	departments []DepartmentID
	person      PersonID
	companies   []CompanyID
	tickets     []TicketID
	side        Side
}

// Sees is the scope of an actor.
func (a Actor) Sees() Scope {
	switch {
	case a.Trusted():
		return Scope{everything: true, side: SideAgent}
	case a.MustChange:
		return Scope{}
	case a.Agent():
		s := Scope{side: SideAgent}
		for _, g := range a.Grants {
			if !slices.Contains(g.Permissions, SeeTicket.Name) {
				continue
			}
			if g.Department == 0 {
				s.everything = true
			} else if !slices.Contains(s.departments, g.Department) {
				s.departments = append(s.departments, g.Department)
			}
		}
		return s
	case a.Door == DoorWorkspace || a.Door == DoorAdmin:
		return Scope{} // an agent's door without a role
	}
	s := Scope{side: SideCustomer, person: a.Person}
	for _, m := range a.Companies {
		if m.Administrator && m.SeesAll {
			s.companies = append(s.companies, m.Company)
		}
	}
	for t := range a.Guest {
		s.tickets = append(s.tickets, t)
	}
	slices.Sort(s.tickets)
	return s
}

// Everything reports whether the scope holds all tickets.
func (s Scope) Everything() bool { return s.everything }

// Departments are those whose tickets the scope holds, beside the rest.
func (s Scope) Departments() []DepartmentID { return s.departments }

// Person is whose own tickets the scope holds; 0: nobody's.
func (s Scope) Person() PersonID { return s.person }

// Companies are those whose tickets the scope holds, beside the rest.
func (s Scope) Companies() []CompanyID { return s.companies }

// Tickets are single tickets that the scope holds, beside the rest.
func (s Scope) Tickets() []TicketID { return s.tickets }

// Side is which side's words the asker may read; empty: none.
func (s Scope) Side() Side { return s.side }

// Admits reports whether the ticket is in the scope.
func (s Scope) Admits(t *Ticket) bool {
	return s.everything ||
		slices.Contains(s.departments, t.Department) ||
		s.person != 0 && t.TakesPart(s.person) ||
		t.Company != 0 && slices.Contains(s.companies, t.Company) ||
		slices.Contains(s.tickets, t.ID)
}
