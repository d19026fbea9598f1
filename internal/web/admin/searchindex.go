package admin

import (
	"time"

	"github.com/oknodesk/okno/internal/web"
)

// indexState is how far the search index is behind.
type indexState struct {
	changes int
	oldest  time.Duration
}

// reindex has every ticket indexed again, in the background.
func (a *Admin) reindex(q *web.Request) error {
	if err := a.desk.Reindex(q.Context(), q.Actor); err != nil {
		return err
	}
	return done(q, q.Locale.T("search.index.begun"), "/admin/jobs")
}
