package desk

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// promise keeps by when a ticket is to be answered: from the first of the
// customer's words that are unanswered, as many working hours as its department
// promises (by its calendar). It ends with an agent's answer, and while the customer's word or a
// date is waited for; when it is the desk's turn again, the time begins anew.
// department is that of the ticket; nil: it was not asked for yet.
func (d *Desk) promise(tx store.Tx, department *db.Asked[okno.Department], before, t *okno.Ticket) error {
	if t.LastBy != okno.SideCustomer || t.Kind != okno.StatusNew && t.Kind != okno.StatusOpen {
		t.Awaits, t.Deadline = time.Time{}, time.Time{}
		return nil
	}
	if !t.Awaits.IsZero() && t.Department == before.Department {
		return nil
	}
	if t.Awaits.IsZero() {
		t.Awaits = d.Now()
	}
	t.Deadline = time.Time{}
	if department == nil {
		department = tx.AskDepartment(t.Department)
	}
	dep, err := department.First()
	if err != nil || dep.AnswerWithin == 0 {
		return err
	}
	settings, err := tx.Settings()
	if err != nil {
		return err
	}
	kept, err := tx.Calendars()
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(settings.Zone)
	if err != nil {
		zone = time.UTC
	}
	_, work := newCalendars(kept, settings.Lang, zone).of(t.Department)
	t.Deadline = work.Add(t.Awaits, time.Duration(dep.AnswerWithin)*time.Hour)
	return nil
}
