// Package trace tells a collector how long work took and of which parts it
// consisted, in OpenTelemetry's protocol. Names and attributes are patterns,
// kinds and numbers that the program has a fixed number of; there is no way to
// put in an address, a subject or a token.
package trace

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"time"
)

// Kind is what a span is to those outside of the process (OTLP, SpanKind).
type Kind int

// The kinds.
const (
	Inner    Kind = 1
	Answers  Kind = 2 // somebody outside: OTLP's "server"
	Asks     Kind = 3 // somebody outside: its "client"
	WorksOff Kind = 5 // what was put before: its "consumer"
)

// Attr is one attribute of a span: a text or a number.
type Attr struct {
	Key    string
	Text   string
	Number int64 // where Text is empty
}

// Tracer begins spans and sends those that ended. A nil Tracer does nothing, at
// no cost. It is safe for concurrent use.
type Tracer struct {
	share float64
	out   *exporter
	now   func() time.Time
}

// Sender carries requests out, as http.Client does.
type Sender interface {
	Do(*http.Request) (*http.Response, error)
}

// Options are where spans go to, and how many.
type Options struct {
	Endpoint string  // URL that takes them, such as http://127.0.0.1:4318/v1/traces
	By       Sender  // the way there, which bounds the time of one sending and its answer
	Share    float64 // of traces that are recorded: 0 to 1
	Version  string  // of the program
	Now      func() time.Time
	Log      *slog.Logger
}

// New begins to send. Close it when done.
func New(o Options) *Tracer {
	return &Tracer{share: o.Share, out: startExporter(o), now: o.Now}
}

// Close sends what has ended, for a few seconds at most, and ends.
func (t *Tracer) Close() {
	if t != nil {
		t.out.close()
	}
}

// Span is one piece of work. A nil Span is one that is not recorded. It is for
// one goroutine.
type Span struct {
	tracer      *Tracer
	trace       [16]byte
	id, parent  [8]byte
	name        string
	kind        Kind
	begun, over time.Time
	attrs       []Attr
	failed      bool
}

type key struct{}

// Begin begins a trace: the first span of a piece of work, which is recorded or
// not as the share says.
func (t *Tracer) Begin(ctx context.Context, name string, kind Kind, attrs ...Attr) (context.Context, *Span) {
	if t == nil || t.share < 1 && mathrand.Float64() >= t.share {
		return ctx, nil
	}
	s := &Span{tracer: t, name: name, kind: kind, begun: t.now(), attrs: attrs}
	rand.Read(s.trace[:])
	rand.Read(s.id[:])
	return context.WithValue(ctx, key{}, s), s
}

// Within is Part where the context has a span, else Begin.
func (t *Tracer) Within(ctx context.Context, name string, kind Kind, attrs ...Attr) (context.Context, *Span) {
	if ctx.Value(key{}) != nil {
		return Part(ctx, name, kind, attrs...)
	}
	return t.Begin(ctx, name, kind, attrs...)
}

// Part begins a span within the one of the context; where there is none nothing
// is recorded.
func Part(ctx context.Context, name string, kind Kind, attrs ...Attr) (context.Context, *Span) {
	of, ok := ctx.Value(key{}).(*Span)
	if !ok {
		return ctx, nil
	}
	s := &Span{tracer: of.tracer, trace: of.trace, parent: of.id, name: name, kind: kind, begun: of.tracer.now(), attrs: attrs}
	rand.Read(s.id[:])
	return context.WithValue(ctx, key{}, s), s
}

// End ends it, with what is known by now. It never waits: where the collector
// is too slow the span is lost.
func (s *Span) End(failed bool, attrs ...Attr) {
	if s == nil {
		return
	}
	s.over, s.failed, s.attrs = s.tracer.now(), failed, append(s.attrs, attrs...)
	s.tracer.out.put(s)
}

// InLog is the trace of the context for a line of the log; where there is none
// slog leaves it out.
func InLog(ctx context.Context) slog.Attr {
	s, ok := ctx.Value(key{}).(*Span)
	if !ok {
		return slog.Attr{}
	}
	return slog.String("trace", hex.EncodeToString(s.trace[:]))
}
