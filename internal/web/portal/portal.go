package portal

import (
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web/portal/guide"
)

// Portal shows the desk to customers.
type Portal struct {
	desk     *desk.Desk
	attempts *attempts
	guide    *guide.Guide
}

// New makes the portal of a desk.
func New(d *desk.Desk) *Portal { return &Portal{desk: d, attempts: newAttempts(), guide: guide.New()} }
