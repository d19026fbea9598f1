package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/mail"
)

// draft is one letter while it is written.
type draft struct {
	n *desk.Notice
	recipient
	origin string
	thread thread
	files  enclosure
	parts  []draft // of a joined letter or a digest
	more   int     // new tickets that a digest only counts

	// Set by write.
	words *locale.Locale
	date  time.Time
	links links
	link  desk.LinkToken // the recipient's own; an agent needs none
}

// write makes a letter of a draft.
func (w *Notifier) write(ctx context.Context, d draft) (desk.Outgoing, error) {
	d.words, d.date, d.links = locale.New(d.lang(), d.n.Zone), w.desk.Now(), w.links
	d.words = d.words.With(d.n.Texts[d.words.Lang()])
	w.addLink(&d)
	subject := d.subject()
	body := d.body(subject)
	o := mail.Outgoing{
		From:          mail.Address{Name: d.from(), Addr: d.n.Mailbox.Address},
		To:            mail.Address{Name: d.toName(), Addr: d.person.Address},
		Subject:       subject,
		MessageID:     w.names.letter(d.origin, d.n.Mailbox.Address, d.agent),
		Date:          d.date,
		Text:          body.text(),
		HTML:          body.html(),
		AutoSubmitted: autoSubmitted(d.letter),
		Mark:          w.names.mark(),
		Lang:          d.words.Lang(),
	}
	if d.carriesFiles() {
		o.Inline, o.Attachments = d.files.inline, d.files.attached
	}
	if d.n.Ticket.ID != 0 {
		w.join(&d, &o)
	}
	w.offerOff(&d, &o)
	raw, err := mail.Write(o)
	if err != nil {
		return desk.Outgoing{}, fmt.Errorf("letter %s: %w", d.origin, err)
	}
	if raw, err = w.desk.Sign(ctx, d.n.Mailbox.ID, raw); err != nil {
		return desk.Outgoing{}, fmt.Errorf("letter %s: %w", d.origin, err)
	}
	letter := okno.Letter{
		Kind: d.letter, Origin: d.origin, Event: d.n.Event.ID, Ticket: d.n.Ticket.ID, Message: d.n.Message.ID, Person: d.person.ID,
		Mailbox: d.n.Mailbox.ID, From: o.From.Addr, To: o.To.Addr, Subject: subject, MessageID: o.MessageID,
		Bytes: raw, Shown: shown(o, d.link.Token, d.n.Password), Announces: d.announces(),
	}
	out := desk.Outgoing{Letter: letter, Told: d.n.Message.Version}
	if d.link.Token != "" {
		out.Links = []desk.LinkToken{d.link}
	}
	return out, nil
}

// join puts the letter into its ticket's thread.
func (w *Notifier) join(d *draft, o *mail.Outgoing) {
	t := &d.n.Ticket
	o.ReplyTo = mail.Address{Name: o.From.Name, Addr: w.desk.ReplyAddresses().For(d.n.Mailbox.Address, int64(t.ID), int64(d.person.ID))}
	o.References, o.InReplyTo = d.thread.references, d.thread.inReplyTo
	if d.agent {
		root := w.names.root(t.ID, d.n.Mailbox.Address, d.person.ID)
		o.References, o.InReplyTo = []string{root}, root
	}
	o.ThreadIndex, o.ThreadTopic = d.outlook(o.Subject)
}

// addLink makes the link that this recipient's letter carries.
func (w *Notifier) addLink(d *draft) {
	switch {
	case d.letter == okno.LetterInvitation, d.letter == okno.LetterReset:
		d.link = w.desk.EntryLink(d.person.ID, d.letter == okno.LetterInvitation)
	case d.letter == okno.LetterRegistration:
		d.link = w.desk.RegistrationLink(d.n.Event.Subject)
	case d.letter == okno.LetterAddress:
		d.link = w.desk.AddressConfirmationLink(d.n.Event.Subject)
	case d.letter == okno.LetterJoin:
		d.link = w.desk.JoinLink(d.person.ID, d.n.Company.ID)
	case d.letter == okno.LetterAccess:
		d.link = w.desk.AccessLink(d.person.ID, d.n.Ticket.ID, desk.AskedLasts)
	case !d.agent && d.n.Ticket.ID != 0:
		d.link = w.desk.AccessLink(d.person.ID, d.n.Ticket.ID, desk.AccessLasts)
	}
}

// lang is the language the reader reads: his own, else that of the ticket and
// of the mailbox (not for agents, whom neither says anything of), else the
// installation's.
func (d *draft) lang() string {
	candidates := []string{d.person.Lang, d.n.Ticket.Lang, d.n.Mailbox.Lang, d.n.Settings.Lang}
	if d.agent {
		candidates = []string{d.person.Lang, d.n.Settings.Lang}
	}
	for _, lang := range candidates {
		if lang != "" {
			return lang
		}
	}
	return ""
}

// from is the name the letter comes under: an agent's answer says whose it is.
func (d *draft) from() string {
	house := d.n.Settings.Product
	for _, name := range []string{d.n.Settings.Company, d.n.Mailbox.Name, d.n.Sending.Names[d.words.Lang()]} {
		if name != "" {
			house = name
		}
	}
	if author := d.n.People[d.n.Message.Author].Name; d.letter == okno.LetterAnswer && author != "" {
		return author + " (" + house + ")"
	}
	return house
}

// toName is empty where a stranger may have typed it.
func (d *draft) toName() string {
	if d.letter == okno.LetterConfirmation && d.unproven() {
		return ""
	}
	return d.person.Name
}

// autoSubmitted tells machines what not to answer (RFC 3834): only an agent's
// answer is a person's own letter.
func autoSubmitted(kind okno.LetterKind) string {
	switch kind {
	case okno.LetterAnswer:
		return ""
	case okno.LetterConfirmation, okno.LetterCloseButton:
		return "auto-replied"
	}
	return "auto-generated"
}

// shown is the letter as an administrator may see it: without files, and
// without what gives its holder any right.
func shown(o mail.Outgoing, secrets ...string) string {
	reply := o.ReplyTo.Addr
	if local, domain, ok := strings.Cut(reply, "@"); ok && reply != o.From.Addr {
		box, _, _ := strings.Cut(local, "+r")
		reply = box + "+…@" + domain
	}
	var out strings.Builder
	for _, field := range [][2]string{
		{"From", o.From.Name + " <" + o.From.Addr + ">"}, {"To", o.To.Addr}, {"Reply-To", reply}, {"Subject", o.Subject},
		{"Date", o.Date.Format(time.RFC1123Z)}, {"Message-ID", "<" + o.MessageID + ">"}, {"Auto-Submitted", o.AutoSubmitted},
	} {
		if field[1] != "" {
			out.WriteString(field[0] + ": " + field[1] + "\n")
		}
	}
	text := o.Text
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "…")
		}
	}
	out.WriteString("\n" + text)
	return out.String()
}
