package jobs

import (
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/db"
)

// Due tells when the waiting jobs of a kind and of some keys are due, by key.
// One that is in hand, given up or not there is not among them.
func Due(tx *db.Tx, kind string, keys []string) (map[string]time.Time, error) {
	due := map[string]time.Time{}
	if len(keys) == 0 {
		return due, nil
	}
	args := []any{kind}
	for _, k := range keys {
		args = append(args, k)
	}
	_, err := db.Collect(tx, func(row db.Scanner) (string, error) {
		var key string
		var at int64
		err := row.Scan(&key, &at)
		due[key] = time.UnixMicro(at).UTC()
		return key, err
	}, `SELECT unique_key, due_at FROM job WHERE kind = ? AND claim IS NULL AND dead_at IS NULL AND unique_key IN (`+strings.TrimSuffix(strings.Repeat("?, ", len(keys)), ", ")+`)`, args...)
	return due, err
}
