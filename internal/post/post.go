// Package post makes letters leave: what is queued goes to the relay, now or
// later, and what became of it is kept on the letter.
package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/lot"
	"github.com/oknodesk/okno/internal/trace"
)

// Transport takes a letter to where it is sent from. answer is the taker's word
// of acceptance. A Refusal, for now or for good, is about this letter; any
// other error is about the way there and passes.
type Transport interface {
	Send(ctx context.Context, from, to string, raw []byte) (answer string, err error)
}

// Refusal is a relay's no to one letter.
type Refusal struct {
	Permanent bool
	Words     string // the relay's own, with its codes
}

// Error says the refusal in the relay's words.
func (r *Refusal) Error() string { return r.Words }

// pauses are how long a letter waits after each attempt; the last repeats.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour}

// giveUp is how long after it was written a letter that is refused for now, or
// that no relay can be reached for, is tried (RFC 5321 4.5.4.1: 4 to 5 days is
// usual; a customer should learn sooner).
const giveUp = 72 * time.Hour

// workers are letters at once: more than there are connections, so that the next
// letter goes while what became of the last is being kept, and that relays which
// are slow to fail leave room for the others.
const workers = 6 * maxConnections

// noWay is how long letters wait where there is no relay for them.
const noWay = 5 * time.Minute

var errNoWay = errors.New("there is no relay to send by")

// sendTime bounds one attempt; a letter may be large and a relay slow.
const sendTime = 10 * time.Minute

// maxWords is how much of a relay's answer is kept, in bytes.
const maxWords = 500

// Post brings queued letters to a transport.
type Post struct {
	desk *desk.Desk
	ways ways
	log  *slog.Logger

	reading *lot.Lots[asked]         // letters to be sent
	keeping *lot.Lots[desk.Delivery] // that letters were taken
}

// New makes a post that sends by a transport; nil: the installation has none.
func New(d *desk.Desk, by Transport, log *slog.Logger) *Post {
	p := &Post{desk: d, log: log, ways: ways{own: map[okno.MailboxID]*way{}}}
	p.reading, p.keeping = lot.New(p.letters), lot.New(d.SaveDeliveries)
	if by != nil {
		p.ways.house = newWay(by, 0, maxConnections, 0)
	}
	return p
}

// Register has r work off desk.PostJobKind.
func (p *Post) Register(r *jobs.Runner) {
	r.Handle(desk.PostJobKind, jobs.Options{Workers: workers, Lease: time.Minute}, p.send)
}

// send is one attempt at one letter. A crash between the relay's acceptance
// and our record sends the letter again, with the same Message-ID.
func (p *Post) send(ctx context.Context, j jobs.Job) error {
	if j.V != 1 {
		return jobs.Cancel(fmt.Errorf("job %s of version %d: this program knows version 1", j.Kind, j.V))
	}
	var job desk.PostJob
	if err := json.Unmarshal(j.Payload, &job); err != nil {
		return jobs.Cancel(fmt.Errorf("job %s: %w", j.Kind, err))
	}
	l, err := p.letter(ctx, job.Letter)
	if okno.ReasonOf(err) == okno.NotFound {
		return nil // it was taken back
	}
	if err != nil {
		return err
	}
	if len(l.Bytes) == 0 || l.State == okno.LetterSent {
		return nil
	}
	w, err := p.way(ctx, l.Mailbox)
	if err != nil {
		return err
	}
	if w == nil {
		return jobs.Later(p.desk.Now().Add(noWay), errNoWay)
	}
	if wait := w.enter(ctx, l.ID, p.desk.Now()); wait != nil {
		return p.putOff(ctx, l, wait)
	}
	answer, err := p.hand(ctx, w, l)
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // the program stops: no attempt of the relay's
	}
	l.Attempts++
	if err == nil {
		l.State, l.Answer, l.Trouble, l.Sent = okno.LetterSent, words(answer), "", p.desk.Now()
		return p.taken(ctx, l, j)
	}
	return p.refused(ctx, l, err)
}

// hand gives a letter to the way's transport. Should that panic, the place is
// freed all the same.
func (p *Post) hand(ctx context.Context, w *way, l okno.Letter) (answer string, err error) {
	limited, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	err = errNoAnswer
	defer func() { w.left(err, p.desk.Now()) }()
	limited, span := trace.Part(limited, "letter out", trace.Asks)
	answer, err = w.transport.Send(limited, l.From, l.To, l.Bytes)
	span.End(err != nil)
	return answer, err
}

var errNoAnswer = errors.New("the attempt ended without an answer")

// putOff has a letter come again later. While its relay cannot be reached it is
// delayed like the letter by which that was found out, and given up in time.
func (p *Post) putOff(ctx context.Context, l okno.Letter, wait error) error {
	var down *shut
	if !errors.As(wait, &down) {
		return wait
	}
	if p.desk.Now().Sub(l.At) >= giveUp {
		return p.refused(ctx, l, down.why)
	}
	if l.State == okno.LetterQueued {
		l.State, l.Trouble = okno.LetterDelayed, words(down.Error())
		if err := p.desk.SaveDelivery(ctx, l); err != nil {
			return err
		}
	}
	return wait
}

// refused records a failed attempt and says when the next is due.
func (p *Post) refused(ctx context.Context, l okno.Letter, why error) error {
	var no *Refusal
	aboutLetter := errors.As(why, &no)
	l.Trouble = words(why.Error())
	now := p.desk.Now()
	if aboutLetter && no.Permanent || now.Sub(l.At) >= giveUp {
		p.log.Warn("a letter is given up", "letter", l.ID, "kind", l.Kind, "attempts", l.Attempts, "permanent", aboutLetter && no.Permanent)
		return p.desk.GiveUpLetter(ctx, l)
	}
	l.State = okno.LetterDelayed
	if err := p.desk.SaveDelivery(ctx, l); err != nil {
		return err
	}
	p.log.Warn("a letter is delayed", "letter", l.ID, "kind", l.Kind, "attempts", l.Attempts, "reached", aboutLetter)
	return jobs.Later(now.Add(pauses[min(l.Attempts, len(pauses))-1]), why)
}

// words makes a relay's answer fit to be kept: one line, bounded.
func words(s string) string {
	s = strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "")
	if len(s) > maxWords {
		s = strings.ToValidUTF8(s[:maxWords], "")
	}
	return s
}
