package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/safehtml"
)

// hand gives the letter to the desk: as a message of the ticket it belongs to,
// else as a new ticket. Taken again it leads to the same.
func (r *Receiver) hand(ctx context.Context, l *reading) (finding, error) {
	var err error
	if l.sender.ID == 0 && l.from.Addr != "" && l.ticket.ID != 0 { // with a new ticket he is made known
		if l.sender, err = r.person(ctx, l.from, l.lang); err != nil {
			return finding{}, err
		}
	}
	if l.claim == okno.Proven && l.sender.ID != 0 {
		if err := r.desk.AddressWorks(ctx, l.from.Addr); err != nil {
			return finding{}, err
		}
	}
	actor, err := r.desk.MailActor(ctx, l.sender.ID, l.claim, l.ticket.ID)
	if err != nil {
		return finding{}, err
	}
	words := l.letterWords()
	if words.Participants, err = r.participants(ctx, l); err != nil {
		return finding{}, err
	}
	if l.ticket.ID == 0 {
		return r.open(ctx, actor, l, &words)
	}
	return r.add(ctx, actor, l, &words)
}

// letterWords are what the letter says as a message has it.
func (l *reading) letterWords() desk.LetterWords {
	words := desk.LetterWords{
		Kept: l.kept.ID, Mailbox: l.kept.Mailbox, MessageID: l.letter.MessageID, Files: l.files,
		Quoted: l.words.QuotedText, Machine: l.machine, Date: l.letter.Date, Claims: l.claims, Earlier: l.earlier,
	}
	if l.used {
		words.MessageID = "" // or answers to the other letter's would come here
	}
	return words
}

// submission is the letter's submission key: the same letter in two mailboxes
// has one, so that two that race lead to one message.
func submission(k okno.KeptLetter) string {
	id := sha256.Sum256([]byte(k.MessageID))
	return "letter:" + hex.EncodeToString(k.Identity) + ":" + hex.EncodeToString(id[:16])
}

func (r *Receiver) open(ctx context.Context, actor okno.Actor, l *reading, words *desk.LetterWords) (finding, error) {
	o := desk.Opening{
		Key: submission(l.kept), Channel: okno.ChannelMail, Subject: subject(l), Text: l.words.Text, HTML: l.words.HTML,
		Lang: l.lang, Letter: words,
	}
	if l.sender.ID == 0 {
		o.Name, o.Address = l.from.Name, l.from.Addr
	}
	if l.sender.ID == 0 && o.Address == "" {
		o.Name = nameless(l)
	}
	opened, err := r.desk.OpenTicket(ctx, actor, o)
	if errors.Is(err, desk.ErrThreadTaken) {
		return finding{}, &waiting{until: r.now(), why: "a letter of its thread has opened a ticket"}
	}
	if err != nil {
		return finding{}, err
	}
	if opened.Again {
		err = r.joined(ctx, l, opened.Number, 0)
	} else {
		l.kept.State, l.kept.Ticket, l.kept.Message = okno.KeptJoined, opened.Ticket, opened.Message
	}
	if err != nil {
		return finding{}, err
	}
	return finding{"opened", fmt.Sprintf("ticket %s, %s", opened.Number, l.claim)}, nil
}

// joined notes what the letter has led to.
func (r *Receiver) joined(ctx context.Context, l *reading, n okno.Number, message okno.MessageID) error {
	t, err := r.desk.TicketOfNumber(ctx, n)
	if err != nil {
		return err
	}
	if message == 0 { // an earlier attempt has handed it over
		if message, err = r.desk.LetterMessage(ctx, t.ID, l.kept); err != nil {
			return err
		}
	}
	l.kept.State, l.kept.Ticket, l.kept.Message = okno.KeptJoined, t.ID, message
	return nil
}

func (r *Receiver) add(ctx context.Context, actor okno.Actor, l *reading, words *desk.LetterWords) (finding, error) {
	add := r.desk.AddMessage
	note := actor.Agent() && l.reply.person != l.sender.ID
	if note {
		add, words.Participants = r.desk.AddNote, nil
	}
	said := desk.Words{Key: submission(l.kept), Text: l.words.Text, HTML: l.words.HTML, Channel: okno.ChannelMail, Letter: words}
	unsure := r.unsure(l)
	if unsure {
		add = r.desk.AddUnsureNote
	}
	written, err := add(ctx, actor, l.ticket.Number, said)
	if unsure && okno.ReasonOf(err) == okno.NotFound { // he works elsewhere
		unsure = false
		written, err = r.desk.AddMessage(ctx, actor, l.ticket.Number, said)
	}
	if okno.ReasonOf(err) == okno.NotFound {
		return r.wentInto(ctx, l, err)
	}
	if err != nil {
		return finding{}, err
	}
	closing := ""
	if written.Number == l.ticket.Number && !l.machine && !actor.Agent() && !unsure {
		if closing, err = r.close(ctx, actor, l, &l.ticket, written); err != nil {
			return finding{}, err
		}
	}
	also, err := r.handOthers(ctx, l, words, written.Number, r.replyAddresses(l))
	if err != nil {
		return finding{}, err
	}
	if err := r.joined(ctx, l, written.Number, written.Message); err != nil {
		return finding{}, err
	}
	reason := fmt.Sprintf("ticket %s, %s", written.Number, l.claim) + also
	switch {
	case l.machine:
		return finding{"machine", reason + "; agents see it"}, nil
	case closing != "":
		return finding{closing, reason + "; it says only that the ticket is solved"}, nil
	case unsure:
		return finding{"note", reason + "; to an agent's reply address, in an agent's name that it does not prove: agents see it"}, nil
	case note:
		return finding{"note", reason + "; an agent's, and not to the address at which he answers: agents see it"}, nil
	case actor.Agent():
		return finding{"answered", reason}, nil
	case written.Number != l.ticket.Number && also == "":
		return finding{"continued", reason + "; the old ticket was closed too long ago"}, nil
	}
	return finding{"joined", reason}, nil
}

// unsure reports whether a letter says that it is an agent's answer to a notice
// and does not prove it: it came to the reply address of somebody who is told as
// an agent.
func (r *Receiver) unsure(l *reading) bool {
	return l.claim != okno.Proven && !l.machine && l.sender.Agent && l.reply.ticket != 0 &&
		!l.ticket.TakesPart(l.sender.ID) && !l.ticket.TakesPart(l.reply.person)
}

// wentInto has the steps taken anew where the ticket that was found went into
// another one meanwhile, in which the sender is somebody else.
func (r *Receiver) wentInto(ctx context.Context, l *reading, refused error) (finding, error) {
	now, err := r.desk.TicketOf(ctx, l.ticket.ID)
	if err == nil && now.ID != l.ticket.ID {
		return finding{}, &waiting{until: r.now(), why: "its ticket went into another one"}
	}
	return finding{}, refused
}

// subject is what the ticket is called: the letter's, else its first words.
func subject(l *reading) string {
	for _, s := range []string{l.letter.Subject, safehtml.Preview(l.words.Text, 80), safehtml.Preview(l.letter.Text, 80)} {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if utf8.RuneCountInString(s) > okno.MaxSubject {
			s = string([]rune(s)[:okno.MaxSubject-1]) + "…"
		}
		return s
	}
	if len(l.files) > 0 {
		return l.files[0].Name
	}
	return "…"
}

// nameless is what to call a sender without any address: what stands in From.
func nameless(l *reading) string {
	name := l.from.Name
	if name == "" {
		name = strings.TrimSpace(l.letter.Header.Get("From"))
	}
	if name = safehtml.Preview(name, okno.MaxName); name == "" {
		return "?"
	}
	return name
}
