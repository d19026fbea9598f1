package db

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// FullText is a table, made by a migration's {{fulltext NAME COLUMN …}}, that
// keeps for each id which words stand in which column and in what order. Words
// are compared as they are: whoever writes and asks gives them the same form,
// of letters and digits. Columns are named as in the migration, in its order.
type FullText struct {
	Name    string
	Columns []string
}

// Term is a part of a question to a FullText: any of some phrases, in any of
// some columns. A phrase is words that stand side by side in one column.
type Term struct {
	In      []string
	Phrases [][]string
}

// Put replaces what is kept for an id; words are given by column, in order.
func (f FullText) Put(tx *Tx, id int64, words ...[]string) error {
	if len(words) != len(f.Columns) {
		return fmt.Errorf("%s has %d columns, not %d", f.Name, len(f.Columns), len(words))
	}
	if tx.on.dialect() == Postgres {
		return tx.Send(`INSERT INTO `+f.Name+` (id, words) VALUES (?, CAST(CAST(? AS TEXT) AS tsvector)) ON CONFLICT (id) DO UPDATE SET words = excluded.words`, id, vector(words))
	}
	args := []any{id}
	for _, w := range words {
		args = append(args, strings.Join(w, " "))
	}
	_, err := tx.Exec(`INSERT OR REPLACE INTO `+f.Name+` (rowid, `+strings.Join(f.Columns, ", ")+`) VALUES (?`+strings.Repeat(", ?", len(words))+`)`, args...)
	return err
}

// Empty reports whether nothing is kept.
func (f FullText) Empty(tx *Tx) (bool, error) {
	var one int
	err := tx.QueryRow(`SELECT 1 FROM ` + f.Name + ` LIMIT 1`).Scan(&one)
	if errors.Is(err, ErrNotFound) {
		return true, nil
	}
	return false, err
}

// Tidy joins a little of what was put lately with what was there: a question
// looks into every part that is not joined. It is called in the transaction of
// every few Puts, and again in quiet times as long as it says that there is
// more. It is done here and not by SQLite itself because that merges all at
// once, and everybody waits.
func (f FullText) Tidy(tx *Tx) (more bool, err error) {
	if tx.on.dialect() == Postgres {
		return false, nil
	}
	var before, after int64
	if err := tx.QueryRow(`SELECT total_changes()`).Scan(&before); err != nil {
		return false, err
	}
	if _, err := tx.Exec(`INSERT INTO ` + f.Name + ` (` + f.Name + `, rank) VALUES ('merge', 16)`); err != nil {
		return false, err
	}
	err = tx.QueryRow(`SELECT total_changes()`).Scan(&after)
	return after-before > 1, err // one is the asking itself
}

// Find returns the highest ids below one, downwards, where all the terms hold.
func (f FullText) Find(tx *Tx, all []Term, below int64, limit int) ([]int64, error) {
	if tx.on.dialect() == Postgres {
		return f.findByBlock(tx, all, below, limit)
	}
	return Collect(tx, scanID, `SELECT rowid FROM `+f.Name+` WHERE `+f.Name+` MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?`, match(all), below, limit)
}

// Among returns those of some ids where all the terms hold, in no order.
func (f FullText) Among(tx *Tx, all []Term, ids []int64) ([]int64, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(ids)), ", ")
	var args []any
	for _, id := range ids {
		args = append(args, id)
	}
	if tx.on.dialect() == Postgres {
		return Collect(tx, scanID, `SELECT id FROM `+f.Name+` WHERE id IN (`+marks+`) AND words @@ CAST(CAST(? AS TEXT) AS tsquery)`, append(args, f.query(all, " <-> "))...)
	}
	return Collect(tx, scanID, `SELECT rowid FROM `+f.Name+` WHERE `+f.Name+` MATCH ? AND rowid IN (`+marks+`)`, append([]any{match(all)}, args...)...)
}

// query is a question as a tsquery; beside says how the words of a phrase stand.
func (f FullText) query(all []Term, beside string) string {
	var question []string
	for _, t := range all {
		question = append(question, f.lexemes(t, beside))
	}
	return strings.Join(question, " & ")
}

func match(all []Term) string {
	var question []string
	for _, t := range all {
		question = append(question, t.match())
	}
	return strings.Join(question, " AND ")
}

// match is the term in FTS5's words.
func (t Term) match() string {
	phrases := make([]string, len(t.Phrases))
	for i, p := range t.Phrases {
		phrases[i] = `"` + strings.ReplaceAll(strings.Join(p, " "), `"`, `""`) + `"`
	}
	return `({` + strings.Join(t.In, " ") + `} : (` + strings.Join(phrases, " OR ") + `))`
}

// A PostgreSQL document knows no columns: a word bears its column's number, and
// the columns' words are apart.

// lexemes is the term as a tsquery.
func (f FullText) lexemes(t Term, beside string) string {
	var any []string
	for i, column := range f.Columns {
		for _, in := range t.In {
			if in != column {
				continue
			}
			for _, p := range t.Phrases {
				words := make([]string, len(p))
				for j, w := range p {
					words[j] = lexeme(i, w)
				}
				any = append(any, "("+strings.Join(words, beside)+")")
			}
		}
	}
	return "(" + strings.Join(any, " | ") + ")"
}

// vector is the document as a tsvector.
func vector(words [][]string) string {
	var b strings.Builder
	at := 0
	for i, column := range words {
		for _, w := range column {
			if w == "" {
				continue
			}
			at++
			b.WriteString(lexeme(i, w))
			b.WriteByte(':')
			b.WriteString(strconv.Itoa(at))
			b.WriteByte(' ')
		}
		at++
	}
	return b.String()
}

var escaped = strings.NewReplacer(`\`, `\\`, `'`, `''`)

func lexeme(column int, word string) string {
	return `'` + strconv.Itoa(column) + escaped.Replace(word) + `'`
}

func (s *liteSession) dialect() Dialect { return SQLite }
func (s *pgSession) dialect() Dialect   { return Postgres }
