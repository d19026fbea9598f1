package web

import (
	"sync"
	"time"
)

// pulse sends each open page a ping in its turn, so that proxies keep the
// stream open. One timer turns it for all of them, and stands still while there
// are none.
type pulse struct {
	mu      sync.Mutex
	turns   [pingEvery / turnEvery]map[*page]struct{}
	now     int // whose turn it is
	pages   int
	turning bool // the timer runs
}

const turnEvery = time.Second

// join has the page pinged from now on, every 25 seconds.
func (u *pulse) join(p *page) {
	u.mu.Lock()
	defer u.mu.Unlock()
	p.turn = u.now
	if u.turns[p.turn] == nil {
		u.turns[p.turn] = map[*page]struct{}{}
	}
	u.turns[p.turn][p] = struct{}{}
	if u.pages++; u.pages == 1 && !u.turning {
		u.turning = true
		time.AfterFunc(turnEvery, u.turn)
	}
}

func (u *pulse) leave(p *page) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.turns[p.turn], p)
	u.pages--
}

func (u *pulse) turn() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.turning = u.pages > 0; !u.turning {
		return
	}
	u.now = (u.now + 1) % len(u.turns)
	for p := range u.turns[u.now] {
		p.stir(true)
	}
	time.AfterFunc(turnEvery, u.turn)
}
