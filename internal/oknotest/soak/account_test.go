package soak

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"

	"github.com/oknodesk/okno/internal/oknotest/program"
)

// piece is something that was sent in and answered for. Its token stands in
// its text and in no other's.
type piece struct {
	token  string
	from   string
	opens  bool   // a ticket of its own
	letter string // Message-ID; empty: a form
	file   []byte // its attachment; nil: none
	answer bool   // an agent's, which a letter carries to the requester

	visited bool // somebody has come by the link of its confirmation
}

// account holds the books of the ended installation against what was answered
// for: all of it once, and nothing else.
func (w *world) account(pieces []piece) {
	w.Helper()
	l := w.ledger()
	if w.DB == "" {
		if got := w.lines(l, `PRAGMA integrity_check`); len(got) != 1 || got[0][0] != "ok" {
			w.Errorf("integrity check: %q", got)
		}
	}
	messages := map[string][]string{} // token → tickets
	for _, row := range w.lines(l, `SELECT body, ticket FROM message`) {
		token := strings.Fields(row[0])[0]
		messages[token] = append(messages[token], row[1])
	}
	tickets, letters, answers := 0, 0, 0
	for _, p := range pieces {
		if p.opens {
			tickets++
		}
		if p.letter != "" {
			letters++
		}
		if p.answer {
			answers++
		}
		switch in := messages[p.token]; {
		case len(in) == 0:
			w.Errorf("lost: %s, which was answered for", p.token)
		case len(in) > 1:
			w.Errorf("%s is there %d times, in tickets %v", p.token, len(in), in)
		case p.file != nil:
			w.accountFile(l, p)
		}
	}
	for what, question := range map[string][2]any{
		"messages":                     {len(pieces), `SELECT COUNT(*) FROM message`},
		"tickets":                      {tickets, `SELECT COUNT(*) FROM ticket`},
		"facts of an opening":          {tickets, `SELECT COUNT(*) FROM event WHERE kind = 'ticket.opened'`},
		"tickets with such a fact":     {tickets, `SELECT COUNT(DISTINCT ticket) FROM event WHERE kind = 'ticket.opened'`},
		"letters kept":                 {letters, `SELECT COUNT(*) FROM kept_letter`},
		"letters that joined a ticket": {letters, `SELECT COUNT(*) FROM kept_letter WHERE state = 'joined'`},
		"confirmations":                {tickets, `SELECT COUNT(*) FROM letter WHERE kind = 'confirmation'`},
		"tickets that were confirmed":  {tickets, `SELECT COUNT(DISTINCT ticket) FROM letter WHERE kind = 'confirmation'`},
		"letters with an answer":       {answers, `SELECT COUNT(*) FROM letter WHERE kind = 'answer'`},
		"answers that have a letter":   {answers, `SELECT COUNT(DISTINCT message) FROM letter WHERE kind = 'answer'`},
		"letters that did not leave":   {0, `SELECT COUNT(*) FROM letter WHERE state <> 'sent'`},
		"jobs but the periodic ones":   {0, `SELECT COUNT(*) FROM job WHERE kind NOT LIKE 'every:%'`},
	} {
		n, err := l.Count(w.Context(), question[1].(string))
		w.must(err)
		if n != question[0].(int) {
			w.Errorf("%s: %d, want %d", what, n, question[0])
		}
	}
	if held := w.lines(l, `SELECT kind, attempt, reason FROM job WHERE claim IS NOT NULL`); len(held) > 0 {
		w.Errorf("jobs in the hand of the stopped process: %q", held)
	}
	w.accountCounters(l)
	w.accountDeliveries(l)
}

// accountCounters counts the tickets again.
func (w *world) accountCounters(l *program.Ledger) {
	w.Helper()
	counted := w.lines(l, `SELECT department, kind, assignee, SUM(n) FROM counter GROUP BY 1, 2, 3 HAVING SUM(n) <> 0 ORDER BY 1, 2, 3`)
	there := w.lines(l, `SELECT department, kind, assignee, COUNT(*) FROM ticket GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`)
	if len(counted) != len(there) {
		w.Fatalf("the counters say %v, the tickets are %v", counted, there)
	}
	for i := range there {
		if strings.Join(counted[i], " ") != strings.Join(there[i], " ") {
			w.Errorf("the counters say %v, the tickets are %v", counted[i], there[i])
		}
	}
}

// accountDeliveries holds the letters of the books against those that came to
// the relay: each at least once, and none under another name.
func (w *world) accountDeliveries(l *program.Ledger) {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	known := map[string]bool{}
	missing, copies := 0, 0
	for _, row := range w.lines(l, `SELECT messageid, recipient FROM letter`) {
		id := "<" + strings.Trim(row[0], "<>") + ">"
		known[id] = true
		if n := w.delivered[id][row[1]]; n == 0 {
			missing++
		} else {
			copies += n - 1
		}
	}
	if missing > 0 {
		w.Errorf("%d of %d letters in the books did not come to the relay", missing, len(known))
	}
	for id, to := range w.delivered {
		if !known[id] || len(to) != 1 {
			w.Errorf("the relay was given %s for %v, which the books do not know so", id, to)
		}
	}
	w.Logf("%d letters left, %d more copies of them", len(known), copies)
}

func (w *world) accountFile(l *program.Ledger, p piece) {
	w.Helper()
	sum := sha256.Sum256(p.file)
	hash := hex.EncodeToString(sum[:])
	n, err := l.Count(w.Context(), `SELECT COUNT(*) FROM file WHERE hash = ? AND message > 0`, hash)
	w.must(err)
	read := w.content
	if read == nil {
		read = func(hash string) ([]byte, error) {
			return os.ReadFile(filepath.Join(w.Data, "files", hash[:2], hash[2:4], hash))
		}
	}
	kept, err := read(hash)
	if n != 1 || err != nil || string(kept) != string(p.file) {
		w.Errorf("the file of %s: %d rows, %d of %d bytes (%v)", p.token, n, len(kept), len(p.file), err)
	}
}

func (w *world) lines(l *program.Ledger, question string) [][]string {
	w.Helper()
	rows, err := l.Lines(w.Context(), question)
	w.must(err)
	return rows
}
