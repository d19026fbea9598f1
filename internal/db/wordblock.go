package db

import (
	"strconv"
	"strings"
)

// PostgreSQL's index of words gives no ids in order: of a word that very many
// have it would give them all, to be sorted, and going through the ids from the
// highest down to look into each one's words costs far more where few have it.
// So the index holds the block of each id beside its words, and is asked for the
// highest blocks first, then for as many more as seem to be needed.

// blockBits is how many of an id's lowest bits its block leaves out. It stands
// in the index, too (meaningOf, migration 100).
const blockBits = "10"

const blockSize = 1 << 10

// Bounds of the blocks that are asked for at once.
const (
	firstBlocks = 2
	mostBlocks  = 64
	farBlocks   = 128  // where more are needed than these, to ask for all may cost less
	sample      = 16   // blocks without an id tell that the words are rare
	fewIDs      = 4000 // so many are read at once from wherever they are, and sorted
)

// findByBlock is Find on PostgreSQL.
func (f FullText) findByBlock(tx *Tx, question string, below int64, limit int) ([]int64, error) {
	highest, err := First(tx, scanID, `SELECT COALESCE(MAX(id), 0) FROM `+f.Name+` WHERE id < ?`, below)
	if err != nil || limit <= 0 {
		return nil, err
	}
	var found []int64
	next, asked, span := highest/blockSize, int64(0), int64(firstBlocks) // next: the block to go on with, downwards
	for next >= 0 && len(found) < limit {
		all := next + 1
		if span < all && (span <= farBlocks || int64(len(found))*all/asked > fewIDs) {
			span = min(span, mostBlocks)
		} else {
			span = all
		}
		ids, err := f.inBlocks(tx, question, next-span+1, next, below, limit-len(found))
		if err != nil {
			return nil, err
		}
		found = append(found, ids...)
		next, asked = next-span, asked+span
		span = needed(len(found), limit, asked)
	}
	return found, nil
}

// needed is how many more blocks seem to be needed after some of them had so
// many ids.
func needed(found, limit int, asked int64) int64 {
	switch {
	case found > 0:
		return max(int64(limit-found)*asked*5/4/int64(found)+1, asked/2)
	case asked < sample:
		return asked * 8
	}
	return farBlocks + 1
}

// inBlocks are the highest ids below one in some blocks, from first to last.
// The part in brackets keeps PostgreSQL from going through the ids in their
// order instead.
func (f FullText) inBlocks(tx *Tx, question string, first, last, below int64, limit int) ([]int64, error) {
	blocks, args := ``, []any{question}
	if last-first < mostBlocks {
		var all strings.Builder
		for b := first; b <= last; b++ {
			all.WriteString("," + strconv.FormatInt(b, 10))
		}
		blocks, args = ` AND ARRAY[id >> `+blockBits+`] && CAST(CAST(? AS TEXT) AS BIGINT[])`, append(args, "{"+all.String()[1:]+"}")
	}
	return Collect(tx, scanID, `WITH such AS MATERIALIZED (SELECT id FROM `+f.Name+` WHERE words @@ CAST(CAST(? AS TEXT) AS tsquery)`+blocks+`)
		SELECT id FROM such WHERE id < ? ORDER BY id DESC LIMIT ?`, append(args, min(below, (last+1)*blockSize), limit)...)
}

func scanID(row Scanner) (id int64, err error) { return id, row.Scan(&id) }
