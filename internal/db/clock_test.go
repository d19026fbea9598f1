package db_test

import (
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/db"
)

func TestAClockThatIsNotTheServersIsFound(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		off, err := d.ClockOff(t.Context(), func() time.Time { return time.Now().Add(-time.Hour) })
		want := time.Hour
		if d.Dialect() == db.SQLite {
			want = 0
		}
		if err != nil || (off-want).Abs() > 10*time.Minute {
			t.Errorf("off by %v, %v; want about %v", off, err, want)
		}
	})
}
