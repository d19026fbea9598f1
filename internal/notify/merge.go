package notify

import "github.com/oknodesk/okno"

// merged tells a customer under which number his ticket goes on, or that it
// stands by itself again.
func (d *draft) merged() []block {
	if d.n.Event.Kind == okno.TicketSplit {
		return []block{say(d.words.T("letter.split.text", "Number", d.number(), "Part", string(d.n.Other.Number)))}
	}
	return []block{
		say(d.words.T("letter.merged.text", "Number", d.number(), "Part", string(d.n.Other.Number))),
		say(d.words.T("letter.merged.how")),
	}
}
