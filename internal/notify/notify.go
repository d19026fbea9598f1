// Package notify decides who hears of a fact, in which words and which way. A
// fact comes in as a job, letters go out into the queue and notices into bells;
// that they leave is the post's duty.
package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/lot"
)

// JobKind is the consequence of a fact that this room works off; its payload
// is a desk.FactJob.
const JobKind = "notify"

// What an address that nobody has proven to be his may be sent.
const (
	unprovenLimit  = 3
	unprovenWithin = time.Hour
)

// factsAtOnce is how many facts are told of at once: most of their time they wait
// for a commit, which they share.
const factsAtOnce = 32

// Config is what a Notifier is made of.
type Config struct {
	Desk *desk.Desk
	// BaseURL begins every link: scheme and host.
	BaseURL *url.URL
	// Key, 32 random bytes of this use alone, names letters.
	Key []byte
	Log *slog.Logger
}

// Notifier writes the letters that facts call for.
type Notifier struct {
	desk  *desk.Desk
	links links
	names names
	log   *slog.Logger
	// counting is held from counting an address's letters to queueing one
	// more; two processes at once may still exceed the bound by one.
	counting *counting

	telling *lot.Lots[desk.Telling] // letters and notices to be kept
}

// New makes a notifier. A key shorter than 32 bytes is a mistake of the
// program and panics.
func New(c Config) *Notifier {
	return &Notifier{desk: c.Desk, links: links{c.BaseURL}, names: newNames(c.Key), log: c.Log, counting: newCounting(), telling: lot.New(c.Desk.TellAll)}
}

// Register has r work off JobKind, desk.JoinJobKind and the duties that anyone may ask for at an
// address: desk.AccessJobKind, desk.RegistrationJobKind and desk.ResetJobKind.
func (w *Notifier) Register(r *jobs.Runner) {
	r.Handle(JobKind, jobs.Options{Workers: factsAtOnce, Inward: true}, w.fact)
	r.Handle(desk.JoinJobKind, jobs.Options{}, w.tellTogether)
	r.Handle(desk.AccessJobKind, jobs.Options{}, w.access)
	r.Handle(desk.RegistrationJobKind, jobs.Options{}, asked(w.desk.RegistrationWanted))
	r.Handle(desk.ResetJobKind, jobs.Options{}, asked(w.desk.ResetWanted))
}

// fact tells everyone concerned of one fact. Done again it tells nobody twice:
// a letter's origin is unique.
func (w *Notifier) fact(ctx context.Context, j jobs.Job) error {
	var about desk.FactJob
	if err := payload(j, &about); err != nil {
		return err
	}
	n, err := w.desk.Notice(ctx, about.Event)
	if err != nil {
		return err
	}
	if n.Event.Kind == okno.LetterReaddressed {
		return w.readdress(ctx, j, about.Event)
	}
	told, notices := byLetter(n, recipients(n))
	if told, err = w.reachable(ctx, n, told); err != nil {
		return err
	}
	told, listed, err := w.listed(ctx, n, told)
	if err != nil {
		return err
	}
	if len(told) == 0 {
		return w.keep(ctx, nil, notices, listed, j)
	}
	if n.Mailbox.Address == "" {
		return fmt.Errorf("event %d: there is no mailbox for letters to leave from", n.Event.ID)
	}
	return w.tell(ctx, j, n, told, notices, listed)
}

// tell writes each recipient his own letter and queues them all at once, with
// the notices of those who are told otherwise or in a list, which ends the duty.
func (w *Notifier) tell(ctx context.Context, duty jobs.Job, n *desk.Notice, told []recipient, notices []desk.Told, listed []desk.Listing) error {
	t, err := w.threadOf(ctx, n, told)
	if err != nil {
		return err
	}
	files, err := w.enclose(ctx, n, told)
	if err != nil {
		return err
	}
	var counted []string
	for _, r := range told {
		if bounded(n, r.letter) || automatic(n, r) {
			counted = append(counted, r.person.Address)
		}
	}
	defer w.counting.hold(counted...)()
	var out []desk.Outgoing
	for _, r := range told {
		withheld, err := w.withhold(ctx, n, r)
		if err != nil {
			return err
		}
		if withheld {
			continue
		}
		if bounded(n, r.letter) {
			full, err := w.full(ctx, r.person.Address, r.letter)
			if err != nil {
				return err
			}
			if full {
				w.log.Warn("a letter was not written: its address had too many", "kind", r.letter, "event", n.Event.ID)
				continue
			}
		}
		origin := fmt.Sprintf("event:%d:%s:%d", n.Event.ID, r.letter, r.person.ID)
		o, err := w.write(ctx, draft{n: n, recipient: r, origin: origin, thread: t, files: files})
		if err != nil {
			return err
		}
		o.Join = r.joinWithin(n)
		out = append(out, o)
	}
	return w.keep(ctx, out, notices, listed, duty)
}

// keep is desk.Tell, in one change with what others are told of at this moment.
func (w *Notifier) keep(ctx context.Context, letters []desk.Outgoing, notices []desk.Told, listed []desk.Listing, duty jobs.Job) error {
	if len(letters) == 0 && len(notices) == 0 && len(listed) == 0 {
		return nil
	}
	t, err := w.desk.Telling(ctx, letters, notices, listed, duty)
	if err != nil {
		return err
	}
	return w.telling.Join(ctx, t)
}

// bounded reports whether letters of a kind to one address are counted: what
// anyone can cause without proving who he is.
func bounded(n *desk.Notice, kind okno.LetterKind) bool {
	switch kind {
	case okno.LetterInvitation: // by a company's administrator
		return n.Company.ID != 0
	case okno.LetterConfirmation:
		return n.Event.Kind == okno.TicketOpened && n.Event.Data.Claim != okno.Proven
	case okno.LetterAccess, okno.LetterCloseButton, okno.LetterReset,
		okno.LetterRegistration, okno.LetterRegistered, okno.LetterAddress, okno.LetterAddressTaken, okno.LetterJoin:
		return true
	}
	return false
}

// full reports whether an address has had as many letters of a kind as it may
// have for now.
func (w *Notifier) full(ctx context.Context, address string, kind okno.LetterKind) (bool, error) {
	had, err := w.desk.LettersTo(ctx, address, kind, w.desk.Now().Add(-unprovenWithin), unprovenLimit)
	return had >= unprovenLimit, err
}

// asked works off a duty at an address that anyone may have typed: if there is
// anything to tell, a fact is recorded, and fact tells it.
func asked(act func(context.Context, desk.AddressJob) error) func(context.Context, jobs.Job) error {
	return func(ctx context.Context, j jobs.Job) error {
		var at desk.AddressJob
		if err := payload(j, &at); err != nil {
			return err
		}
		return act(ctx, at)
	}
}

// payload reads a job's payload of version 1.
func payload(j jobs.Job, into any) error {
	if j.V != 1 {
		return jobs.Cancel(fmt.Errorf("job %s of version %d: this program knows version 1", j.Kind, j.V))
	}
	if err := json.Unmarshal(j.Payload, into); err != nil {
		return jobs.Cancel(fmt.Errorf("job %s: %w", j.Kind, err))
	}
	return nil
}
