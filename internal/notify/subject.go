package notify

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/mail"
)

// subject is what a letter is headed with. It never changes between the
// letters about one ticket to one person: Gmail would part them.
func (d *draft) subject() string {
	switch d.letter {
	case okno.LetterInvitation:
		return d.words.T("letter.invitation.subject")
	case okno.LetterReset:
		return d.words.T("letter.reset.subject")
	case okno.LetterRegistration:
		return d.words.T("letter.registration.subject")
	case okno.LetterRegistered:
		return d.words.T("letter.registered.subject")
	case okno.LetterAddress, okno.LetterAddressTaken, okno.LetterAddressChanged:
		return d.words.T("letter.address.subject")
	case okno.LetterJoin:
		return d.words.T("letter.join.subject", "Company", d.n.Company.Name)
	case okno.LetterTest:
		return d.words.T("letter.test.subject")
	case okno.LetterEntryReturned:
		return d.words.T("letter.entryreturned.subject." + d.n.Event.Data.Reason)
	case okno.LetterDigest:
		return d.words.N("letter.digest.subject", len(d.parts)+d.more)
	case okno.LetterAlarm, okno.LetterAlarmOver:
		return d.alarmSubject()
	}
	if before := d.thread.subjects[d.person.ID]; before != "" {
		return before
	}
	return d.firstSubject()
}

// firstSubject is that of the first letter about a ticket to a person.
func (d *draft) firstSubject() string {
	t := &d.n.Ticket
	tag, subject := "[#"+string(t.Number)+"]", t.Subject
	switch {
	case d.agent:
		return tagged(tag, subject)
	case t.Channel == okno.ChannelMail:
		if d.thread.subject != "" {
			subject = d.thread.subject
		}
		if mail.SubjectBase(subject) == "" {
			return mail.SubjectReply(tag)
		}
		if d.n.Settings.TagLetters {
			return mail.SubjectReply(tagged(tag, mail.SubjectBase(subject)))
		}
		return mail.SubjectReply(subject)
	case d.unproven():
		return tagged(tag, d.words.T("letter.unproven.subject"))
	}
	return tagged(tag, subject)
}

func tagged(tag, subject string) string {
	if subject == "" {
		return tag
	}
	return tag + " " + subject
}

// unproven reports whether the ticket came by a form that anyone may fill in
// with anyone's address: nothing typed there is mailed to it as a subject.
func (d *draft) unproven() bool {
	return d.n.Ticket.Channel == okno.ChannelWeb && d.n.First.Claim != okno.Proven
}
