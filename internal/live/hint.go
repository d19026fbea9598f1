// Package live tells open pages what changed. It carries no content: a hint
// names a ticket and a part of it, and the page fetches that part through the
// same locks as ever.
package live

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/oknodesk/okno"
)

// Parts of what a page shows. Ended and Rights are for the streams themselves.
const (
	PartAll      = "all"      // anything may have changed, rights too: fetch again what is shown, after checking the rights
	PartThread   = "thread"   // messages, notes, events
	PartStatus   = "status"   // the ticket's card
	PartList     = "list"     // views and their counts
	PartCalls    = "calls"    // call requests
	PartPresence = "presence" // who is viewing or writing
	PartBell     = "bell"     // notices of one person
	PartRights   = "rights"   // what Person may see has changed
	PartEnded    = "ended"    // Session is over
)

// Hint says that a part of something has changed, and who is concerned. Hints
// are shared between streams and not to be altered.
type Hint struct {
	Ticket       int64   `json:"t,omitempty"`
	Number       string  `json:"n,omitempty"` // of the ticket, as in its address
	Department   int64   `json:"d,omitempty"`
	Requester    int64   `json:"r,omitempty"`
	Company      int64   `json:"c,omitempty"`
	Participants []int64 `json:"p,omitempty"`
	AgentsOnly   bool    `json:"a,omitempty"` // customers are not to learn of it
	Part         string  `json:"k"`
	Session      int64   `json:"s,omitempty"` // with PartEnded: whose streams end
	Person       int64   `json:"w,omitempty"` // 0, or the only person it is for

	about *okno.Ticket // made once for all streams it is offered to
}

// About is the ticket, as far as a scope asks about it; nil: the hint is of
// none. It is shared and not to be altered.
func (h Hint) About() *okno.Ticket {
	if h.about != nil || h.Ticket == 0 {
		return h.about
	}
	t := &okno.Ticket{
		ID: okno.TicketID(h.Ticket), Department: okno.DepartmentID(h.Department),
		Requester: okno.PersonID(h.Requester), Company: okno.CompanyID(h.Company),
	}
	for _, p := range h.Participants {
		t.Participants = append(t.Participants, okno.PersonID(p))
	}
	return t
}

// announcementBytes is the longest announcement; PostgreSQL carries under 8000
// bytes.
const announcementBytes = 7000

var errAnnouncement = errors.New("live: not an announcement")

// Encode writes the hint as an announcement of at most 7000 bytes. One that
// would be longer (hundreds of participants) is "", which [Hub.Deliver] takes
// to concern everyone.
func (h Hint) Encode() string { return encode(h) }

// Decode reads what Encode wrote, also by another version of the program.
func Decode(payload string) (Hint, error) {
	var h Hint
	if err := decode(payload, &h); err != nil {
		return Hint{}, err
	}
	if h.Part == "" {
		return Hint{}, fmt.Errorf("%w: no part", errAnnouncement)
	}
	return h, nil
}

// encode takes only types of this package, which JSON cannot refuse.
func encode(v any) string {
	payload, err := json.Marshal(v)
	if err != nil || len(payload) > announcementBytes {
		return ""
	}
	return string(payload)
}

func decode(payload string, v any) error {
	if len(payload) > announcementBytes {
		return fmt.Errorf("%w: %d bytes", errAnnouncement, len(payload))
	}
	if err := json.Unmarshal([]byte(payload), v); err != nil {
		return fmt.Errorf("%w: %w", errAnnouncement, err)
	}
	return nil
}

// same reports that two hints make a page do the same.
func (h Hint) same(other Hint) bool {
	return h.Part == other.Part && h.Ticket == other.Ticket && h.Number == other.Number && h.Person == other.Person
}
