package desk

import (
	"context"

	"github.com/oknodesk/okno/internal/desk/internal/index"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// eraseWordsAtOnce is how many words are looked at in one transaction.
const eraseWordsAtOnce = 200

// eraseWords forgets the words, kept to complete beginnings, by which no ticket
// is found any more: only he may have used them.
func (d *Desk) eraseWords(ctx context.Context) error {
	if err := d.IndexAll(ctx); err != nil {
		return err
	}
	for last := ""; ; {
		var words, unused []string
		if err := d.read(ctx, func(tx store.Tx) (err error) {
			if words, err = tx.WordsAfter(last, eraseWordsAtOnce); err != nil {
				return err
			}
			unused = nil
			for _, w := range words {
				word, ofName := index.OfName(w)
				used, err := tx.WordUsed(word, ofName)
				if err != nil {
					return err
				}
				if !used {
					unused = append(unused, w)
				}
			}
			return nil
		}); err != nil || len(words) == 0 {
			return err
		}
		last = words[len(words)-1]
		if len(unused) == 0 {
			continue
		}
		if err := d.overwrite(ctx, func(tx store.Tx) error {
			for _, w := range unused {
				if err := tx.DropWord(w); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		d.vocabulary.Forget(unused)
	}
}
