package notify

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// toCustomers and toAgents are the notices that tell the same as a letter. A
// letter without one cannot be switched off, and there is no other way.
var (
	toCustomers = map[okno.LetterKind]okno.NoticeKind{
		okno.LetterAnswer: okno.NoticeAnswer, okno.LetterMessage: okno.NoticeMessage,
		okno.LetterDone: okno.NoticeDone, okno.LetterReminder: okno.NoticeReminder, okno.LetterClosed: okno.NoticeClosed,
		okno.LetterCallMissed: okno.NoticeCallMissed,
	}
	toAgents = map[okno.LetterKind]okno.NoticeKind{
		okno.LetterOpened: okno.NoticeOpened, okno.LetterAssigned: okno.NoticeAssigned, okno.LetterCustomer: okno.NoticeWrote,
		okno.LetterClosed: okno.NoticeEnded, okno.LetterNotClosed: okno.NoticeNotClosed,
		okno.LetterCall: okno.NoticeCall, okno.LetterCallOff: okno.NoticeCallOff, okno.LetterCameBack: okno.NoticeReturned, okno.LetterAlarm: okno.NoticeAlarm, okno.LetterAlarmOver: okno.NoticeAlarmOver, okno.LetterHeldBack: okno.NoticeHeldBack,
		okno.LetterEntryReturned: okno.NoticeEntryReturned, okno.LetterStopped: okno.NoticeStopped, okno.LetterMerged: okno.NoticeMerged,
	}
)

// noticeOf is the notice that tells an agent, or else a customer, the same as
// a letter about a kind of fact; "": there is none.
func noticeOf(fact okno.EventKind, letter okno.LetterKind, agent bool) okno.NoticeKind {
	switch {
	case !agent:
		return toCustomers[letter]
	case letter == okno.LetterCustomer && fact == okno.StatusChanged:
		return okno.NoticeReopened
	}
	return toAgents[letter]
}

// notice is what a recipient is told otherwise than by letter; "": nothing.
// What one has done oneself is at most confirmed by a letter.
func (r recipient) notice(n *desk.Notice) okno.NoticeKind {
	if r.person.ID == 0 || r.person.ID == n.Event.Actor {
		return ""
	}
	kind := noticeOf(n.Event.Kind, r.letter, r.agent)
	if kind == okno.NoticeWrote && (n.Event.Data.Apart || n.Event.Kind == okno.NoteAdded) {
		return okno.NoticeApart
	}
	return kind
}

// matterOf is the switch that a notice goes by. What is nobody's work yet has
// one of its own; but a call must not be missed, nor what is given to a team.
func matterOf(n *desk.Notice, kind okno.NoticeKind) okno.Matter {
	if n.Ticket.Assignee == 0 && (kind == okno.NoticeOpened || kind.Matter() == okno.MatterWrote) {
		return okno.MatterDepartment
	}
	return kind.Matter()
}

// wants reports whether a recipient is to be told by a way.
func (r recipient) wants(n *desk.Notice, w okno.Way) bool {
	kind := r.notice(n)
	if kind == "" {
		return w == okno.WayLetter
	}
	return r.person.Switches.On(matterOf(n, kind), w)
}

// byLetter leaves those who want a letter; notices are what all of them are
// told otherwise.
func byLetter(n *desk.Notice, told []recipient) (letters []recipient, notices []desk.Told) {
	for _, r := range told {
		if r.wants(n, okno.WayLetter) {
			letters = append(letters, r)
		}
		bell, browsers := r.wants(n, okno.WayBell), r.wants(n, okno.WayBrowser)
		if (bell || browsers) && r.person.Disabled.IsZero() {
			notices = append(notices, desk.Told{
				Notice:   okno.Notice{Person: r.person.ID, Event: n.Event.ID, Ticket: n.Ticket.ID, Kind: r.notice(n), Listed: bell},
				Browsers: browsers,
			})
		}
	}
	return letters, notices
}
