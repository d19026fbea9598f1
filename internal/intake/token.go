package intake

import (
	"context"
	"errors"

	"github.com/oknodesk/okno"
)

// Tokens are what mailboxes are signed in to with in a password's place.
type Tokens interface {
	// Token is a mailbox's, good for some time yet.
	Token(ctx context.Context, box okno.MailboxID) (string, error)
	// Refused notes that the mail server said no to one.
	Refused(ctx context.Context, box okno.MailboxID, token string)
}

// token is what a mailbox is signed in to with; empty: its password.
func (r *Receiver) token(ctx context.Context, box okno.MailboxID, f okno.Fetch) (string, error) {
	if f.SignIn != okno.ByToken {
		return "", nil
	}
	if r.tokens == nil {
		return "", errors.New("sign in: there are no tokens here")
	}
	return r.tokens.Token(ctx, box)
}
