package intake

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// peer is a connection as the SMTP library should have it. A time limit is on
// each read, not on a whole letter; and in a letter's data the surplus CR of a
// line that ends in CR CR LF is dropped, since the library would not see the
// end of such a letter. (Under TLS it cannot be dropped here: see surplus.)
type peer struct {
	net.Conn
	idle     time.Duration
	gone     func()
	stopping func() bool
	once     sync.Once

	busy atomic.Bool // a letter is in hand
	data atomic.Bool // the peer was told to send its letter, in the clear

	crs   int              // CRs that were read and not yet passed on
	ready []byte           // was read and is to be passed on
	chunk [1 + 32<<10]byte // the first is for a CR that was not passed on
}

// SetReadDeadline does nothing: Read sets its own.
func (p *peer) SetReadDeadline(time.Time) error { return nil }

// Read is net.Conn's.
func (p *peer) Read(b []byte) (int, error) {
	for len(p.ready) == 0 {
		if err := p.Conn.SetReadDeadline(time.Now().Add(p.idle)); err != nil {
			return 0, err
		}
		if !p.data.Load() && p.crs == 0 {
			return p.Conn.Read(b)
		}
		n, err := p.Conn.Read(p.chunk[1:])
		p.ready = p.mend(n)
		if err != nil && len(p.ready) == 0 {
			return 0, err
		}
	}
	n := copy(b, p.ready)
	p.ready = p.ready[n:]
	return n, nil
}

// mend drops all but one of the CRs before an LF from the n bytes just read.
func (p *peer) mend(n int) []byte {
	chunk := p.chunk[1 : 1+n]
	if p.crs == 1 && n > 0 {
		p.chunk[0], p.crs = '\r', 0
		chunk = p.chunk[:1+n]
	}
	if p.crs > 0 || bytes.Contains(chunk, []byte("\r\r")) {
		return p.drop(chunk)
	}
	if bytes.HasSuffix(chunk, []byte("\r")) {
		p.crs = 1
		chunk = chunk[:len(chunk)-1]
	}
	return chunk
}

func (p *peer) drop(chunk []byte) []byte {
	out := make([]byte, 0, len(chunk)+p.crs)
	for _, c := range chunk {
		if c == '\r' {
			p.crs++
			continue
		}
		if c == '\n' {
			p.crs = min(p.crs, 1)
		}
		out = append(append(out, bytes.Repeat([]byte{'\r'}, p.crs)...), c)
		p.crs = 0
	}
	if p.crs > len(p.chunk) { // nothing but CRs: no letter needs that
		out, p.crs = append(out, bytes.Repeat([]byte{'\r'}, p.crs)...), 0
	}
	return out
}

// Write is net.Conn's. From "354" on a letter is in hand, until the next
// answer is written.
func (p *peer) Write(b []byte) (int, error) {
	begins := bytes.HasPrefix(b, []byte("354"))
	p.data.Store(begins)
	if begins {
		p.busy.Store(true)
	}
	n, err := p.Conn.Write(b)
	if !begins && p.busy.Swap(false) && p.stopping() {
		p.Close()
	}
	return n, err
}

// Close is net.Conn's; once is enough.
func (p *peer) Close() error {
	err := net.ErrClosed
	p.once.Do(func() {
		err = p.Conn.Close()
		go p.gone() // whoever closes may hold what gone needs
	})
	return err
}
