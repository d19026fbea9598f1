package notify

import "github.com/oknodesk/okno"

// toAgent is what a notice about a ticket tells an agent.
func (d *draft) toAgent() []block {
	n, number := d.n, d.number()
	switch d.letter {
	case okno.LetterOpened:
		return d.request(d.words.T("letter.opened.text", "Number", number))
	case okno.LetterAssigned:
		if n.Event.Data.Person == 0 {
			return d.request(d.words.T("letter.assigned.team", "Number", number, "Team", n.Team.Name))
		}
		return d.request(d.words.T("letter.assigned.text", "Number", number))
	case okno.LetterCustomer:
		switch {
		case n.Event.Kind == okno.StatusChanged && n.Event.Data.Reason == "notsolved":
			return []block{say(d.words.T("letter.notsolved.text", "Number", number))}
		case n.Event.Kind == okno.StatusChanged:
			return []block{say(d.words.T("letter.reopened.text", "Number", number))}
		case n.Event.Kind == okno.NoteAdded:
			return append([]block{say(d.words.T("letter.unsure.text", "Number", number)), d.said("letter.message.by", "letter.message.someone")}, d.message()...)
		case n.Event.Data.Apart:
			return append([]block{say(d.words.T("letter.apart.text", "Number", number)), d.said("letter.message.by", "letter.message.someone")}, d.message()...)
		}
		return append([]block{d.said("letter.message.by", "letter.message.someone")}, d.message()...)
	case okno.LetterClosed:
		if n.Event.Data.Reason == "confirmed" {
			return []block{say(d.words.T("letter.confirmed.text", "Number", number))}
		}
		return []block{say(d.words.T("letter.closed.agent", "Number", number))}
	case okno.LetterCall:
		return d.call()
	case okno.LetterCallOff:
		return []block{say(d.words.T("letter.call.off", "Number", d.number()))}
	case okno.LetterNotClosed:
		return d.notClosed()
	case okno.LetterCameBack:
		return d.returned()
	case okno.LetterJoined:
		return d.joined()
	case okno.LetterStopped:
		return d.stopped()
	case okno.LetterMerged:
		return []block{say(d.words.T("letter.merged.agent", "Number", number, "Part", string(n.Other.Number)))}
	case okno.LetterHeldBack:
		return []block{say(d.words.T("letter.heldback.text", "Number", number)), say(d.words.T("held.stopped." + n.Event.Data.Reason))}
	}
	return nil
}

// request tells of the ticket itself: who asks, and for what.
func (d *draft) request(head string) []block {
	t := &d.n.Ticket
	blocks := []block{say(head)}
	if name := d.n.People[t.Requester].Short(); name != "" {
		blocks = append(blocks, say(d.words.T("letter.requester", "Name", name)))
	}
	blocks = append(blocks, say(d.words.T("letter.subject", "Subject", t.Subject)))
	if d.n.Message.ID == 0 {
		return append(blocks, message{plain: d.n.First.Text, clean: withPictures(cleanHTML(&d.n.First), noPicture)})
	}
	return append(blocks, d.message()...)
}

// returned tells whom a letter could not be brought to; the relay's reason
// stands on the ticket's page.
func (d *draft) returned() []block {
	name := d.n.People[d.n.Event.Data.Person].Short()
	if d.n.Event.Data.Reason == string(okno.LetterDelayed) {
		return []block{say(d.words.T("letter.delayed.text", "Number", d.number(), "Name", name))}
	}
	return []block{say(d.words.T("letter.returned.text", "Number", d.number(), "Name", name))}
}

func (d *draft) agentFooter() []block {
	blocks := []block{
		buttons{{label: d.words.T("letter.open"), href: d.links.workspace(d.number())}},
		divider{},
		quiet(d.words.T("letter.reply.agent")),
	}
	return append(append(blocks, d.switches()...), d.house())
}
