package desk

import (
	"context"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/sla"
)

// calendars are the calendars of an installation and its departments.
type calendars struct {
	kept map[okno.DepartmentID]okno.Calendar
	work map[okno.DepartmentID]*sla.Calendar
}

// newCalendars are those kept, with the installation's default in the place of
// one that nobody has changed.
func newCalendars(kept []okno.Calendar, lang string, zone *time.Location) calendars {
	c := calendars{kept: map[okno.DepartmentID]okno.Calendar{0: sla.Default(lang)}, work: map[okno.DepartmentID]*sla.Calendar{}}
	for _, one := range kept {
		c.kept[one.Department] = one
	}
	for department, one := range c.kept {
		c.work[department] = sla.New(one, zone)
	}
	return c
}

// of is the calendar a department works by, its own or the installation's.
func (c calendars) of(d okno.DepartmentID) (okno.Calendar, *sla.Calendar) {
	if _, own := c.kept[d]; !own {
		d = 0
	}
	return c.kept[d], c.work[d]
}

// Calendar is the calendar of a department, or the installation's (""), for
// the administrator. One of version 0 is not its own: nobody has changed it.
func (d *Desk) Calendar(ctx context.Context, by okno.Actor, department okno.Ref) (okno.Calendar, error) {
	if !by.MayManage(okno.ManageSettings) {
		return okno.Calendar{}, okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return okno.Calendar{}, err
	}
	id, err := c.departmentRef(department)
	if err != nil {
		return okno.Calendar{}, err
	}
	kept, _ := c.calendars.of(id)
	if kept.Department != id {
		kept.Department, kept.Version = id, 0
	}
	return kept, nil
}

// departmentRef is the id of a department; 0 for "".
func (c *catalogue) departmentRef(ref okno.Ref) (okno.DepartmentID, error) {
	if ref == "" {
		return 0, nil
	}
	for _, dep := range c.departments {
		if dep.Ref == ref {
			return dep.ID, nil
		}
	}
	return 0, okno.ErrNotFound
}

// SaveCalendar changes the calendar of a department, or the installation's
// (""), over the version that was seen; version 0 gives the department its
// own. What was announced already stays as it was announced.
func (d *Desk) SaveCalendar(ctx context.Context, by okno.Actor, department okno.Ref, form okno.Calendar) error {
	if err := form.Check(); err != nil {
		return err
	}
	return d.manageCalendar(ctx, by, department, func(tx store.Tx, id okno.DepartmentID) error {
		form.Department = id
		return tx.SaveCalendar(form)
	})
}

// DropCalendar has a department work by the installation's calendar again, or
// the installation ("") by the built-in one.
func (d *Desk) DropCalendar(ctx context.Context, by okno.Actor, department okno.Ref) error {
	return d.manageCalendar(ctx, by, department, store.Tx.DropCalendar)
}

func (d *Desk) manageCalendar(ctx context.Context, by okno.Actor, department okno.Ref, change func(store.Tx, okno.DepartmentID) error) error {
	if !by.MayManage(okno.ManageSettings) {
		return okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	id, err := c.departmentRef(department)
	if err != nil {
		return err
	}
	return d.manage(ctx, by, okno.ManageSettings, func(tx store.Tx) (int64, okno.Event, error) {
		return int64(id), okno.NewEvent(okno.CalendarChanged, okno.EventData{}), change(tx, id)
	})
}

// AfterWorkingDays is the end of the n-th working day after from by a
// calendar; zone is the installation's. The zero time: there is none.
func AfterWorkingDays(c okno.Calendar, zone string, from time.Time, n int) time.Time {
	z, err := time.LoadLocation(zone)
	if err != nil {
		z = time.UTC
	}
	return sla.New(c, z).Days(from, n)
}
