package admin_test

import (
	"strings"
	"testing"

	"github.com/oknodesk/okno"
)

// office is a calendar as the form sends it.
var office = []string{"hours_1", "9:00-18:00", "hours_2", "9-13, 14-18", "holidays", "2026-12-31\r\n2027-01-01", "moved", "2027-01-16", "shortened", "2026-12-30", "close_after", "2", "zone", "Europe/Minsk"}

func TestCalendarIsShownChangedAndTakenAway(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		department := firstRef(ada, "departments")
		own := "/admin/calendar?department=" + department
		r.shows(ada.page("/admin/calendar"), `value="09:00-18:00"`, "4 working days from now is", `name="close_after" value="4"`)
		ada.saved(own, office...)
		page := ada.page(own)
		r.shows(page, `value="09:00-13:00, 14:00-18:00"`, "2026-12-31\n2027-01-01", "2027-01-16", "2026-12-30", `value="2"`, `value="Europe/Minsk"`)
		c, err := r.desk.Calendar(r.Context(), r.ada, okno.Ref(department))
		r.must(err)
		if c.CloseAfter != 2 || len(c.Holidays) != 2 || c.Version != 1 {
			r.Errorf("kept: %+v", c)
		}
		if everybodys := ada.page("/admin/calendar"); strings.Contains(everybodys, "Europe/Minsk") {
			r.Error("a department's own calendar is everybody's")
		}
		if code, _ := ada.post(own, office...); code != 409 {
			r.Errorf("over a version that was not seen: %d", code)
		}
		ada.saved("/admin/calendar/removal?department=" + department)
		r.shows(ada.page(own), `name="close_after" value="4"`)
	})
}

func TestCalendarNamesWhatIsWrongAndKeepsWhatWasTyped(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		for field, value := range map[string]string{
			"hours_1": "morning", "hours_2": "9-13, 12-18", "holidays": "New-Year", "moved": "2027-02-30", "close_after": "soon", "zone": "Moon/Base",
		} {
			code, page := ada.post("/admin/calendar", with(office, field, value)...)
			if code != 422 {
				r.Errorf("%s: %d", field, code)
			}
			r.shows(page, `id="f-`+field+`-error"`, value)
		}
		code, page := ada.post("/admin/calendar/preview", office...)
		if code != 200 {
			r.Errorf("preview: %d", code)
		}
		r.shows(page, "4 working days from now is", `value="9-13, 14-18"`)
		if c, err := r.desk.Calendar(r.Context(), r.ada, ""); err != nil || c.Version != 0 {
			r.Errorf("the preview was kept: %+v %v", c, err)
		}
	})
}
