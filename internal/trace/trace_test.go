package trace_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/trace"
	"github.com/oknodesk/okno/internal/trace/tracetest"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func tracer(t *testing.T, endpoint string, share float64, log *slog.Logger) *trace.Tracer {
	t.Helper()
	return trace.New(trace.Options{Endpoint: endpoint, By: http.DefaultClient, Share: share, Version: "1.2", Now: func() time.Time { return noon }, Log: log})
}

func TestSpansComeToTheCollectorWithTheirParts(t *testing.T) {
	c := tracetest.Collect(t)
	tr := tracer(t, c.URL, 1, slog.New(slog.DiscardHandler))
	ctx, whole := tr.Begin(t.Context(), "POST /open", trace.Answers, trace.Attr{Key: "http.route", Text: "/open"})
	within, part := trace.Part(ctx, "change", trace.Inner)
	said := trace.InLog(within).Value.String()
	part.End(true)
	whole.End(false, trace.Attr{Key: "http.response.status_code", Number: 303})
	tr.Close()
	spans := c.Spans()
	if len(spans) != 2 {
		t.Fatalf("there are %d spans", len(spans))
	}
	change, open := spans[0], spans[1]
	if open.Name != "POST /open" || open.Kind != 2 || open.Parent != "" || open.Failed || open.Attrs["http.route"] != "/open" || open.Attrs["http.response.status_code"] != "303" {
		t.Errorf("the whole is %+v", open)
	}
	if change.Name != "change" || change.Kind != 1 || change.Parent != open.ID || change.Trace != open.Trace || !change.Failed {
		t.Errorf("the part is %+v", change)
	}
	if open.Begun != uint64(noon.UnixNano()) || open.Over != open.Begun {
		t.Errorf("it was from %d to %d", open.Begun, open.Over)
	}
	if open.Of["service.name"] != "okno" || open.Of["service.version"] != "1.2" {
		t.Errorf("the program is %v", open.Of)
	}
	if said != open.Trace || len(said) != 32 || len(open.ID) != 16 {
		t.Errorf("the log says %q of trace %q, span %q", said, open.Trace, open.ID)
	}
}

func TestNothingIsTracedWhereNobodyAsked(t *testing.T) {
	var none *trace.Tracer
	ctx, span := none.Begin(t.Context(), "GET /", trace.Answers)
	if ctx != t.Context() || span != nil || !trace.InLog(ctx).Equal(slog.Attr{}) {
		t.Error("a tracer that is not there began a span")
	}
	if allocations := testing.AllocsPerRun(100, func() {
		ctx, span := none.Within(ctx, "GET /", trace.Answers)
		_, part := trace.Part(ctx, "change", trace.Inner)
		part.End(false)
		span.End(false)
	}); allocations > 0 {
		t.Errorf("nothing costs %v allocations", allocations)
	}
	none.Close()
	c := tracetest.Collect(t)
	tr := tracer(t, c.URL, 0, slog.New(slog.DiscardHandler))
	_, span = tr.Begin(t.Context(), "GET /", trace.Answers)
	span.End(false)
	tr.Close()
	if spans := c.Spans(); len(spans) > 0 {
		t.Errorf("of no share there came %v", spans)
	}
}

// A collector that never answers holds nobody up: what does not fit is lost, and
// said.
func TestACollectorThatHangsHoldsUpNobody(t *testing.T) {
	let := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-let }))
	defer hanging.Close()
	var said log
	tr := tracer(t, "http://carl:secret-word@"+strings.TrimPrefix(hanging.URL, "http://"), 1, slog.New(slog.NewTextHandler(&said, nil)))
	for range 3 * 4096 {
		_, span := tr.Begin(context.Background(), "GET /", trace.Answers)
		span.End(false)
	}
	close(let)
	tr.Close()
	if words := said.String(); !strings.Contains(words, "traces are lost") || strings.Contains(words, "secret-word") {
		t.Errorf("the log says %q", words)
	}
}

func TestACollectorThatRefusesIsSaidOnce(t *testing.T) {
	refusing := httptest.NewServer(http.NotFoundHandler())
	defer refusing.Close()
	var said log
	tr := tracer(t, refusing.URL, 1, slog.New(slog.NewTextHandler(&said, nil)))
	for range 3 * 512 {
		_, span := tr.Begin(context.Background(), "GET /", trace.Answers)
		span.End(false)
	}
	tr.Close()
	lines := slices.DeleteFunc(strings.Split(said.String(), "\n"), func(s string) bool { return s == "" })
	if len(lines) != 1 || !strings.Contains(lines[0], "404") {
		t.Errorf("the log says %q", lines)
	}
}

type log struct {
	mu sync.Mutex
	strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Builder.Write(p)
}
