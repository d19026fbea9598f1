package live

import (
	"fmt"
	"testing"
	"time"
)

func TestAStreamBeginsWithWhatChangedSinceItsPageWasMade(t *testing.T) {
	clock := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	hub := NewHub(func() time.Time { return clock })
	defer hub.Shutdown()
	say := func(ticket int64) { hub.Deliver(Hint{Ticket: ticket, Part: PartThread}.Encode()) }
	from := func(since time.Time) *Stream {
		return hub.Subscribe(Subscriber{Admits: func(h Hint) bool { return h.Ticket != 2 }, Since: since})
	}
	say(1)
	clock = clock.Add(10 * time.Second)
	made := clock
	say(2)
	say(3)
	clock = clock.Add(time.Second)
	say(4)
	expect(t, "one that knows nothing older", from(time.Time{}))
	expect(t, "a page of now", from(clock), "thread4")
	expect(t, "a page of a second ago", from(made), "thread3", "thread4")
	expect(t, "a page of another process, whose clock is ahead", from(clock.Add(slack/2)), "thread4")
	expect(t, "a page of the process before", from(made.Add(-time.Hour)), "all0")
}

func TestWhatIsForgottenBecomesOneHint(t *testing.T) {
	clock := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	hub := NewHub(func() time.Time { return clock })
	defer hub.Shutdown()
	made := clock
	for i := range kept {
		clock = clock.Add(time.Second)
		hub.Deliver(Hint{Ticket: int64(i), Part: PartThread}.Encode())
	}
	late := clock.Add(-3 * time.Second)
	subscriber := Subscriber{Admits: everything, Since: made}
	if got := len(waiting(hub.Subscribe(subscriber))); got != 1 { // more than a stream buffers
		t.Errorf("%d hints", got)
	}
	hub.Deliver(Hint{Ticket: kept, Part: PartThread}.Encode())
	expect(t, "a page from before what is remembered", hub.Subscribe(subscriber), "all0")
	expect(t, "a page of late", hub.Subscribe(Subscriber{Admits: everything, Since: late}),
		fmt.Sprint("thread", kept-4), fmt.Sprint("thread", kept-3), fmt.Sprint("thread", kept-2), fmt.Sprint("thread", kept-1), fmt.Sprint("thread", kept))
}

func TestASessionThatHasJustEndedHasNoStream(t *testing.T) {
	hub := NewHub(time.Now)
	defer hub.Shutdown()
	known := time.Now()
	hub.Deliver(Hint{Part: PartEnded, Session: 1}.Encode())
	if hub.Subscribe(Subscriber{Session: 1, Since: known, Known: time.Now()}).Over() {
		t.Error("a session that is there after its end was told has no stream")
	}
	if !hub.Subscribe(Subscriber{Session: 1, Since: known}).Over() || hub.Subscribe(Subscriber{Session: 2, Since: known}).Over() {
		t.Error("a session is found out at its start, the stream opens after its end and stays")
	}
}
