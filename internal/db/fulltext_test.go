package db_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

var letters = db.FullText{Name: "letters", Columns: []string{"body", "inside"}}

func TestFullTextFindsTheSameOnBoth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		must(t, d.Migrate(t.Context(), fstest.MapFS{"00001_letters.sql": {Data: []byte("-- +goose Up\n{{fulltext letters body inside}};\n")}}))
		must(t, d.Write(t.Context(), func(tx *db.Tx) error {
			if empty, err := letters.Empty(tx); err != nil || !empty {
				t.Errorf("a new index is empty: %t, %v", empty, err)
			}
			for id, text := range map[int64][][]string{
				1: {{"принтер", "не", "печата"}, {"тихо"}},
				2: {{"принтер", "печата", "не"}, {"секрет"}},
				3: {{"сканер"}, {"принтер", "не", "печата"}},
				4: {{"it's", `a"b\`, "сканер"}, nil},
			} {
				if err := letters.Put(tx, id, text...); err != nil {
					return err
				}
			}
			if err := letters.Put(tx, 2, []string{"принтер", "молчит", "не"}, nil); err != nil { // over what was there
				return err
			}
			if empty, err := letters.Empty(tx); err != nil || empty {
				t.Errorf("after putting, the index is empty: %t, %v", empty, err)
			}
			_, err := letters.Tidy(tx)
			return err
		}))
		both := []string{"body", "inside"}
		body := both[:1]
		for _, c := range []struct {
			name  string
			all   []db.Term
			below int64
			limit int
			want  []int64
		}{
			{"a word, highest first", []db.Term{{In: body, Phrases: [][]string{{"принтер"}}}}, 100, 9, []int64{2, 1}},
			{"any column", []db.Term{{In: both, Phrases: [][]string{{"принтер"}}}}, 100, 9, []int64{3, 2, 1}},
			{"two words", []db.Term{{In: body, Phrases: [][]string{{"принтер"}}}, {In: body, Phrases: [][]string{{"печата"}}}}, 100, 9, []int64{1}},
			{"a phrase", []db.Term{{In: both, Phrases: [][]string{{"не", "печата"}}}}, 100, 9, []int64{3, 1}},
			{"any of two", []db.Term{{In: body, Phrases: [][]string{{"сканер"}, {"печата"}}}}, 100, 9, []int64{4, 3, 1}},
			{"what was replaced", []db.Term{{In: both, Phrases: [][]string{{"секрет"}}}}, 100, 9, nil},
			{"below", []db.Term{{In: both, Phrases: [][]string{{"принтер"}}}}, 3, 9, []int64{2, 1}},
			{"limit", []db.Term{{In: both, Phrases: [][]string{{"принтер"}}}}, 100, 1, []int64{3}},
			{"no phrase over columns", []db.Term{{In: both, Phrases: [][]string{{"печата", "тихо"}}}}, 100, 9, nil},
			{"odd signs", []db.Term{{In: body, Phrases: [][]string{{"it's", `a"b\`}}}}, 100, 9, []int64{4}},
		} {
			t.Run(c.name, func(t *testing.T) {
				must(t, d.Read(t.Context(), func(tx *db.Tx) error {
					got, err := letters.Find(tx, c.all, c.below, c.limit)
					if !slices.Equal(got, c.want) {
						t.Errorf("found %v, want %v", got, c.want)
					}
					return err
				}))
			})
		}
	})
}

func TestTheIndexIsJoinedUntilNothingIsLeftToJoin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		must(t, d.Migrate(t.Context(), fstest.MapFS{"00001_letters.sql": {Data: []byte("-- +goose Up\n{{fulltext letters body inside}};\n")}}))
		const puts = 20 // each a part of its own
		for id := range int64(puts) {
			must(t, d.Write(t.Context(), func(tx *db.Tx) error {
				return letters.Put(tx, id+1, []string{"принтер"}, nil)
			}))
		}
		if d.Dialect() == db.SQLite {
			must(t, d.Read(t.Context(), func(tx *db.Tx) error {
				var parts int
				err := tx.QueryRow(`SELECT COUNT(DISTINCT segid) FROM letters_idx`).Scan(&parts)
				if parts != puts {
					t.Errorf("%d parts: whoever put the last one waited until those before were joined", parts)
				}
				return err
			}))
		}
		steps := 0
		for more := true; more; steps++ {
			if steps > puts {
				t.Fatal("there is always more to join")
			}
			must(t, d.Write(t.Context(), func(tx *db.Tx) (err error) {
				more, err = letters.Tidy(tx)
				return err
			}))
		}
		if d.Dialect() == db.SQLite && steps < 2 {
			t.Error("nothing of twenty parts was joined")
		}
		must(t, d.Read(t.Context(), func(tx *db.Tx) error {
			got, err := letters.Find(tx, []db.Term{{In: []string{"body"}, Phrases: [][]string{{"принтер"}}}}, 100, 100)
			if len(got) != puts {
				t.Errorf("found %v of %d", got, puts)
			}
			return err
		}))
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
