package metrics_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/metrics"
)

func shown(m *metrics.Metrics) string {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func TestMetricsAreShown(t *testing.T) {
	m := metrics.New("v1.2.3", slog.New(slog.DiscardHandler))
	m.Request("GET /tickets/{number}", 200, 5*time.Millisecond)
	m.Request("GET /tickets/{number}", 404, 50*time.Millisecond)
	m.Job("post", "failed", time.Second)
	m.Ask(metrics.State{Name: "okno_letters_waiting", Help: "x", Labels: []string{"mailbox"}, Read: func(context.Context) ([]metrics.Line, error) {
		return []metrics.Line{{[]string{"support@desk.example"}, 3}, {[]string{"odd\"\n"}, 1}}, nil
	}})
	got := shown(m)
	for _, want := range []string{
		`okno_http_request_seconds_count{route="GET /tickets/{number}",status="200"} 1`,
		`okno_http_request_seconds_bucket{route="GET /tickets/{number}",status="404",le="0.1"} 1`,
		`okno_job_seconds_count{kind="post",outcome="failed"} 1`,
		`okno_build_info{version="v1.2.3"} 1`,
		`okno_letters_waiting{mailbox="support@desk.example"} 3`,
		"go_goroutines ", "process_open_fds ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s", want)
		}
	}
}

func TestStateThatCannotBeReadLeavesTheOthers(t *testing.T) {
	var log strings.Builder
	m := metrics.New("x", slog.New(slog.NewTextHandler(&log, nil)))
	m.Ask(metrics.State{Name: "okno_bad", Help: "x", Read: func(context.Context) ([]metrics.Line, error) { return nil, errors.New("gone") }},
		metrics.State{Name: "okno_many", Help: "x", Labels: []string{"n"}, Read: func(context.Context) (lines []metrics.Line, err error) {
			for i := range 10_000 {
				lines = append(lines, metrics.Line{Labels: []string{fmt.Sprint(i)}, Value: 1})
			}
			return lines, nil
		}})
	got := shown(m)
	if strings.Contains(got, "okno_bad") || !strings.Contains(log.String(), "okno_bad") {
		t.Errorf("what cannot be read is shown, or not logged: %s", log.String())
	}
	if n := strings.Count(got, "\nokno_many{"); n != 500 {
		t.Errorf("%d lines of one state", n)
	}
}
