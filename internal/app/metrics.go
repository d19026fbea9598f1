package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/metrics"
	"github.com/oknodesk/okno/internal/outbound"
	"github.com/oknodesk/okno/internal/trace"
)

// Bounds of one sending to the collector.
const (
	traceTime      = 5 * time.Second
	maxTraceAnswer = 64 << 10 // bytes
)

// traceWork sends the collector of --otlp-endpoint word of what takes how long.
func (h *House) traceWork() error {
	c := h.Config
	if c.OTLP == nil {
		return nil
	}
	way, err := outbound.New([]string{c.OTLP.Hostname()})
	if err != nil {
		return fmt.Errorf("--otlp-endpoint: %w", err)
	}
	h.trace = trace.New(trace.Options{Endpoint: c.OTLP.String(), By: way.Direct(traceTime, maxTraceAnswer), Share: c.OTLPShare, Version: db.Version(), Now: time.Now, Log: h.Log})
	h.onClose(h.trace.Close)
	h.Runner.Trace(h.trace)
	return nil
}

// measure has the house tell of itself.
func (h *House) measure() {
	h.Metrics = metrics.New(db.Version(), h.Log)
	h.Runner.Observe(h.Metrics.Job)
	h.Metrics.Ask(
		metrics.State{Name: "okno_requests_under_way", Help: "Requests being answered, streams aside.",
			Read: func(context.Context) ([]metrics.Line, error) { return metrics.One(float64(h.Web.UnderWay())), nil }},
		metrics.State{Name: "okno_live_pages", Help: "Open pages that are told what changes.",
			Read: func(context.Context) ([]metrics.Line, error) { return metrics.One(float64(h.Hub.Open())), nil }},
		metrics.State{Name: "okno_disk_free_bytes", Help: "Room that is left on the fullest of the disks of data, database file and attachments.",
			Read: func(context.Context) ([]metrics.Line, error) {
				free, _, err := leastFree(h.Config)
				return metrics.One(float64(free)), err
			}},
		metrics.State{Name: "okno_search_waiting", Help: "Changes that wait to be found by their words, counted up to 10000.",
			Read: func(ctx context.Context) ([]metrics.Line, error) {
				n, _, err := h.Desk.IndexLag(ctx)
				return metrics.One(float64(n)), err
			}},
		metrics.State{Name: "okno_search_lag_seconds", Help: "How long the oldest of them has waited.",
			Read: func(ctx context.Context) ([]metrics.Line, error) {
				_, lag, err := h.Desk.IndexLag(ctx)
				return metrics.One(lag.Seconds()), err
			}},
		metrics.State{Name: "okno_search_renewing", Help: "Share of the tickets that are still to be indexed again in a new form of the index; 0: it is whole.",
			Read: func(ctx context.Context) ([]metrics.Line, error) {
				upto, last, err := h.Desk.IndexRenewal(ctx)
				return metrics.One(float64(last-upto) / float64(max(last, 1))), err
			}},
	)
	h.measureDatabase()
	h.measureJobs()
	h.measureDesk()
}

func (h *House) measureDatabase() {
	ask := func(name, help string, total bool, of func(db.Stats) int64) {
		h.Metrics.Ask(metrics.State{Name: name, Help: help, Total: total,
			Read: func(context.Context) ([]metrics.Line, error) { return metrics.One(float64(of(h.DB.Stats()))), nil }})
	}
	ask("okno_db_changes_total", "Changes answered.", true, func(s db.Stats) int64 { return s.Changes })
	ask("okno_db_commits_total", "Transactions committed; changes for each commit are the size of a group.", true, func(s db.Stats) int64 { return s.Commits })
	ask("okno_db_wal_bytes", "SQLite's write-ahead log at the last checkpoint.", false, func(s db.Stats) int64 { return s.LogSize })
	ask("okno_db_connections", "Connections open; on SQLite those for reading.", false, func(s db.Stats) int64 { return s.Conns })
	ask("okno_db_connections_busy", "Of them in use.", false, func(s db.Stats) int64 { return s.Busy })
	ask("okno_db_connections_max", "As many as there may be.", false, func(s db.Stats) int64 { return s.MaxConns })
	ask("okno_db_connections_waited_total", "Times that a connection was waited for.", true, func(s db.Stats) int64 { return s.Waited })
}

func (h *House) measureJobs() {
	count := lately(h.jobCounts)
	ask := func(name, help string, of func(jobs.Count) float64) {
		h.Metrics.Ask(metrics.State{Name: name, Help: help, Labels: []string{"kind"},
			Read: func(ctx context.Context) (lines []metrics.Line, err error) {
				counts, err := count(ctx)
				for _, c := range counts {
					lines = append(lines, metrics.Line{Labels: []string{c.Kind}, Value: of(c)})
				}
				return lines, err
			}})
	}
	ask("okno_jobs_waiting", "Jobs that wait, due or not.", func(c jobs.Count) float64 { return float64(c.Waiting) })
	ask("okno_jobs_in_hand", "Jobs being worked on, by any process.", func(c jobs.Count) float64 { return float64(c.InHand) })
	ask("okno_jobs_dead", "Jobs that were given up.", func(c jobs.Count) float64 { return float64(c.Dead) })
	ask("okno_jobs_late_seconds", "How long the oldest due job has waited.", func(c jobs.Count) float64 {
		if c.Oldest.IsZero() {
			return 0
		}
		return max(0, h.Now().Sub(c.Oldest).Seconds())
	})
}

func (h *House) measureDesk() {
	traffic := lately(h.Desk.Traffic)
	h.Metrics.Ask(
		metrics.State{Name: "okno_tickets", Help: "Tickets by the kind of their status.", Labels: []string{"kind"},
			Read: func(ctx context.Context) (lines []metrics.Line, err error) {
				t, err := traffic(ctx)
				for kind, n := range t.Tickets {
					lines = append(lines, metrics.Line{Labels: []string{string(kind)}, Value: float64(n)})
				}
				return lines, err
			}},
		metrics.State{Name: "okno_new_ticket_age_seconds", Help: "How long the oldest new ticket has waited.",
			Read: func(ctx context.Context) ([]metrics.Line, error) {
				t, err := traffic(ctx)
				if t.OldestNew.IsZero() {
					return metrics.One(0), err
				}
				return metrics.One(h.Now().Sub(t.OldestNew).Seconds()), err
			}},
		metrics.State{Name: "okno_letters_waiting", Help: "Letters that have yet to leave, by mailbox and state.", Labels: []string{"mailbox", "state"},
			Read: func(ctx context.Context) (lines []metrics.Line, err error) {
				t, err := traffic(ctx)
				for _, c := range t.Waiting {
					lines = append(lines, metrics.Line{Labels: []string{c.Mailbox, c.State}, Value: float64(c.N)})
				}
				return lines, err
			}},
		metrics.State{Name: "okno_letters_waiting_seconds", Help: "How long the oldest of them has waited.", Labels: []string{"mailbox", "state"},
			Read: func(ctx context.Context) (lines []metrics.Line, err error) {
				t, err := traffic(ctx)
				for _, c := range t.Waiting {
					lines = append(lines, metrics.Line{Labels: []string{c.Mailbox, c.State}, Value: h.Now().Sub(c.Oldest).Seconds()})
				}
				return lines, err
			}},
		metrics.State{Name: "okno_letters_taken", Help: "Letters that came in within the last hour, by mailbox and what became of them.", Labels: []string{"mailbox", "state"},
			Read: func(ctx context.Context) (lines []metrics.Line, err error) {
				t, err := traffic(ctx)
				for _, c := range t.Taken {
					lines = append(lines, metrics.Line{Labels: []string{c.Mailbox, c.State}, Value: float64(c.N)})
				}
				return lines, err
			}},
	)
}

// serveMetrics answers /metrics on a listener of its own until ctx ends.
func (h *House) serveMetrics(ctx context.Context) error {
	if h.metricsAt == nil {
		return nil
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", h.Metrics.Handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(h.metricsAt); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("--metrics-listen: %w", err)
	}
	return nil
}

// listenMetrics opens that listener, if there is to be one.
func (h *House) listenMetrics() (err error) {
	if h.Config.MetricsListen == "" {
		return nil
	}
	if h.metricsAt, err = listen("metrics-listen", Endpoint{"tcp", h.Config.MetricsListen}); err != nil {
		return err
	}
	h.onClose(func() { h.metricsAt.Close() })
	return nil
}

// MetricsAddr is where the metrics are read; nil: nowhere.
func (h *House) MetricsAddr() net.Addr {
	if h.metricsAt == nil {
		return nil
	}
	return h.metricsAt.Addr()
}

// maxToken bounds the token's file.
const maxToken = 4 << 10

// statusToken is the first line of --status-token-file; "": none was named.
func statusToken(c *Config) (string, error) {
	if c.StatusTokenFile == "" {
		return "", nil
	}
	text, err := os.ReadFile(c.StatusTokenFile)
	if err != nil {
		return "", fmt.Errorf("--status-token-file: %w", err)
	}
	line, _, _ := strings.Cut(string(text[:min(len(text), maxToken)]), "\n")
	if line = strings.TrimSpace(line); len(line) < 16 {
		return "", fmt.Errorf("--status-token-file: %s holds no token of at least 16 characters", c.StatusTokenFile)
	}
	return line, nil
}
