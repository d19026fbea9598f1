package trace

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// Bounds of what waits for the collector, and of one sending.
const (
	maxWaiting = 4096 // spans; what comes beyond is lost
	maxBatch   = 512
	gatherTime = 2 * time.Second
	lastTime   = 2 * time.Second // for what is left at the end

)

// exporter sends ended spans, several at a time. A sending that fails is not
// repeated: its spans are lost.
type exporter struct {
	endpoint string
	of       []Attr
	log      *slog.Logger
	by       Sender
	waiting  chan *Span
	lost     atomic.Int64 // for want of room, since it was last said
	failing  bool
	ending   context.Context
	end      context.CancelFunc
	ended    chan struct{}
}

func startExporter(o Options) *exporter {
	e := &exporter{endpoint: o.Endpoint, log: o.Log, waiting: make(chan *Span, maxWaiting), ended: make(chan struct{}),
		by: o.By,
		of: []Attr{{Key: "service.name", Text: "okno"}, {Key: "service.version", Text: o.Version},
			{Key: "service.instance.id", Text: rand.Text()}}}
	e.ending, e.end = context.WithCancel(context.Background())
	go e.run()
	return e
}

func (e *exporter) put(s *Span) {
	select {
	case e.waiting <- s:
	default:
		e.lost.Add(1)
	}
}

func (e *exporter) run() {
	defer close(e.ended)
	gather := time.NewTicker(gatherTime)
	defer gather.Stop()
	var batch []*Span
	for {
		select {
		case s := <-e.waiting:
			if batch = append(batch, s); len(batch) < maxBatch {
				continue
			}
		case <-gather.C:
		case <-e.ending.Done():
			e.rest(batch)
			return
		}
		e.send(context.Background(), batch)
		batch = batch[:0]
	}
}

// rest sends what is left when the program ends.
func (e *exporter) rest(batch []*Span) {
	ctx, cancel := context.WithTimeout(context.Background(), lastTime)
	defer cancel()
	for ctx.Err() == nil {
		select {
		case s := <-e.waiting:
			if batch = append(batch, s); len(batch) < maxBatch {
				continue
			}
		default:
		}
		e.send(ctx, batch)
		if batch = batch[:0]; len(e.waiting) == 0 {
			return
		}
	}
}

// send hands spans over. Trouble is said once when it begins and once when it
// is over.
func (e *exporter) send(ctx context.Context, batch []*Span) {
	if len(batch) == 0 {
		return
	}
	err := e.post(ctx, encode(e.of, batch))
	if lost := e.lost.Swap(0); lost > 0 && err == nil {
		err = fmt.Errorf("%d spans came faster than they were taken", lost)
	}
	switch {
	case err != nil && !e.failing:
		e.log.Warn("traces are lost", "error", err)
	case err == nil && e.failing:
		e.log.Info("traces are taken again")
	}
	e.failing = err != nil
}

func (e *exporter) post(ctx context.Context, body []byte) error {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, e.endpoint, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the collector's address is wrong: %w", cause(err))
	}
	q.Header.Set("Content-Type", "application/x-protobuf")
	a, err := e.by.Do(q)
	if err != nil {
		return fmt.Errorf("the collector cannot be reached: %w", cause(err))
	}
	defer a.Body.Close()
	if _, err := io.Copy(io.Discard, a.Body); err != nil {
		return fmt.Errorf("the collector's answer ended: %w", err)
	}
	if a.StatusCode >= 300 {
		return fmt.Errorf("the collector says %s", a.Status)
	}
	return nil
}

// cause is an error without the address, which may hold a password.
func cause(err error) error {
	if of, ok := err.(*url.Error); ok {
		return of.Err
	}
	return err
}

// close sends the rest and ends.
func (e *exporter) close() {
	e.end()
	<-e.ended
}
