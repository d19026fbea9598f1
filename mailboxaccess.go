package okno

import "time"

// SignIn is how the program shows a mail server who it is.
type SignIn string

const (
	ByPassword SignIn = ""
	ByToken    SignIn = "token" // of the access that the mailbox was connected with
)

// MailboxAccess is a provider's leave to enter a mailbox; its tokens are sealed
// and not in it.
type MailboxAccess struct {
	Mailbox   MailboxID
	Provider  ProviderKind
	Address   string    // who gave it, as the provider says
	Given     time.Time // when he did
	Refreshed time.Time // when the last token came
	Expires   time.Time // of that token
	// Ends is when the leave itself ends unless it is given again; zero: the
	// provider does not say. Span is how long it was to last when that was said.
	Ends time.Time
	Span time.Duration
	// Refused is why no more tokens come; empty: they do.
	Refused AccessRefusal
	Trouble string    // the provider's last error, with its name; empty: none
	Since   time.Time // of the trouble
	Alarm   Alarm     // the last that was raised about it
}

// AccessRefusal is why a provider gives no more tokens.
type AccessRefusal string

const (
	GrantRefused AccessRefusal = "grant" // the leave is over (RFC 6749 5.2: invalid_grant)
	AppRefused   AccessRefusal = "app"   // the app's id or secret is not good any longer (invalid_client)
)

// Alarms about a mailbox's access.
const (
	AlarmGrant      AlarmKind = "grant"      // the provider refused it: connect again
	AlarmApp        AlarmKind = "app"        // the provider refused the app: a new secret is wanted
	AlarmEnds       AlarmKind = "ends"       // the access ends in a few days
	AlarmSecretEnds AlarmKind = "secretends" // the app's secret does
)

// Times of a mailbox's access.
const (
	// ConsentLasts is how long a consent that was begun may be finished.
	ConsentLasts = 10 * time.Minute
	// WarnAhead is how long before its end access is warned of, once each day;
	// what lasts shorter is from the half of its life.
	WarnAhead = 7 * 24 * time.Hour
)

// EndsBy is when access ends by all that is known: at its own end or, unused,
// so long after it was last made use of. Zero: not known.
func (a *MailboxAccess) EndsBy(unused time.Duration) time.Time {
	ends := a.Ends
	if unused > 0 {
		if idle := a.Refreshed.Add(unused); ends.IsZero() || idle.Before(ends) {
			ends = idle
		}
	}
	return ends
}

// WarnsAt is from when on its end is warned of; zero: never.
func (a *MailboxAccess) WarnsAt(unused time.Duration) time.Time {
	ends := a.EndsBy(unused)
	if ends.IsZero() {
		return ends
	}
	ahead := WarnAhead
	if ends.Equal(a.Ends) && a.Span > 0 {
		ahead = min(ahead, a.Span/2)
	}
	return ends.Add(-ahead)
}

// refreshAhead is how long before its end a token is renewed, at most.
const refreshAhead = 10 * time.Minute

// RefreshAt is when the next token should be asked for: well before the last
// one ends, and before the leave does that is prolonged by asking.
func (a *MailboxAccess) RefreshAt() time.Time {
	at := a.Expires.Add(-min(refreshAhead, a.Expires.Sub(a.Refreshed)/4))
	if a.Span > 0 {
		if third := a.Refreshed.Add(a.Span / 3); third.Before(at) {
			at = third
		}
	}
	return at
}

// The facts about a mailbox's access.
const (
	AccessGiven   EventKind = "access.given"
	AccessDropped EventKind = "access.dropped"
)
