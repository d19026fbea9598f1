package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// Try counts one try at something that is limited, over all programs that serve
// this installation; who tries is kept as a hash only. It returns how long to
// wait first where there were too many. On SQLite one program serves alone and
// counts for itself: nothing is written and nobody waits.
func (d *Desk) Try(ctx context.Context, what, who string, atOnce int, interval time.Duration) (wait time.Duration, err error) {
	if d.alone() {
		return 0, nil
	}
	wait, err = store.Try(ctx, d.db, markOf(what, who), atOnce, interval, d.Now())
	return wait, away(err)
}

// ForgetTries begins anew for who tried and succeeded.
func (d *Desk) ForgetTries(ctx context.Context, what, who string) error {
	if d.alone() {
		return nil
	}
	return d.write(ctx, func(tx store.Tx) error { return tx.ForgetTries(markOf(what, who)) })
}

// DropTries forgets the tries that no longer count.
func (d *Desk) DropTries(ctx context.Context) error {
	if d.alone() {
		return nil
	}
	return d.write(ctx, func(tx store.Tx) error { return tx.DropTries(d.Now()) })
}

// alone reports whether one program serves the installation: what it counts in
// its memory counts for all.
func (d *Desk) alone() bool { return d.db.Dialect() == db.SQLite }

func markOf(what, who string) string {
	sum := sha256.Sum256([]byte(what + "\n" + who))
	return hex.EncodeToString(sum[:16])
}
