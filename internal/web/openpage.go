package web

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/live"
)

// page is one that is open in a browser, and its stream. There are many
// thousands: while nothing happens it has no goroutine but the one that notices
// its end.
type page struct {
	server *Server
	place  place
	turn   int // of the pulse
	token  string
	person okno.PersonID
	wire   wire
	stream *live.Stream
	sees   atomic.Pointer[listener]
	pings  int // told so far; of whoever tells

	mu      sync.Mutex
	telling bool // somebody tells, or is about to
	stirred bool // there is something to tell since he looked
	beat    bool // and a ping among it
}

// attend waits for the end of the stream, from either side.
func (p *page) attend() {
	p.wire.wait()
	p.stream.Close()
	p.server.streams.pulse.leave(p)
	p.server.streams.leave(p.place)
	p.wire.close()
}

// stir has the page told what waits for it. It does not wait itself.
func (p *page) stir(beat bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stirred = true
	p.beat = p.beat || beat
	if !p.telling {
		p.telling = true
		p.server.streams.open.Go(p.tell)
	}
}

// tell tells what there is to tell, one at a time, until there is nothing.
func (p *page) tell() {
	defer func() {
		if v := recover(); v != nil {
			p.server.log.Error("a stream panicked", "panic", v, "stack", string(debug.Stack()))
			p.wire.cut()
		}
	}()
	for {
		p.mu.Lock()
		more, beat := p.stirred, p.beat
		p.telling, p.stirred, p.beat = more, false, false
		p.mu.Unlock()
		if !more {
			return
		}
		if !p.say(p.stream.Take(), beat) {
			p.wire.cut()
		}
	}
}

// say tells hints and a ping; false: that is the end of the stream.
func (p *page) say(hints []live.Hint, beat bool) bool {
	if p.stream.Over() {
		return false
	}
	told := p.server.now()
	var text []byte
	look := false // whether the rights are to be looked at first
	for _, h := range hints {
		look = look || h.Part == live.PartRights || h.Part == live.PartAll
		text = p.server.appendHint(text, h, told)
	}
	if beat {
		p.pings++
		look = look || p.pings%checkEvery == 0
		text = append(text, ": ping\n"...)
	}
	if len(text) == 0 {
		return true
	}
	if look && !p.look() {
		return false
	}
	// A browser that lost the stream asks for what came after this.
	text = strconv.AppendInt(append(text, "id: "...), told.UnixMilli(), 10)
	return p.send(append(text, "\n\n"...))
}

func (p *page) send(text []byte) bool { return p.wire.send(text) == nil }

// look looks at the session anew; false: it is over, or another person's.
func (p *page) look() bool {
	p.server.streams.looking <- struct{}{}
	defer func() { <-p.server.streams.looking }()
	ctx, cancel := context.WithTimeout(context.Background(), hintTime)
	defer cancel()
	sees, err := p.server.looked(ctx, p.token, p.person)
	if err != nil {
		p.server.log.Error("whom a stream is for", "person", int64(p.person), "error", err)
	}
	if sees == nil {
		return false
	}
	p.sees.Store(sees)
	return true
}

// looked is what a person's session sees now; nil: nothing any more.
func (s *Server) looked(ctx context.Context, token string, person okno.PersonID) (*listener, error) {
	actor, who, err := s.source.ActorOf(ctx, token, okno.DoorPortal)
	if err != nil {
		return nil, fmt.Errorf("who asks: %w", err)
	}
	if nobody(actor) || actor.Person != person || actor.MustChange {
		return nil, nil
	}
	actors, err := s.doors(ctx, token, actor, who)
	if err != nil {
		return nil, err
	}
	return listenerOf(actors), nil
}

// appendHint puts a hint on the wire, with when it is told. Changed rights are
// told as "all": what is shown may be more or less now.
func (s *Server) appendHint(text []byte, h live.Hint, told time.Time) []byte {
	part, within := h.Part, time.Duration(0)
	if part == live.PartAll {
		within = s.spread()
	}
	if part == live.PartRights {
		part = live.PartAll
	}
	if len(text) > 0 {
		text = append(text, '\n')
	}
	// Both are plain strings, which JSON does not refuse.
	data, _ := json.Marshal(struct {
		Ticket string `json:"ticket,omitempty"`
		Part   string `json:"part"`
		Within int64  `json:"within,omitempty"` // milliseconds; of "all": some time until then is soon enough
		At     int64  `json:"at"`               // milliseconds
	}{h.Number, part, within.Milliseconds(), told.UnixMilli()})
	return fmt.Appendf(text, "event: hint\ndata: %s\n", data)
}
