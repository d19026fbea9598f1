package soak

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/app"
	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// settleTime is how long what was taken in may wait for its end: what a killed
// process had in hand waits half a minute for its lease to end.
const settleTime = 4 * time.Minute

// settle waits until all is worked off and found, stops the processes, and
// looks at the books.
func (m *mixed) settle(pieces []piece) {
	letters := 0
	for _, p := range pieces {
		if p.letter != "" {
			letters++
		}
	}
	l := m.ledger()
	m.until(settleTime, "all letters are fetched", func() bool {
		n, err := l.Count(m.Context(), `SELECT COUNT(*) FROM kept_letter`)
		m.must(err)
		return n >= letters
	})
	m.world.finished(l, settleTime)
	m.found(l, pieces)
	for _, p := range m.processes {
		m.world.Program = p
		m.world.stop()
	}
	m.house(slog.New(slog.DiscardHandler), func(h *app.House) {
		m.content = func(hash string) ([]byte, error) {
			kept, err := h.Blob.Open(m.Context(), hash)
			if err != nil {
				return nil, err
			}
			defer kept.Close()
			return io.ReadAll(kept)
		}
		m.account(pieces)
		books, err := h.Desk.Examine(m.Context(), true)
		m.must(err)
		if len(books.Counters) > 0 || books.MissingAll > 0 || books.UnreadAll > 0 {
			m.Errorf("the check of the counters found %q; %d attachments are missing, %q cannot be read", books.Counters, books.MissingAll, books.Unread)
		}
	})
	m.accountMoves(l)
	m.accountCalls(l)
	if held := m.lines(l, `SELECT ticket, body, stopped FROM held_answer`); len(held) > 0 {
		m.Errorf("answers were never given: %q", held)
	}
}

// lookedFor bounds how many pieces are looked for.
const lookedFor = 200

// found has an agent look for pieces by their words, from all of the time.
func (m *mixed) found(l *program.Ledger, pieces []piece) {
	number := map[string]string{}
	for _, row := range m.lines(l, `SELECT m.body, t.number FROM message m JOIN ticket t ON t.id = m.ticket`) {
		number[strings.Fields(row[0])[0]] = row[1]
	}
	v := m.visitor()
	defer v.browser.HTTP.CloseIdleConnections()
	if !v.send("/login", traffic.Form{Fields: [][2]string{{"login", program.Admin}, {"password", program.Password}}}) {
		m.Fatal("the agent could not sign in")
	}
	step := max(1, len(pieces)/lookedFor)
	for i := 0; i < len(pieces); i += step {
		token := pieces[i].token
		m.until(time.Minute, "the search finds "+token, func() bool {
			return strings.Contains(v.page("/desk?q="+url.QueryEscape(token+" ")), "/desk/tickets/"+number[token])
		})
	}
}

// accountMoves holds the facts of status changes by hand against those that
// were tried, and answered for.
func (m *mixed) accountMoves(l *program.Ledger) {
	m.Helper()
	facts := map[move]int{}
	for _, row := range m.lines(l, `SELECT t.number, e.data FROM event e JOIN ticket t ON t.id = e.ticket WHERE e.kind = 'status.changed'`) {
		var data struct{ To, Reason string }
		m.must(json.Unmarshal([]byte(row[1]), &data))
		if data.Reason == "by_hand" {
			facts[move{row[0], data.To}]++
		}
	}
	for made, n := range m.moves {
		if facts[made] < n.done || facts[made] > n.tried {
			m.Errorf("ticket %s became %s %d times; %d were answered for and %d tried", made.number, made.to, facts[made], n.done, n.tried)
		}
		delete(facts, made)
	}
	if len(facts) > 0 {
		m.Errorf("nobody tried %v", facts)
	}
}

// accountCalls looks for each call that was asked for.
func (m *mixed) accountCalls(l *program.Ledger) {
	m.Helper()
	there := map[string]int{}
	for _, row := range m.lines(l, `SELECT about FROM call`) {
		there[row[0]]++
	}
	for _, about := range m.calls {
		if there[about] != 1 {
			m.Errorf("%s is there %d times", about, there[about])
		}
	}
	if len(there) != len(m.calls) {
		m.Errorf("%d calls are there, %d were asked for", len(there), len(m.calls))
	}
}
