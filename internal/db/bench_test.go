package db_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// BenchmarkFsync is the yardstick: one 4 KB append and fsync at a time.
func BenchmarkFsync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	for b.Loop() {
		if _, err := f.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWrite is one change of three statements, from one caller and many.
func BenchmarkWrite(b *testing.B) {
	for dialect, url := range map[string]func(testing.TB, ...fs.FS) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		for _, callers := range []int{1, 8, 64} {
			b.Run(fmt.Sprintf("%s/callers=%d", dialect, callers), func(b *testing.B) {
				d := openWithSchema(b, url(b))
				var n atomic.Int64
				b.SetParallelism(max(1, callers/2))
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						err := d.Write(b.Context(), func(tx *db.Tx) error {
							number, err := tx.Sequence("ticket_number")
							if err != nil {
								return err
							}
							var id int64
							err = tx.QueryRow(`INSERT INTO person (name) VALUES (?) RETURNING id`, fmt.Sprintf("%d-%d", number, n.Add(1))).Scan(&id)
							if err != nil {
								return err
							}
							_, err = tx.Exec(`INSERT INTO address (person, folded) VALUES (?, ?)`, id, "a@example.org")
							return err
						})
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
			})
		}
	}
}

// BenchmarkRead is one row by its key in a snapshot of its own.
func BenchmarkRead(b *testing.B) {
	for dialect, url := range map[string]func(testing.TB, ...fs.FS) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(dialect, func(b *testing.B) {
			d := openWithSchema(b, url(b))
			if err := d.Write(b.Context(), func(tx *db.Tx) error { return addPerson(tx, "Olga") }); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					err := d.Read(b.Context(), func(tx *db.Tx) error {
						_, err := db.First(tx, text, `SELECT name FROM person WHERE name = ?`, "Olga")
						return err
					})
					if err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
