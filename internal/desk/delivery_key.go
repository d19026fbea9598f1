package desk

import (
	"context"
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/secret"
)

// deliveryUse keeps a delivery key apart from the mailbox's password, which is
// sealed in the same box.
const deliveryUse = "delivery "

// DeliveryKey is an open mailbox with the key that letters handed over to it by
// HTTP are signed with, or okno.ErrNotFound: nobody may hand any over. Only the
// system asks.
func (d *Desk) DeliveryKey(ctx context.Context, ref okno.Ref) (okno.Mailbox, []byte, error) {
	m, err := d.mailboxByRef(ctx, ref)
	if err != nil {
		return okno.Mailbox{}, nil, err
	}
	if len(m.Delivery) == 0 || !m.Closed.IsZero() {
		return okno.Mailbox{}, nil, okno.ErrNotFound
	}
	key, err := d.mailboxes.Open(m.Delivery, deliveryUse+string(m.Ref))
	return m.Mailbox, key, err
}

// mailboxByRef is one mailbox, closed ones too, or okno.ErrNotFound.
func (d *Desk) mailboxByRef(ctx context.Context, ref okno.Ref) (m store.Mailbox, err error) {
	err = d.read(ctx, func(tx store.Tx) (err error) {
		m, err = mailboxIn(tx, ref)
		return err
	})
	return m, err
}

func mailboxIn(tx store.Tx, ref okno.Ref) (store.Mailbox, error) {
	all, err := tx.Mailboxes()
	if err != nil {
		return store.Mailbox{}, err
	}
	if i := slices.IndexFunc(all, func(m store.Mailbox) bool { return m.Ref == ref }); i >= 0 {
		return all[i], nil
	}
	return store.Mailbox{}, okno.ErrNotFound
}

// MakeDeliveryKey gives a mailbox a new key, in the place of one that it has,
// and returns it: it is shown once and kept sealed.
func (d *Desk) MakeDeliveryKey(ctx context.Context, by okno.Actor, ref okno.Ref) (key string, err error) {
	key, _ = secret.NewToken()
	return key, d.saveDeliveryKey(ctx, by, ref, d.mailboxes.Seal([]byte(key), deliveryUse+string(ref)))
}

// DropDeliveryKey takes a mailbox's key away: nobody may hand letters over to
// it by HTTP any longer.
func (d *Desk) DropDeliveryKey(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	return d.saveDeliveryKey(ctx, by, ref, nil)
}

func (d *Desk) saveDeliveryKey(ctx context.Context, by okno.Actor, ref okno.Ref, sealed []byte) error {
	return d.manage(ctx, by, okno.ManageMailboxes, func(tx store.Tx) (int64, okno.Event, error) {
		m, err := mailboxIn(tx, ref)
		if err != nil {
			return 0, okno.Event{}, err
		}
		return int64(m.ID), okno.NewEvent(okno.MailboxEdited, okno.EventData{}), tx.SaveDeliveryKey(m.ID, sealed)
	})
}
