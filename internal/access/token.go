package access

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"golang.org/x/oauth2"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// Times of tokens.
const (
	dutyTime = time.Minute            // to look which tokens end soon
	spare    = 30 * time.Second       // a token is not shown to a server later before its end
	lookTime = 200 * time.Millisecond // to see whether the one who asks has it
)

// ErrNone says that a mailbox is not connected.
var ErrNone = errors.New("access: the mailbox is not connected with a provider")

// Trouble is why there is no token.
type Trouble struct {
	Refused okno.AccessRefusal // empty: it passes
	Words   string             // the provider's, never a token
}

// Error says it in the provider's words.
func (t *Trouble) Error() string {
	if t.Refused == "" {
		return "access: " + t.Words
	}
	return "access refused by the provider: " + t.Words
}

// Register has r ask for tokens before those that are there end.
func (a *Access) Register(r *jobs.Runner) {
	r.Every("renew access", dutyTime, a.Refresh)
}

// Refresh asks for the next token wherever one is due. Of all processes one
// asks for a mailbox's at a time.
func (a *Access) Refresh(ctx context.Context) error {
	due, err := a.desk.TokensDue(ctx)
	if err != nil {
		return err
	}
	for _, box := range due {
		now, err := a.desk.Token(ctx, box)
		if err == nil {
			err = a.renew(ctx, box, now)
		}
		if okno.ReasonOf(err) != okno.NotFound && err != nil { // or it was disconnected just now
			return err
		}
	}
	return nil
}

// Token is a mailbox's token, good for some time yet. Its error is a *Trouble
// or ErrNone where there is none.
func (a *Access) Token(ctx context.Context, box okno.MailboxID) (string, error) {
	look := time.NewTicker(lookTime)
	defer look.Stop()
	for {
		now, err := a.desk.Token(ctx, box)
		if okno.ReasonOf(err) == okno.NotFound {
			return "", ErrNone
		}
		at := a.desk.Now()
		switch {
		case err != nil:
			return "", err
		case now.Refused != "":
			return "", &Trouble{now.Refused, now.Trouble}
		case now.Expires.Sub(at) > spare:
			return now.Token, nil
		case !now.Claimed && now.Again.After(at):
			return "", &Trouble{Words: now.Trouble}
		case !now.Claimed:
			if err := a.renew(ctx, box, now); err != nil {
				return "", err
			}
			continue
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-look.C:
		}
	}
}

// Refused notes that a mail server said no to a token that should be good: the
// next time another is asked for.
func (a *Access) Refused(ctx context.Context, box okno.MailboxID, token string) {
	if err := a.desk.TokenRefused(ctx, box, token); err != nil && ctx.Err() == nil {
		a.log.Error("a token's refusal could not be noted", "error", err)
	}
}

// renew asks for the next token, unless somebody else does. What came of it is
// kept; the error is a failure of ours.
func (a *Access) renew(ctx context.Context, box okno.MailboxID, seen desk.TokenState) error {
	r, err := a.desk.ClaimRefresh(ctx, box, seen.Refreshed)
	if err != nil || r == nil {
		return err
	}
	// Whoever stops the program does not stop this: a refresh token that was
	// traded for the next is lost with the answer.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*askTime)
	defer cancel()
	source := a.config(&r.Provider).TokenSource(a.with(ctx), &oauth2.Token{RefreshToken: r.Refresh})
	token, err := source.Token()
	if err == nil {
		return a.desk.KeepRefreshed(ctx, r, a.tokens(token))
	}
	said := explain(err)
	a.log.Warn("a mailbox's access could not be renewed", "mailbox", box, "provider", r.Provider.Kind, "refused", said.Refused, "error", said.Words)
	return a.desk.RefreshFailed(ctx, r, said.Refused, said.Words)
}

// explain names what a provider said, without the answer's body: it may hold
// tokens.
func explain(err error) *Trouble {
	var no *oauth2.RetrieveError
	if !errors.As(err, &no) {
		return &Trouble{Words: clip(err.Error())}
	}
	if no.ErrorCode == "" {
		return &Trouble{Words: fmt.Sprintf("the provider answered %d", no.Response.StatusCode)}
	}
	t := &Trouble{Words: clip(no.ErrorCode)}
	if no.ErrorDescription != "" {
		t.Words = clip(no.ErrorCode + ": " + no.ErrorDescription)
	}
	switch no.ErrorCode { // RFC 6749 5.2
	case "invalid_grant", "interaction_required", "consent_required", "login_required":
		t.Refused = okno.GrantRefused
	case "invalid_client", "unauthorized_client":
		t.Refused = okno.AppRefused
	}
	return t
}

// maxWords bounds what is kept of a provider's words, in bytes.
const maxWords = 240

// clip makes words fit to be kept: one line, bounded.
func clip(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len(s) > maxWords {
		s = s[:maxWords] + "…"
	}
	return strings.ToValidUTF8(s, "")
}
