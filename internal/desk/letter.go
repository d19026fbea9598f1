package desk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/secret"
)

// PostJobKind is the duty to send one queued letter; its payload is a PostJob.
const PostJobKind = store.PostJobKind

// PostJob says which letter is to be sent.
type PostJob struct {
	Letter okno.LetterID `json:"letter"`
}

// smallLetter is the largest letter, packed, that the database holds; a
// larger one is a blob. In bytes.
const smallLetter = 256 << 10

// quickLetter is the largest letter that is packed for speed, in bytes.
const quickLetter = 64 << 10

// maxLetter is the largest letter ever unpacked, in bytes.
const maxLetter = 512 << 20

var (
	packer, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2))
	// What leaves within moments is packed for speed: half the time for a third
	// more bytes.
	quick, _    = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2), zstd.WithNoEntropyCompression(true))
	unpacker, _ = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxLetter), zstd.WithDecoderConcurrency(2))
)

// LinkToken is a link that a letter carries: made before the letter is
// written, kept with it.
type LinkToken struct {
	Token string
	link  store.Link
}

// AccessLink makes a link to one ticket for one person, kept once a letter
// that carries it is queued.
func (d *Desk) AccessLink(p okno.PersonID, t okno.TicketID, lasts time.Duration) LinkToken {
	return d.linkToken(store.LinkAccess, p, t, lasts)
}

// EntryLink makes a link to a first password (first) or to a new one.
func (d *Desk) EntryLink(p okno.PersonID, first bool) LinkToken {
	if first {
		return d.linkToken(store.LinkInvite, p, 0, issuedLasts)
	}
	return d.linkToken(store.LinkReset, p, 0, resetLasts)
}

func (d *Desk) linkToken(purpose store.Purpose, p okno.PersonID, t okno.TicketID, lasts time.Duration) LinkToken {
	token, hash := secret.NewToken()
	return LinkToken{Token: token, link: store.Link{Hash: hash, Purpose: purpose, Person: p, Ticket: t, Created: d.Now(), Expires: d.Now().Add(lasts)}}
}

// Outgoing is a letter ready to be queued: its bytes, what may be shown of
// them, and the links in it.
type Outgoing struct {
	okno.Letter // Bytes, Shown, Origin and all that is known of it
	Links       []LinkToken
	// Hold is for how long the letter waits before it leaves.
	Hold time.Duration
	// Told is the version of the message that the letter tells; 0: it tells
	// none.
	Told int64
	// Join: the fact may be told with others, when its reader had a letter about
	// the ticket within this time; 0: never.
	Join time.Duration
}

// QueueLetters keeps letters to be sent, each once: a letter whose origin has
// one already is passed over, so that a fact is told once.
func (d *Desk) QueueLetters(ctx context.Context, letters []Outgoing, duty ...jobs.Job) error {
	return d.Tell(ctx, letters, nil, duty...)
}

// Tell is QueueLetters, with the notices to whom the same fact is told
// otherwise in the same transaction. Where anyone is told, duty, the job that
// does it, ends with it.
func (d *Desk) Tell(ctx context.Context, letters []Outgoing, notices []Told, duty ...jobs.Job) error {
	if len(letters) == 0 && len(notices) == 0 {
		return nil
	}
	t, err := d.Telling(ctx, letters, notices, nil, duty...)
	if err != nil {
		return err
	}
	return d.TellAll(ctx, []Telling{t})
}

// Telling is what tells of one fact, sealed.
type Telling struct {
	ready   []store.Letter
	letters []Outgoing
	notices []Told
	listed  []Listing
	duty    []jobs.Job
}

// Telling makes ready for TellAll what Tell takes, and who is told in a list.
func (d *Desk) Telling(ctx context.Context, letters []Outgoing, notices []Told, listed []Listing, duty ...jobs.Job) (Telling, error) {
	ready, err := d.seal(ctx, letters)
	return Telling{ready, letters, notices, listed, duty}, err
}

// errOneOutdated keeps none of several facts from being told by themselves.
var errOneOutdated = errors.New("a message that one of several facts tells of has changed meanwhile")

// TellAll is Tell for several facts: all of them in one change, or none.
func (d *Desk) TellAll(ctx context.Context, facts []Telling) error {
	var all Telling
	for _, t := range facts {
		all.ready, all.letters = append(all.ready, t.ready...), append(all.letters, t.letters...)
		all.notices, all.listed, all.duty = append(all.notices, t.notices...), append(all.listed, t.listed...), append(all.duty, t.duty...)
	}
	err := d.write(ctx, func(tx store.Tx) error {
		if err := d.queueCurrent(tx, all.ready, all.letters); err != nil {
			return err
		}
		if err := errors.Join(d.addNotices(tx, all.notices), d.listLater(tx, all.listed)); err != nil {
			return err
		}
		return jobs.Done(tx.Tx, all.duty...)
	})
	if len(facts) > 1 && errors.Is(err, errOutdated) {
		return errOneOutdated
	}
	return err
}

// seal makes rows of letters; the bytes of large ones are durable before.
func (d *Desk) seal(ctx context.Context, letters []Outgoing) ([]store.Letter, error) {
	ready := make([]store.Letter, len(letters))
	for i, o := range letters {
		l := store.Letter{Letter: o.Letter, Folded: mail.Fold(o.To)}
		l.Ref, l.State, l.At = okno.Ref(secret.NewRef()), okno.LetterQueued, d.Now()
		by := packer
		if len(o.Bytes) <= quickLetter {
			by = quick
		}
		sealed := d.letters.Seal(by.EncodeAll(o.Bytes, nil), o.MessageID)
		if len(sealed) <= smallLetter {
			l.Sealed = sealed
		} else {
			kept, err := d.blob.Put(ctx, bytes.NewReader(sealed), int64(len(sealed)))
			if err != nil {
				return nil, err
			}
			l.Blob = kept.Hash
		}
		ready[i] = l
	}
	return ready, nil
}

// errOutdated has a letter written again: its message changed meanwhile.
var errOutdated = okno.Refuse(okno.Busy, "error.stale")

// queueCurrent queues letters if the messages that they tell did not change
// meanwhile; mostly they tell the same one.
func (d *Desk) queueCurrent(tx store.Tx, ready []store.Letter, letters []Outgoing) error {
	versions := map[okno.MessageID]*db.Asked[int64]{}
	for _, o := range letters {
		if o.Told != 0 && versions[o.Message] == nil {
			versions[o.Message] = tx.AskMessageVersion(o.Message)
		}
	}
	if err := d.queueLetters(tx, ready, letters); err != nil {
		return err
	}
	for _, o := range letters {
		if o.Told == 0 {
			continue
		}
		now, err := versions[o.Message].First()
		if err != nil {
			return err
		}
		if now != o.Told {
			return errOutdated
		}
	}
	return nil
}

// queueLetters keeps letters that do not wait to be joined, with all that goes
// with each.
func (d *Desk) queueLetters(tx store.Tx, ready []store.Letter, letters []Outgoing) error {
	var queued []*store.Letter
	outgoing := map[*store.Letter]Outgoing{}
	joinings := make([]joining, len(letters)) // all asked for at once
	told := map[store.Joined]bool{}           // in this change, after that was asked
	for i, o := range letters {
		if o.Join > 0 {
			joinings[i] = d.askJoining(tx, &ready[i], o.Join)
		}
	}
	for i, o := range letters {
		l := &ready[i]
		l.ID = 0 // of a try that was undone
		if o.Join > 0 {
			if waits, err := d.joins(tx, l, o.Join, joinings[i], told); err != nil || waits {
				if err != nil {
					return err
				}
				continue
			}
		}
		told[store.Joined{Person: l.Person, Ticket: l.Ticket}] = true
		queued, outgoing[l] = append(queued, l), o
	}
	if err := tx.QueueLetters(queued); err != nil {
		return err
	}
	var posts []jobs.New
	var links []store.Link
	var threads []store.InThread
	for _, l := range queued {
		if l.ID == 0 {
			continue
		}
		if l.Kind == okno.LetterInvitation {
			if err := tx.DropIssued(l.Event); err != nil {
				return err
			}
		}
		for _, link := range outgoing[l].Links {
			links = append(links, link.link)
		}
		if l.Ticket != 0 {
			threads = append(threads, store.InThread{MessageID: l.MessageID, Ticket: l.Ticket, At: l.At})
		}
		posts = append(posts, jobs.New{Kind: PostJobKind, V: 1, Payload: PostJob{Letter: l.ID}, Key: id(l.ID), At: d.Now().Add(outgoing[l].Hold)})
	}
	if err := errors.Join(tx.AddLinks(links...), tx.AddToThreads(threads...)); err != nil {
		return err
	}
	return jobs.Put(tx.Tx, d.Now(), posts...)
}

// SealedLetter is a queued letter as it is kept; the zero one: there is none.
type SealedLetter struct{ kept store.Letter }

// SealedLetters are some queued letters, by id, those that there are. They are
// few: the letters that one runner sends at once.
func (d *Desk) SealedLetters(ctx context.Context, ids []okno.LetterID) (map[okno.LetterID]SealedLetter, error) {
	all := make(map[okno.LetterID]SealedLetter, len(ids))
	err := d.readOne(ctx, func(tx store.Tx) error {
		clear(all)
		ls, err := tx.LettersToSend(ids)
		for _, l := range ls {
			all[l.ID] = SealedLetter{l}
		}
		return err
	})
	return all, err
}

// LetterToSend is a queued letter with the exact bytes to send; without bytes
// it has gone already.
func (d *Desk) LetterToSend(ctx context.Context, letter okno.LetterID) (okno.Letter, error) {
	all, err := d.SealedLetters(ctx, []okno.LetterID{letter})
	if err != nil {
		return okno.Letter{}, err
	}
	return d.Unseal(ctx, all[letter])
}

// Unseal is LetterToSend of a letter that was read; okno.ErrNotFound where there
// was none.
func (d *Desk) Unseal(ctx context.Context, sealed SealedLetter) (okno.Letter, error) {
	l := sealed.kept
	if l.ID == 0 {
		return l.Letter, okno.ErrNotFound
	}
	if l.Blob != "" {
		var err error
		if l.Sealed, err = d.readBlob(ctx, l.Blob); err != nil {
			return l.Letter, err
		}
	}
	if len(l.Sealed) == 0 {
		return l.Letter, nil
	}
	packed, err := d.letters.Open(l.Sealed, l.MessageID)
	if err != nil {
		return l.Letter, err
	}
	l.Bytes, err = unpacker.DecodeAll(packed, nil)
	// Reports on the letter come back to an address that proves which it was.
	l.From = d.replies.ForBounce(l.From, int64(l.ID), l.MessageID)
	return l.Letter, err
}

func (d *Desk) readBlob(ctx context.Context, hash string) ([]byte, error) {
	r, err := d.blob.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, maxLetter))
}

// Delivery is how far a letter has come, with the job that brought it so far.
type Delivery struct {
	okno.Letter
	Duty jobs.Job
}

// SaveDeliveries keeps how far some letters have come, all or none, and ends
// their duties.
func (d *Desk) SaveDeliveries(ctx context.Context, all []Delivery) error {
	return d.write(ctx, func(tx store.Tx) error {
		duties := make([]jobs.Job, len(all))
		for i, one := range all {
			duties[i] = one.Duty
			if err := d.saveDelivery(tx, one.Letter); err != nil {
				return err
			}
		}
		return jobs.Done(tx.Tx, duties...)
	})
}

// SaveDelivery keeps how far a letter has come and tells the agents who look
// at its ticket. A letter that was sent or came back loses its bytes. duty, the
// job that brought it so far, ends with it.
func (d *Desk) SaveDelivery(ctx context.Context, l okno.Letter, duty ...jobs.Job) error {
	return d.write(ctx, func(tx store.Tx) error { return d.saveDelivery(tx, l, duty...) })
}

func (d *Desk) saveDelivery(tx store.Tx, l okno.Letter, duty ...jobs.Job) error {
	if err := errors.Join(tx.SaveDelivery(&l), d.keepAttempt(tx, &l), jobs.Done(tx.Tx, duty...)); err != nil {
		return err
	}
	if l.Ticket == 0 || l.State == okno.LetterSent && l.Attempts <= 1 {
		return nil // as expected; a page says so when it is next looked at
	}
	t, err := tx.TicketLed(okno.System().Sees(), l.Ticket)
	if err != nil {
		return err
	}
	tx.Announce(LiveTopic, hint(&t, partOf(okno.MessageAdded), true).Encode())
	return nil
}

// Letters lists the letters that leave, newest first, in one state or all
// (""), before one of them ("": from the newest).
func (d *Desk) Letters(ctx context.Context, by okno.Actor, state okno.LetterState, before okno.Ref) ([]okno.Letter, bool, error) {
	if !by.MayManage(okno.SeeLetters) {
		return nil, false, okno.ErrForbidden
	}
	var letters []okno.Letter
	more := false
	err := d.read(ctx, func(tx store.Tx) error {
		var from okno.LetterID
		if before != "" {
			l, err := tx.LetterByRef(before)
			if err != nil {
				return err
			}
			from = l.ID
		}
		ls, err := tx.Outbox(store.LetterFilter{State: state}, from, pageRows+1)
		if more = len(ls) > pageRows; more {
			ls = ls[:pageRows]
		}
		letters = nil
		for _, l := range ls {
			letters = append(letters, l.Letter)
		}
		return err
	})
	return letters, more, err
}

// Letter is one letter that leaves, with what may be shown of it.
func (d *Desk) Letter(ctx context.Context, by okno.Actor, ref okno.Ref) (okno.Letter, error) {
	if !by.MayManage(okno.SeeLetters) {
		return okno.Letter{}, okno.ErrForbidden
	}
	var l store.Letter
	err := d.read(ctx, func(tx store.Tx) (err error) {
		l, err = tx.LetterByRef(ref)
		return err
	})
	return l.Letter, err
}
