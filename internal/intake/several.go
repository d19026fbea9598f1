package intake

import (
	"context"
	"fmt"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// handOthers gives a letter that came to the reply addresses of several tickets
// to those beside the one it is in, too: whoever answers two in one letter means
// both. Only who takes part in them does; each is graded by its own address, and
// each is closed by a phrase that says so. It says which they are.
func (r *Receiver) handOthers(ctx context.Context, l *reading, words *desk.LetterWords, in okno.Number, replies []replyAddress) (also string, err error) {
	if l.machine || l.sender.ID == 0 || len(replies) == 0 {
		return "", nil
	}
	first, err := r.desk.TicketOfNumber(ctx, in)
	if err != nil {
		return "", err
	}
	done := map[okno.TicketID]bool{first.ID: true}
	for _, reply := range replies {
		t, err := r.desk.TicketOf(ctx, reply.ticket) // wherever it went since
		if okno.ReasonOf(err) == okno.NotFound {
			continue
		}
		if err != nil {
			return "", err
		}
		if done[t.ID] || !t.TakesPart(l.sender.ID) || !t.TakesMessages(r.now()) {
			continue
		}
		done[t.ID] = true
		if err := r.handOther(ctx, l, words, reply, &t); err != nil {
			return "", err
		}
		also += "; and ticket " + string(t.Number)
	}
	return also, nil
}

// handOther gives it to one more ticket and heeds what it says of closing.
func (r *Receiver) handOther(ctx context.Context, l *reading, words *desk.LetterWords, reply replyAddress, t *okno.Ticket) error {
	claim := l.claim
	if reply.person == l.sender.ID && !l.several {
		claim = okno.Proven
	} else if claim == okno.Claimed {
		claim = okno.ThreadOnly
	}
	actor, err := r.desk.MailActor(ctx, l.sender.ID, claim, t.ID)
	if err != nil {
		return err
	}
	copied := *words
	copied.Participants, copied.Claims, copied.Earlier = nil, nil, false
	copied.Files = desk.CopyFiles(words.Files)
	written, err := r.desk.AddMessage(ctx, actor, t.Number, desk.Words{
		Key: submission(l.kept) + ":" + fmt.Sprint(int64(t.ID)), Text: l.words.Text, HTML: l.words.HTML, Channel: okno.ChannelMail, Letter: &copied,
	})
	if err != nil || written.Number != t.Number || actor.Agent() {
		return err
	}
	_, err = r.close(ctx, actor, l, t, written)
	return err
}

// lateSteps are those taken for a letter's late addresses: what it is about and
// whether it is let in was found out before.
var lateSteps = []step{
	{"read", (*Receiver).read},
	{"refuseLoops", (*Receiver).refuseLoops}, // whether a machine wrote it
	{"recogniseSender", (*Receiver).recogniseSender},
	{"gradeClaim", (*Receiver).gradeClaim},
	{"cutQuote", (*Receiver).cutQuote},
	{"keepAttachments", (*Receiver).keepAttachments},
}

// takeLate gives a letter that was handed over to the tickets of addresses that
// it came to later: a server may deliver to each recipient by itself.
func (r *Receiver) takeLate(ctx context.Context, l *reading, duty jobs.Job) error {
	also, err := r.handLate(ctx, l)
	if lasting(err) {
		return jobs.Cancel(err)
	}
	if err != nil {
		return err
	}
	l.kept.State = okno.KeptJoined
	reason := "it came to more addresses later" + also
	l.verdict("hand", finding{"late", reason})
	save, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	return r.desk.SaveVerdicts(save, l.kept, duty)
}

func (r *Receiver) handLate(ctx context.Context, l *reading) (also string, err error) {
	if l.ticket, err = r.desk.TicketOf(ctx, l.kept.Ticket); err != nil {
		return "", err
	}
	for _, s := range lateSteps {
		if _, err := s.take(r, ctx, l); err != nil {
			return "", fmt.Errorf("%s: %w", s.name, err)
		}
	}
	words := l.letterWords()
	return r.handOthers(ctx, l, &words, l.ticket.Number, r.signedAmong(l.kept.Late))
}
