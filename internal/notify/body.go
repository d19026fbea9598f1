package notify

import (
	"strings"

	"github.com/oknodesk/okno"
)

// linkMark stands in a text of the catalogue where its link belongs.
const linkMark = "\x00"

// body is what the letter says.
func (d *draft) body(subject string) page {
	p := page{lang: d.words.Lang(), title: subject}
	switch {
	case d.letter == okno.LetterInvitation:
		p.blocks = d.invitation()
	case d.letter == okno.LetterReset:
		p.blocks = d.reset()
	case d.letter == okno.LetterRegistration:
		p.blocks = d.registration()
	case d.letter == okno.LetterRegistered:
		p.blocks = d.registered()
	case d.letter == okno.LetterAddress, d.letter == okno.LetterAddressTaken, d.letter == okno.LetterAddressChanged:
		p.blocks = d.newAddress()
	case d.letter == okno.LetterJoin:
		p.blocks = d.joining()
	case d.letter == okno.LetterTest:
		p.blocks = d.trial()
	case d.letter == okno.LetterEntryReturned:
		p.blocks = d.entryReturned()
	case d.letter == okno.LetterDigest:
		p.blocks = d.digest()
	case d.aboutMailbox():
		p.blocks = d.alarm()
	case d.agent:
		p.blocks = append(d.toAgent(), d.agentFooter()...)
	default:
		p.blocks = append(d.toCustomer(), d.footer()...)
	}
	return p
}

// toCustomer is what a letter about a ticket tells one of its customers.
func (d *draft) toCustomer() []block {
	switch d.letter {
	case okno.LetterConfirmation:
		return d.confirmation()
	case okno.LetterAnswer:
		return d.answer()
	case okno.LetterMessage:
		return append([]block{d.said("letter.message.by", "letter.message.someone")}, d.message()...)
	case okno.LetterAccess:
		return []block{
			say(d.words.T("letter.access.text", "Number", d.number())),
			d.open(d.words.T("letter.open")),
			quiet(d.words.T("letter.access.lasts")),
		}
	case okno.LetterDone:
		return append([]block{say(d.words.T("letter.done.text", "Number", d.number()))}, d.question()...)
	case okno.LetterClosed:
		return []block{d.closedNow(), say(d.words.T("letter.closed.reopen"))}
	case okno.LetterCallMissed:
		return []block{say(d.words.T("letter.call.missed", "Number", d.number()))}
	case okno.LetterMerged:
		return d.merged()
	case okno.LetterReminder:
		return d.reminder()
	case okno.LetterCloseButton:
		return []block{
			say(d.words.T("letter.button.text", "Number", d.number())),
			buttons{{label: d.words.T("letter.button.close"), href: d.links.ticket(d.link.Token, "close")}},
		}
	}
	return nil
}

// confirmation says that the request has become a ticket (spec R12). What a
// stranger typed into a form is not in it.
func (d *draft) confirmation() []block {
	text := d.words.T("letter.confirmation.text", "Number", d.number(), "Link", linkMark)
	blocks := []block{say(d.words.T("letter.hello")), d.linked(text, d.words.T("letter.confirmation.link"))}
	if d.n.Ticket.Channel == okno.ChannelMail || d.n.First.Claim != okno.Proven {
		return blocks
	}
	return append(blocks,
		strong(d.words.T("letter.confirmation.request")),
		say(d.words.T("letter.subject", "Subject", d.n.Ticket.Subject)),
		message{plain: d.n.Message.Text, clean: d.files.bare})
}

func (d *draft) answer() []block {
	blocks := append([]block{d.said("letter.answer.by", "letter.answer.someone")}, d.message()...)
	if s := d.signature(); s != "" {
		blocks = append(blocks, say(s))
	}
	// A move to done that came with the answer is asked about here and in no
	// letter of its own.
	if d.n.Ticket.Kind == okno.StatusDone && d.person.ID == d.n.Ticket.Requester {
		blocks = append(append(blocks, divider{}), d.question()...)
	}
	return blocks
}

// signature stands under an answer: the mailbox's in the reader's language,
// else the department's.
func (d *draft) signature() string {
	if s := d.n.Sending.Signatures[d.words.Lang()]; s != "" {
		return s
	}
	return d.n.Department.Signature
}

// question asks whether the ticket is solved. The links lead to a page with
// the button: what follows links by itself must not answer.
func (d *draft) question() []block {
	asked := []block{
		strong(d.words.T("letter.done.question")),
		buttons{
			{label: d.words.T("letter.done.yes"), href: d.links.ticket(d.link.Token, "yes")},
			{label: d.words.T("letter.done.no"), href: d.links.ticket(d.link.Token, "no"), second: true},
		},
		quiet(d.words.T("letter.done.means")),
	}
	return append(asked, d.announcement()...)
}

// said says whose words follow; nameless is the text's key where he has no name.
func (d *draft) said(named, nameless string) block {
	name := d.n.People[d.n.Message.Author].Name
	if name == "" {
		return strong(d.words.T(nameless, "Number", d.number()))
	}
	return strong(d.words.T(named, "Name", name, "Number", d.number()))
}

// message is the message's text and files, and a warning where nobody knows
// who wrote it.
func (d *draft) message() []block {
	m := &d.n.Message
	blocks := []block{message{plain: m.Text, clean: d.files.html}}
	if !d.carriesFiles() {
		blocks = []block{message{plain: m.Text, clean: d.files.bare}}
	}
	if m.Channel == okno.ChannelMail && m.Claim != okno.Proven {
		blocks = append(blocks, quiet(d.words.T("letter.sender.unproven")))
	}
	switch {
	case d.carriesFiles() && len(d.files.left) > 0:
		blocks = append(blocks, list{d.words.T("letter.files.left"), d.fileNames(d.files.left)})
	case !d.carriesFiles() && len(m.Files) > 0:
		blocks = append(blocks, list{d.words.T("letter.files"), d.fileNames(m.Files)})
	}
	return blocks
}

func (d *draft) fileNames(files []okno.File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name + " (" + d.words.Bytes(f.Size) + ")"
	}
	return names
}

// footer says how to go on, and from whom the letter is.
func (d *draft) footer() []block {
	blocks := []block{divider{}}
	if d.letter != okno.LetterConfirmation && d.letter != okno.LetterAccess {
		online := d.linked(d.words.T("letter.online", "Link", linkMark), d.words.T("letter.online.link", "Number", d.number()))
		online.style = quietStyle
		blocks = append(blocks, online)
	}
	blocks = append(blocks, quiet(d.words.T("letter.reply")))
	return append(append(blocks, d.switches()...), d.house())
}

// switches leads to where the reader chooses which letters he gets; one that he
// cannot do without does not offer it.
func (d *draft) switches() []block {
	if d.notice(d.n) == "" && d.letter != okno.LetterJoined && d.letter != okno.LetterDigest {
		return nil
	}
	before, after, _ := strings.Cut(d.words.T("letter.switches", "Link", linkMark), linkMark)
	return []block{paragraph{before: before, link: d.words.T("letter.switches.link"), after: after, href: d.links.switches(d.agent), style: quietStyle}}
}

// house is the supplier's and the product's name.
func (d *draft) house() block {
	s := &d.n.Settings
	if s.Company == "" {
		return quiet(s.Product)
	}
	return quiet(s.Company + " · " + s.Product)
}

func (d *draft) number() string { return string(d.n.Ticket.Number) }

func (d *draft) open(label string) block {
	return buttons{{label: label, href: d.links.ticket(d.link.Token, "")}}
}

// linked is a text whose mark is replaced by words that lead to the ticket.
func (d *draft) linked(text, words string) paragraph {
	before, after, _ := strings.Cut(text, linkMark)
	return paragraph{before: before, link: words, after: after, href: d.links.ticket(d.link.Token, "")}
}

func say(text string) block    { return paragraph{before: text} }
func strong(text string) block { return paragraph{before: text, style: strongStyle} }
func quiet(text string) block  { return paragraph{before: text, style: quietStyle} }
