package soak

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// crowd sends letters and forms. What was not answered it sends again, the
// same, until it is.
type crowd struct {
	w        *world
	doors    []*program.Program // where they send: the next one when one does not answer
	stop     context.CancelFunc // no new pieces
	stopped  context.Context
	done     sync.WaitGroup
	pause    time.Duration // of each sender after a piece
	answered atomic.Int64
	again    atomic.Int64 // pieces sent once more
	next     atomic.Int64

	mu     sync.Mutex
	pieces []piece
}

// gather sets so many senders of letters and of forms to work, at one door or
// several processes' doors; each rests for the pause after a piece.
func gather(w *world, letters, forms int, pause time.Duration, doors ...*program.Program) *crowd {
	if len(doors) == 0 {
		doors = []*program.Program{w.Program}
	}
	c := &crowd{w: w, doors: doors, pause: pause}
	c.stopped, c.stop = context.WithCancel(context.Background())
	w.Cleanup(c.stop)
	for range letters {
		c.done.Go(c.sendLetters)
	}
	for range forms {
		c.done.Go(c.sendForms)
	}
	return c
}

// all waits until the last piece is answered, and returns them all.
func (c *crowd) all() []piece {
	c.stop()
	c.done.Wait()
	return c.pieces
}

func (c *crowd) keep(p piece) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pieces = append(c.pieces, p)
	c.answered.Add(1)
}

// rest lets the pause pass, or the end come.
func (c *crowd) rest() {
	select {
	case <-c.stopped.Done():
	case <-time.After(c.pause):
	}
}

// door gives the doors in turn.
func (c *crowd) door(first int64) func() *program.Program {
	at := int(first)
	return func() *program.Program {
		at++
		return c.doors[at%len(c.doors)]
	}
}

// fileSize is larger than what the database holds of a letter itself.
const fileSize = 300 << 10

func (c *crowd) sendLetters() {
	first := c.next.Add(1)
	door := c.door(first)
	peer := &traffic.Peer{To: door().SMTP}
	defer peer.Close()
	random := rand.New(rand.NewPCG(uint64(first), 1))
	var before piece
	for c.stopped.Err() == nil {
		n := c.next.Add(1)
		p := piece{token: fmt.Sprintf("letter%d", n), from: fmt.Sprintf("carl.%d@customer.example", n), opens: true}
		l := traffic.Letter{Subject: fmt.Sprintf("Printer %d", n), ID: fmt.Sprintf("soak.%d@customer.example", n)}
		if before.letter != "" && random.IntN(3) == 0 {
			p.opens, p.from, l.Answers, l.Subject = false, before.from, before.letter, "Re: printer"
		}
		if random.IntN(20) == 0 {
			p.file = noise(random)
			l.File, l.FileName = p.file, "trace.bin"
		}
		p.letter, l.From, l.Text = l.ID, p.from, p.token+" does not print."
		raw := l.Bytes()
		if !c.insist(func() error {
			err := peer.Send(l.From, program.Support, raw)
			if err != nil {
				peer.To = door().SMTP
			}
			return err
		}) {
			return
		}
		c.keep(p)
		before = p
		c.rest()
	}
}

// noise is a file that there is once.
func noise(random *rand.Rand) []byte {
	b := make([]byte, fileSize)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

func (c *crowd) sendForms() {
	door := c.door(c.next.Add(1))
	browser := traffic.NewBrowser(door().URL(), 1)
	defer browser.HTTP.CloseIdleConnections()
	for c.stopped.Err() == nil {
		n := c.next.Add(1)
		p := piece{token: fmt.Sprintf("form%d", n), from: fmt.Sprintf("dora.%d@customer.example", n), opens: true}
		form := traffic.Opening(fmt.Sprintf("submission-key-%08d", n), p.from, fmt.Sprintf("Scanner %d", n), p.token+" does not scan.")
		if !c.insist(func() error {
			err := submit(browser, form, int(n))
			if err != nil {
				browser.URL = door().URL()
			}
			return err
		}) {
			return
		}
		c.keep(p)
		c.rest()
	}
}

// errRefused is an answer that sending again does not change.
var errRefused = errors.New("refused for good")

func submit(b *traffic.Browser, form traffic.Form, n int) error {
	status, page, err := b.Submit(context.Background(), "/open", form, traffic.Somewhere(n))
	switch {
	case err != nil:
		return err
	case status < 400:
		return nil
	case status == http.StatusServiceUnavailable:
		return errors.New("asked to try again")
	}
	return fmt.Errorf("%w: %d\n%s", errRefused, status, page)
}

// insistTime is how long one piece is sent again and again: longer than the
// program is ever away.
const insistTime = 2 * time.Minute

// insist sends until it is answered yes; false says that the test has failed.
func (c *crowd) insist(send func() error) bool {
	given := time.Now().Add(insistTime)
	for {
		err := send()
		if err == nil {
			return true
		}
		var no *traffic.Refusal
		if errors.Is(err, errRefused) || errors.As(err, &no) && !no.Passing() || time.Now().After(given) {
			c.w.Error(err)
			return false
		}
		c.again.Add(1)
		<-time.After(10 * time.Millisecond) // as a mail server or a person does, only sooner
	}
}
