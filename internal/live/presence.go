package live

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	presenceFor   = 40 * time.Second // how long one beat lasts
	viewersMax    = 50               // on one ticket; further ones are not shown
	presenceMax   = 100_000          // on all tickets together
	viewerNameMax = 100              // runes
)

// Viewer is an agent who has a ticket open.
type Viewer struct {
	Person  int64  `json:"w"`
	Name    string `json:"n,omitempty"` // at most 100 characters are kept
	Writing bool   `json:"e,omitempty"`
}

// Beat is a sign of presence, announced to the other processes.
type Beat struct {
	Ticket int64 `json:"t"`
	Viewer
	Left bool `json:"l,omitempty"`
}

// Encode writes the beat as an announcement.
func (b Beat) Encode() string {
	b.Name = shortName(b.Name)
	return encode(b)
}

// DecodeBeat reads what [Beat.Encode] wrote.
func DecodeBeat(payload string) (Beat, error) {
	var b Beat
	if err := decode(payload, &b); err != nil {
		return Beat{}, err
	}
	if b.Ticket == 0 || b.Person == 0 {
		return Beat{}, fmt.Errorf("%w: a beat without ticket or person", errAnnouncement)
	}
	return b, nil
}

// Presence knows who is viewing or writing which ticket. A beat lasts 40
// seconds. When a method reports a change, the caller announces a hint.
type Presence struct {
	mu      sync.Mutex
	tickets map[int64]map[int64]seen // by ticket and person
	total   int
}

type seen struct {
	viewer Viewer
	until  time.Time
}

// NewPresence returns a presence in which nobody is.
func NewPresence() *Presence {
	return &Presence{tickets: map[int64]map[int64]seen{}}
}

// Beat notes that someone has the ticket open, and reports whether that
// changes what [Presence.On] tells.
func (p *Presence) Beat(ticket int64, who Viewer, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	changed := p.expire(ticket, now)
	who.Name = shortName(who.Name)
	viewers := p.tickets[ticket]
	before, known := viewers[who.Person]
	if !known {
		if len(viewers) >= viewersMax || p.total >= presenceMax {
			return changed
		}
		if viewers == nil {
			viewers = map[int64]seen{}
			p.tickets[ticket] = viewers
		}
		p.total++
	}
	viewers[who.Person] = seen{who, now.Add(presenceFor)}
	return changed || !known || before.viewer != who
}

// Leave notes that a person has closed the ticket, and reports whether he was
// there.
func (p *Presence) Leave(ticket, person int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, known := p.tickets[ticket][person]
	if known {
		p.remove(ticket, person)
	}
	return known
}

// Merge notes a beat announced by any process, this one included, and reports
// as Beat and Leave do.
func (p *Presence) Merge(b Beat, now time.Time) bool {
	if b.Left {
		return p.Leave(b.Ticket, b.Person)
	}
	return p.Beat(b.Ticket, b.Viewer, now)
}

// On lists who has the ticket open, by name.
func (p *Presence) On(ticket int64, now time.Time) []Viewer {
	p.mu.Lock()
	defer p.mu.Unlock()
	var viewers []Viewer
	for _, s := range p.tickets[ticket] {
		if now.Before(s.until) {
			viewers = append(viewers, s.viewer)
		}
	}
	slices.SortFunc(viewers, func(a, b Viewer) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Person, b.Person))
	})
	return viewers
}

// Sweep forgets those whose beat has run out and lists the tickets where that
// changed something. It is to be called every few seconds.
func (p *Presence) Sweep(now time.Time) []int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	var changed []int64
	for ticket := range p.tickets {
		if p.expire(ticket, now) {
			changed = append(changed, ticket)
		}
	}
	return changed
}

func (p *Presence) expire(ticket int64, now time.Time) bool {
	changed := false
	for person, s := range p.tickets[ticket] {
		if !now.Before(s.until) {
			p.remove(ticket, person)
			changed = true
		}
	}
	return changed
}

func (p *Presence) remove(ticket, person int64) {
	viewers := p.tickets[ticket]
	delete(viewers, person)
	p.total--
	if len(viewers) == 0 {
		delete(p.tickets, ticket)
	}
}

func shortName(name string) string {
	count := 0
	for i := range name {
		if count == viewerNameMax {
			return name[:i]
		}
		count++
	}
	return name
}
