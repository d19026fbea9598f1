package intake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/oknodesk/okno"
)

// popBatch is how many letters are fetched in one session: what was kept is
// deleted only when the session ends, and nobody else may read the mailbox
// until then.
const popBatch = 100

// popSession fetches by POP3, which tells no news: a session for each look.
func (b *fetching) popSession(ctx context.Context) (rounds int, err error) {
	for {
		more, err := b.popRound(ctx)
		if err != nil {
			return rounds, err
		}
		rounds++
		if more {
			continue
		}
		pause := time.NewTimer(pollTime)
		select {
		case <-ctx.Done():
		case <-pause.C:
		case <-b.now:
		}
		pause.Stop()
		if ctx.Err() != nil {
			return rounds, ctx.Err()
		}
	}
}

// popRound keeps letters that are new; more says that some are left for the
// next session. A letter is marked to be deleted once it is kept; a session
// that breaks off deletes nothing, and what comes again is kept once.
func (b *fetching) popRound(ctx context.Context) (more bool, err error) {
	c, err := b.connectPOP(ctx, b.box.ID, *b.box.Fetch)
	if err != nil {
		return false, err
	}
	done, err := b.popLetters(ctx, c)
	left := c.leave()
	if err == nil {
		err = left
	}
	if err != nil {
		b.save(ctx)
		return false, err
	}
	b.box.State.At = b.Receiver.now()
	b.trouble(b.tooLarge())
	b.save(ctx)
	return done == popBatch, nil
}

func (b *fetching) tooLarge() string {
	if b.left == 0 {
		return ""
	}
	return fmt.Sprintf("%d letters larger than %d MB were left in the mailbox", b.left, b.max>>20)
}

// popLetters keeps at most popBatch letters and says how many.
func (b *fetching) popLetters(ctx context.Context, c *popConnection) (done int, err error) {
	sizes, err := c.numbered("LIST")
	if err != nil {
		return 0, err
	}
	names, err := c.numbered("UIDL")
	deletes := b.box.Fetch.After == okno.DeleteIt
	var no *popRefusal
	if errors.As(err, &no) && deletes {
		names, err = map[int]string{}, nil // what is kept goes away, so nothing need be told apart
	}
	if err != nil {
		return 0, err
	}
	known, err := b.known(ctx, names)
	if err != nil {
		return 0, err
	}
	for _, n := range slices.Sorted(maps.Keys(sizes)) {
		name := names[n]
		if known[name] && name != "" {
			continue
		}
		if done == popBatch {
			break
		}
		size, err := strconv.ParseInt(sizes[n], 10, 64)
		if err != nil {
			return done, fmt.Errorf("list: a size that means nothing: %q", sizes[n])
		}
		taken, err := b.popOne(ctx, c, n, size)
		// Kept before it is noted: after a crash in between it comes again,
		// and is the same letter.
		if name != "" && (!taken || !deletes) && (err == nil || errors.Is(err, ErrTooLarge)) {
			err = errors.Join(err, b.desk.NoteFetched(ctx, b.box.ID, name))
		}
		if err == nil && taken && deletes {
			_, err = c.ask("delete", "DELE "+strconv.Itoa(n))
		}
		if err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// known are the names of letters that were fetched before; those that lie
// there no longer are forgotten.
func (b *fetching) known(ctx context.Context, names map[int]string) (map[string]bool, error) {
	all, err := b.desk.Fetched(ctx, b.box.ID)
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, name := range names {
		there[name] = true
	}
	known := map[string]bool{}
	var gone []string
	for _, name := range all {
		if known[name] = true; !there[name] {
			gone = append(gone, name)
		}
	}
	if len(gone) == 0 {
		return known, nil
	}
	return known, b.desk.ForgetFetched(ctx, b.box.ID, gone)
}

// popOne keeps one letter; taken is false where it is left for its size, or
// is empty.
func (b *fetching) popOne(ctx context.Context, c *popConnection, n int, size int64) (taken bool, err error) {
	if size > b.max {
		b.left++
		b.log.Warn("a letter is too large and was left in its mailbox", "mailbox", b.box.Ref, "bytes", size)
		return false, nil
	}
	var s spool
	defer s.close()
	if err := c.body(n, b.max, &s); err != nil {
		if errors.Is(err, ErrTooLarge) {
			b.left++
		}
		return false, err
	}
	err = b.whole(ctx, &s, func(raw []byte) error {
		return b.keepFor(ctx, b.box.Mailbox, Arrival{
			EnvelopeFrom: returnPath(raw), EnvelopeTo: b.recipient(b.box.Mailbox, raw), Source: "pop3", Peer: c.peer, Raw: raw,
		})
	})
	switch {
	case errors.Is(err, ErrTooLarge), errors.Is(err, ErrEmpty):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("keep: %w", err)
	}
	return true, nil
}

// testPOP tries the settings without fetching anything.
func (r *Receiver) testPOP(ctx context.Context, box okno.MailboxID, f okno.Fetch) (Tested, error) {
	c, err := r.connectPOP(ctx, box, f)
	if err != nil {
		return Tested{}, err
	}
	sizes, err := c.numbered("LIST")
	if err == nil && f.After != okno.DeleteIt {
		_, err = c.numbered("UIDL")
	}
	if err := errors.Join(err, c.leave()); err != nil {
		return Tested{}, err
	}
	return Tested{Letters: uint32(len(sizes)), Unseen: len(sizes)}, nil
}
