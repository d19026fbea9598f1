package desk

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
)

// SendingState is how a mailbox's letters leave, for the administrator; no
// secret is in it.
type SendingState struct {
	okno.Sending
	Box       okno.Mailbox
	HasSecret bool              // a password is kept
	Connected okno.ProviderKind // by whose tokens its relay may be used; empty: nobody's
}

// Sending is how the letters of a mailbox leave.
func (d *Desk) Sending(ctx context.Context, by okno.Actor, ref okno.Ref) (SendingState, error) {
	var s SendingState
	if !by.MayManage(okno.ManageMailboxes) {
		return s, okno.ErrForbidden
	}
	err := d.read(ctx, func(tx store.Tx) error {
		box, kept, err := sendingOf(tx, ref)
		if err != nil {
			return err
		}
		a, err := tx.Access(box.ID)
		s = SendingState{Sending: kept.Sending, Box: box, HasSecret: len(kept.Sealed) > 0, Connected: a.Provider}
		if okno.ReasonOf(err) == okno.NotFound {
			return nil
		}
		return err
	})
	return s, err
}

// sendingOf is a mailbox and how its letters leave; of version 0 nothing was
// set yet.
func sendingOf(tx store.Tx, ref okno.Ref) (okno.Mailbox, store.Sending, error) {
	boxes, err := tx.Mailboxes()
	if err != nil {
		return okno.Mailbox{}, store.Sending{}, err
	}
	i := slices.IndexFunc(boxes, func(m store.Mailbox) bool { return m.Ref == ref })
	if i < 0 {
		return okno.Mailbox{}, store.Sending{}, okno.ErrNotFound
	}
	all, err := tx.Sendings()
	if err != nil {
		return okno.Mailbox{}, store.Sending{}, err
	}
	s := pick(all, func(s store.Sending) bool { return s.Mailbox == boxes[i].ID })
	s.Mailbox = boxes[i].ID
	return boxes[i].Mailbox, s, nil
}

// SaveSending changes under whose name, with which signature and through which
// relay a mailbox's letters leave, over the version that was seen. An empty
// password leaves the kept one, unless the relay is another now. The key stays
// as it is.
func (d *Desk) SaveSending(ctx context.Context, by okno.Actor, ref okno.Ref, form okno.Sending) error {
	if err := checkSending(&form); err != nil {
		return err
	}
	return d.manage(ctx, by, okno.ManageMailboxes, func(tx store.Tx) (int64, okno.Event, error) {
		box, s, err := sendingOf(tx, ref)
		if err != nil {
			return 0, okno.Event{}, err
		}
		if form.Relay != nil && form.Relay.SignIn == okno.ByToken {
			if err := accessFor(tx, box.ID, form.Relay.Host, "host"); err != nil {
				return 0, okno.Event{}, err
			}
			form.Relay.Password = ""
		}
		if !sameRelay(s.Relay, form.Relay) || form.Relay.SignIn == okno.ByToken {
			s.Sealed = nil
		}
		if form.Relay != nil && form.Relay.Password != "" {
			s.Sealed = d.mailboxes.Seal([]byte(form.Relay.Password), relaySecret(ref))
		}
		s.Names, s.Signatures, s.Relay, s.Version = form.Names, form.Signatures, form.Relay, form.Version
		return int64(box.ID), okno.NewEvent(okno.SendingEdited, okno.EventData{}), tx.SaveSending(&s)
	})
}

// relaySecret is what a relay's password is sealed for.
func relaySecret(mailbox okno.Ref) string { return "relay of " + string(mailbox) }

// sameRelay reports whether a kept password may go where the form says.
func sameRelay(kept, form *okno.Relay) bool {
	return kept != nil && form != nil && kept.Host == form.Host && kept.Port == form.Port && kept.User == form.User && kept.Security == form.Security
}

func checkSending(s *okno.Sending) error {
	var wrong okno.Errors
	s.Names, s.Signatures = filled(s.Names), filled(s.Signatures)
	for lang, name := range s.Names {
		if utf8.RuneCountInString(name) > okno.MaxName {
			wrong = append(wrong, okno.TooLong("name_"+lang, okno.MaxName))
		}
		if strings.ContainsAny(name, "\r\n") {
			wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.line", Field: "name_" + lang})
		}
	}
	for lang, text := range s.Signatures {
		if utf8.RuneCountInString(text) > okno.MaxSignature {
			wrong = append(wrong, okno.TooLong("signature_"+lang, okno.MaxSignature))
		}
	}
	if s.Relay != nil {
		wrong = append(wrong, checkRelay(s.Relay)...)
	}
	return wrong.Err()
}

// filled leaves out languages without words.
func filled(by map[string]string) map[string]string {
	all := map[string]string{}
	for lang, words := range by {
		if words = strings.TrimSpace(words); words != "" {
			all[lang] = words
		}
	}
	return all
}

func checkRelay(r *okno.Relay) okno.Errors {
	var wrong okno.Errors
	r.Host, r.User = strings.TrimSpace(r.Host), strings.TrimSpace(r.User)
	if r.Host == "" {
		wrong = append(wrong, okno.Missing("host"))
	}
	for field, v := range map[string]string{"host": r.Host, "user": r.User} {
		if len(v) > 255 {
			wrong = append(wrong, okno.TooLong(field, 255))
		}
	}
	if len(r.Password) > 1000 {
		wrong = append(wrong, okno.TooLong("password", 1000))
	}
	if r.Port < 1 || r.Port > 65535 {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.port", Field: "port"})
	}
	if !slices.Contains([]okno.Security{okno.TLS, okno.StartTLS, okno.Plain}, r.Security) {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.choice", Field: "security"})
	}
	if !slices.Contains([]okno.SignIn{okno.ByPassword, okno.ByToken}, r.SignIn) {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.choice", Field: "sign_in"})
	}
	if r.SignIn == okno.ByToken && r.User == "" {
		wrong = append(wrong, okno.Missing("user"))
	}
	if r.Connections < 1 || r.Connections > okno.MaxConnections {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.number", Field: "connections", Args: []any{"Min", 1, "Max", okno.MaxConnections}})
	}
	if r.PerMinute < 0 || r.PerMinute > okno.MaxPerMinute {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.number", Field: "per_minute", Args: []any{"Min", 0, "Max", okno.MaxPerMinute}})
	}
	return wrong
}

// RelaySettings are a form's with the kept password, for a test that an
// administrator asks for. A kept password goes only where it went before.
func (d *Desk) RelaySettings(ctx context.Context, by okno.Actor, ref okno.Ref, form okno.Relay) (okno.Relay, error) {
	if !by.MayManage(okno.ManageMailboxes) {
		return form, okno.ErrForbidden
	}
	if err := checkRelay(&form).Err(); err != nil || form.Password != "" && form.SignIn == okno.ByPassword {
		return form, err
	}
	err := d.read(ctx, func(tx store.Tx) error {
		box, s, err := sendingOf(tx, ref)
		if err == nil && form.SignIn == okno.ByToken {
			return accessFor(tx, box.ID, form.Host, "host")
		}
		if err != nil || !sameRelay(s.Relay, &form) || len(s.Sealed) == 0 {
			return err
		}
		password, err := d.mailboxes.Open(s.Sealed, relaySecret(ref))
		form.Password = string(password)
		return err
	})
	return form, err
}

// RelayOf is the relay that a mailbox's letters leave through, its password
// opened, and the version of it; nil: the installation's. Only the post asks.
func (d *Desk) RelayOf(ctx context.Context, box okno.MailboxID) (*okno.Relay, int64, error) {
	c, err := d.config(ctx)
	if err != nil {
		return nil, 0, err
	}
	s := c.sendings[box]
	return s.Relay, s.Version, nil
}

// Sign signs a letter with its mailbox's key, if it has one that is on. Only
// notify asks.
func (d *Desk) Sign(ctx context.Context, box okno.MailboxID, raw []byte) ([]byte, error) {
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	key := c.signing[box]
	if key == nil {
		return raw, nil
	}
	return key.Sign(raw)
}

// readSendings reads how letters leave into the catalogue, secrets opened: it
// stays in memory.
func (d *Desk) readSendings(c *catalogue, all []store.Sending) error {
	c.sendings, c.signing = map[okno.MailboxID]okno.Sending{}, map[okno.MailboxID]*mail.SigningKey{}
	for _, s := range all {
		ref := pick(c.mailboxes, func(m store.Mailbox) bool { return m.ID == s.Mailbox }).Ref
		if s.Relay != nil && len(s.Sealed) > 0 {
			password, err := d.mailboxes.Open(s.Sealed, relaySecret(ref))
			if err != nil {
				return err
			}
			s.Relay.Password = string(password)
		}
		if s.DKIM != nil && s.DKIM.On {
			key, err := d.signingKey(s, ref)
			if err != nil {
				return err
			}
			c.signing[s.Mailbox] = key
		}
		c.sendings[s.Mailbox] = s.Sending
	}
	return nil
}

// wording is what of it stands in letters; no secret is in it.
func (c *catalogue) wording(box okno.MailboxID) okno.Sending {
	s := c.sendings[box]
	s.Relay, s.DKIM = nil, nil
	return s
}
