package oknotest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/oknotest"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
	"github.com/oknodesk/okno/internal/trace/tracetest"
)

// A collector hears of requests, letters, changes and jobs, and of nobody's
// address, subject, text or ticket.
func TestTracesTellOfWorkAndOfNobody(t *testing.T) {
	c := tracetest.Collect(t)
	r := oknotest.Start(t, oknotest.Options{Args: []string{"--otlp-endpoint", c.URL}})
	b := traffic.NewBrowser(r.URL, 1)
	defer b.HTTP.CloseIdleConnections()
	if status, page, err := b.Submit(t.Context(), "/open", traffic.Opening("submission-key-00000001", "dora@customer.example", "Zeppelin", "It does not fly."), ""); err != nil || status >= 400 {
		t.Fatalf("%d %v\n%s", status, err, page)
	}
	if _, _, err := b.Get(t.Context(), "/t/a-token-of-nobody"); err != nil {
		t.Fatal(err)
	}
	peer := &traffic.Peer{To: r.SMTP}
	defer peer.Close()
	l := traffic.Letter{From: "carl@customer.example", Subject: "Airship", ID: "airship@customer.example", Text: "It does not land."}
	if err := peer.Send(l.From, oknotest.Support, l.Bytes()); err != nil {
		t.Fatal(err)
	}
	r.Settle()

	wanted := map[string]string{ // span → the one it is part of
		"POST /open": "", "GET /t/{token}": "", "change": "POST /open", "letter in": "", "job intake": "", "job notify": "", "job post": "", "letter out": "job post",
	}
	late := time.After(time.Minute)
	for missing := "all"; missing != ""; {
		names := map[string]string{}
		spans := c.Spans()
		for _, s := range spans {
			names[s.ID] = s.Name
		}
		there := map[string]bool{}
		for _, s := range spans {
			there[s.Name+" < "+names[s.Parent]] = true
		}
		missing = ""
		for name, of := range wanted {
			if !there[name+" < "+of] {
				missing += "\n" + name + " < " + of
			}
		}
		select {
		case <-late:
			t.Fatalf("after a minute there is still no %s\namong %v", missing, there)
		case <-time.After(20 * time.Millisecond): // the collector does not say when
		}
	}
	for _, s := range c.Spans() {
		if s.Name == "POST /open" && (s.Attrs["http.route"] != "/open" || s.Attrs["http.request.method"] != "POST" || s.Attrs["http.response.status_code"] != "303") {
			t.Errorf("the form's span is %+v", s)
		}
		if s.Name == "letter in" && s.Attrs["okno.letter.source"] != "smtp" {
			t.Errorf("the letter's span is %+v", s)
		}
	}
	raw := strings.ToLower(c.Raw())
	for _, word := range []string{"dora", "carl", "customer.example", "zeppelin", "airship", "does not", "10000", "a-token-of-nobody", "submission-key"} {
		if strings.Contains(raw, word) {
			t.Errorf("the collector was told %q", word)
		}
	}
}
