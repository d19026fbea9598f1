// Package metrics counts and measures for Prometheus. What is counted as it
// happens is told to it; what is a state is asked for when it is read.
package metrics

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	readTime = 5 * time.Second // what all states have together to be asked
	maxLines = 500             // of one state: labels come from what administrators set up
)

// Metrics is one process's counts. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	log      *slog.Logger
	requests *prometheus.HistogramVec
	jobs     *prometheus.HistogramVec
}

// New counts nothing yet but what Go and the process say of themselves.
func New(program string, log *slog.Logger) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		log:      log,
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "okno_http_request_seconds", Help: "Requests answered, by route pattern and status.",
			Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3, 10},
		}, []string{"route", "status"}),
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "okno_job_seconds", Help: "Jobs worked on, by kind and what came of it: done, later, failed, dead or stopped.",
			Buckets: []float64{.003, .03, .3, 3, 30},
		}, []string{"kind", "outcome"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "okno_build_info", Help: "The running program.", ConstLabels: prometheus.Labels{"version": program}})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.jobs, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Request counts an answered request. route is a pattern, never a path: there
// are as many as the program has routes.
func (m *Metrics) Request(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// Job counts one attempt at a job.
func (m *Metrics) Job(kind, outcome string, took time.Duration) {
	m.jobs.WithLabelValues(kind, outcome).Observe(took.Seconds())
}

// Line is one value of a State with its labels' values in the State's order.
type Line struct {
	Labels []string
	Value  float64
}

// State is something that is asked for whenever the metrics are read.
type State struct {
	Name   string // "okno_jobs_waiting"
	Help   string
	Labels []string
	Total  bool // it only grows
	// Read returns at most 500 lines; more are cut off. What it cannot say is
	// logged and left out.
	Read func(ctx context.Context) ([]Line, error)
}

// Ask adds states.
func (m *Metrics) Ask(states ...State) {
	for _, s := range states {
		m.registry.MustRegister(&state{State: s, log: m.log, desc: prometheus.NewDesc(s.Name, s.Help, s.Labels, nil)})
	}
}

// One is a state's single value.
func One(value float64) []Line { return []Line{{Value: value}} }

// Handler shows everything in Prometheus's text form.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, Timeout: readTime, MaxRequestsInFlight: 4})
}

// state is a State in Prometheus's form.
type state struct {
	State
	log  *slog.Logger
	desc *prometheus.Desc
}

func (s *state) Describe(to chan<- *prometheus.Desc) { to <- s.desc }

func (s *state) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readTime)
	defer cancel()
	lines, err := s.Read(ctx)
	if err != nil {
		s.log.Warn("a metric cannot be read", "name", s.Name, "error", err)
		return
	}
	kind := prometheus.GaugeValue
	if s.Total {
		kind = prometheus.CounterValue
	}
	for _, l := range lines[:min(len(lines), maxLines)] {
		metric, err := prometheus.NewConstMetric(s.desc, kind, l.Value, l.Labels...)
		if err != nil {
			s.log.Warn("a metric cannot be read", "name", s.Name, "error", err)
			return
		}
		to <- metric
	}
}
