package post_test

import (
	"fmt"
	"log/slog"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest/port"
	"github.com/oknodesk/okno/internal/post"
)

// mailbox makes a mailbox whose letters leave through a relay of its own.
func (r *rig) mailbox(address string, relay okno.Relay) okno.Mailbox {
	r.t.Helper()
	ctx := r.t.Context()
	departments, err := r.Departments(ctx)
	must(r.t, err)
	must(r.t, r.SaveMailbox(ctx, okno.Console(), "", okno.Mailbox{Address: address}, departments[0].Ref))
	box, err := r.MailboxFor(ctx, address)
	must(r.t, err)
	must(r.t, r.SaveSending(ctx, okno.Console(), box.Ref, okno.Sending{Relay: &relay}))
	return box
}

// queueFrom queues letters of a mailbox.
func (r *rig) queueFrom(box okno.MailboxID, name string, n int) {
	r.t.Helper()
	var all []desk.Outgoing
	for i := range n {
		name := fmt.Sprint(name, "-", i)
		all = append(all, desk.Outgoing{Letter: okno.Letter{
			Kind: okno.LetterAnswer, Origin: name, Ticket: r.ticket, Mailbox: box, From: "support@desk.example", To: "carl@customer.example",
			Subject: "Lamp", MessageID: name + "@desk.example", Bytes: []byte("Subject: Lamp\r\n\r\nYes.\r\n"), Shown: "Yes.",
		}})
	}
	must(r.t, r.QueueLetters(r.t.Context(), all))
}

// states counts the letters of a mailbox by state.
func (r *rig) states(box okno.MailboxID) map[okno.LetterState]int {
	r.t.Helper()
	r.settle()
	all, _, err := r.Letters(r.t.Context(), okno.System(), "", "")
	must(r.t, err)
	counts := map[okno.LetterState]int{}
	for _, l := range all {
		if l.Mailbox == box {
			counts[l.State]++
		}
	}
	return counts
}

func plainRelay(s *sink) okno.Relay {
	return okno.Relay{Host: "127.0.0.1", Port: s.port, Security: okno.Plain, Connections: 2}
}

func TestEachMailboxsLettersLeaveThroughItsOwnRelay(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		house, own := newSink(t, nil), newSink(t, func(s *sink) { s.login = "desk" })
		r := newRig(t, d, transport(t, house.relay()))
		relay := plainRelay(own)
		relay.User, relay.Password = "desk", "secret"
		box := r.mailbox("sales@desk.example", relay)
		r.queue("letter")
		r.queueFrom(box.ID, "sales", 3)
		r.settle()
		if len(house.taken()) != 1 || len(own.taken()) != 3 {
			t.Fatalf("%d letters by the house's relay, %d by the mailbox's", len(house.taken()), len(own.taken()))
		}
		s, err := r.Sending(t.Context(), okno.Console(), box.Ref)
		must(t, err)
		if s.Relay.Password != "" || !s.HasSecret {
			t.Error("the password is shown, or not kept")
		}
		s.Sending.Relay = nil
		must(t, r.SaveSending(t.Context(), okno.Console(), box.Ref, s.Sending))
		r.queueFrom(box.ID, "again", 2)
		r.settle()
		if len(house.taken()) != 3 || len(own.taken()) != 3 {
			t.Errorf("without a relay of its own: %d by the house's, %d by the former", len(house.taken()), len(own.taken()))
		}
	})
}

// A relay that takes connections and never says a word holds up its own letters
// and nobody else's.
func TestASilentRelayHoldsUpNobodyElsesLetters(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		silent, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		defer silent.Close()
		house := newSink(t, nil)
		r := newRig(t, d, transport(t, house.relay()))
		box := r.mailbox("sales@desk.example", okno.Relay{Host: "127.0.0.1", Port: silent.Addr().(*net.TCPAddr).Port, Security: okno.Plain, Connections: 2})
		r.queueFrom(box.ID, "stuck", 40)
		began := time.Now()
		r.queue("letter")
		for len(house.taken()) == 0 {
			if time.Since(began) > time.Minute {
				t.Fatal("another mailbox's letter waits behind those of the silent relay")
			}
			r.waits()
		}
	})
}

func TestWhileARelayIsDownItIsLeftAlone(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		kept, err := port.Keep()
		must(t, err)
		address, err := net.ResolveTCPAddr("tcp", kept)
		must(t, err)
		r := newRig(t, d, nil)
		box := r.mailbox("sales@desk.example", okno.Relay{Host: "127.0.0.1", Port: address.Port, Security: okno.Plain, Connections: 1})
		r.queueFrom(box.ID, "first", 20)
		if got := r.states(box.ID); got[okno.LetterDelayed] != 20 {
			t.Fatalf("while it is down: %v", got)
		}
		tried := 0
		all, _, err := r.Letters(t.Context(), okno.System(), "", "")
		must(t, err)
		for _, l := range all {
			tried += l.Attempts
		}
		if tried > 3 {
			t.Errorf("a relay that is down was tried %d times at once", tried)
		}
		s := startSink(t, address)
		for range 20 {
			r.pass(time.Minute)
			if got := r.states(box.ID); got[okno.LetterSent] == 20 {
				break
			}
		}
		if got := r.states(box.ID); got[okno.LetterSent] != 20 || len(s.taken()) != 20 {
			t.Errorf("once it is back: %v, it took %d", got, len(s.taken()))
		}
	})
}

func TestARelayIsGivenAsManyLettersAMinuteAsItTakes(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		own := newSink(t, nil)
		r := newRig(t, d, nil)
		relay := plainRelay(own)
		relay.PerMinute = 6
		box := r.mailbox("sales@desk.example", relay)
		r.queueFrom(box.ID, "many", 10)
		for minute, want := range []int{1, 7, 10} {
			if got := r.states(box.ID); got[okno.LetterSent] != want {
				t.Errorf("after %d minutes %v, want %d sent", minute, got, want)
			}
			for range 6 {
				r.pass(10 * time.Second)
				r.settle()
			}
		}
	})
}

func TestProcessesKeepToARelaysLettersAMinuteTogether(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.Postgres(t)), nil)
	relay := plainRelay(newSink(t, nil))
	relay.PerMinute = 6
	box := r.mailbox("sales@desk.example", relay)
	const each, minutes = 20, 3
	waiting := map[*post.Post][]okno.LetterID{}
	for n := range 2 { // processes
		p := post.New(r.Desk, nil, slog.New(slog.DiscardHandler)).Through(new(net.Dialer).DialContext, "desk.example", nil)
		t.Cleanup(p.Close)
		for i := range each {
			waiting[p] = append(waiting[p], okno.LetterID(n*each+i+1))
		}
	}
	for range minutes * 60 {
		for p, letters := range waiting {
			waiting[p] = slices.DeleteFunc(letters, func(l okno.LetterID) bool { return p.Pass(t.Context(), box.ID, l) == nil })
		}
		r.pass(time.Second)
	}
	left := 2 * each
	for _, letters := range waiting {
		left -= len(letters)
	}
	if left < minutes*relay.PerMinute-3 || left > minutes*relay.PerMinute+2 {
		t.Errorf("%d letters have left in %d minutes, of %d a minute", left, minutes, relay.PerMinute)
	}
}

func TestARelayIsTriedWithoutALetter(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		own := newSink(t, func(s *sink) { s.login = "desk" })
		r := newRig(t, d, nil)
		relay := plainRelay(own)
		relay.User, relay.Password = "desk", "wrong"
		if err := r.post.Try(t.Context(), 0, relay); err == nil {
			t.Error("a wrong password is no trouble")
		}
		relay.Password = "secret"
		must(t, r.post.Try(t.Context(), 0, relay))
		if len(own.taken()) != 0 {
			t.Error("a letter was sent")
		}
	})
}
