package portal

import "github.com/oknodesk/okno/internal/desk"

// Portal shows the desk to customers.
type Portal struct {
	desk     *desk.Desk
	attempts *attempts
}

// New makes the portal of a desk.
func New(d *desk.Desk) *Portal { return &Portal{desk: d, attempts: newAttempts()} }
