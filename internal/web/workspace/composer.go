package workspace

import (
	"crypto/rand"
	"regexp"
	"slices"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// composer is one of the two boxes an agent writes in: an answer to the
// customer, or an internal note.
type composer struct {
	kind    okno.MessageKind
	open    bool
	focus   bool   // its author goes on writing
	id      string // changes once something was sent, so that the box is a new one
	version int64  // of the ticket as it is shown
	key     string // submission key
	text    string
	html    string
	cc      string
	at      string // when it is to be sent later, as its field has it
	uploads []ui.File
	outside []string // new addresses in CC, about which the agent is asked once
	again   bool     // sent over another's change: the button says so
	wrong   map[string]string
}

// composers are the two boxes as a page first shows them, with the agent's
// drafts.
func (v *ticketView) composers() (answer, note composer) {
	empty := func(kind okno.MessageKind) composer {
		draft := v.Drafts[kind]
		c := composer{
			kind: kind, id: string(kind) + "-" + string(v.number()) + "-" + v.boxID(), version: v.Ticket.Version,
			key: rand.Text(), text: draft.Text, html: draft.HTML, cc: strings.Join(draft.CC, ", "), uploads: v.drafted[kind],
		}
		c.at = v.nextMorning()
		return c
	}
	answer, note = empty(okno.Public), empty(okno.Note)
	note.open = note.text != "" && answer.text == "" || !v.May(okno.WriteMessage)
	answer.open = !note.open
	return answer, note
}

// textName and fileName are the names of a box's fields; the two boxes stand
// on one page.
func (c composer) textName() string { return string(c.kind) }

func (c composer) fileName() string { return c.id + "-file" }

// textID is the id of the text area. No id within a box outlives it: a morph
// would take the new box for the old one and leave the sent text standing.
func (c composer) textID() string { return "text-" + c.id }

// owns reports whether a refusal concerns a field of the box that was sent.
func (c composer) owns(field string) bool {
	return c.wrong != nil && slices.Contains([]string{"text", "file", "cc", "at"}, field)
}

// refuse notes what is wrong with the fields of the box that was sent.
func (c *composer) refuse(wrong map[string]string) {
	if c.wrong != nil {
		c.wrong = wrong
	}
}

// typed puts into the box what was sent with it.
func (c *composer) typed(f *web.Form, key string, uploads []ui.File) {
	c.open, c.text, c.html, c.cc, c.uploads = true, f.Text(c.textName()), f.Get("html"), f.Word("cc"), uploads
	if at := f.Get("at"); at != "" {
		c.at = at
	}
	c.key, c.wrong = key, map[string]string{}
	c.id += "-" + rand.Text() // a refusal is shown in a box of its own, a second one too
}

// oneAddress is one of a CC line's: commas, semicolons and blanks part them, but
// in quotation marks (RFC 5322, 3.2.4).
var oneAddress = regexp.MustCompile(`(?:[^,;\s"]|"[^"]*")+|[^,;\s]+`)

func addresses(cc string) []string { return oneAddress.FindAllString(cc, -1) }

// newcomers are the addresses that nobody in the ticket has, and that the form
// was not yet asked about.
func (v *ticketView) newcomers(cc, asked []string) []string {
	known := slices.Clone(asked)
	for _, id := range append([]okno.PersonID{v.Ticket.Requester}, v.Ticket.Participants...) {
		known = append(known, v.Person(id).Address)
	}
	return slices.DeleteFunc(slices.Clone(cc), func(a string) bool {
		return slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, a) })
	})
}

// recipients are whom an answer is mailed to: the requester, then those who
// take part. Whoever has no address gets no letter.
func (v *ticketView) recipients() (to string, cc []string) {
	for _, id := range v.Ticket.Participants {
		if p := v.Person(id); p.Address != "" {
			cc = append(cc, named(p))
		}
	}
	if p := v.Person(v.Ticket.Requester); p.Address != "" {
		to = named(p)
	}
	return to, cc
}

// named is a person with the address his letters go to.
func named(p okno.Person) string {
	if p.Name == "" {
		return p.Address
	}
	return p.Name + " <" + p.Address + ">"
}

// then reports whether an answer may also move the ticket to a kind of status.
func (v *ticketView) then(kind okno.StatusKind) bool {
	return v.May(okno.SetStatus) && (v.Ticket.Kind == kind || slices.Contains(v.Moves(), kind))
}
