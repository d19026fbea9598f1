package db_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// A statement on a connection whose server went away meanwhile is answered by
// the driver itself, in words of its own.
func TestAConnectionThatIsGoneIsAServerThatIsAway(t *testing.T) {
	url := dbtest.Postgres(t)
	one, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close(t.Context())
	other, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(t.Context())
	if _, err := other.Exec(t.Context(), `SELECT pg_terminate_backend($1)`, one.PgConn().PID()); err != nil {
		t.Fatal(err)
	}
	for n := range 2 { // the first says that it was ended, the second that it is closed
		if _, err := one.Exec(t.Context(), `SELECT 1`); !db.IsAway(err) {
			t.Errorf("statement %d: %v is not a server that is away", n+1, err)
		}
	}
}

func TestAServerThatIsNotThereIsSaidInOneLine(t *testing.T) {
	_, err := db.Open(t.Context(), "postgres://okno:hidden@127.0.0.1:1/none", db.Options{})
	if !db.IsAway(err) || strings.Contains(err.Error(), "\n") || strings.Count(err.Error(), "127.0.0.1:1 ") != 1 || strings.Contains(err.Error(), "hidden") {
		t.Errorf("said: %v", err)
	}
}

func TestAMistakeOfOursIsNoServerThatIsAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			var n int
			return tx.QueryRow(`SELECT nothing FROM nowhere`).Scan(&n)
		})
		if err == nil || db.IsAway(err) {
			t.Errorf("a table that is not there: %v", err)
		}
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`CREATE TABLE single (n BIGINT NOT NULL PRIMARY KEY)`)
			for range 2 {
				if err == nil {
					_, err = tx.Exec(`INSERT INTO single (n) VALUES (1)`)
				}
			}
			return err
		})
		if !db.IsUnique(err, "single.n") || db.IsAway(err) {
			t.Errorf("a row that is there already: %v", err)
		}
	})
}
