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
	switch {
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
	return "run okno restore again with --replace, or take an empty database"
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
