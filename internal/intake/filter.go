package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/outbound"
)

// Bounds of one question to the filter.
const (
	filterTime   = 10 * time.Second
	filterAnswer = 1 << 20  // bytes
	filterLetter = 10 << 20 // bytes; a larger letter is let in unjudged
)

// Filter is an rspamd that judges letters by its HTTP protocol.
type Filter struct {
	at    string // address of /checkv2
	asker interface {
		Do(*http.Request) (*http.Response, error)
	}
}

// NewFilter asks the rspamd at a base address such as http://127.0.0.1:11333,
// through a dialer that may reach it.
func NewFilter(base *url.URL, d *outbound.Dialer) *Filter {
	return &Filter{at: base.JoinPath("checkv2").String(), asker: d.Direct(filterTime, filterAnswer)}
}

// suspect are the actions of rspamd at which a letter waits.
var suspect = []string{"reject", "add header", "rewrite subject", "quarantine", "discard"}

// judge asks about a letter. An error is that there was no judgement.
func (f *Filter) judge(ctx context.Context, l *reading) (spam bool, said string, err error) {
	if len(l.kept.Raw) > filterLetter {
		return false, "", fmt.Errorf("the letter is larger than the filter is asked about")
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, f.at, bytes.NewReader(l.kept.Raw))
	if err != nil {
		return false, "", err
	}
	for name, value := range map[string]string{"From": l.kept.EnvelopeFrom, "Rcpt": l.kept.EnvelopeTo, "IP": l.kept.Peer, "Helo": l.kept.Helo} {
		if value != "" && value != unixPeer {
			q.Header.Set(name, value)
		}
	}
	a, err := f.asker.Do(q)
	if err != nil {
		return false, "", err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return false, "", fmt.Errorf("it answers %d", a.StatusCode)
	}
	var answer struct {
		Action   string  `json:"action"`
		Score    float64 `json:"score"`
		Required float64 `json:"required_score"`
	}
	if err := json.NewDecoder(a.Body).Decode(&answer); err != nil {
		return false, "", err
	}
	if answer.Action == "" {
		return false, "", fmt.Errorf("it names no action")
	}
	said = fmt.Sprintf("rspamd: %s, %s of %s points", answer.Action, points(answer.Score), points(answer.Required))
	return slices.Contains(suspect, strings.ToLower(answer.Action)), said, nil
}

func points(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// filtered is what filters say of a letter: the trusted relay's in its header,
// then our own. Whoever cannot be asked stops nothing.
func (r *Receiver) filtered(ctx context.Context, l *reading) (spam bool, said string) {
	if len(r.relaysAt(l.kept.Peer)) > 0 {
		if field := flagged(l.letter.Header.Get); field != "" {
			return true, "the trusted relay says so in " + field
		}
	}
	if r.filter == nil {
		return false, ""
	}
	spam, said, err := r.filter.judge(ctx, l)
	if err != nil {
		r.log.Warn("the spam filter gave no judgement", "letter", l.kept.ID, "error", err)
		return false, "the spam filter gave no judgement: " + asked(err)
	}
	return spam, said
}

// flagged is the field in which a mail server says that a letter is spam; "":
// none does. That it is none is nobody's word to take.
func flagged(field func(string) string) string {
	for _, name := range []string{"X-Spam-Flag", "X-Spam-Status", "X-Spam"} {
		word, _, _ := strings.Cut(field(name), ",")
		if strings.EqualFold(strings.TrimSpace(word), "yes") {
			return name
		}
	}
	if action := strings.ToLower(strings.TrimSpace(field("X-Rspamd-Action"))); slices.Contains(suspect, action) {
		return "X-Rspamd-Action"
	}
	return ""
}
