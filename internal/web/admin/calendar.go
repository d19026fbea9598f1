package admin

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// week is the order in which weekdays stand in the form.
var week = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// calendarPath is the address of something about a department's calendar, or
// the installation's ("").
func calendarPath(under string, department okno.Ref) string {
	path := "/admin/calendar" + under
	if department == "" {
		return path
	}
	return path + "?" + url.Values{"department": {string(department)}}.Encode()
}

// calendarOf is whose calendar the address speaks of.
func calendarOf(q *web.Request) okno.Ref { return okno.Ref(q.Query("department")) }

func (a *Admin) calendar(q *web.Request) error {
	v, err := a.calendarForm(q)
	if err != nil {
		return err
	}
	return q.Render(formPage(v))
}

// calendarForm reads the calendar of the address and says what it comes to.
func (a *Admin) calendarForm(q *web.Request) (v formView, err error) {
	l, department := q.Locale, calendarOf(q)
	c, err := a.desk.Calendar(q.Context(), q.Actor, department)
	if err != nil {
		return v, err
	}
	all, err := a.desk.AllDepartments(q.Context(), q.Actor)
	if err != nil {
		return v, err
	}
	v = formView{view: sectionView(q, "calendar"), action: calendarPath("", department), send: l.T("admin.save"), version: c.Version}
	for i, day := range week {
		one := &control{Field: ui.Field{Name: okno.HoursField(day), Label: l.T("time.weekday.short." + strconv.Itoa(int(day))), Value: okno.SpansText(c.Hours[day]), Autocomplete: "off"}}
		if i == 0 {
			one.heading, one.Hint = l.T("admin.calendar.hours"), l.T("admin.calendar.hours.hint")
		}
		v.controls = append(v.controls, one)
	}
	v.controls = append(v.controls,
		&control{heading: l.T("admin.calendar.days"), kind: area, Field: ui.Field{Name: "holidays", Label: l.T("admin.calendar.holidays"), Value: daysText(c.Holidays), Hint: l.T("admin.calendar.holidays.hint"), Rows: 8}},
		&control{kind: area, Field: ui.Field{Name: "moved", Label: l.T("admin.calendar.moved"), Value: daysText(c.Moved), Hint: l.T("admin.calendar.moved.hint"), Rows: 3}},
		&control{kind: area, Field: ui.Field{Name: "shortened", Label: l.T("admin.calendar.shortened"), Value: daysText(c.Shortened), Hint: l.T("admin.calendar.shortened.hint"), Rows: 4}},
		&control{heading: l.T("admin.calendar.closing"), Field: ui.Field{Name: "close_after", Label: l.T("admin.calendar.closeafter"), Value: strconv.Itoa(c.CloseAfter), InputMode: "numeric", Hint: l.T("admin.calendar.closeafter.hint")}},
		&control{Field: ui.Field{Name: "zone", Label: l.T("admin.setting.zone"), Value: c.Zone, Placeholder: q.Settings.Zone, Hint: l.T("admin.calendar.zone.hint"), Autocomplete: "off"}},
	)
	v.other = []button{{calendarPath("/preview", department), l.T("admin.setting.preview")}}
	v.said = comesTo(q, c)
	v.beside = calendarBeside(v.view, all, department, c.Version > 0)
	return v, nil
}

// comesTo says when four working days from now are over by a calendar.
func comesTo(q *web.Request, c okno.Calendar) *said {
	const days = 4
	end := desk.AfterWorkingDays(c, q.Settings.Zone, q.Now, days)
	if end.IsZero() {
		return &said{"warning", q.Locale.T("admin.calendar.never")}
	}
	return &said{"info", q.Locale.T("admin.calendar.preview", "Days", days, "Time", q.Locale.Full(end))}
}

func daysText(days []okno.Day) string {
	lines := make([]string, len(days))
	for i, d := range days {
		lines[i] = string(d)
	}
	return strings.Join(lines, "\n")
}

// typedCalendar is what a form says, or everything that is wrong with it.
func typedCalendar(f *web.Form) (okno.Calendar, error) {
	c := okno.Calendar{
		Zone: f.Word("zone"), Version: max(versionOf(f), 0), CloseAfter: int(number(f.Word("close_after"))),
		Holidays: okno.ParseDays(f.Text("holidays")), Moved: okno.ParseDays(f.Text("moved")), Shortened: okno.ParseDays(f.Text("shortened")),
	}
	var wrong okno.Errors
	for _, day := range week {
		spans, ok := okno.ParseSpans(f.Word(okno.HoursField(day)))
		if !ok {
			wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.hours", Field: okno.HoursField(day)})
		}
		c.Hours[day] = spans
	}
	if err := wrong.Add(c.Check()); err != nil {
		return c, err
	}
	return c, wrong.Err()
}

func (a *Admin) saveCalendar(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	c, err := typedCalendar(typed)
	if err == nil {
		err = a.desk.SaveCalendar(q.Context(), q.Actor, calendarOf(q), c)
	}
	if err == nil {
		return done(q, q.Locale.T("admin.saved"), calendarPath("", calendarOf(q)))
	}
	return a.calendarAgain(q, err, typed)
}

func (a *Admin) calendarAgain(q *web.Request, refusal error, typed *web.Form) error {
	v, err := a.calendarForm(q)
	if err != nil {
		return err
	}
	v.said = nil
	return v.again(q, refusal, typed)
}

// previewCalendar shows what the typed calendar would come to and keeps
// nothing.
func (a *Admin) previewCalendar(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	c, err := typedCalendar(typed)
	if err != nil {
		return a.calendarAgain(q, err, typed)
	}
	v, err := a.calendarForm(q)
	if err != nil {
		return err
	}
	v.version = versionOf(typed)
	v.typed(typed)
	v.said = comesTo(q, c)
	return q.Render(formPage(v))
}

// dropCalendar has a department work by the installation's calendar again, or
// the installation by the built-in one.
func (a *Admin) dropCalendar(q *web.Request) error {
	if err := a.desk.DropCalendar(q.Context(), q.Actor, calendarOf(q)); err != nil {
		return err
	}
	return done(q, q.Locale.T("admin.saved"), calendarPath("", calendarOf(q)))
}

// dropWords says what taking a calendar away comes to.
func dropWords(l *locale.Locale, department okno.Ref) string {
	if department == "" {
		return l.T("admin.calendar.builtin")
	}
	return l.T("admin.calendar.follow")
}
