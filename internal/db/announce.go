package db

import (
	"errors"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
)

// The limits of an announcement; PostgreSQL carries under 8000 bytes.
const (
	maxTopic   = 100
	maxPayload = 7000
	maxPending = 4096 // announcements not yet told; beyond that, "" to each topic
)

type announcement struct{ topic, payload string }

func (a announcement) check() error {
	switch {
	case a.topic == "" || len(a.topic) > maxTopic || strings.ContainsAny(a.topic, "\n\x00"):
		return errors.New("announcement: a topic is one line of 1 to 100 bytes")
	case len(a.payload) > maxPayload || strings.IndexByte(a.payload, 0) >= 0:
		return errors.New("announcement: a payload is up to 7000 bytes without NUL")
	}
	return nil
}

// pending holds announcements until they are told, in order and bounded.
type pending struct {
	mu   sync.Mutex
	said []announcement
	wake chan struct{} // holds one token while there is something
}

func newPending() *pending { return &pending{wake: make(chan struct{}, 1)} }

func (p *pending) add(said ...announcement) {
	if len(said) == 0 {
		return
	}
	p.mu.Lock()
	p.said = append(p.said, said...)
	if len(p.said) > maxPending {
		p.said = oneEach(p.said)
	}
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *pending) take() []announcement {
	p.mu.Lock()
	defer p.mu.Unlock()
	said := p.said
	p.said = nil
	return said
}

// oneEach keeps of a flood only that each topic may have missed something.
func oneEach(said []announcement) []announcement {
	seen := make(map[string]bool)
	var kept []announcement
	for _, a := range said {
		if !seen[a.topic] {
			seen[a.topic] = true
			kept = append(kept, announcement{topic: a.topic})
		}
	}
	return kept
}

// hub tells this process's listeners, on one goroutine of its own.
type hub struct {
	pending *pending
	log     *slog.Logger
	closing chan struct{}
	closed  chan struct{}

	mu        sync.Mutex
	next      int
	listeners []listener // in the order they came
}

type listener struct {
	id    int
	topic string
	fn    func(payload string)
}

func newHub(log *slog.Logger) *hub {
	h := &hub{pending: newPending(), log: log, closing: make(chan struct{}), closed: make(chan struct{})}
	go h.run()
	return h
}

func (h *hub) listen(topic string, fn func(string)) (cancel func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next++
	id := h.next
	h.listeners = append(h.listeners, listener{id, topic, fn})
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		kept := make([]listener, 0, len(h.listeners))
		for _, l := range h.listeners {
			if l.id != id {
				kept = append(kept, l)
			}
		}
		h.listeners = kept
	}
}

// missed tells every listener that something may have passed it by.
func (h *hub) missed() {
	h.mu.Lock()
	var said []announcement
	for _, l := range h.listeners {
		said = append(said, announcement{topic: l.topic})
	}
	h.mu.Unlock()
	h.pending.add(oneEach(said)...)
}

func (h *hub) run() {
	defer close(h.closed)
	for {
		select {
		case <-h.closing:
			return
		case <-h.pending.wake:
		}
		for _, a := range h.pending.take() {
			h.tell(a)
		}
	}
}

func (h *hub) tell(a announcement) {
	h.mu.Lock()
	listeners := h.listeners
	h.mu.Unlock()
	for _, l := range listeners {
		if l.topic == a.topic {
			h.call(l, a.payload)
		}
	}
}

// call keeps one listener's panic from silencing the others.
func (h *hub) call(l listener, payload string) {
	defer func() {
		if v := recover(); v != nil {
			h.log.Error("a listener panicked", "topic", l.topic, "panic", v, "stack", string(debug.Stack()))
		}
	}()
	l.fn(payload)
}

func (h *hub) close() {
	close(h.closing)
	<-h.closed
}
