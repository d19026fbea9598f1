package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/index"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/lot"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/secret"
	"github.com/oknodesk/okno/internal/trace"
)

// Topics of announcements between processes.
const (
	// LiveTopic carries live.Hint for open pages.
	LiveTopic = "live"
	// ConfigTopic says that settings, departments, topics or mailboxes have
	// changed.
	ConfigTopic = "config"
	// RoundTopic carries the Ref of a mailbox that is to be fetched at once;
	// "": all of them.
	RoundTopic = "round"
)

// Config is what a desk is made of.
type Config struct {
	DB   *db.DB
	Blob blob.Store
	Key  secret.Key
	Now  func() time.Time
	Log  *slog.Logger
	// Consequences names the jobs that follow a fact; each is put in the
	// fact's own transaction with a FactJob as its payload.
	Consequences func(okno.Event) []string
	// Lang is the language of an installation that is not set up yet.
	Lang string
}

// FactJob is the payload of a consequence: which fact it follows.
type FactJob struct {
	Event okno.EventID `json:"event"`
}

// Desk does and shows everything. It is safe for concurrent use.
type Desk struct {
	db           *db.DB
	blob         blob.Store
	key          secret.Key
	letters      secret.Box // queued letters' bytes
	mailboxes    secret.Box // mailboxes' passwords
	push         secret.Box // the key for push services
	erasures     secret.Box // addresses of people who are being erased
	replies      *mail.ReplyAddresses
	now          func() time.Time
	log          *slog.Logger
	consequences func(okno.Event) []string
	lang         string
	cached       atomic.Pointer[catalogue]
	configured   atomic.Int64  // counts the changes of what cached holds
	unindexed    chan struct{} // something is to be indexed
	formWhole    atomic.Bool   // the index is known to be whole in its present form
	vocabulary   index.Vocabulary
	unlisten     func()
	alongs       *lot.Lots[*along]
}

// Migrations are the desk's tables, for db.Migrate beside jobs.Migrations.
var Migrations = store.Migrations()

// New makes a desk over a migrated database. Close it when done.
func New(c Config) *Desk {
	d := &Desk{
		db: c.DB, blob: c.Blob, key: c.Key, now: c.Now, log: c.Log, consequences: c.Consequences, lang: c.Lang,
		letters:   c.Key.Box("letters"),
		mailboxes: c.Key.Box("mailboxes"),
		push:      c.Key.Box("push"),
		erasures:  c.Key.Box("erasures"),
		replies:   mail.NewReplyAddresses(c.Key.Sub("reply addresses")),
		unindexed: make(chan struct{}, 1),
	}
	d.alongs = lot.New(d.readTogether)
	d.unlisten = c.DB.Listen(ConfigTopic, func(string) { d.reconfigured() })
	return d
}

// Close ends listening for other processes' changes; the database is its
// owner's to close.
func (d *Desk) Close() { d.unlisten() }

// Now is the desk's clock.
func (d *Desk) Now() time.Time { return d.now().UTC().Truncate(time.Microsecond) }

// ReplyAddresses signs and reads the addresses that letters are answered to.
func (d *Desk) ReplyAddresses() *mail.ReplyAddresses { return d.replies }

// write runs one transaction; fn may run more than once and must do no I/O.
func (d *Desk) write(ctx context.Context, fn func(store.Tx) error) error {
	return d.writeAs(ctx, "change", fn)
}

// raceTries is how often a change is made anew because another came between its
// reading and its saving: so many may change one ticket at one moment.
const raceTries = 20

// writeAs is write under a name for whoever traces where time goes. On
// PostgreSQL changes of one ticket at one moment meet when they save: whoever
// comes second begins anew.
func (d *Desk) writeAs(ctx context.Context, name string, fn func(store.Tx) error) error {
	if inHand(ctx) != nil {
		return errOnlyAsks
	}
	ctx, span := trace.Part(ctx, name, trace.Inner)
	var err error
	for range raceTries {
		err = away(d.db.Write(ctx, func(tx *db.Tx) error { return fn(store.Tx{Tx: tx}) }))
		if !errors.Is(err, store.ErrRaced) {
			break
		}
	}
	span.End(err != nil && okno.ReasonOf(err) == "")
	return err
}

// read runs fn over one snapshot; within Together, over its own.
func (d *Desk) read(ctx context.Context, fn func(store.Tx) error) error {
	if t := inHand(ctx); t != nil {
		return fn(t.store())
	}
	return away(d.db.Read(ctx, func(tx *db.Tx) error { return fn(store.Tx{Tx: tx}) }))
}

// readOne is read for what asks one question.
func (d *Desk) readOne(ctx context.Context, fn func(store.Tx) error) error {
	if t := inHand(ctx); t != nil {
		return fn(t.store())
	}
	return away(d.db.ReadOne(ctx, func(tx *db.Tx) error { return fn(store.Tx{Tx: tx}) }))
}

// readAll is read of everything that there is: for as long as it takes, on a
// connection of its own, whose memory goes with it.
func (d *Desk) readAll(ctx context.Context, fn func(store.Tx) error) error {
	return away(d.db.Snapshot(ctx, func(tx *db.Tx) error { return fn(store.Tx{Tx: tx}) }))
}

// errAway asks for another try: the database is not there for the moment.
var errAway = okno.Refuse(okno.Busy, "error.away")

// errFull asks for another try once somebody has made room on the disk.
var errFull = okno.Refuse(okno.Busy, "error.noroom")

// errReadOnly asks for another try later: the desk is served to be read only.
var errReadOnly = okno.Refuse(okno.Busy, "error.readonly")

func away(err error) error {
	if errors.Is(err, db.ErrReadOnly) {
		return fmt.Errorf("%w: %w", errReadOnly, err)
	}
	if okno.ReasonOf(err) == "" && db.IsFull(err) {
		return fmt.Errorf("%w: %w", errFull, err)
	}
	if okno.ReasonOf(err) == "" && db.IsAway(err) {
		return fmt.Errorf("%w: %w", errAway, err)
	}
	return err
}

// change is the one way to change a ticket: it loads the ticket as the actor
// sees it, checks that he may do this, lets fn decide, saves, and records the
// facts with a job for each consequence, all in one transaction. fn does no
// I/O, no hashing and no waiting, and may run more than once.
func (d *Desk) change(ctx context.Context, by okno.Actor, act okno.Action, number okno.Number, fn func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error)) error {
	return d.writeAs(ctx, "change "+act.Name, func(tx store.Tx) error { return d.changeIn(tx, by, act, number, fn) })
}

// changeIn is change within a transaction that does more.
func (d *Desk) changeIn(tx store.Tx, by okno.Actor, act okno.Action, number okno.Number, fn func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error)) error {
	t, err := tx.Ticket(by.Sees(), number)
	if err != nil {
		return err
	}
	if !by.May(act, &t) {
		return okno.ErrForbidden
	}
	if err := wentInto(by, number, &t); err != nil {
		return err
	}
	before := t
	facts, err := fn(tx, &t)
	if err != nil || len(facts) == 0 {
		return err
	}
	t.Updated = d.Now()
	if err := d.promise(tx, nil, &before, &t); err != nil {
		return err
	}
	if err := tx.SaveTicket(&before, &t); err != nil {
		return err
	}
	return d.record(tx, by, &t, facts...)
}

// see is the reading twin of change: the ticket as the actor sees it, in one
// snapshot with whatever fn reads beside it.
func (d *Desk) see(ctx context.Context, by okno.Actor, number okno.Number, fn func(tx store.Tx, t *okno.Ticket) error) error {
	return d.read(ctx, func(tx store.Tx) error {
		t, err := visible(tx, by, number)
		if err != nil {
			return err
		}
		return fn(tx, &t)
	})
}

// visible is a ticket that the actor may read; to others it is not there. A
// letter that proves nothing adds words to a ticket and reads none.
func visible(tx store.Tx, by okno.Actor, number okno.Number) (okno.Ticket, error) {
	t, err := tx.Ticket(by.Sees(), number)
	if err == nil && !by.May(okno.SeeTicket, &t) {
		return okno.Ticket{}, okno.ErrNotFound
	}
	return t, err
}

// manage is change for what is not a ticket: the installation's people,
// mailboxes, settings. subject is the id of what the fact is about.
func (d *Desk) manage(ctx context.Context, by okno.Actor, act okno.Action, fn func(tx store.Tx) (subject int64, e okno.Event, err error)) error {
	if !by.MayManage(act) {
		return okno.ErrForbidden
	}
	return d.write(ctx, func(tx store.Tx) error {
		subject, e, err := fn(tx)
		if err != nil {
			return err
		}
		e.Subject = subject
		d.reconfigure(tx)
		return d.record(tx, by, nil, e)
	})
}

// record keeps facts with who, how and when, puts a job for each consequence
// and tells open pages. t is nil for what is not about a ticket.
func (d *Desk) record(tx store.Tx, by okno.Actor, t *okno.Ticket, facts ...okno.Event) error {
	now := d.Now()
	if t != nil && slices.ContainsFunc(facts, func(e okno.Event) bool { return changesWords(e.Kind) }) {
		if err := d.pend(tx, t.ID); err != nil {
			return err
		}
	}
	for i := range facts {
		e := &facts[i]
		e.Actor, e.Via, e.At = by.Person, by.Door, now
		if t != nil {
			e.Ticket, e.Version, e.Actor = t.ID, t.Version, by.For(t)
		}
		if err := tx.AddEvent(e); err != nil {
			return err
		}
		for _, kind := range d.consequences(*e) {
			if err := jobs.Put(tx.Tx, now, jobs.New{Kind: kind, V: 1, Payload: FactJob{Event: e.ID}}); err != nil {
				return err
			}
		}
		if t != nil {
			tx.Announce(LiveTopic, hint(t, partOf(e.Kind), e.Audience == okno.ForAgents).Encode())
		}
	}
	return nil
}
