package jobs

import (
	"time"

	"github.com/oknodesk/okno/internal/db"
)

// Count is how many jobs of a kind there are.
type Count struct {
	Kind    string
	Waiting int
	InHand  int
	Dead    int
	Oldest  time.Time // when the first of those waiting is or was due; zero if none waits
}

// Counts returns the counts of all kinds that have jobs, by kind. It reads the
// whole table, which holds only what is unfinished or dead: for the
// administration's page and health, not for a visitor's request.
func Counts(tx *db.Tx) ([]Count, error) {
	return db.Collect(tx, scanCount, `SELECT kind,
			sum(CASE WHEN dead_at IS NULL AND claim IS NULL THEN 1 ELSE 0 END),
			sum(CASE WHEN dead_at IS NULL AND claim IS NOT NULL THEN 1 ELSE 0 END),
			sum(CASE WHEN dead_at IS NOT NULL THEN 1 ELSE 0 END),
			min(CASE WHEN dead_at IS NULL AND claim IS NULL THEN due_at END)
		FROM job GROUP BY kind ORDER BY kind`)
}

func scanCount(row db.Scanner) (Count, error) {
	var c Count
	var oldest *int64
	err := row.Scan(&c.Kind, &c.Waiting, &c.InHand, &c.Dead, &oldest)
	if oldest != nil {
		c.Oldest = time.UnixMicro(*oldest).UTC()
	}
	return c, err
}

// DeadJob is a job that was given up.
type DeadJob struct {
	Job
	Died   time.Time
	Reason string // the last failure, up to 1000 bytes
}

// Dead returns the jobs given up, the latest first, at most limit.
func Dead(tx *db.Tx, limit int) ([]DeadJob, error) {
	return db.Collect(tx, scanDead, `SELECT id, kind, v, payload, attempt, put_at, dead_at, coalesce(reason, '')
		FROM job WHERE dead_at IS NOT NULL ORDER BY dead_at DESC, id DESC LIMIT ?`, limit)
}

func scanDead(row db.Scanner) (DeadJob, error) {
	var d DeadJob
	var payload string
	var put, died int64
	err := row.Scan(&d.ID, &d.Kind, &d.V, &payload, &d.Attempt, &put, &died, &d.Reason)
	d.Payload, d.Put, d.Died = []byte(payload), time.UnixMicro(put).UTC(), time.UnixMicro(died).UTC()
	return d, err
}

// Retry makes a dead job due at once with all its attempts; db.ErrNotFound when
// there is no such dead job. When its kind and key are waiting again anyway, the
// dead one is simply gone.
func Retry(tx *db.Tx, id int64) error {
	n, err := tx.Exec(`DELETE FROM job WHERE id = ? AND dead_at IS NOT NULL AND EXISTS (
		SELECT 1 FROM job AS other WHERE other.kind = job.kind AND other.unique_key = job.unique_key AND other.dead_at IS NULL)`, id)
	if err != nil || n > 0 {
		return err
	}
	n, err = tx.Exec(`UPDATE job SET dead_at = NULL, again_at = NULL, attempt = 0, due_at = put_at
		WHERE id = ? AND dead_at IS NOT NULL`, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return db.ErrNotFound
	}
	tx.Announce(topic, "")
	return nil
}
