package intake

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/mail"
)

// read takes the letter apart; the worst letter still has its raw text.
func (r *Receiver) read(ctx context.Context, l *reading) (finding, error) {
	if l.kept.Raw == nil {
		return finding{}, permanent{errors.New("the letter is past its keeping time")}
	}
	var err error
	if l.mailbox, err = r.desk.MailboxOf(ctx, l.kept.Mailbox); err != nil {
		return finding{}, err
	}
	settings, err := r.desk.Settings(ctx)
	if err != nil {
		return finding{}, err
	}
	if l.mailbox.Lang == "" {
		l.mailbox.Lang = settings.Lang
	}
	if l.used, err = r.desk.MessageIDUsed(ctx, l.kept); err != nil {
		return finding{}, err
	}
	l.letter = mail.Read(l.kept.Raw)
	l.bounced = l.letter.Bounce()
	l.lang = locale.Detect(l.letter.Text, l.mailbox.Lang)
	faults := l.letter.Faults
	if l.used {
		faults = append(slices.Clone(faults), "another letter bears its Message-ID")
	}
	if len(faults) > 0 {
		return finding{"mended", strings.Join(faults, "; ")}, nil
	}
	return finding{verdict: "read"}, nil
}
