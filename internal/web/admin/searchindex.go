package admin

import (
	"time"

	"github.com/oknodesk/okno/internal/web"
)

// indexState is how far the search index is behind.
type indexState struct {
	changes int
	oldest  time.Duration
	upto    int64 // tickets that are indexed in a new form
	last    int64 // of so many; 0: all are
}

// reindex has every ticket indexed again, in the background.
func (a *Admin) reindex(q *web.Request) error {
	if err := a.desk.Reindex(q.Context(), q.Actor); err != nil {
		return err
	}
	return done(q, q.Locale.T("search.index.begun"), "/admin/jobs")
}
