package oknotest

import (
	"io"
	"net"
	"sync"
)

// Wire is what lies between the browsers and the house when a test wants to
// cut it.
type Wire struct {
	listener net.Listener
	house    string // host:port

	mu   sync.Mutex
	cut  bool
	open map[net.Conn]struct{}
}

// wire listens at an address; what comes there is passed on once the house is
// known.
func (r *Rig) wire(address string) *Wire {
	l, err := net.Listen("tcp", address)
	r.must(err)
	w := &Wire{listener: l, open: map[net.Conn]struct{}{}}
	r.t.Cleanup(func() {
		l.Close()
		w.Cut()
	})
	return w
}

// serve passes on to the house what comes, until the listener is closed.
func (w *Wire) serve(house string) {
	w.house = house
	for {
		c, err := w.listener.Accept()
		if err != nil {
			return
		}
		go w.pass(c)
	}
}

func (w *Wire) pass(browser net.Conn) {
	house, err := net.Dial("tcp", w.house)
	if err != nil {
		browser.Close()
		return
	}
	if w.hold(browser, house) {
		go func() {
			io.Copy(house, browser)
			w.drop(browser, house)
		}()
		io.Copy(browser, house)
	}
	w.drop(browser, house)
}

// hold notes a pair of connections, unless the wire is cut.
func (w *Wire) hold(pair ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		return false
	}
	for _, c := range pair {
		w.open[c] = struct{}{}
	}
	return true
}

func (w *Wire) drop(pair ...net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range pair {
		c.Close()
		delete(w.open, c)
	}
}

// Cut ends every connection; new ones end at once until [Wire.Mend].
func (w *Wire) Cut() {
	w.mu.Lock()
	w.cut = true
	var pair []net.Conn
	for c := range w.open {
		pair = append(pair, c)
	}
	w.mu.Unlock()
	w.drop(pair...)
}

// Mend lets connections through again.
func (w *Wire) Mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = false
}
