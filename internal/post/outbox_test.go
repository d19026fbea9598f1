package post_test

import (
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

func TestTheOutboxTellsWhatBecameOfEachLetter(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		s := newSink(t, func(s *sink) { s.rcpt = []error{busy, busy, busy} })
		r := newRig(t, d, transport(t, s.relay()))
		by := okno.Console()
		r.queue("first")
		r.pass(time.Minute)
		l := r.settle()
		look := func() (desk.OutboxLetter, []okno.Attempt) {
			t.Helper()
			x, failed, err := r.LetterAttempts(t.Context(), by, l.Ref)
			must(t, err)
			return x, failed
		}
		x, failed := look()
		if x.State != okno.LetterDelayed || len(failed) != 1 || failed[0].N != 1 || !strings.Contains(failed[0].Words, "451") || !x.Next.Equal(r.now().Add(time.Minute)) {
			t.Fatalf("delayed: next %s, attempts %+v", x.Next, failed)
		}
		must(t, r.RetryLetter(t.Context(), by, l.Ref))
		r.settle()
		if x, failed = look(); len(failed) != 2 || x.Attempts != 2 || failed[0].N != 2 {
			t.Errorf("retried by hand: %d attempts, %+v", x.Attempts, failed)
		}
		out, err := r.Outbox(t.Context(), by, desk.LetterFilter{State: okno.LetterDelayed, Address: "Carl@CUSTOMER.example"}, "")
		must(t, err)
		if len(out.Letters) != 1 || out.Counts[okno.LetterDelayed] != 1 || out.Counts[okno.LetterFailed] != 0 {
			t.Errorf("found %d, counted %v", len(out.Letters), out.Counts)
		}
		if out, err = r.Outbox(t.Context(), by, desk.LetterFilter{Address: "dora@customer.example"}, ""); err != nil || len(out.Letters) != 0 {
			t.Errorf("another's letters: %d, %v", len(out.Letters), err)
		}
		must(t, r.CancelLetter(t.Context(), by, l.Ref))
		r.pass(time.Hour)
		r.settle()
		if x, _ = look(); x.State != okno.LetterCancelled || len(s.taken()) != 0 {
			t.Errorf("cancelled, it is %s", x.State)
		}
		if err := r.RetryLetter(t.Context(), by, l.Ref); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("retrying what was cancelled: %v", err)
		}
	})
}

func TestEverythingThatWasNotTakenIsSentAgainAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		refused := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "not today"}
		s := newSink(t, func(s *sink) { s.rcpt = []error{refused, busy, refused} })
		r := newRig(t, d, transport(t, s.relay()))
		r.queueFrom(0, "many", 3)
		r.settle()
		if len(s.taken()) != 0 {
			t.Fatal("the relay took some")
		}
		n, err := r.RetryLetters(t.Context(), okno.Console(), desk.LetterFilter{})
		must(t, err)
		r.settle()
		if n != 3 || len(s.taken()) != 3 {
			t.Errorf("%d sent again, %d taken", n, len(s.taken()))
		}
		n, err = r.RetryLetters(t.Context(), okno.Console(), desk.LetterFilter{})
		must(t, err)
		if r.settle(); n != 0 || len(s.taken()) != 3 {
			t.Errorf("once more: %d, %d taken", n, len(s.taken()))
		}
		if err := r.CancelLetter(t.Context(), okno.Console(), r.settle().Ref); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("cancelling what has left: %v", err)
		}
	})
}
