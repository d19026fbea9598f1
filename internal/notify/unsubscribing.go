package notify

import (
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/mail"
)

// dispensable are the letters to customers that nobody waits for: an answer, a
// question and a word on the account are not among them.
var dispensable = []okno.LetterKind{okno.LetterClosed, okno.LetterCallMissed}

// offerOff has the reader's program offer to switch letters like this one off
// (RFC 2369, RFC 8058), where he may do without.
func (w *Notifier) offerOff(d *draft, o *mail.Outgoing) {
	kind := d.notice(d.n)
	if kind == "" || d.person.ID == 0 || !d.agent && !slices.Contains(dispensable, d.letter) {
		return
	}
	o.Unsubscribe = w.links.to("off", w.desk.NoLettersToken(d.person.ID, matterOf(d.n, kind))).String()
	o.OneClick = w.links.base.Scheme == "https"
}
