package db_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

var cards = db.FullText{Name: "cards", Columns: []string{"body"}}

// wordsOf are the words of card n, of which there are twenty thousand: one of
// all, some of a fifth, one of a third, one of the older half, one of a few far apart, one of one.
func wordsOf(n int64) []string {
	words := []string{"all"}
	if n%5 == 0 {
		words = append(words, "one", "side", "all", "rest")
	}
	if n%3 == 0 {
		words = append(words, "third")
	}
	if n < 10_000 {
		words = append(words, "older")
	}
	if n%4_000 == 17 {
		words = append(words, "few")
	}
	if n == 3 {
		words = append(words, "three")
	}
	return words
}

func TestWordsAreFoundHighestFirstHoweverFrequent(t *testing.T) {
	const last = 20_000
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		must(t, d.Migrate(t.Context(), fstest.MapFS{"00001_cards.sql": {Data: []byte("-- +goose Up\n{{fulltext cards body}};\n")}}))
		var ids []int64
		for n := int64(1); n <= last; n++ {
			if n%4_096 > 30 { // with holes between, longer than a block
				continue
			}
			ids = append(ids, n)
		}
		ids = append(ids, 10_000, 12_017, last)
		slices.Sort(ids)
		must(t, d.Write(t.Context(), func(tx *db.Tx) error {
			for _, n := range ids {
				if err := cards.Put(tx, n, wordsOf(n)); err != nil {
					return err
				}
			}
			return nil
		}))
		for _, word := range []string{"all", "third", "older", "few", "three", "none", "all rest", "rest all", "side all rest", "all three"} {
			phrase := strings.Fields(word)
			for _, below := range []int64{1 << 62, 12_289, 4_097, 4, 1} {
				for _, limit := range []int{1, 26, 1_000} {
					var want []int64
					for _, n := range slices.Backward(ids) {
						if n < below && len(want) < limit && strings.Contains(" "+strings.Join(wordsOf(n), " ")+" ", " "+word+" ") {
							want = append(want, n)
						}
					}
					must(t, d.Read(t.Context(), func(tx *db.Tx) error {
						got, err := cards.Find(tx, []db.Term{{In: cards.Columns, Phrases: [][]string{phrase}}}, below, limit)
						if !slices.Equal(got, want) {
							t.Errorf("%q below %d, %d of them: found %v, want %v", word, below, limit, got, want)
						}
						return err
					}))
				}
			}
		}
	})
}

// enoughPhrases is a plan in which a phrase is looked for in one ticket after
// another until there are enough.
var enoughPhrases = regexp.MustCompile(`Limit[^\n]*\n *->  Nested Loop`)

// TestWordsAreNotLookedForInEachText: PostgreSQL unpacks the words of each row
// that it looks into, which costs a hundred times what it believes.
func TestWordsAreNotLookedForInEachText(t *testing.T) {
	d := dbtest.Open(t, dbtest.Postgres(t))
	must(t, d.Migrate(t.Context(), fstest.MapFS{"00001_cards.sql": {Data: []byte("-- +goose Up\n{{fulltext cards body}};\n")}}))
	must(t, d.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO cards (id, words) SELECT n, CAST('0all:1 0rest:' || 2 + n % 2 || CASE WHEN n % 3 = 0 THEN ' 0third:2' ELSE '' END AS tsvector) FROM generate_series(1, 20000) AS n`); err != nil {
			return err
		}
		_, err := tx.Exec(`ANALYZE cards`)
		return err
	}))
	for _, word := range []string{"all", "third", "none", "all rest"} {
		must(t, d.Read(t.Context(), func(tx *db.Tx) error {
			type statement struct {
				text string
				args []any
			}
			var asked []statement
			stop := db.Watch(func(text string, args []any) {
				if strings.Contains(text, "words @@") {
					asked = append(asked, statement{text, slices.Clone(args)})
				}
			})
			_, err := cards.Find(tx, []db.Term{{In: cards.Columns, Phrases: [][]string{strings.Fields(word)}}}, 1<<62, 400)
			stop()
			if err != nil {
				return err
			}
			if len(asked) == 0 || len(asked) > 3 {
				t.Errorf("%q: asked %d times", word, len(asked))
			}
			for _, s := range asked {
				steps, err := db.Collect(tx, func(row db.Scanner) (step string, err error) { return step, row.Scan(&step) }, `EXPLAIN `+s.text, s.args...)
				if err != nil {
					return err
				}
				if plan := strings.Join(steps, "\n"); !strings.Contains(plan, "Bitmap Index Scan on cards_words") ||
					strings.Contains(word, " ") && !enoughPhrases.MatchString(plan) {
					t.Errorf("%q is looked for without the index of words, %v:\n%s", word, s.args, plan)
				}
			}
			return nil
		}))
	}
}

// TestBlocksAreAskedForAsTheirWordsNeed: a word that nobody has used lately is
// not looked for everywhere at once if many had it before; a rare one is.
func TestBlocksAreAskedForAsTheirWordsNeed(t *testing.T) {
	const highest = 999
	for _, c := range []struct {
		name string
		has  func(block int64) int
		want []int64
	}{
		{"in all", func(int64) int { return 250 }, []int64{2}},
		{"in few of each", func(int64) int { return 4 }, []int64{2, 6}},
		{"in none", func(int64) int { return 0 }, []int64{2, 16, 990}},
		{"in one of old", func(b int64) int { return bit(b == 30) }, []int64{2, 16, 990}},
		{"in many, not lately", func(b int64) int { return 250 * bit(b < 980) }, []int64{2, 16, 16}},
		{"in many, long ago", func(b int64) int { return 250 * bit(b < 870) }, []int64{2, 16, 16, 32, 32, 32, 32}},
		{"in some, not lately", func(b int64) int { return 3 * bit(b < 980) }, []int64{2, 16, 25}},
		{"in a few, not lately", func(b int64) int { return bit(b%16 == 0 && b < 700) }, []int64{2, 16, 990}},
	} {
		if asked := db.BlocksAsked(highest, 26, c.has); !slices.Equal(asked, c.want) {
			t.Errorf("%s: asked for %v blocks, want %v", c.name, asked, c.want)
		}
	}
}

func bit(is bool) int {
	if is {
		return 1
	}
	return 0
}
