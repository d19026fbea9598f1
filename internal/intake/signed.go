package intake

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/oknodesk/okno"
)

// signedWindow is how far a signature's time may be from ours, either way. The
// same letter again within it leads to the same result.
const signedWindow = 5 * time.Minute

// signedAtOnce is how many letters may be handed over by HTTP at one moment.
const signedAtOnce = 32

// Refusals of TakeSigned, beside those of Keep.
var (
	// ErrSignature says that the letter is not signed with the mailbox's key,
	// or not now; nor does it tell whether there is such a mailbox.
	ErrSignature = errors.New("intake: the signature does not hold")
	// ErrBusy says that too many letters are being handed over just now.
	ErrBusy = errors.New("intake: too many letters at once")
)

// Signed is a letter that a program hands over by HTTP.
type Signed struct {
	Mailbox   okno.Ref
	Time      string // seconds since 1970, in decimal
	Signature string // hex of HMAC-SHA256 with the mailbox's key over Time, "." and Body
	Peer      string // IP address of who hands it over
	Body      io.Reader
}

// TakeSigned makes the letter durable, or says why not. Errors: ErrSignature,
// ErrBusy, ErrTooLarge, ErrEmpty, those of Body; any other is ours, and the
// letter is to be sent again.
func (r *Receiver) TakeSigned(ctx context.Context, s Signed) error {
	select {
	case r.signed <- struct{}{}:
		defer func() { <-r.signed }()
	default:
		return ErrBusy
	}
	r.underWay.Add(1)
	defer r.underWay.Add(-1)
	seconds, err := strconv.ParseInt(s.Time, 10, 64)
	if gap := r.now().Sub(time.Unix(seconds, 0)); err != nil || gap > signedWindow || gap < -signedWindow {
		return ErrSignature
	}
	said, err := hex.DecodeString(s.Signature)
	if err != nil || len(said) != sha256.Size {
		return ErrSignature
	}
	box, key, err := r.desk.DeliveryKey(ctx, s.Mailbox)
	unknown := okno.ReasonOf(err) == okno.NotFound
	if err != nil && !unknown {
		return err
	}
	if unknown {
		key = []byte(rand.Text()) // the letter is read as for a mailbox that is there
	}
	mac := hmac.New(sha256.New, key)
	io.WriteString(mac, s.Time+".")
	var letter spool
	defer letter.close()
	if err := letter.fill(io.TeeReader(io.LimitReader(s.Body, r.max+1), mac)); err != nil {
		return err
	}
	if letter.size > r.max {
		return ErrTooLarge
	}
	if !hmac.Equal(mac.Sum(nil), said) || unknown {
		return ErrSignature
	}
	return r.whole(ctx, &letter, func(raw []byte) error {
		return r.keepFor(ctx, box, Arrival{EnvelopeFrom: returnPath(raw), EnvelopeTo: r.recipient(box, raw), Source: "http", Peer: s.Peer, Raw: raw})
	})
}
