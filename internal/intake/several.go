package intake

import (
	"context"
	"fmt"
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// handOthers gives a letter that came to the reply addresses of several tickets
// to those beside the first, too: whoever answers two in one letter means both.
// Only who takes part in them does; each is graded by its own address. It says
// which they are.
func (r *Receiver) handOthers(ctx context.Context, l *reading, words *desk.LetterWords) (also string, err error) {
	if l.machine || l.sender.ID == 0 {
		return "", nil
	}
	replies := slices.DeleteFunc(r.replyAddresses(l), func(one replyAddress) bool {
		return one.ticket == l.ticket.ID || one.ticket == l.reply.ticket // has it, wherever it went since
	})
	if len(replies) == 0 {
		return "", nil
	}
	first, err := r.desk.TicketOf(ctx, l.ticket.ID)
	if err != nil {
		return "", err
	}
	done := map[okno.TicketID]bool{l.ticket.ID: true, first.ID: true}
	for _, reply := range replies {
		t, err := r.desk.TicketOf(ctx, reply.ticket)
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
		claim := l.claim
		if reply.person == l.sender.ID {
			claim = okno.Proven
		} else if claim == okno.Claimed {
			claim = okno.ThreadOnly
		}
		actor, err := r.desk.MailActor(ctx, l.sender.ID, claim, t.ID)
		if err != nil {
			return "", err
		}
		copied := *words
		copied.Participants, copied.Claims, copied.Earlier = nil, nil, false
		copied.Files = desk.CopyFiles(words.Files)
		_, err = r.desk.AddMessage(ctx, actor, t.Number, desk.Words{
			Key: submission(l.kept) + ":" + fmt.Sprint(int64(t.ID)), Text: l.words.Text, HTML: l.words.HTML, Channel: okno.ChannelMail, Letter: &copied,
		})
		if err != nil {
			return "", err
		}
		also += "; and ticket " + string(t.Number)
	}
	return also, nil
}
