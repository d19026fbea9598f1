package store

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// TicketWords is the index of the tickets' words, by ticket id. What customers
// may read is apart from what only agents may; Scope holds who sees it.
var TicketWords = db.FullText{Name: "ticket_words", Columns: []string{WordsOpen, WordsInside, WordsCompany, WordsRequester, WordsScope}}

// Term is a part of a question to TicketWords.
type Term = db.Term

// Columns of TicketWords.
const (
	WordsOpen      = "open"
	WordsInside    = "inside" // notes and what stands apart: customers' questions never name it
	WordsCompany   = "company"
	WordsRequester = "requester"
	WordsScope     = "scope"
)

// Pend records that a ticket's words are to be indexed again.
func (tx Tx) Pend(t okno.TicketID, at time.Time) error {
	return tx.Send(`INSERT INTO search_pending (ticket, at) VALUES (?, ?)`, t, micro(at))
}

// PendPerson does so for the tickets that a person has part in.
func (tx Tx) PendPerson(p okno.PersonID, at time.Time) error {
	_, err := tx.Exec(`INSERT INTO search_pending (ticket, at) SELECT id, CAST(? AS BIGINT) FROM ticket WHERE requester = ?
		UNION ALL SELECT ticket, CAST(? AS BIGINT) FROM participant WHERE person = ?`, micro(at), p, micro(at), p)
	return err
}

// PendCompany does so for a company's tickets.
func (tx Tx) PendCompany(c okno.CompanyID, at time.Time) error {
	_, err := tx.Exec(`INSERT INTO search_pending (ticket, at) SELECT id, CAST(? AS BIGINT) FROM ticket WHERE company = ? AND company > 0`, micro(at), c)
	return err
}

// PendAfter does so for the next tickets behind one, at most limit; it returns
// the last of them, 0 when there are no more.
func (tx Tx) PendAfter(after okno.TicketID, limit int, at time.Time) (okno.TicketID, error) {
	last, err := db.First(tx.Tx, scanOne[okno.TicketID], `SELECT COALESCE(MAX(id), 0) FROM (SELECT id FROM ticket WHERE id > ? ORDER BY id LIMIT ?) AS next`, after, limit)
	if err != nil || last == 0 {
		return 0, err
	}
	_, err = tx.Exec(`INSERT INTO search_pending (ticket, at) SELECT id, CAST(? AS BIGINT) FROM ticket WHERE id > ? AND id <= ?`, micro(at), after, last)
	return last, err
}

// Pending is a ticket that is to be indexed, with the records that say so.
type Pending struct {
	Ticket  okno.TicketID
	Records []int64
}

// PendingTickets are the tickets that have waited longest to be indexed.
func (tx Tx) PendingTickets(limit int) ([]Pending, error) {
	tickets, err := db.Collect(tx.Tx, scanOne[okno.TicketID], `SELECT ticket FROM search_pending ORDER BY id LIMIT ?`, limit)
	if err != nil || len(tickets) == 0 {
		return nil, err
	}
	slices.Sort(tickets)
	tickets = slices.Compact(tickets)
	args := make([]any, len(tickets))
	at := make(map[okno.TicketID]int, len(tickets))
	pending := make([]Pending, len(tickets))
	for i, t := range tickets {
		args[i], at[t], pending[i].Ticket = t, i, t
	}
	_, err = db.Collect(tx.Tx, func(row db.Scanner) (id int64, err error) {
		var t okno.TicketID
		err = row.Scan(&id, &t)
		p := &pending[at[t]]
		p.Records = append(p.Records, id)
		return id, err
	}, `SELECT id, ticket FROM search_pending WHERE ticket IN (`+marks(len(args))+`)`, args...)
	return pending, err
}

// Indexed removes the records of pending tickets; false: somebody else has
// removed some of them meanwhile, and what the caller read of the tickets may
// be older than what was indexed.
func (tx Tx) Indexed(pending []Pending) (bool, error) {
	var args []any
	for _, p := range pending {
		for _, id := range p.Records {
			args = append(args, id)
		}
	}
	for some := range slices.Chunk(args, 500) {
		n, err := tx.Exec(`DELETE FROM search_pending WHERE id IN (`+marks(len(some))+`)`, some...)
		if err != nil || n != int64(len(some)) {
			return false, err
		}
	}
	return true, nil
}

// Unindexed is how many records of tickets to be indexed there are, counted up
// to a limit, and since when the oldest has waited; zero: there is none.
func (tx Tx) Unindexed(limit int) (n int, since time.Time, err error) {
	_, err = db.First(tx.Tx, func(row db.Scanner) (int, error) { return n, row.Scan(&n, moment{&since}) },
		`SELECT COUNT(*), COALESCE(MIN(at), 0) FROM (SELECT at FROM search_pending ORDER BY id LIMIT ?) AS waiting`, limit)
	return n, since, err
}

// AnyUnindexed reports whether there are tickets while the index is empty and
// nothing waits to be put there.
func (tx Tx) AnyUnindexed() (bool, error) {
	waits, err := tx.exists(`SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM ticket) OR EXISTS (SELECT 1 FROM search_pending)`)
	if err != nil || waits {
		return false, err
	}
	return TicketWords.Empty(tx.Tx)
}

// Bounds of what is read of one ticket to show where words stand in it.
const (
	excerptMessages = 20   // the latest
	excerptText     = 4000 // characters of each
)

// excerptBody is a message's text as far as it is read.
var excerptBody = `substr(body, 1, ` + strconv.Itoa(excerptText) + `)`

// LatestText is the latest message's text of some tickets that a side may see.
func (tx Tx) LatestText(ids []okno.TicketID, side okno.Side) (map[okno.TicketID][]string, error) {
	return tx.AskLatestText(ids, side)()
}

// AskLatestText is LatestText for later.
func (tx Tx) AskLatestText(ids []okno.TicketID, side okno.Side) func() (map[okno.TicketID][]string, error) {
	texts := make(map[okno.TicketID][]string, len(ids))
	if len(ids) == 0 {
		return func() (map[okno.TicketID][]string, error) { return texts, nil }
	}
	tickets := db.Padded(ids)
	asked := db.Ask(tx.Tx, textOf(texts), `SELECT t.id, COALESCE((SELECT `+excerptBody+` FROM message WHERE ticket = t.id AND deleted = 0`+seenBy(side)+`
		ORDER BY message.id DESC LIMIT 1), '') FROM ticket t WHERE t.id IN (`+marks(len(tickets))+`)`, tickets...)
	return func() (map[okno.TicketID][]string, error) {
		_, err := asked.All()
		return texts, err
	}
}

// EarlierTexts are those of the messages before it, the latest first.
func (tx Tx) EarlierTexts(ids []okno.TicketID, side okno.Side) (map[okno.TicketID][]string, error) {
	texts := make(map[okno.TicketID][]string, len(ids))
	if len(ids) == 0 {
		return texts, nil
	}
	part := `SELECT * FROM (SELECT ticket, ` + excerptBody + ` AS body, id FROM message WHERE ticket = ? AND deleted = 0` + seenBy(side) + ` ORDER BY id DESC LIMIT ` + strconv.Itoa(excerptMessages-1) + ` OFFSET 1) AS part`
	_, err := db.Collect(tx.Tx, textOf(texts), `SELECT ticket, body FROM (`+strings.TrimSuffix(strings.Repeat(part+` UNION ALL `, len(ids)), ` UNION ALL `)+`) AS parts ORDER BY ticket, id DESC`, anys(ids)...)
	return texts, err
}

// textOf adds a row's text to those of its ticket.
func textOf(texts map[okno.TicketID][]string) func(db.Scanner) (okno.TicketID, error) {
	return func(row db.Scanner) (t okno.TicketID, err error) {
		var text string
		err = row.Scan(&t, &text)
		texts[t] = append(texts[t], text)
		return t, err
	}
}

// Narrow is what tickets must be beside having words; zero fields ask nothing.
type Narrow struct {
	None         bool // nothing can be so
	Kinds        []okno.StatusKind
	Departments  []okno.DepartmentID
	Assignees    []okno.PersonID // 0: nobody
	NotAssignees []okno.PersonID // 0: nobody
	Teams        []okno.TeamID
	NotTeams     []okno.TeamID
	Tags         [][]okno.TagID // one of each
	NotTags      []okno.TagID
	Channels     []okno.Channel
	Calls        bool      // with a call that is asked for
	NoCalls      bool      // without one
	Past         int64     // the deadline is not after it; 0: no matter
	From, To     time.Time // opened at or after From, before To
	Since, Until time.Time // changed so
}

// Empty reports whether it asks nothing.
func (n Narrow) Empty() bool {
	return !n.None && len(n.Kinds) == 0 && len(n.Departments) == 0 && len(n.Assignees) == 0 && len(n.NotAssignees) == 0 &&
		len(n.Teams) == 0 && len(n.NotTeams) == 0 && len(n.Tags) == 0 && len(n.NotTags) == 0 && len(n.Channels) == 0 &&
		!n.Calls && !n.NoCalls && n.Past == 0 && n.From.IsZero() && n.To.IsZero() && n.Since.IsZero() && n.Until.IsZero()
}

// condition is the text of a query that grows by what is asked.
type condition struct {
	sql  strings.Builder
	args []any
}

func (c *condition) and(sql string, args ...any) {
	c.sql.WriteString(` AND ` + sql)
	c.args = append(c.args, args...)
}

func (c *condition) in(column, in string, values []any) {
	if len(values) > 0 {
		c.and(column+in+`(`+marks(len(values))+`)`, values...)
	}
}

func (c *condition) between(column string, from, to time.Time) {
	if !from.IsZero() {
		c.and(column+` >= ?`, micro(from))
	}
	if !to.IsZero() {
		c.and(column+` < ?`, micro(to))
	}
}

// where is the condition. Its columns are written so that no index of theirs is
// taken: the tickets are given by their ids.
func (n Narrow) where() (sql string, args []any) {
	c := &condition{}
	if n.None {
		c.and(`1 = 0`)
	}
	c.in(`(t.kind || '')`, ` IN `, anys(n.Kinds))
	c.in(`(t.department + 0)`, ` IN `, anys(n.Departments))
	c.in(`(t.assignee + 0)`, ` IN `, anys(n.Assignees))
	c.in(`(t.assignee + 0)`, ` NOT IN `, anys(n.NotAssignees))
	c.in(`(t.team + 0)`, ` IN `, anys(n.Teams))
	c.in(`(t.team + 0)`, ` NOT IN `, anys(n.NotTeams))
	c.in(`(t.channel || '')`, ` IN `, anys(n.Channels))
	for _, any := range n.Tags {
		c.and(`EXISTS (SELECT 1 FROM ticket_tag g WHERE g.ticket = t.id AND g.tag IN (`+marks(len(any))+`))`, anys(any)...)
	}
	if len(n.NotTags) > 0 {
		c.and(`NOT EXISTS (SELECT 1 FROM ticket_tag g WHERE g.ticket = t.id AND g.tag IN (`+marks(len(n.NotTags))+`))`, anys(n.NotTags)...)
	}
	if n.Calls {
		c.and(`EXISTS (SELECT 1 FROM call c WHERE c.ticket = t.id AND c.ended = 0)`)
	}
	if n.NoCalls {
		c.and(`NOT EXISTS (SELECT 1 FROM call c WHERE c.ticket = t.id AND c.ended = 0)`)
	}
	if n.Past > 0 {
		c.and(`(t.deadline + 0) BETWEEN 1 AND ?`, n.Past)
	}
	c.between(`t.opened`, n.From, n.To)
	c.between(`(t.updated + 0)`, n.Since, n.Until)
	return c.sql.String(), c.args
}

func anys[T any](values []T) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}

// TicketsBelow are the latest tickets opened before one, whoever sees them.
func (tx Tx) TicketsBelow(below okno.TicketID, limit int) ([]int64, error) {
	return db.Collect(tx.Tx, scanOne[int64], `SELECT id FROM ticket WHERE id < ? ORDER BY id DESC LIMIT ?`, below, limit)
}

// TicketsAmong are the tickets among some that the scope holds and that are as
// asked, the last opened first.
func (tx Tx) TicketsAmong(scope okno.Scope, ids []int64, n Narrow) ([]okno.Ticket, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	where, args := n.where()
	some := db.Padded(ids)
	ts, err := db.Collect(tx.Tx, scanTicket, `SELECT `+ticketColumns+` FROM ticket t WHERE t.id IN (`+marks(len(some))+`)`+where+` ORDER BY t.id DESC`, append(some, args...)...)
	if err != nil || len(ts) == 0 || scope.Everything() {
		return ts, err
	}
	if scope.Person() == 0 {
		return admitted(scope, ts), nil
	}
	at := make(map[okno.TicketID]int, len(ts))
	found := make([]okno.TicketID, len(ts))
	for i, t := range ts {
		found[i], at[t.ID] = t.ID, i
	}
	if _, err := among(tx, func(row db.Scanner) (p okno.PersonID, err error) {
		var t okno.TicketID
		err = row.Scan(&t, &p)
		ts[at[t]].Participants = append(ts[at[t]].Participants, p)
		return p, err
	}, `SELECT ticket, person FROM participant WHERE ticket IN `, found, ``); err != nil {
		return nil, err
	}
	return admitted(scope, ts), nil
}

// LearnWords counts words that tickets have, roughly: how much more often each
// was met. Sorted, so that two processes do not wait for each other.
func (tx Tx) LearnWords(words map[string]int64) error {
	sorted := make([]string, 0, len(words))
	for w := range words {
		sorted = append(sorted, w)
	}
	slices.Sort(sorted)
	for some := range slices.Chunk(sorted, 100) {
		args := make([]any, 0, 200)
		for _, w := range some {
			args = append(args, w, words[w])
		}
		if err := tx.Send(`INSERT INTO search_word (word, n) VALUES `+strings.TrimSuffix(strings.Repeat(`(?, ?), `, len(some)), `, `)+
			` ON CONFLICT (word) DO UPDATE SET n = search_word.n + excluded.n`, args...); err != nil {
			return err
		}
	}
	return nil
}

// wordsLooked bounds the words of a beginning among which the most frequent
// are looked for.
const wordsLooked = 2000

// WordsBeginning are the most frequent words that begin so.
func (tx Tx) WordsBeginning(beginning string, limit int) ([]string, error) {
	return db.Collect(tx.Tx, scanOne[string], `SELECT word FROM (SELECT word, n FROM search_word WHERE word >= ? AND word < ? ORDER BY word LIMIT ?) AS such ORDER BY n DESC, word LIMIT ?`,
		beginning, beginning+"\U0010ffff", wordsLooked, limit)
}
