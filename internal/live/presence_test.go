package live

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func TestPresenceReportsOnlyChanges(t *testing.T) {
	p := NewPresence()
	anna, boris := Viewer{Person: 1, Name: "Anna"}, Viewer{Person: 2, Name: "Boris"}
	writing := Viewer{Person: 1, Name: "Anna", Writing: true}
	for i, step := range []struct {
		changed, want bool
	}{
		{p.Beat(7, boris, start), true},
		{p.Beat(7, anna, start), true},
		{p.Beat(7, anna, start.Add(10*time.Second)), false},
		{p.Beat(7, writing, start.Add(20*time.Second)), true},
		{p.Beat(7, writing, start.Add(39*time.Second)), false},
		{p.Leave(8, 1), false},
	} {
		if step.changed != step.want {
			t.Errorf("step %d: changed is %v", i, step.changed)
		}
	}
	if got := p.On(7, start.Add(39*time.Second)); !reflect.DeepEqual(got, []Viewer{writing, boris}) {
		t.Errorf("on the ticket: %v", got)
	}
	if got := p.On(7, start.Add(40*time.Second)); !reflect.DeepEqual(got, []Viewer{writing}) {
		t.Errorf("without a beat for 40 s: %v", got)
	}
	if !p.Beat(7, writing, start.Add(40*time.Second)) {
		t.Error("that another's beat has run out is not reported")
	}
	if !p.Leave(7, 1) || p.Leave(7, 1) || p.On(7, start) != nil {
		t.Error("leaving is not reported once")
	}
}

func TestSweepingForgetsThoseWithoutABeat(t *testing.T) {
	p := NewPresence()
	p.Beat(7, Viewer{Person: 1}, start)
	p.Beat(8, Viewer{Person: 1}, start.Add(30*time.Second))
	if got := p.Sweep(start.Add(39 * time.Second)); got != nil {
		t.Errorf("too early: %v", got)
	}
	if got := p.Sweep(start.Add(40 * time.Second)); !reflect.DeepEqual(got, []int64{7}) {
		t.Errorf("changed: %v", got)
	}
	p.Sweep(start.Add(time.Hour))
	if len(p.tickets) != 0 || p.total != 0 {
		t.Errorf("kept: %d tickets, %d viewers", len(p.tickets), p.total)
	}
}

func TestBeatsOfOtherProcessesAreMerged(t *testing.T) {
	here, there := NewPresence(), NewPresence()
	who := Viewer{Person: 1, Name: strings.Repeat("ы", 300), Writing: true}
	here.Beat(7, who, start)
	beat, err := DecodeBeat(Beat{Ticket: 7, Viewer: who}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if here.Merge(beat, start) {
		t.Error("one's own beat, come back, is a change")
	}
	if !there.Merge(beat, start) || !reflect.DeepEqual(there.On(7, start), here.On(7, start)) {
		t.Errorf("here %v, there %v", here.On(7, start), there.On(7, start))
	}
	if name := there.On(7, start)[0].Name; name != strings.Repeat("ы", 100) {
		t.Errorf("a long name is kept as %q", name)
	}
	left, err := DecodeBeat(Beat{Ticket: 7, Viewer: Viewer{Person: 1}, Left: true}.Encode())
	if err != nil || !there.Merge(left, start) || there.On(7, start) != nil {
		t.Errorf("after leaving: %v, %v", there.On(7, start), err)
	}
	for _, payload := range []string{"", "x", `{"t":1}`, `{"w":1}`, strings.Repeat(" ", 9000)} {
		if _, err := DecodeBeat(payload); !errors.Is(err, errAnnouncement) {
			t.Errorf("DecodeBeat(%.20q): %v", payload, err)
		}
	}
}

func TestPresenceIsBounded(t *testing.T) {
	p := NewPresence()
	for i := range int64(viewersMax) {
		p.Beat(7, Viewer{Person: i + 1}, start)
	}
	if p.Beat(7, Viewer{Person: 1000}, start) || len(p.On(7, start)) != viewersMax {
		t.Error("one too many is shown")
	}
	if p.Beat(7, Viewer{Person: 1}, start) {
		t.Error("a known one's beat is a change")
	}
	for ticket := int64(100); p.total < presenceMax; ticket++ {
		p.Beat(ticket, Viewer{Person: 1}, start)
	}
	if p.Beat(8, Viewer{Person: 1}, start) || len(p.tickets[8]) != 0 {
		t.Error("a full presence takes more")
	}
}
