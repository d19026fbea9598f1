package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/live"
	"github.com/oknodesk/okno/internal/picture"
	"github.com/oknodesk/okno/internal/trace"
)

// Config is what the front is built from.
type Config struct {
	// BaseURL is how the world reaches us: http(s)://host[:port]. Empty: any
	// host is answered, and links are paths.
	BaseURL string
	// TrustedProxies are the peers whose X-Forwarded-For and -Proto count.
	TrustedProxies []netip.Prefix
	MaxUpload      int64 // bytes of one file
	Now            func() time.Time
	Log            *slog.Logger
	Desk           *desk.Desk
	Hub            *live.Hub
	// Ready are the checks behind /readyz.
	Ready []Check
	// Token lets other machines read /metrics and why /readyz says no; empty:
	// none may.
	Token string
	// Drain is how long /readyz says no, while everything is still answered,
	// before the listener is closed.
	Drain time.Duration
	// ReadOnly has every page say that nothing can be sent or changed; the desk
	// sees to it.
	ReadOnly bool
	// Metrics answers /metrics; nil: there is none.
	Metrics http.Handler
	// Pictures fetches those in letters that stand on other hosts, once a reader
	// asks for them; nil: they are never shown.
	Pictures Asker
	// Observe hears of each answered request: the route's pattern, the status and
	// the time it took; nil: nobody does.
	Observe func(route string, status int, took time.Duration)
	// Trace has each request begin a trace, streams aside; nil: none does.
	Trace *trace.Tracer
}

// Server answers the web.
type Server struct {
	front     front
	maxUpload int64
	now       func() time.Time
	log       *slog.Logger
	desk      *desk.Desk
	source    source // desk, as the front itself uses it
	hub       *live.Hub
	ready     []Check
	token     string
	drain     time.Duration
	readOnly  bool
	draining  atomic.Bool
	troubles  sync.Map // by check, what it said last
	metrics   http.Handler
	observe   func(route string, status int, took time.Duration)
	trace     *trace.Tracer

	cross    *http.CrossOriginProtection
	throttle throttle
	volume   *volume
	thumbs   *recent[thumbKey, picture.Picture]
	remote   *remotePictures
	compress func(http.Handler) http.HandlerFunc
	zones    zones
	streams  streams
	router   *Router
	underWay atomic.Int64
}

// New builds the front with its own routes and those of the surfaces.
func New(c Config, surfaces ...func(*Router)) (*Server, error) {
	return build(c, c.Desk, surfaces)
}

func build(c Config, from source, surfaces []func(*Router)) (*Server, error) {
	f, err := newFront(c.BaseURL, c.TrustedProxies)
	if err != nil {
		return nil, err
	}
	s := &Server{
		front: f, maxUpload: c.MaxUpload, now: c.Now, log: c.Log, desk: c.Desk, source: from, hub: c.Hub, ready: c.Ready,
		token: c.Token, drain: c.Drain, readOnly: c.ReadOnly, metrics: c.Metrics, observe: c.Observe, trace: c.Trace,
		cross:    http.NewCrossOriginProtection(),
		throttle: newThrottle(throttled),
		volume:   newVolume(throttled),
		thumbs:   newThumbs(),
		remote:   newRemotePictures(c.Pictures),
		streams:  newStreams(),
	}
	if f.base != nil {
		// Behind a proxy that renames the host, Origin still tells the truth.
		if err := s.cross.AddTrustedOrigin(f.base.String()); err != nil {
			return nil, fmt.Errorf("base URL: %w", err)
		}
	}
	// A page may hold private words beside a search that came by its address.
	// The padding hides from whoever watches the line how well the two
	// compressed together (BREACH); session cookies never come from other
	// sites' sub-requests, and the pages hold no other secret.
	s.compress, err = gzhttp.NewWrapper(gzhttp.EnableZstd(false), gzhttp.RandomJitter(64, 0, false))
	if err != nil {
		return nil, fmt.Errorf("compression: %w", err)
	}
	s.router = &Router{server: s, mux: http.NewServeMux()}
	routes(s.router)
	for _, add := range surfaces {
		add(s.router)
	}
	return s, nil
}

// UnderWay is how many requests are being answered, streams aside.
func (s *Server) UnderWay() int64 { return s.underWay.Load() }

// Routes lists all routes with their gates.
func (s *Server) Routes() []Route { return s.router.Routes() }

// Times that a connection is given.
const (
	headerTime   = 10 * time.Second
	idleTime     = 2 * time.Minute
	answerTime   = 30 * time.Second
	slowestSpeed = 16 << 10 // bytes a second, of what is uploaded and downloaded
	maxHeader    = 64 << 10 // bytes
	shutdownTime = 10 * time.Second
)

// Serve answers on the listener until ctx ends. Then /readyz says no for the
// time of Config.Drain, so that a load balancer sends requests elsewhere, and
// connections are given up one by one with their next answer; only then the
// hub's streams are ended (browsers connect anew by themselves), the listener is
// closed and requests under way are waited for, at most ten seconds.
func (s *Server) Serve(ctx context.Context, on net.Listener) error {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(on) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve %s: %w", on.Addr(), err)
	case <-ctx.Done():
	}
	s.draining.Store(true)
	select {
	case err := <-failed:
		return fmt.Errorf("serve %s: %w", on.Addr(), err)
	case <-time.After(s.drain):
	}
	s.hub.Shutdown()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return errors.Join(fmt.Errorf("shut down: %w", err), server.Close())
	}
	return s.streams.ended(shutdownTime) // which net/http knows nothing of
}
