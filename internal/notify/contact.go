package notify

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

var (
	accountMade = condition{"whom an account was made for, while the password is not mailed yet", func(n *desk.Notice) bool {
		return n.Event.Data.Reason == okno.ContactMade && n.Password != ""
	}}
	knownBefore = condition{"who was known before", func(n *desk.Notice) bool { return n.Event.Data.Reason == okno.ContactAsked }}
)

// joining asks someone who was known before to join a company: that its
// administrator typed his address makes him none of its people.
func (d *draft) joining() []block {
	return d.automatic(
		say(d.words.T("letter.join.text", "Company", d.n.Company.Name)),
		buttons{{label: d.words.T("letter.join.look"), href: d.links.joining(d.link.Token)}},
		quiet(d.words.T("letter.join.lasts")),
	)
}
