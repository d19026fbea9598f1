package db

import (
	"slices"
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
	nextBlocks  = 8 // where the first have nothing, and as many more, far apart
	mostBlocks  = 64
	farBlocks   = 128  // where more are needed than these, to ask for all may cost less
	fewIDs      = 4000 // so many are read at once from wherever they are, and sorted
	manyIDs     = 32   // so many in a few blocks far apart need no counting
)

// sought is a question to the index of words, as tsqueries.
type sought struct {
	FullText
	exact string
	loose string // where exact has phrases: with their words in any order, as the index knows them
}

// findByBlock is Find on PostgreSQL.
func (f FullText) findByBlock(tx *Tx, all []Term, below int64, limit int) ([]int64, error) {
	if limit <= 0 {
		return nil, nil
	}
	q := sought{FullText: f, exact: f.query(all, " <-> ")}
	if loose := f.query(all, " & "); loose != q.exact {
		q.loose = loose
	}
	found, highest, err := q.first(tx, below, limit)
	if err != nil {
		return nil, err
	}
	look := lookout{next: highest}
	look.saw(blocks{from: highest - firstBlocks + 1, to: highest}, len(found), 0)
	for look.next >= 0 && len(found) < limit {
		some := look.plan(limit - len(found))
		want := limit - len(found)
		if len(some.far) > 0 {
			want = max(want, manyIDs)
		}
		ids, err := q.in(tx, some, below, want)
		if err != nil {
			return nil, err
		}
		near := 0
		for near < len(ids) && ids[near] >= some.from*blockSize {
			near++
		}
		found = append(found, ids[:min(near, limit-len(found))]...)
		look.saw(some, near, len(ids)-near)
	}
	return found, nil
}

// blocks are what is asked for at once: some that stand side by side and, to
// learn whether it is worth while to go on so, some far below them.
type blocks struct {
	from, to int64 // both of them, too
	far      []int64
	all      bool // of those up to to
}

func (b *blocks) count() int64 { return b.to - b.from + 1 + int64(len(b.far)) }

// lookout decides by what was found where to look next, downwards. That the
// highest blocks do not have a word does not say that it is rare: what nobody
// writes about this month may have been last year's question, and all who asked
// it are too many to be put in order.
type lookout struct {
	next  int64 // the block to go on with
	asked int64 // blocks
	met   int64 // ids there, also those far below
	span  int64 // blocks side by side, the last time
	empty bool  // they had nothing
}

// plan is what to ask for next when some more ids are wanted.
func (l *lookout) plan(wanted int) blocks {
	left := l.next + 1
	span, far := left, false // all: they are rare
	switch {
	case l.met == 0 && l.span == firstBlocks:
		span, far = nextBlocks, true
	case l.met > 0:
		needed := int64(wanted)*l.asked*5/4/l.met + 1
		if needed > farBlocks && l.met*left <= fewIDs*l.asked {
			break
		}
		atLeast := l.asked / 2
		if l.empty {
			atLeast = min(l.span*2, mostBlocks/2)
		}
		span = min(max(needed, atLeast), mostBlocks)
	}
	if span >= left {
		return blocks{to: l.next, all: true}
	}
	some := blocks{from: left - span, to: l.next}
	for i := int64(1); far && i < 2*nextBlocks; i += 2 {
		some.far = append(some.far, some.from*i/(2*nextBlocks))
	}
	return some
}

// saw keeps how many ids were found, side by side and far below.
func (l *lookout) saw(some blocks, near, far int) {
	l.met += int64(near + far)
	if near+far >= manyIDs && len(some.far) > 0 {
		l.met = max(l.met, some.count()*blockSize) // not all of them were asked for
	}
	l.next, l.span, l.empty = some.from-1, some.to-some.from+1, near == 0
	l.asked += some.count()
}

// first are the highest ids below one in the highest blocks that have any, and
// the highest of these blocks.
func (q *sought) first(tx *Tx, below int64, limit int) (ids []int64, highest int64, err error) {
	such, args := q.such(`(SELECT ARRAY[block, block - 1] FROM highest)`, below, limit)
	ids, err = Collect(tx, scanID, `WITH highest AS MATERIALIZED (SELECT COALESCE(MAX(id), 0) >> `+blockBits+` AS block FROM `+q.Name+` WHERE id < ?), `+such+`
		UNION ALL SELECT -1 - block FROM highest ORDER BY 1 DESC`, append([]any{below}, args...)...)
	if err != nil {
		return nil, 0, err
	}
	last := len(ids) - 1
	return ids[:last], -1 - ids[last], nil
}

// in are the highest ids below one in some blocks, downwards.
func (q *sought) in(tx *Tx, some blocks, below int64, limit int) ([]int64, error) {
	below = min(below, (some.to+1)*blockSize)
	if some.all && some.to >= mostBlocks {
		such, args := q.such(``, below, limit)
		return Collect(tx, scanID, `WITH `+such+` ORDER BY 1 DESC`, args...)
	}
	var list strings.Builder
	for b := some.from; b <= some.to; b++ {
		list.WriteString("," + strconv.FormatInt(b, 10))
	}
	for _, b := range some.far {
		list.WriteString("," + strconv.FormatInt(b, 10))
	}
	such, args := q.such(`CAST(CAST(? AS TEXT) AS BIGINT[])`, below, limit)
	return Collect(tx, scanID, `WITH `+such+` ORDER BY 1 DESC`, slices.Insert(args, 1, any("{"+list.String()[1:]+"}"))...)
}

// such is the text of a question for the highest ids below one, within an array
// of blocks (nothing: in all). The part in brackets keeps PostgreSQL from going
// through the ids in their order instead; and phrases, for which words must be
// unpacked, are looked for in that order until there are enough.
func (q *sought) such(within string, below int64, limit int) (text string, args []any) {
	if within != `` {
		within = ` AND ARRAY[id >> ` + blockBits + `] && ` + within
	}
	such := `such AS MATERIALIZED (SELECT id FROM ` + q.Name + ` WHERE words @@ CAST(CAST(? AS TEXT) AS tsquery)` + within + `) `
	if q.loose == `` {
		return such + `SELECT id FROM (SELECT id FROM such WHERE id < ? ORDER BY id DESC LIMIT ?) AS next`, []any{q.exact, below, limit}
	}
	return such + `SELECT id FROM (SELECT next.id FROM (SELECT id FROM such WHERE id < ? ORDER BY id DESC) AS next,
		LATERAL (SELECT 1 FROM ` + q.Name + ` AS w WHERE w.id = next.id AND w.words @@ CAST(CAST(? AS TEXT) AS tsquery) OFFSET 0) AS has
		ORDER BY next.id DESC LIMIT ?) AS phrased`, []any{q.loose, below, q.exact, limit}
}

func scanID(row Scanner) (id int64, err error) { return id, row.Scan(&id) }
