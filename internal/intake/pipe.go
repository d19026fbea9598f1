package intake

import (
	"context"
	"io"
	"strings"

	"github.com/oknodesk/okno/internal/mail"
)

// Pipe takes one letter from stdin, as a mail server's pipe delivers it, for
// the address mailbox. It returns the exit code: 0 once the letter is durable,
// 67 where no mailbox has the address, 65 for a letter that is empty or too
// large, 75 for trouble of ours. The envelope's sender is its Return-Path.
func (r *Receiver) Pipe(ctx context.Context, mailbox string, stdin io.Reader) int {
	err := r.pipe(ctx, mailbox, stdin)
	code := exitCode(err)
	if code == exitLater {
		r.log.Error("a piped letter could not be kept", "error", err)
	}
	return code
}

func (r *Receiver) pipe(ctx context.Context, mailbox string, stdin io.Reader) error {
	if _, err := r.mailbox(ctx, mailbox); err != nil {
		return err // before reading: a wrong address costs nothing
	}
	raw, err := io.ReadAll(io.LimitReader(stdin, r.max+1))
	if err != nil {
		return err
	}
	return r.Keep(ctx, Arrival{EnvelopeFrom: returnPath(raw), EnvelopeTo: mailbox, Source: "pipe", Raw: raw})
}

// returnPath is the envelope's sender as the mail server noted it down.
func returnPath(raw []byte) string {
	v := mail.ReadHeader(head(raw)).Raw("Return-Path")
	return strings.Trim(strings.TrimSpace(v), "<>")
}
