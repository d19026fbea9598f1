package intake_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/intake"
)

// rspamd answers as the program of that name does, by a word in the letter.
func rspamd(t *testing.T) *url.URL {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		raw, err := io.ReadAll(q.Body)
		if err != nil || q.Method != http.MethodPost || q.URL.Path != "/checkv2" || q.Header.Get("Rcpt") == "" || q.Header.Get("Ip") == "" {
			t.Errorf("asked by %s %s with %v: %v", q.Method, q.URL.Path, q.Header, err)
		}
		action := "no action"
		for _, word := range []string{"reject", "add header", "greylist"} {
			if strings.Contains(string(raw), word) {
				action = word
			}
		}
		switch {
		case strings.Contains(string(raw), "breaks"):
			w.WriteHeader(http.StatusInternalServerError)
		case strings.Contains(string(raw), "babbles"):
			_, _ = io.WriteString(w, "<html>")
		default:
			_ = json.NewEncoder(w).Encode(map[string]any{"is_skipped": false, "score": 17.5, "required_score": 15.0, "action": action, "symbols": map[string]any{}})
		}
	}))
	t.Cleanup(s.Close)
	at, err := url.Parse(s.URL)
	must(t, err)
	return at
}

func TestWhatAFilterTakesForSpamWaits(t *testing.T) {
	r := one(t)
	r.config.Filter = intake.NewFilter(rspamd(t), r.config.Outbound)
	r.renew()
	for text, want := range map[string]okno.KeptState{
		"reject": okno.KeptQuarantined, "add header": okno.KeptQuarantined,
		"greylist": okno.KeptJoined, "honest words": okno.KeptJoined, "the filter breaks": okno.KeptJoined, "the filter babbles": okno.KeptJoined,
	} {
		k := r.arrive(support, letter("From: carl@customer.example", "Subject: "+text, "", text))
		if k.State != want {
			t.Errorf("%q ended as %s: %+v", text, k.State, k.Trace)
		}
		if v := verdict(k, "holdBack"); v.Reason == "" {
			t.Errorf("%q: the trace says nothing of the filter", text)
		}
	}
	all, _, err := r.Quarantine(r.ctx(), r.admin, "")
	must(t, err)
	must(t, r.ReleaseLetter(r.ctx(), r.admin, all[0].Ref))
	r.settle()
	if left, _, err := r.Quarantine(r.ctx(), r.admin, ""); err != nil || len(left) != len(all)-1 {
		t.Errorf("let in, %d of %d wait: %v", len(left), len(all), err)
	}
	_, reply := r.opened()
	if k := r.arrive(reply, letter("From: carl@customer.example", "Message-ID: <talk@customer.example>", "Subject: Re: Printer", "", "We reject it.")); k.State != okno.KeptJoined {
		t.Errorf("an answer to the reader's own address ended as %s", k.State)
	}
}

func TestOnlyATrustedRelaysWordMakesSpam(t *testing.T) {
	r := one(t)
	for i, c := range []struct {
		peer, field string
		want        okno.KeptState
	}{
		{"unix", "X-Spam-Flag: YES", okno.KeptQuarantined},
		{"unix", "X-Spam-Status: Yes, score=12.1 required=5.0", okno.KeptQuarantined},
		{"unix", "X-Rspamd-Action: add header", okno.KeptQuarantined},
		{"unix", "X-Spam-Status: No, score=-1", okno.KeptJoined},
		{"93.184.216.34", "X-Spam-Flag: YES", okno.KeptJoined},
	} {
		k := r.come(intake.Arrival{EnvelopeFrom: "carl@customer.example", EnvelopeTo: support, Source: "lmtp", Peer: c.peer, Raw: []byte(letter(c.field, "From: carl@customer.example", "Subject: Offer", "", strings.Repeat("x", i+1)))})
		if k.State != c.want {
			t.Errorf("%s from %s ended as %s: %+v", c.field, c.peer, k.State, k.Trace)
		}
	}
}
