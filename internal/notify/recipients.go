package notify

import (
	"context"
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// rule is one line of who hears of what. own: even he who did it.
type rule struct {
	on     okno.EventKind
	when   condition
	who    circle
	letter okno.LetterKind
	own    bool
}

// condition is when a rule holds, in words and in code.
type condition struct {
	words string
	holds func(*desk.Notice) bool
}

// circle is who is told, in words and in code.
type circle struct {
	words  string
	agents bool
	of     func(*desk.Notice) []okno.PersonID // nil: the notice's addressee, who need not be known
}

// rules is the one place that says who hears of which fact. A fact without a
// line here is told to nobody; a person is told of a fact once, by the first
// line that names him.
var rules = []rule{
	{okno.TicketOpened, notByMachine, requester, okno.LetterConfirmation, true},
	{okno.TicketOpened, notAppointed, workers, okno.LetterOpened, false},

	{okno.MessageAdded, byAgent, takersPart, okno.LetterAnswer, false},
	{okno.MessageAdded, byCustomer, takersPart, okno.LetterMessage, false},
	{okno.MessageAdded, byCustomer, workers, okno.LetterCustomer, false},
	{okno.MessageAdded, standingApart, assignee, okno.LetterCustomer, false},
	{okno.NoteAdded, unsureNote, assignee, okno.LetterCustomer, true},

	{okno.StatusChanged, doneAlone, requester, okno.LetterDone, false},
	{okno.StatusChanged, closedByLetter, requester, okno.LetterClosed, true},
	{okno.StatusChanged, closed, requester, okno.LetterClosed, false},
	{okno.StatusChanged, closedByCustomer, assignee, okno.LetterClosed, false},
	{okno.StatusChanged, notSolved, workers, okno.LetterCustomer, false},

	{okno.TicketJoined, always, mergedPeople, okno.LetterMerged, false},
	{okno.TicketJoined, always, bothAssignees, okno.LetterMerged, false},
	{okno.TicketSplit, always, takersPart, okno.LetterMerged, false},

	{okno.AssigneeChanged, stillAssigned, assignee, okno.LetterAssigned, false},
	{okno.AssigneeChanged, stillTheTeams, workers, okno.LetterAssigned, false},
	{okno.CloseAsked, always, requester, okno.LetterCloseButton, true},
	{okno.LetterReturned, toCustomer, workers, okno.LetterCameBack, false},
	{okno.LetterReturned, toAnAgent, keepers, okno.LetterCameBack, false},
	{okno.AnswerWithheld, always, workers, okno.LetterStopped, false},
	{okno.AnswerReleased, always, requester, okno.LetterConfirmation, true},
	{okno.LettersStopped, always, workers, okno.LetterStopped, false},
	{okno.AnswerStopped, always, author, okno.LetterHeldBack, false},
	{okno.CallRequested, stillAsked, workers, okno.LetterCall, false},
	{okno.CallChanged, calledOff, workers, okno.LetterCallOff, false},
	{okno.CallChanged, notReached, asker, okno.LetterCallMissed, false},
	{okno.ClosingReminded, stillToClose, requester, okno.LetterReminder, false},
	{okno.ClosingStopped, always, workers, okno.LetterNotClosed, false},

	{okno.MailboxAlarmed, always, administrators, okno.LetterAlarm, false},
	{okno.MailboxRecovered, always, administrators, okno.LetterAlarmOver, false},
	{okno.EntryReturned, agentsInvitation, administrators, okno.LetterEntryReturned, false},
	{okno.EntryReturned, dailyRegistration, administrators, okno.LetterEntryReturned, false},

	{okno.PersonAdded, hasLogin, personNamed, okno.LetterInvitation, false},
	{okno.ResetAsked, hasLogin, personNamed, okno.LetterReset, true},

	{okno.ContactAdded, accountMade, personNamed, okno.LetterInvitation, false},
	{okno.ContactAdded, knownBefore, personNamed, okno.LetterJoin, false},
	{okno.ContactInvited, accountMade, personNamed, okno.LetterInvitation, false},
	{okno.ContactInvited, knownBefore, personNamed, okno.LetterJoin, false},

	{okno.RegistrationAsked, hasLogin, addressee, okno.LetterRegistered, true},
	{okno.RegistrationAsked, noLogin, addressee, okno.LetterRegistration, true},
	{okno.AddressAsked, anothers, addressee, okno.LetterAddressTaken, true},
	{okno.AddressAsked, nobodyElses, addressee, okno.LetterAddress, true},
	{okno.AddressChanged, always, former, okno.LetterAddressChanged, true},
}

var (
	always       = condition{"", func(*desk.Notice) bool { return true }}
	notByMachine = condition{"not by a machine", func(n *desk.Notice) bool { return !n.Event.Data.Machine }}
	byAgent      = condition{"by an agent", func(n *desk.Notice) bool { return inDialogue(n) && n.Event.Data.Side != okno.SideCustomer }}
	byCustomer   = condition{"by a customer", func(n *desk.Notice) bool { return inDialogue(n) && n.Event.Data.Side == okno.SideCustomer }}

	standingApart = condition{"by someone who takes no part", func(n *desk.Notice) bool { return n.Event.Data.Apart && !n.Event.Data.Machine }}

	unsureNote = condition{"by letter in an agent's name, unproven", func(n *desk.Notice) bool {
		return n.Event.Data.Channel == okno.ChannelMail && n.Event.Data.Claim != okno.Proven
	}}

	doneAlone = condition{"to done, without an answer that asks the same", func(n *desk.Notice) bool {
		return n.Event.Data.To == string(okno.StatusDone) && n.Event.Data.Reason != "answered"
	}}
	closed         = condition{"to closed", func(n *desk.Notice) bool { return n.Event.Data.To == string(okno.StatusClosed) }}
	closedByLetter = condition{"to closed, by a letter that says so", func(n *desk.Notice) bool {
		return closed.holds(n) && n.Event.Data.Reason == "phrase"
	}}
	closedByCustomer = condition{"to closed, by a customer", func(n *desk.Notice) bool {
		return closed.holds(n) && n.Event.Data.Side == okno.SideCustomer
	}}
	notSolved = condition{"back to open at a customer's word, without a message", func(n *desk.Notice) bool {
		return n.Event.Data.To == string(okno.StatusOpen) && slices.Contains([]string{"notsolved", "reopened"}, n.Event.Data.Reason)
	}}

	stillAssigned = condition{"to an agent, who still has it", func(n *desk.Notice) bool {
		return n.Event.Data.Person != 0 && n.Event.Data.Person == n.Ticket.Assignee
	}}
	// Of a new ticket its team is told by the opening.
	stillTheTeams = condition{"to a team by hand, which still has it", func(n *desk.Notice) bool {
		return n.Event.Data.Person == 0 && n.Event.Data.Team != 0 && n.Event.Data.Team == n.Ticket.Team && n.Event.Data.Reason == "by_hand"
	}}
	notAppointed = condition{"unless an agent was appointed at once", func(n *desk.Notice) bool { return !okno.AppointedAgent(n.Event.Data.Reason) }}
	toCustomer   = condition{"to a customer", func(n *desk.Notice) bool { return !toAnAgent.holds(n) }}
	// A notice that came back is not told to whom it could not be brought.
	toAnAgent = condition{"to an agent", func(n *desk.Notice) bool {
		return n.People[n.Event.Data.Person].Agent && !n.Ticket.TakesPart(n.Event.Data.Person)
	}}
	agentsInvitation = condition{"of an agent's invitation", func(n *desk.Notice) bool {
		return n.Event.Data.Reason == string(okno.LetterInvitation)
	}}
	dailyRegistration = condition{"of a registration, once a day", func(n *desk.Notice) bool { return !agentsInvitation.holds(n) }}
	hasLogin          = condition{"with a login", func(n *desk.Notice) bool { return n.Login != "" }}
	noLogin           = condition{"without a login", func(n *desk.Notice) bool { return n.Login == "" }}

	anothers = condition{"that is another person's", func(n *desk.Notice) bool {
		return n.Addressee.ID != 0 && n.Addressee.ID != n.Event.Data.Person
	}}
	nobodyElses = condition{"that is nobody else's", func(n *desk.Notice) bool { return !anothers.holds(n) }}
)

// inDialogue reports whether a message is part of the dialogue: customers see it too.
func inDialogue(n *desk.Notice) bool { return !n.Event.Data.Apart && !n.Event.Data.Machine }

var (
	requester  = circle{"the requester", false, func(n *desk.Notice) []okno.PersonID { return []okno.PersonID{n.Ticket.Requester} }}
	takersPart = circle{"the requester and the participants", false, func(n *desk.Notice) []okno.PersonID {
		return append([]okno.PersonID{n.Ticket.Requester}, n.Ticket.Participants...)
	}}
	mergedPeople = circle{"the requester and the participants of the ticket that was merged", false, func(n *desk.Notice) []okno.PersonID {
		return append([]okno.PersonID{n.Other.Requester}, n.Other.Participants...)
	}}
	bothAssignees = circle{"the assignees of both tickets", true, func(n *desk.Notice) []okno.PersonID {
		return []okno.PersonID{n.Ticket.Assignee, n.Other.Assignee}
	}}
	assignee = circle{"the assignee", true, func(n *desk.Notice) []okno.PersonID { return []okno.PersonID{n.Ticket.Assignee} }}
	workers  = circle{"the assignee, else the team's members, else the department's agents", true, func(n *desk.Notice) []okno.PersonID {
		if n.Ticket.Assignee != 0 {
			return []okno.PersonID{n.Ticket.Assignee}
		}
		var members, all []okno.PersonID
		for _, p := range n.Agents {
			if all = append(all, p.ID); slices.Contains(n.Team.Members, p.ID) {
				members = append(members, p.ID)
			}
		}
		if len(members) > 0 {
			return members
		}
		return all
	}}
	keepers = circle{"the administrators", true, func(n *desk.Notice) []okno.PersonID {
		var ids []okno.PersonID
		for _, p := range n.Keepers {
			if p != n.Event.Data.Person {
				ids = append(ids, p)
			}
		}
		return ids
	}}
	addressee   = circle{"the address asked about", false, nil}
	former      = circle{"the former address", false, nil}
	author      = circle{"its author", true, func(n *desk.Notice) []okno.PersonID { return []okno.PersonID{n.Event.Data.Person} }}
	personNamed = circle{"the person", false, func(n *desk.Notice) []okno.PersonID { return []okno.PersonID{n.Event.Data.Person} }}
)

// recipient is one person to be told, in a letter of a kind.
type recipient struct {
	person okno.Person
	letter okno.LetterKind
	agent  bool // is told as an agent
}

// recipients is who hears of a fact. What nobody is to be told of
// (EventData.Silent), and a message that was deleted meanwhile, is told to
// nobody; a ticket whose first message was is a ticket still.
func recipients(n *desk.Notice) []recipient {
	if n.Event.Data.Silent || !n.Message.Deleted.IsZero() && n.Event.Kind != okno.TicketOpened {
		return nil
	}
	var told []recipient
	heard := map[okno.PersonID]bool{0: true}
	for _, r := range rules {
		if r.on != n.Event.Kind || !r.when.holds(n) {
			continue
		}
		if r.who.of == nil {
			if heard[n.Addressee.ID] && n.Addressee.ID != 0 {
				continue
			}
			heard[n.Addressee.ID] = true
			told = append(told, recipient{person: n.Addressee, letter: r.letter})
			continue
		}
		for _, id := range r.who.of(n) {
			if heard[id] || id == n.Event.Actor && !r.own {
				continue
			}
			heard[id] = true
			told = append(told, recipient{person: personOf(n, id), letter: r.letter, agent: r.who.agents})
		}
	}
	return told
}

func personOf(n *desk.Notice, id okno.PersonID) okno.Person {
	if i := slices.IndexFunc(n.Agents, func(p okno.Person) bool { return p.ID == id }); i >= 0 {
		return n.Agents[i]
	}
	return n.People[id]
}

// reachable leaves out who has no address or is disabled, and mailboxes of our
// own: they would make tickets of what we write.
func (w *Notifier) reachable(ctx context.Context, n *desk.Notice, told []recipient) ([]recipient, error) {
	var reached []recipient
	for _, r := range told {
		if r.person.Address == "" || !r.person.Disabled.IsZero() {
			continue
		}
		ours, err := w.desk.OwnAddress(ctx, r.person.Address)
		if err != nil {
			return nil, err
		}
		if !ours {
			reached = append(reached, r)
		}
	}
	return reached, nil
}

// Row is one line of who hears of what, in words.
type Row struct {
	Event  okno.EventKind
	When   string // empty: always
	Who    string
	Letter okno.LetterKind
	Own    bool            // even he who did it
	Notice okno.NoticeKind // "": there is none, and the letter cannot be switched off
}

// Table lists who hears of which fact by which letter; facts that are not in it
// are told to nobody.
func Table() []Row {
	rows := make([]Row, len(rules))
	for i, r := range rules {
		rows[i] = Row{Event: r.on, When: r.when.words, Who: r.who.words, Letter: r.letter, Own: r.own, Notice: noticeOf(r.on, r.letter, r.who.agents)}
	}
	return rows
}
