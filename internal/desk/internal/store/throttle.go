package store

import (
	"context"
	"errors"
	"time"

	"github.com/oknodesk/okno/internal/db"
)

// Try counts one try of a mark, of which atOnce may come together and one more
// after each interval; it returns how long to wait first where that would be too
// many, and then counts none. (The generic cell rate algorithm: a row holds
// until when the tries so far reach.)
func Try(ctx context.Context, d *db.DB, mark string, atOnce int, interval time.Duration, now time.Time) (wait time.Duration, err error) {
	step, slack := interval.Microseconds(), int64(atOnce-1)*interval.Microseconds()
	n, err := d.Jot(ctx, `INSERT INTO throttle (mark, until) VALUES (?, ?)
		ON CONFLICT (mark) DO UPDATE SET until = CASE WHEN throttle.until > ? THEN throttle.until ELSE ? END + ?
		WHERE throttle.until <= ?`, mark, micro(now)+step, micro(now), micro(now), step, micro(now)+slack)
	if err != nil || n > 0 {
		return 0, err
	}
	err = d.ReadOne(ctx, func(tx *db.Tx) error {
		until, err := db.First(tx, scanOne[int64], `SELECT until FROM throttle WHERE mark = ?`, mark)
		wait = max(0, time.Duration(until-slack-micro(now))*time.Microsecond)
		if errors.Is(err, db.ErrNotFound) {
			return nil // forgotten meanwhile
		}
		return err
	})
	return wait, err
}

// ForgetTries begins anew for a mark.
func (tx Tx) ForgetTries(mark string) error {
	_, err := tx.Exec(`DELETE FROM throttle WHERE mark = ?`, mark)
	return err
}

// DropTries forgets those that the clock has come up with.
func (tx Tx) DropTries(now time.Time) error {
	_, err := tx.Exec(`DELETE FROM throttle WHERE until < ?`, micro(now))
	return err
}
