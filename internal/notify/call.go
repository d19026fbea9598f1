package notify

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// What is worth a letter about a call; the rest stands on the ticket's page.
var (
	stillAsked = condition{"unless it is over by now", func(n *desk.Notice) bool { return n.Call.State.Open() }}
	calledOff  = condition{"to cancelled, by a customer", func(n *desk.Notice) bool {
		return n.Event.Data.To == string(okno.CallCancelled) && n.Event.Data.Side == okno.SideCustomer
	}}
	notReached = condition{"to missed", func(n *desk.Notice) bool { return n.Event.Data.To == string(okno.CallMissed) }}
)

// asker is who is to be phoned.
var asker = circle{"whoever asked for it", false, func(n *desk.Notice) []okno.PersonID { return []okno.PersonID{n.Call.Asker} }}

// call tells an agent whom to phone, at which number, when and why.
func (d *draft) call() []block {
	c, number := &d.n.Call, d.number()
	head := d.words.T("letter.call.nameless", "Number", number)
	if name := d.n.People[c.Asker].Short(); name != "" {
		head = d.words.T("letter.call.text", "Name", name, "Number", number)
	}
	blocks := []block{say(head), strong(d.words.T("letter.call.phone", "Phone", c.Phone))}
	if c.When != "" {
		blocks = append(blocks, say(d.words.T("letter.call.when", "When", c.When)))
	}
	if c.About != "" {
		blocks = append(blocks, say(d.words.T("letter.call.about", "About", c.About)))
	}
	return append(blocks, say(d.words.T("letter.subject", "Subject", d.n.Ticket.Subject)))
}
