package desk

import (
	"context"
	"slices"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// What a mailbox's tokens are sealed for, beside the mailbox's Ref.
const (
	refreshUse = "refresh "
	tokenUse   = "token "
)

// Times of asking for the next token.
const (
	// claimLasts is for how long one process asks alone; one that died meanwhile
	// is waited for no longer.
	claimLasts = time.Minute
	// firstAgain is how long after trouble it is asked again, later as long as
	// the trouble lasts already.
	firstAgain = 30 * time.Second
	lastAgain  = 15 * time.Minute
	// slides is by how much an end that is moved by asking moves at least.
	slides = 5 * time.Minute
)

// TokenState is a mailbox's access with its token opened.
type TokenState struct {
	okno.MailboxAccess
	Token   string
	Again   time.Time // the next is not to be asked for before
	Claimed bool      // somebody asks for it just now
}

// Token is a mailbox's access, or okno.ErrNotFound: it is not connected. Only
// the system asks.
func (d *Desk) Token(ctx context.Context, box okno.MailboxID) (TokenState, error) {
	var t TokenState
	err := d.read(ctx, func(tx store.Tx) error {
		a, ref, err := accessIn(tx, box)
		if err != nil {
			return err
		}
		token, err := d.mailboxes.Open(a.Token, tokenUse+string(ref))
		t = TokenState{MailboxAccess: a.MailboxAccess, Token: string(token), Again: a.Again, Claimed: a.Claimed.After(d.Now())}
		return err
	})
	return t, err
}

// accessIn is a mailbox's access, with the mailbox's Ref.
func accessIn(tx store.Tx, box okno.MailboxID) (store.Access, okno.Ref, error) {
	a, err := tx.Access(box)
	if err != nil {
		return a, "", err
	}
	boxes, err := tx.Mailboxes()
	return a, pick(boxes, func(m store.Mailbox) bool { return m.ID == box }).Ref, err
}

// TokensDue are the open mailboxes for which the next token is to be asked for.
// Only the system asks.
func (d *Desk) TokensDue(ctx context.Context) ([]okno.MailboxID, error) {
	var due []okno.MailboxID
	err := d.read(ctx, func(tx store.Tx) error {
		all, err := tx.Accesses()
		if err != nil {
			return err
		}
		boxes, err := tx.Mailboxes()
		due = nil
		for _, a := range all {
			open := slices.ContainsFunc(boxes, func(m store.Mailbox) bool { return m.ID == a.Mailbox && m.Closed.IsZero() })
			if now := d.Now(); open && a.Refused == "" && !a.Again.After(now) && !a.Claimed.After(now) && !a.RefreshAt().After(now) {
				due = append(due, a.Mailbox)
			}
		}
		return err
	})
	return due, err
}

// Refreshing is the right to ask for a mailbox's next token, which one process
// has at a time.
type Refreshing struct {
	Mailbox  okno.MailboxID
	Provider okno.Provider // with its secret
	Refresh  string
	version  int64
}

// ClaimRefresh gives the right to ask for a mailbox's next token; nil: somebody
// else asks, or it was refused, or it is too soon after trouble, or the token is
// not seen: another than that is there by now. Only the system asks.
func (d *Desk) ClaimRefresh(ctx context.Context, box okno.MailboxID, seen time.Time) (*Refreshing, error) {
	var r *Refreshing
	err := d.write(ctx, func(tx store.Tx) error {
		r = nil
		a, ref, err := accessIn(tx, box)
		if err != nil {
			return err
		}
		now := d.Now()
		if a.Claimed.After(now) || a.Again.After(now) || a.Refused != "" || !a.Refreshed.Equal(seen) {
			return nil
		}
		p, err := d.providerIn(tx, a.Provider)
		if err != nil {
			return err
		}
		refresh, err := d.mailboxes.Open(a.Refresh, refreshUse+string(ref))
		if err != nil {
			return err
		}
		a.Claimed = now.Add(claimLasts)
		if err := tx.SaveAccess(&a); err != nil {
			if okno.ReasonOf(err) == okno.Conflict {
				return nil // it was claimed between the reading and here
			}
			return err
		}
		r = &Refreshing{Mailbox: box, Provider: p, Refresh: string(refresh), version: a.Version + 1}
		return nil
	})
	return r, err
}

// KeepRefreshed keeps the token that was asked for, and the refresh token in
// whose place another came, in one change. Where the mailbox was connected or
// disconnected meanwhile, nothing is kept.
func (d *Desk) KeepRefreshed(ctx context.Context, r *Refreshing, t Tokens) error {
	return d.refreshed(ctx, r, func(a *store.Access, ref okno.Ref) { d.renewed(a, t, ref, d.Now()) })
}

// RefreshFailed keeps that no token came. refused: it is not asked for again;
// empty: it passes.
func (d *Desk) RefreshFailed(ctx context.Context, r *Refreshing, refused okno.AccessRefusal, words string) error {
	return d.refreshed(ctx, r, func(a *store.Access, _ okno.Ref) {
		now := d.Now()
		if a.Trouble == "" {
			a.Since = now
		}
		pause := min(max(now.Sub(a.Since), firstAgain), lastAgain)
		a.Claimed, a.Refused, a.Trouble, a.Again = time.Time{}, refused, cut(words, 250), now.Add(pause)
	})
}

func (d *Desk) refreshed(ctx context.Context, r *Refreshing, change func(*store.Access, okno.Ref)) error {
	return d.write(ctx, func(tx store.Tx) error {
		a, ref, err := accessIn(tx, r.Mailbox)
		if okno.ReasonOf(err) == okno.NotFound || err == nil && a.Version != r.version {
			return nil
		}
		if err != nil {
			return err
		}
		change(&a, ref)
		return tx.SaveAccess(&a)
	})
}

// renewed puts new tokens in the place of those an access had.
func (d *Desk) renewed(a *store.Access, t Tokens, ref okno.Ref, now time.Time) {
	a.Token, a.Expires, a.Refreshed = d.mailboxes.Seal([]byte(t.Token), tokenUse+string(ref)), t.Expires, now
	if t.Refresh != "" {
		a.Refresh = d.mailboxes.Seal([]byte(t.Refresh), refreshUse+string(ref))
	}
	switch {
	case t.Ends.IsZero():
		a.Ends, a.Span = time.Time{}, 0
	case a.Ends.IsZero() || t.Ends.Sub(a.Ends) > slides:
		a.Span = t.Ends.Sub(now)
	}
	a.Ends = t.Ends
	a.Claimed, a.Again, a.Refused, a.Trouble, a.Since = time.Time{}, time.Time{}, "", "", time.Time{}
}

// TokenRefused has the next token asked for although the last should still be
// good: a mail server said no to it. Only the system asks.
func (d *Desk) TokenRefused(ctx context.Context, box okno.MailboxID, token string) error {
	return d.write(ctx, func(tx store.Tx) error {
		a, ref, err := accessIn(tx, box)
		if err != nil {
			return err
		}
		kept, err := d.mailboxes.Open(a.Token, tokenUse+string(ref))
		if err != nil || string(kept) != token || a.Claimed.After(d.Now()) {
			return err
		}
		a.Expires = d.Now()
		return tx.SaveAccess(&a)
	})
}
