package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/mail"
)

// batch is how many letters' sizes are asked for at once.
const batch = 100

// lookBack is how far before the last round letters are looked at again when
// the server has given them new numbers.
const lookBack = 48 * time.Hour

func unseenLetters() *imap.SearchCriteria {
	return &imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen, imap.FlagDeleted}}
}

// round keeps all letters that are new, and does with each what is to be done
// once it is kept.
func (b *fetching) round(ctx context.Context, c *connection) error {
	selected, err := c.choose(b.box.Fetch.Folder)
	if err != nil {
		return err
	}
	state := &b.box.State
	goesOn := state.UIDValidity != 0 && state.UIDValidity == selected.UIDValidity
	uids, err := c.search(b.wanted(goesOn))
	if err != nil {
		return err
	}
	slices.Sort(uids)
	if goesOn { // the last letter is told again where nothing came after it
		uids = slices.DeleteFunc(uids, func(u imap.UID) bool { return uint32(u) <= state.LastUID })
	}
	left := ""
	for part := range slices.Chunk(uids, batch) {
		sizes, err := c.sizes(part)
		if err != nil {
			return err
		}
		for _, uid := range part {
			said, err := b.one(ctx, c, uid, sizes[uid])
			if err != nil {
				b.save(ctx)
				return err
			}
			if said != "" {
				left = said
			}
			if goesOn {
				state.LastUID = uint32(uid)
			}
		}
	}
	if !goesOn {
		state.UIDValidity, state.LastUID = selected.UIDValidity, lastOf(uids, selected.UIDNext)
	}
	state.At = b.Receiver.now()
	if left == "" {
		left = b.tooLarge()
	}
	b.trouble(left)
	b.save(ctx)
	return nil
}

// wanted are the letters after the last that was fetched. Where none was, the
// unseen ones; where the server has numbered its letters anew, lately come
// ones too: those known already are kept once.
func (b *fetching) wanted(goesOn bool) *imap.SearchCriteria {
	state := b.box.State
	switch {
	case goesOn:
		var after imap.UIDSet
		after.AddRange(imap.UID(state.LastUID+1), 0)
		return &imap.SearchCriteria{UID: []imap.UIDSet{after}, NotFlag: []imap.Flag{imap.FlagDeleted}}
	case state.At.IsZero():
		return unseenLetters()
	}
	return &imap.SearchCriteria{
		NotFlag: []imap.Flag{imap.FlagDeleted},
		Or:      [][2]imap.SearchCriteria{{{NotFlag: []imap.Flag{imap.FlagSeen}}, {Since: state.At.Add(-lookBack)}}},
	}
}

// lastOf is the number after which new letters come.
func lastOf(uids []imap.UID, next imap.UID) uint32 {
	if next > 0 {
		return uint32(next) - 1
	}
	if len(uids) > 0 {
		return uint32(uids[len(uids)-1])
	}
	return 0
}

// one keeps one letter. said is what the administrator should know although
// fetching goes on.
func (b *fetching) one(ctx context.Context, c *connection, uid imap.UID, size int64) (said string, err error) {
	if size > b.max {
		b.left++
		b.log.Warn("a letter is too large and was left in its mailbox", "mailbox", b.box.Ref, "bytes", size)
		return "", nil
	}
	var s spool
	defer s.close()
	gone, err := b.read1(c, uid, &s)
	if err != nil || gone {
		return "", err
	}
	err = b.whole(ctx, &s, func(raw []byte) error {
		return b.keepFor(ctx, b.box.Mailbox, Arrival{
			EnvelopeFrom: returnPath(raw), EnvelopeTo: b.recipient(b.box.Mailbox, raw), Source: "imap", Peer: c.peer, Raw: raw,
		})
	})
	switch {
	case errors.Is(err, ErrTooLarge):
		b.left++
		return "", nil
	case errors.Is(err, ErrEmpty):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("keep: %w", err)
	}
	if err := c.after(uid, *b.box.Fetch); err != nil {
		if !c.alive() {
			return "", err
		}
		b.log.Warn("a kept letter could not be marked", "mailbox", b.box.Ref, "error", err)
		return "letters are kept, but " + envelope(clip(err.Error(), 250)), nil
	}
	return "", nil
}

// read1 fetches a letter's bytes and does not believe them before their number
// is what the server said it is: a letter that another program is moving comes
// empty. A server that says a wrong number says it twice.
func (b *fetching) read1(c *connection, uid imap.UID, s *spool) (gone bool, err error) {
	size, gone, err := c.body(uid, s)
	if err != nil || gone || s.size == size && size > 0 {
		return gone, err
	}
	first := s.size
	s.close()
	*s = spool{}
	if size, gone, err = c.body(uid, s); err != nil || gone {
		return gone, err
	}
	if s.size != size && (s.size != first || s.size == 0) {
		return false, fmt.Errorf("fetch: %w: %d bytes of %d", io.ErrUnexpectedEOF, s.size, size)
	}
	return false, nil
}

// recipient is the signed reply address that the letter was delivered to, else
// the mailbox's own.
func (r *Receiver) recipient(to okno.Mailbox, raw []byte) string {
	h := mail.Read(head(raw))
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To"} {
		for _, address := range h.Header.Values(name) {
			if box, _, _, ok := r.desk.ReplyAddresses().Parse(address); ok && box == to.Folded {
				return address
			}
		}
	}
	for _, a := range slices.Concat(h.To, h.Cc) {
		if box, _, _, ok := r.desk.ReplyAddresses().Parse(a.Addr); ok && box == to.Folded {
			return a.Addr
		}
	}
	return to.Address
}
