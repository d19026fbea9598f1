package intake

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/mail"
)

// close heeds a letter whose whole text says that the ticket is solved: a
// proven one of the requester's closes it, any other mails him a button. So it
// is in each ticket that the letter came to. It returns what was done, "" for
// nothing.
func (r *Receiver) close(ctx context.Context, actor okno.Actor, l *reading, t *okno.Ticket, written desk.Written) (string, error) {
	settings, err := r.desk.Settings(ctx)
	if err != nil {
		return "", err
	}
	if !mail.Closes(l.words.Text, l.letter.Subject, closingPhrases(settings)) {
		return "", nil
	}
	if actor.May(okno.CloseTicket, t) {
		err := r.desk.CloseTicket(ctx, actor, t.Number, "phrase")
		if okno.ReasonOf(err) == okno.Conflict {
			return "", nil // as it stands it cannot be closed; the words stand there
		}
		return "closed", err
	}
	message := written.Message
	if message == 0 {
		if message, err = r.desk.LetterMessage(ctx, t.ID, l.kept); err != nil {
			return "", err
		}
	}
	return "asked", r.desk.AskClosing(ctx, actor, t.Number, message)
}

// closingPhrases are those of all languages: a customer writes in whichever he
// likes.
func closingPhrases(s okno.Settings) []string {
	var all []string
	for _, lang := range []string{"ru", "en"} {
		if len(s.Phrases[lang]) == 0 {
			all = append(all, mail.DefaultClosingPhrases(lang)...)
		}
	}
	for _, phrases := range s.Phrases {
		all = append(all, phrases...)
	}
	return all
}
