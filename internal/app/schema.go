package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// migrations are the installation's tables, from every room that has some.
var migrations = []fs.FS{jobs.Migrations, desk.Migrations}

// outOfReach turns a database that is there and not to be worked on into a
// refusal: trying again does not help, somebody has to do something.
func outOfReach(err error) error {
	var old *db.TooOldError
	var unfinished *db.UnfinishedError
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.Is(err, db.ErrPooled):
		return &Refusal{Exit: ExitConfig, Text: "--db: " + err.Error()}
	case errors.As(err, &old):
		return &Refusal{Exit: ExitConfig, Text: err.Error()}
	case errors.As(err, &unfinished):
		return &Refusal{Exit: ExitConfig, Text: err.Error() + "; " + finishing(unfinished)}
	case errors.Is(err, db.ErrInUse):
		return &Refusal{Exit: ExitTempFail, Text: "database: " + err.Error()}
	}
	return fmt.Errorf("database: %w", err)
}

// finishing says how what fills a database is brought to its end.
func finishing(e *db.UnfinishedError) string {
	if e.Resumable() {
		return "run the same okno db copy again, it goes on where it was; or take another database"
	}
	return "run okno restore with --replace, or take an empty database"
}

// served says that a newer program has meanwhile changed the schema beyond what
// this one knows.
func (h *House) served(ctx context.Context) error {
	knows, err := db.Newest(migrations...)
	if err != nil {
		return err
	}
	return h.DB.Serves(ctx, knows)
}

// upToDate refuses tables that this program would have to change before it can
// serve them.
func (h *House) upToDate(ctx context.Context) error {
	var schema int64
	err := h.DB.Read(ctx, func(tx *db.Tx) (err error) {
		schema, err = h.DB.Schema(tx)
		return err
	})
	newest, err2 := db.Newest(migrations...)
	if err = errors.Join(err, err2, h.DB.Unfinished(ctx), h.served(ctx)); err != nil {
		return err
	}
	if schema < newest {
		return &Refusal{Exit: ExitConfig, Text: fmt.Sprintf("--read-only: the tables are at %d and this program brings %d: start it once without, or take the version that was here before", schema, newest)}
	}
	return nil
}
