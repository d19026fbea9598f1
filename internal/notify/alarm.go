package notify

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

var administrators = circle{"the administrators", true, func(n *desk.Notice) []okno.PersonID { return n.Admins }}

// aboutMailbox reports whether a letter is about a mailbox, not a ticket.
func (d *draft) aboutMailbox() bool {
	return d.letter == okno.LetterAlarm || d.letter == okno.LetterAlarmOver
}

// alarmSubject is what a letter about a mailbox is headed with.
func (d *draft) alarmSubject() string {
	return d.words.T("letter."+string(d.letter)+".subject."+d.n.Event.Data.Reason, "Address", d.n.Troubled.Address)
}

// alarm says what is wrong with a mailbox, or that it no longer is.
func (d *draft) alarm() []block {
	m := &d.n.Troubled
	kind := okno.AlarmKind(d.n.Event.Data.Reason)
	blocks := []block{say(d.words.T("letter."+string(d.letter)+"."+string(kind), "Address", m.Address, "Provider", d.provider(), "Date", d.accessEnds(kind)))}
	if d.letter == okno.LetterAlarm {
		switch kind {
		case okno.AlarmGrant, okno.AlarmApp:
			if m.Access != nil && m.Access.Trouble != "" {
				blocks = append(blocks, say(d.words.T("letter.alarm.said", "Words", m.Access.Trouble)))
			}
		case okno.AlarmFailed:
			if m.State.Trouble != "" {
				blocks = append(blocks,
					say(d.words.T("letter.alarm.since", "Time", d.words.Full(m.State.Since))),
					say(d.words.T("letter.alarm.said", "Words", m.State.Trouble)))
			}
		case okno.AlarmSilent:
			blocks = append(blocks, say(d.words.T("letter.alarm.last", "Time", d.words.Full(d.n.LastLetter))))
		}
	}
	open := buttons{{label: d.words.T("letter.alarm.open"), href: d.links.to("admin", "mailboxes", string(m.Ref)).String()}}
	return append(blocks, open, divider{}, d.house())
}

// entryReturned says whom an invitation, or a letter that confirms a
// registration, did not reach, and why.
func (d *draft) entryReturned() []block {
	l := &d.n.Returned
	blocks := []block{say(d.words.T("letter.entryreturned."+string(l.Kind), "Name", d.n.People[l.Person].Short(), "Address", l.To))}
	if l.Trouble != "" {
		blocks = append(blocks, say(d.words.T("letter.alarm.said", "Words", l.Trouble)))
	}
	open := buttons{{label: d.words.T("letter.entryreturned.open"), href: d.links.to("admin", "letters", string(l.Ref)).String()}}
	return append(blocks, open, divider{}, d.house())
}

// provider is what the mailbox is connected with.
func (d *draft) provider() string {
	if brand := d.n.Provider.Brand(); brand != "" {
		return brand
	}
	return d.words.T("provider.other")
}

// accessEnds is the day that an alarm warns of; empty: it warns of none.
func (d *draft) accessEnds(kind okno.AlarmKind) string {
	switch kind {
	case okno.AlarmEnds:
		return d.words.Date(d.n.Troubled.AccessEnds)
	case okno.AlarmSecretEnds:
		return d.words.Date(d.n.Provider.SecretEnds)
	}
	return ""
}
