package workspace

import (
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// entry is a message or, between messages, a fact.
type entry struct {
	at   time.Time
	word *ui.Word // nil: a fact
	fact string
}

// dialogue is what was said, with the facts between by their time; how the
// ticket was opened comes first.
func (v *ticketView) dialogue() []entry {
	var opened, es []entry
	for i := range v.Messages {
		es = append(es, entry{at: v.Messages[i].At, word: v.word(&v.Messages[i])})
	}
	for _, e := range v.Events {
		switch e.Kind {
		case okno.MessageAdded, okno.NoteAdded, okno.MessageEdited, okno.MessageDeleted,
			okno.AnswerHeld, okno.AnswerPlanned: // seen on the message
		case okno.TicketMerged, okno.TicketSplit:
			if e.Ticket == v.Ticket.ID { // else the other half of the fact says so
				es = append(es, entry{at: e.At, fact: v.who.fact(e)})
			}
		case okno.TicketOpened:
			if e.Ticket != v.Ticket.ID {
				es = append(es, entry{at: e.At.Add(-1), fact: v.who.fact(e)}) // before its first message
				continue
			}
			opened = append(opened, entry{at: e.At, fact: v.who.fact(e)})
		default:
			es = append(es, entry{at: e.At, fact: v.who.fact(e)})
		}
	}
	slices.SortStableFunc(es, func(a, b entry) int { return a.at.Compare(b.at) })
	return append(opened, es...)
}

// earlier is the address of the page with the messages before these; "": there
// are none.
func (v *ticketView) earlier() string {
	if v.Earlier == 0 || len(v.Messages) == 0 {
		return ""
	}
	return v.at("", "before", string(v.Messages[0].Ref))
}

// word is a message or note as it stands in the dialogue.
func (v *ticketView) word(m *okno.Message) *ui.Word {
	w := web.Word(m)
	w.Author, w.Marks = v.author(m), v.marks(m)
	w.Erased = !v.Person(m.Author).Erased.IsZero()
	if v.Changeable(m, v.list.Now) {
		w.Change = v.at("/messages/" + string(m.Ref))
	}
	if v.May(okno.WriteMessage) && desk.Publishable(m, v.Person(m.Author)) {
		w.Publish = v.at("/messages/" + string(m.Ref) + "/publication")
	}
	sender := ""
	if okno.RemoteTrusted(okno.SideAgent, m) {
		sender = w.Author
	}
	w.Remote = web.Remote(m, v.Remote[m.ID], v.here, sender)
	if m.Letter != 0 && m.Deleted.IsZero() {
		w.Letter = v.at("/messages/" + string(m.Ref) + "/letter")
	}
	if m.Machine {
		w.Folded = v.who.l.T("workspace.machine.folded")
	}
	if m.Version > 1 && !w.Erased {
		w.Before = v.at("/messages/" + string(m.Ref) + "/versions")
	}
	if m.Side == okno.SideCustomer {
		w.Channel = channelName(v.who.l, m.Channel)
	}
	return w
}

// author is who wrote a message.
func (v *ticketView) author(m *okno.Message) string {
	if name := v.who.person(m.Author); name != "" {
		return name
	}
	return v.who.l.T("workspace.system")
}

// marks say what is not as usual about a message, and how its letters left.
func (v *ticketView) marks(m *okno.Message) []ui.Mark {
	l := v.who.l
	var ms []ui.Mark
	if m.Apart {
		ms = append(ms, ui.Mark{Kind: "warning", Icon: "user-off", Text: l.T("workspace.mark.apart")})
	} else if m.Channel == okno.ChannelMail && m.Claim != okno.Proven && !m.Machine {
		ms = append(ms, ui.Mark{Kind: "warning", Icon: "alert-circle", Text: l.T("workspace.mark.unproven")})
	}
	if m.Home != 0 {
		ms = append(ms, ui.Mark{Kind: "info", Icon: "git-merge", Text: l.T("workspace.merge.part", "Number", v.who.ticket(m.Home))})
	}
	if m.Machine {
		ms = append(ms, ui.Mark{Kind: "info", Icon: "robot", Text: l.T("workspace.mark.machine")})
	}
	if m.Published != 0 {
		ms = append(ms, ui.Mark{Kind: "info", Icon: "send", Text: l.T("workspace.mark.published")})
	}
	if !m.Edited.IsZero() && m.Deleted.IsZero() {
		ms = append(ms, ui.Mark{Kind: "info", Icon: "pencil", Text: l.T("message.edited", "Time", l.Full(m.Edited))})
	}
	for _, s := range v.SightsOf(m) {
		ms = append(ms, ui.Mark{Kind: "success", Icon: "eye", Text: l.T("message.seen", "Person", v.who.person(s.Person), "Time", l.Full(s.At))})
	}
	return append(ms, v.delivery(v.Letters[m.ID])...)
}

// delivery says of each letter of a message how far it has come; those that
// arrived at the relay stand together.
func (v *ticketView) delivery(letters []okno.Letter) []ui.Mark {
	l := v.who.l
	var sent []string
	var ms []ui.Mark
	for _, letter := range letters {
		if letter.To == "" { // it was to someone who was erased
			letter.To = v.who.person(letter.Person)
		}
		switch letter.State {
		case okno.LetterSent:
			sent = append(sent, letter.To)
		case okno.LetterQueued:
			ms = append(ms, ui.Mark{Kind: "info", Icon: "mail-forward", Text: l.T("workspace.mark.queued", "To", letter.To)})
		case okno.LetterCancelled:
			ms = append(ms, ui.Mark{Kind: "warning", Icon: "mail-off", Text: l.T("workspace.mark.cancelled", "To", letter.To)})
		case okno.LetterDelayed:
			ms = append(ms, ui.Mark{Kind: "warning", Icon: "clock", Text: l.T("workspace.mark.delayed", "To", letter.To, "Why", letter.Trouble)})
		case okno.LetterBounced, okno.LetterFailed:
			ms = append(ms, ui.Mark{Kind: "error", Icon: "mail-off", Text: l.T("workspace.mark.bounced", "To", letter.To, "Why", letter.Trouble)})
			if v.May(okno.ReaddressLetter) && v.Ticket.TakesPart(letter.Person) {
				ms[len(ms)-1].Href, ms[len(ms)-1].Link = v.at("/letters/"+string(letter.Ref)), l.T("workspace.readdress")
			}
		}
	}
	if len(sent) > 0 {
		ms = append(ms, ui.Mark{Kind: "success", Icon: "mail-check", Text: l.T("workspace.mark.sent", "To", strings.Join(sent, ", "))})
	}
	return ms
}
