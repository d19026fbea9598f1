package live

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func everything(Hint) bool { return true }

// waiting takes what waits in a stream, in short.
func waiting(s *Stream) (hints []string) {
	for _, h := range s.Take() {
		hints = append(hints, fmt.Sprint(h.Part, h.Ticket))
	}
	return hints
}

func expect(t *testing.T, what string, s *Stream, want ...string) {
	t.Helper()
	if got := waiting(s); !reflect.DeepEqual(got, want) {
		t.Errorf("%s got %v, want %v", what, got, want)
	}
}

func TestAHintSurvivesItsAnnouncement(t *testing.T) {
	full := Hint{Ticket: 7, Number: "100007", Department: 2, Requester: 3, Company: 4, Participants: []int64{5, 6}, AgentsOnly: true,
		Part: PartThread, Session: 8, Person: 9}
	got, err := Decode(full.Encode())
	if err != nil || !reflect.DeepEqual(got, full) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, payload := range []string{"", "{", `{"t":1}`, `{"k":5}`, `{"k":"` + strings.Repeat("x", 9000) + `"}`} {
		if _, err := Decode(payload); !errors.Is(err, errAnnouncement) {
			t.Errorf("Decode(%.20q): %v", payload, err)
		}
	}
	if _, err := Decode(`{"k":"thread","of a later version":[1]}`); err != nil {
		t.Errorf("a later version's hint: %v", err)
	}
}

func TestAHintTooLongToAnnounceConcernsEveryone(t *testing.T) {
	hub := NewHub(time.Now)
	s := hub.Subscribe(Subscriber{})
	defer s.Close()
	hub.Deliver(Hint{Part: PartThread, Participants: make([]int64, 5000)}.Encode())
	expect(t, "a stranger", s, "all0")
}

func TestAStreamGetsOnlyWhatItAdmits(t *testing.T) {
	hub := NewHub(time.Now)
	agent := hub.Subscribe(Subscriber{Admits: func(h Hint) bool { return h.Department == 1 }, Person: 1})
	customer := hub.Subscribe(Subscriber{Admits: func(h Hint) bool { return h.Requester == 2 && !h.AgentsOnly }, Person: 2})
	nobody := hub.Subscribe(Subscriber{})
	hub.Deliver(Hint{Ticket: 1, Department: 1, Requester: 2, Part: PartThread}.Encode())
	hub.Deliver(Hint{Ticket: 2, Department: 1, Requester: 2, AgentsOnly: true, Part: PartThread}.Encode())
	hub.Deliver(Hint{Ticket: 3, Department: 2, Requester: 3, Part: PartThread}.Encode())
	expect(t, "the agent", agent, "thread1", "thread2")
	expect(t, "the customer", customer, "thread1")
	expect(t, "nobody", nobody)
	for _, missed := range []string{"", "not a hint"} {
		hub.Deliver(missed)
		expect(t, "the agent", agent, "all0")
		expect(t, "nobody", nobody, "all0")
	}
	hub.Shutdown()
}

func TestAHintForAPersonReachesNobodyElse(t *testing.T) {
	hub := NewHub(time.Now)
	defer hub.Shutdown()
	first := hub.Subscribe(Subscriber{Admits: everything, Person: 1})
	narrow := hub.Subscribe(Subscriber{Admits: func(Hint) bool { return false }, Person: 1})
	second := hub.Subscribe(Subscriber{Admits: everything, Person: 2})
	guest := hub.Subscribe(Subscriber{Admits: everything})
	hub.Deliver(Hint{Part: PartBell, Person: 1}.Encode())
	hub.Deliver(Hint{Part: PartRights, Person: 1}.Encode())
	hub.Deliver(Hint{Part: PartRights}.Encode())
	expect(t, "the person", first, "bell0", "rights0")
	expect(t, "his other stream", narrow, "rights0")
	expect(t, "another", second)
	expect(t, "a guest", guest)
}

func TestAnEndedSessionEndsItsStreams(t *testing.T) {
	hub := NewHub(time.Now)
	ended, other, guest := hub.Subscribe(Subscriber{Session: 1}), hub.Subscribe(Subscriber{Session: 2}), hub.Subscribe(Subscriber{Admits: everything})
	hub.Deliver(Hint{Part: PartEnded}.Encode())
	hub.Deliver(Hint{Part: PartEnded, Session: 1}.Encode())
	if !ended.Over() || other.Over() || guest.Over() {
		t.Errorf("ended: %v, other: %v, guest: %v", ended.Over(), other.Over(), guest.Over())
	}
	hub.Shutdown()
	hub.Shutdown()
	if !other.Over() || !guest.Over() || !hub.Subscribe(Subscriber{}).Over() {
		t.Error("a stream outlives the hub")
	}
	ended.Close()
	ended.Close()
}

func TestAClosedStreamIsForgotten(t *testing.T) {
	hub := NewHub(time.Now)
	s := hub.Subscribe(Subscriber{Admits: everything})
	s.Close()
	hub.Deliver("")
	expect(t, "a closed stream", s)
	if !s.Over() || len(s.shard.streams) != 0 {
		t.Error("the hub keeps a closed stream")
	}
}

func TestWaitingHintsAreNotRepeated(t *testing.T) {
	hub := NewHub(time.Now)
	defer hub.Shutdown()
	s := hub.Subscribe(Subscriber{Admits: everything})
	for range 1000 {
		hub.Deliver(Hint{Ticket: 1, Part: PartThread}.Encode())
		hub.Deliver(Hint{Ticket: 1, Part: PartStatus}.Encode())
		hub.Deliver(Hint{Ticket: 2, Part: PartThread}.Encode())
	}
	expect(t, "a slow reader", s, "thread1", "status1", "thread2")
	hub.Deliver(Hint{Ticket: 1, Part: PartThread}.Encode())
	expect(t, "one that has caught up", s, "thread1")
}

func TestWhatASlowReaderMissesBecomesOneHint(t *testing.T) {
	hub := NewHub(time.Now)
	defer hub.Shutdown()
	s := hub.Subscribe(Subscriber{Admits: everything})
	for i := range buffered {
		hub.Deliver(Hint{Ticket: int64(i), Part: PartThread}.Encode())
	}
	if got := len(waiting(s)); got != buffered {
		t.Errorf("%d hints wait, want %d", got, buffered)
	}
	for i := range buffered + 5 {
		hub.Deliver(Hint{Ticket: int64(i), Part: PartThread}.Encode())
	}
	expect(t, "a slow reader", s, "all0")
	hub.Deliver(Hint{Ticket: 1, Part: PartThread}.Encode())
	hub.Deliver("")
	expect(t, "one that missed something", s, "all0")
}

// Whatever the order of reading and delivering, after a delivery its ticket,
// or "all", comes to the reader once more.
func TestNoChangeIsLostWhileReadersAndStreamsComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := NewHub(time.Now)
		var readers, writers sync.WaitGroup
		const tickets = 40
		var mu sync.Mutex
		version := map[int64]int{}
		for range 20 {
			wake, end := make(chan struct{}, 1), make(chan struct{})
			s := hub.Subscribe(Subscriber{Admits: everything, End: func() { close(end) }, Wake: func() {
				select {
				case wake <- struct{}{}:
				default:
				}
			}})
			readers.Go(func() {
				fetched := map[int64]int{}
				fetch := func(ticket int64) {
					mu.Lock()
					defer mu.Unlock()
					fetched[ticket] = version[ticket]
				}
				read := func() {
					for _, h := range s.Take() {
						if h.Part == PartThread {
							fetch(h.Ticket)
							continue
						}
						for ticket := range int64(tickets) {
							fetch(ticket)
						}
					}
				}
				for {
					select {
					case <-wake:
						read()
					case <-end:
						read()
						for ticket, v := range version {
							if fetched[ticket] != v {
								t.Errorf("ticket %d: the page shows %d, not %d", ticket, fetched[ticket], v)
							}
						}
						return
					}
				}
			})
		}
		for range 4 {
			writers.Go(func() {
				for i := range int64(500) {
					mu.Lock()
					version[i%tickets]++
					mu.Unlock()
					hub.Deliver(Hint{Ticket: i % tickets, Part: PartThread}.Encode())
					hub.Subscribe(Subscriber{Admits: everything}).Close()
				}
			})
		}
		writers.Wait()
		synctest.Wait()
		hub.Shutdown()
		readers.Wait()
	})
}

func crowd(hub *Hub, n int) []*Stream {
	streams := make([]*Stream, n)
	for i := range streams {
		department := int64(i % 1000)
		streams[i] = hub.Subscribe(Subscriber{Admits: func(h Hint) bool { return h.Department == department }, Person: int64(i + 1), Session: int64(i + 1)})
	}
	return streams
}

func BenchmarkDeliverToTenOfTenThousandStreams(b *testing.B) {
	hub := NewHub(time.Now)
	streams := crowd(hub, 10_000)
	payload := Hint{Ticket: 1, Number: "100001", Department: 5, Part: PartThread}.Encode()
	b.ReportAllocs()
	for b.Loop() {
		hub.Deliver(payload)
		for i := 5; i < len(streams); i += 1000 {
			streams[i].Take()
		}
	}
}

func BenchmarkDeliverToAllOfTenThousandStreams(b *testing.B) {
	hub := NewHub(time.Now)
	streams := crowd(hub, 10_000)
	for b.Loop() {
		hub.Deliver("")
		for _, s := range streams {
			s.Take()
		}
	}
}

func BenchmarkSubscribe(b *testing.B) {
	hub := NewHub(time.Now)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	streams := crowd(hub, 10_000)
	runtime.GC()
	runtime.ReadMemStats(&after)
	for b.Loop() {
		hub.Subscribe(Subscriber{}).Close()
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(streams)), "B/stream")
}
