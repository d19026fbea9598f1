package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// wire leads to one browser.
type wire interface {
	// send gives up after hintTime.
	send(text []byte) error
	// wait returns when the browser is gone or the wire is cut.
	wait()
	// cut has wait return. It is quick and may be called at any time.
	cut()
	// close is for whoever has waited.
	close()
}

// connection is a wire of its own.
type connection struct {
	net.Conn
	heard [1]byte
}

// takeConnection takes the request's connection away from net/http and makes
// what the answer begins with. Its end is the end of the answer (RFC 9112,
// section 6.3), so that the oldest proxies pass it on. nil: it cannot be taken.
func takeConnection(q *Request) (wire, []byte, error) {
	c, _, err := http.NewResponseController(q.Writer).Hijack()
	if errors.Is(err, http.ErrNotSupported) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("take a connection: %w", err)
	}
	q.answer.begun = true
	h := q.Writer.Header()
	h.Set("Connection", "close")
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	var head bytes.Buffer
	head.WriteString("HTTP/1.1 200 OK\r\n")
	if err := h.Write(&head); err != nil {
		return nil, nil, errors.Join(err, c.Close())
	}
	head.WriteString("\r\n")
	return &connection{Conn: c}, head.Bytes(), nil
}

func (c *connection) send(text []byte) error {
	if err := c.SetWriteDeadline(time.Now().Add(hintTime)); err != nil {
		return err
	}
	_, err := c.Write(text)
	return err
}

// wait takes anything that the browser says for its end: after its request it
// has nothing to say.
func (c *connection) wait() { _, _ = c.Read(c.heard[:]) }

// cut leaves closing to whoever waits: over TLS it says goodbye, which may take
// time. Where no deadline can be set the connection is closed already.
func (c *connection) cut() { _ = c.SetDeadline(time.Unix(1, 0)) }

// close tells of no error: there is nobody left to lose anything.
func (c *connection) close() { _ = c.Conn.Close() }

// answering is a wire that is the answer of a handler, which must not end
// before it.
type answering struct {
	q       *Request
	control *http.ResponseController
	over    context.Context
	cancel  context.CancelFunc

	mu     sync.Mutex
	closed bool
}

func answerOf(q *Request) *answering {
	a := &answering{q: q, control: http.NewResponseController(q.Writer)}
	a.over, a.cancel = context.WithCancel(q.Context())
	return a
}

func (a *answering) send(text []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return net.ErrClosed
	}
	a.q.server.deadline(a.q.Route, a.control.SetWriteDeadline(time.Now().Add(hintTime)))
	_, err := a.q.Writer.Write(text)
	if err == nil {
		err = a.control.Flush()
	}
	// HTTP/2 ends a stream whose time is over even when nothing is written.
	a.q.server.deadline(a.q.Route, a.control.SetWriteDeadline(time.Time{}))
	return err
}

func (a *answering) wait() { <-a.over.Done() }

func (a *answering) cut() { a.cancel() }

// close waits until nobody writes: afterwards the answer is another's.
func (a *answering) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
}
