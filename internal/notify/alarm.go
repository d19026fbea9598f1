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
	blocks := []block{say(d.words.T("letter."+string(d.letter)+"."+d.n.Event.Data.Reason, "Address", m.Address))}
	if d.letter == okno.LetterAlarm {
		switch okno.AlarmKind(d.n.Event.Data.Reason) {
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
