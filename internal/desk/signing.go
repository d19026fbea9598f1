package desk

import (
	"context"
	"regexp"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
)

// selectorForm is one label of a selector (RFC 6376 3.1); one is enough for us.
var selectorForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// MakeSigningKey makes the key that a mailbox's letters will be signed with, in
// the place of one that was there. It signs nothing until it is switched on:
// its record must be in the DNS first. The signing domain is that of the
// mailbox, so that the signature is aligned (RFC 7489 3.1.1).
func (d *Desk) MakeSigningKey(ctx context.Context, by okno.Actor, ref okno.Ref, selector string, kind okno.KeyKind) error {
	if !by.MayManage(okno.ManageMailboxes) {
		return okno.ErrForbidden
	}
	selector = strings.ToLower(strings.TrimSpace(selector))
	var wrong okno.Errors
	if !selectorForm.MatchString(selector) {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.selector", Field: "selector"})
	}
	if kind != okno.RSA && kind != okno.Ed25519 {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.choice", Field: "kind"})
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	private, public, err := mail.NewSigningKey(kind == okno.RSA)
	if err != nil {
		return err
	}
	return d.changeSigning(ctx, by, ref, "made", func(box okno.Mailbox, s *store.Sending) error {
		s.DKIM = &okno.DKIM{Domain: mail.Domain(box.Address), Selector: selector, Kind: kind, Public: public}
		s.Key = d.mailboxes.Seal(private, signingSecret(ref))
		return nil
	})
}

// SwitchSigning has a mailbox's letters signed from now on, or not.
func (d *Desk) SwitchSigning(ctx context.Context, by okno.Actor, ref okno.Ref, on bool) error {
	reason := "off"
	if on {
		reason = "on"
	}
	return d.changeSigning(ctx, by, ref, reason, func(box okno.Mailbox, s *store.Sending) error {
		if s.DKIM == nil {
			return okno.ErrNotFound
		}
		if on && s.DKIM.Domain != mail.Domain(box.Address) {
			return okno.Refuse(okno.Conflict, "error.signing.domain")
		}
		key := *s.DKIM
		key.On = on
		s.DKIM = &key
		return nil
	})
}

// DropSigningKey forgets a mailbox's key.
func (d *Desk) DropSigningKey(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	return d.changeSigning(ctx, by, ref, "dropped", func(_ okno.Mailbox, s *store.Sending) error {
		s.DKIM, s.Key = nil, nil
		return nil
	})
}

func (d *Desk) changeSigning(ctx context.Context, by okno.Actor, ref okno.Ref, reason string, fn func(okno.Mailbox, *store.Sending) error) error {
	return d.manage(ctx, by, okno.ManageMailboxes, func(tx store.Tx) (int64, okno.Event, error) {
		box, s, err := sendingOf(tx, ref)
		if err != nil {
			return 0, okno.Event{}, err
		}
		if s.Version == 0 {
			s.Names, s.Signatures = map[string]string{}, map[string]string{}
		}
		if err := fn(box, &s); err != nil {
			return 0, okno.Event{}, err
		}
		return int64(box.ID), okno.NewEvent(okno.SigningEdited, okno.EventData{Reason: reason}), tx.SaveSending(&s)
	})
}

// signingSecret is what a private key is sealed for.
func signingSecret(mailbox okno.Ref) string { return "signing key of " + string(mailbox) }

func (d *Desk) signingKey(s store.Sending, ref okno.Ref) (*mail.SigningKey, error) {
	private, err := d.mailboxes.Open(s.Key, signingSecret(ref))
	if err != nil {
		return nil, err
	}
	return mail.ReadSigningKey(s.DKIM.Domain, s.DKIM.Selector, private)
}
