package intake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// Times of fetching.
const (
	leaseTime    = 10 * time.Second // until another process goes on where one has died
	rereadTime   = time.Minute      // to look at the mailboxes' settings again
	pollTime     = time.Minute      // between rounds where the server does not tell
	idleTime     = 4 * time.Minute  // of one IDLE; servers and NATs forget longer ones
	firstBackoff = 5 * time.Second  // after an error, doubling
	lastBackoff  = 5 * time.Minute
)

// Fetcher brings the letters of mailboxes that lie on IMAP and POP3 servers. Of all
// processes that share a database one fetches: two at one mailbox would move
// letters twice.
type Fetcher struct {
	receiver *Receiver
	reload   chan struct{}

	mu    sync.Mutex
	boxes map[okno.MailboxID]*fetching // those that are fetched here
}

// fetching is one mailbox being fetched.
type fetching struct {
	*Receiver
	box    desk.MailboxState
	now    chan struct{}
	cancel context.CancelFunc
	left   int // letters left where they are, for their size
}

// NewFetcher makes a Fetcher that does nothing yet.
func NewFetcher(r *Receiver) *Fetcher {
	return &Fetcher{receiver: r, reload: make(chan struct{}, 1), boxes: map[okno.MailboxID]*fetching{}}
}

// Run fetches until ctx ends. The runner is one of its own, which Run runs:
// its lease says which process fetches, and is in hand as long as that lives.
func (f *Fetcher) Run(ctx context.Context, lease *jobs.Runner) error {
	lease.Lease(leaseTime)
	lease.Every("fetch", leaseTime, func(held context.Context) error {
		held, cancel := context.WithCancel(held)
		defer cancel()
		defer context.AfterFunc(ctx, cancel)()
		f.supervise(held)
		return nil
	})
	return lease.Run(ctx)
}

// Reload looks at the mailboxes' settings at once: they have changed.
func (f *Fetcher) Reload() {
	select {
	case f.reload <- struct{}{}:
	default:
	}
}

// FetchNow begins a round of the mailbox with that Ref, or of all (""), if this
// process is the one that fetches. It hears desk.RoundTopic.
func (f *Fetcher) FetchNow(ref string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, b := range f.boxes {
		if ref != "" && string(b.box.Ref) != ref {
			continue
		}
		select {
		case b.now <- struct{}{}:
		default:
		}
	}
}

// supervise keeps one fetching for each mailbox as it is set, until ctx ends
// and all have stopped.
func (f *Fetcher) supervise(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	tick := time.NewTicker(rereadTime)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := f.adjust(ctx, &running); err != nil && ctx.Err() == nil {
			f.receiver.log.Error("the mailboxes to fetch could not be read", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-f.reload:
		}
	}
}

// adjust stops what is no longer to be fetched so, and starts what is new.
func (f *Fetcher) adjust(ctx context.Context, running *sync.WaitGroup) error {
	boxes, err := f.receiver.desk.FetchedMailboxes(ctx)
	if err != nil {
		return err
	}
	wanted := map[okno.MailboxID]desk.MailboxState{}
	for _, box := range boxes {
		wanted[box.ID] = box
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, running := range f.boxes {
		if box, ok := wanted[id]; !ok || !reflect.DeepEqual(box.Mailbox, running.box.Mailbox) {
			running.cancel()
		}
	}
	for id, box := range wanted {
		if f.boxes[id] != nil {
			continue // or it is just stopping: it starts when it has
		}
		own, cancel := context.WithCancel(ctx)
		one := &fetching{Receiver: f.receiver, box: box, now: make(chan struct{}, 1), cancel: cancel}
		f.boxes[id] = one
		running.Go(func() {
			defer f.stopped(ctx, id)
			defer cancel()
			one.run(own)
		})
	}
	return nil
}

func (f *Fetcher) stopped(ctx context.Context, id okno.MailboxID) {
	f.mu.Lock()
	delete(f.boxes, id)
	f.mu.Unlock()
	if ctx.Err() == nil {
		f.Reload()
	}
}

// run fetches one mailbox until ctx ends, after an error with a growing pause.
func (b *fetching) run(ctx context.Context) {
	pause := firstBackoff
	for {
		rounds, err := b.session(ctx)
		if ctx.Err() != nil {
			return
		}
		if rounds > 0 {
			pause = firstBackoff
		}
		b.failed(ctx, err)
		timer := time.NewTimer(pause/2 + rand.N(pause))
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-b.now:
		}
		timer.Stop()
		pause = min(2*pause, lastBackoff)
	}
}

// session is one connection: a round, then one whenever the server tells of
// news or time has passed. It ends with an error and says how many rounds went
// well.
func (b *fetching) session(ctx context.Context) (rounds int, err error) {
	if b.box.Fetch.Protocol == okno.POP3 {
		return b.popSession(ctx)
	}
	c, err := b.connect(ctx, b.box.ID, *b.box.Fetch)
	if err != nil {
		return 0, err
	}
	defer c.leave()
	for {
		if err := b.round(ctx, c); err != nil {
			return rounds, err
		}
		rounds++
		if err := c.await(ctx, b.now); err != nil {
			return rounds, err
		}
	}
}

// failed keeps the trouble in words, with the time it began.
func (b *fetching) failed(ctx context.Context, err error) {
	b.trouble(envelope(clip(err.Error(), 250)))
	b.box.State.Kind = troubleOf(err)
	b.log.Warn("a mailbox could not be fetched", "mailbox", b.box.Ref, "error", err)
	b.save(ctx)
}

func (b *fetching) trouble(words string) {
	switch state := &b.box.State; {
	case words == "":
		state.Trouble, state.Kind, state.Since = "", "", time.Time{}
	case state.Trouble == "":
		state.Trouble, state.Kind, state.Since = words, "", b.Receiver.now()
	default:
		state.Trouble, state.Kind = words, ""
	}
}

func (b *fetching) save(ctx context.Context) {
	if err := b.desk.SaveFetchState(ctx, b.box.ID, b.box.State); err != nil && ctx.Err() == nil {
		b.log.Error("how fetching goes could not be kept", "mailbox", b.box.Ref, "error", err)
	}
}

// Tested is what a test of fetching found.
type Tested struct {
	Letters uint32 // in the mailbox
	Unseen  int    // of them; these would be fetched first. POP3 does not tell: all
}

// Test tries a mailbox's settings without fetching anything; 0 is one that is
// not made yet. Its error is an *okno.ServerError.
func (r *Receiver) Test(ctx context.Context, box okno.MailboxID, f okno.Fetch) (Tested, error) {
	tested, err := r.test(ctx, box, f)
	if err != nil {
		err = &okno.ServerError{Trouble: troubleOf(err), Err: err}
	}
	return tested, err
}

func (r *Receiver) test(ctx context.Context, box okno.MailboxID, f okno.Fetch) (Tested, error) {
	if f.Protocol == okno.POP3 {
		return r.testPOP(ctx, box, f)
	}
	c, err := r.connect(ctx, box, f)
	if err != nil {
		return Tested{}, err
	}
	defer c.leave()
	selected, err := c.choose(f.Folder)
	if err != nil {
		return Tested{}, err
	}
	unseen, err := c.search(unseenLetters())
	if err != nil {
		return Tested{}, err
	}
	return Tested{Letters: selected.NumMessages, Unseen: len(unseen)}, nil
}

func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return fmt.Sprintf("%s…", s[:most])
}
