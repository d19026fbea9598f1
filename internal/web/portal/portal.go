package portal

import (
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web/portal/guide"
)

// Portal shows the desk to customers.
type Portal struct {
	desk  *desk.Desk
	guide *guide.Guide
	// attempts are counted by address and login, or by a browser that is known;
	// those of all strangers together by the login.
	attempts, strangers *attempts
}

// New makes the portal of a desk.
func New(d *desk.Desk) *Portal {
	return &Portal{
		desk: d, guide: guide.New(),
		attempts: newAttempts("sign-in", attemptsAtOnce, attemptEvery), strangers: newAttempts("strangers", strangersAtOnce, strangerEvery),
	}
}
