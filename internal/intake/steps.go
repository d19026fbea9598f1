package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/mail"
)

// reading is a letter on its way through the steps: what each has found out
// for those after it.
type reading struct {
	kept    okno.KeptLetter
	letter  *mail.Letter
	mailbox okno.Mailbox
	lang    string

	bounced *mail.Bounce // nil: it is no delivery report
	machine bool         // a program wrote it: it is answered by nobody
	// startsNothing: it is itself an answer, or our own.
	startsNothing bool
	report        okno.TicketID // of a letter that a report tells of without proof; 0: it is none
	used          bool          // another letter bears its Message-ID

	from    mail.Address // who it says it is from; empty: nobody
	several bool         // it does not name exactly one sender
	sender  okno.Person  // ID 0: nobody known
	reply   replyAddress
	claim   okno.Claim

	ticket  okno.Ticket // that it joins; ID 0: none
	claims  []string    // Message-IDs that are for the ticket it opens
	earlier bool        // its answer is in the ticket already
	words   mail.Cut
	files   []okno.File
}

// finding is what a step found: an enumerated word, and why.
type finding struct{ verdict, reason string }

// step is one of the list: it may change the state of the letter to end the
// list. Its error is that the step could not be taken at all.
type step struct {
	name string
	take func(*Receiver, context.Context, *reading) (finding, error)
}

var steps = []step{
	{"read", (*Receiver).read},
	{"refuseLoops", (*Receiver).refuseLoops},
	{"matchBounce", (*Receiver).matchBounce},
	{"recogniseSender", (*Receiver).recogniseSender},
	{"gradeClaim", (*Receiver).gradeClaim},
	{"findThread", (*Receiver).findThread},
	{"holdBack", (*Receiver).holdBack},
	{"cutQuote", (*Receiver).cutQuote},
	{"keepAttachments", (*Receiver).keepAttachments},
	{"hand", (*Receiver).hand},
}

// Bounds of one letter's steps.
const (
	letterTime = 3 * time.Minute
	saveTime   = 10 * time.Second
	workers    = 16  // letters at once: they wait for commits and for DNS
	maxReason  = 500 // bytes of a verdict's reason
)

// Register has the runner take the steps of kept letters.
func (r *Receiver) Register(run *jobs.Runner) {
	run.Handle(desk.IntakeJobKind, jobs.Options{Workers: workers, Inward: true}, func(ctx context.Context, j jobs.Job) error {
		var of desk.IntakeJob
		if err := json.Unmarshal(j.Payload, &of); err != nil {
			return jobs.Cancel(err)
		}
		ctx, cancel := context.WithTimeout(ctx, letterTime)
		defer cancel()
		return r.take(ctx, of.Letter, j)
	})
}

// take takes a kept letter's steps and keeps their verdicts, whatever happens.
// A letter that has led somewhere already is left alone. Where nothing is left
// to be done, duty ends with the verdicts.
func (r *Receiver) take(ctx context.Context, letter okno.KeptLetterID, duty jobs.Job) error {
	kept, err := r.desk.KeptLetter(ctx, letter)
	if okno.ReasonOf(err) == okno.NotFound {
		return jobs.Cancel(err)
	}
	if err != nil {
		return err
	}
	switch kept.State {
	case okno.KeptJoined:
		if len(kept.Late) == 0 || kept.Raw == nil {
			return nil
		}
	case okno.KeptBounce, okno.KeptQuarantined, okno.KeptDiscarded:
		return nil
	}
	if len(kept.Raw) > spoolMemory {
		letGo, err := r.makeRoom(ctx)
		if err != nil {
			return err
		}
		defer letGo()
	}
	l := &reading{kept: kept}
	if kept.State == okno.KeptJoined {
		return r.takeLate(ctx, l, duty)
	}
	l.kept.State, l.kept.Trace = okno.KeptNew, nil
	err = r.takeAll(ctx, l)
	var waits *waiting
	if err != nil && !errors.As(err, &waits) {
		l.kept.State = okno.KeptFailed
	}
	save, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	var over []jobs.Job
	if err == nil {
		over = append(over, duty)
	}
	if failed := r.desk.SaveVerdicts(save, l.kept, over...); failed != nil {
		return errors.Join(err, failed)
	}
	switch {
	case waits != nil:
		return jobs.Later(waits.until, waits)
	case lasting(err):
		return jobs.Cancel(err)
	}
	return err
}

// takeAll takes one step after another until one ends the list. A panic is a
// step's failure.
func (r *Receiver) takeAll(ctx context.Context, l *reading) (err error) {
	name := ""
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the step panicked: %v", v)
			r.log.Error("a step of intake panicked", "letter", l.kept.ID, "step", name, "panic", v, "stack", string(debug.Stack()))
		}
		if err != nil {
			l.verdict(name, finding{"failed", err.Error()})
			err = fmt.Errorf("%s: %w", name, err)
		}
	}()
	for _, s := range steps {
		name = s.name
		found, err := s.take(r, ctx, l)
		if err != nil {
			return err
		}
		l.verdict(name, found)
		if l.kept.State != okno.KeptNew {
			return nil
		}
	}
	return errors.New("the last step did not end the list")
}

func (l *reading) verdict(step string, f finding) {
	reason := strings.ToValidUTF8(strings.ReplaceAll(f.reason, "\x00", ""), "")
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "") + "…"
	}
	l.kept.Trace = append(l.kept.Trace, okno.Verdict{Step: step, Verdict: f.verdict, Reason: reason})
}

// waiting is a step's word that the time has not come.
type waiting struct {
	until time.Time
	why   string
}

func (w *waiting) Error() string { return w.why }

// permanent is a failure that trying again does not mend.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// lasting reports whether trying again is of no use: what was refused once is
// refused again, unless it was for being busy or overtaken.
func lasting(err error) bool {
	var p permanent
	if errors.As(err, &p) {
		return true
	}
	switch okno.ReasonOf(err) {
	case "", okno.Busy, okno.TooMany, okno.Conflict:
		return false
	}
	return true
}
