package app

import (
	"context"
	"errors"

	"github.com/oknodesk/okno/internal/intake"
	"github.com/oknodesk/okno/internal/web/api"
)

// takeSigned hands a letter that came by HTTP to the receiver, and its refusals
// back.
func (h *House) takeSigned(ctx context.Context, l api.Letter) error {
	err := h.Receiver.TakeSigned(ctx, intake.Signed{Mailbox: l.Mailbox, Time: l.Time, Signature: l.Signature, Peer: l.Peer, Body: l.Body})
	for ours, told := range map[error]error{
		intake.ErrSignature: api.ErrSignature, intake.ErrTooLarge: api.ErrTooLarge, intake.ErrEmpty: api.ErrEmpty, intake.ErrBusy: api.ErrBusy,
	} {
		if errors.Is(err, ours) {
			return told
		}
	}
	return err
}
