package web

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web/ui"
)

// Switches is the table of what the reader is told at this door and how; action
// is where its form is sent.
func (q *Request) Switches(action string) ui.SwitchTable {
	l := q.Locale
	t := ui.SwitchTable{L: l, Action: action, Required: l.T("switch.required")}
	for _, w := range okno.Ways {
		t.Ways = append(t.Ways, l.T("switch.way."+string(w)))
	}
	side := okno.SideAgent
	if q.Actor.Door == okno.DoorPortal {
		side, t.Hint = okno.SideCustomer, l.T("switch.closing")
	}
	for _, m := range okno.Matters(side) {
		row := ui.SwitchRow{Name: l.T("switch.matter." + string(m))}
		for _, w := range okno.Ways {
			row.Boxes = append(row.Boxes, ui.SwitchBox{Field: switchField(m, w), On: q.Person.Switches.On(m, w)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func switchField(m okno.Matter, w okno.Way) string { return string(m) + "." + string(w) }

// SetSwitches keeps what was ticked in the table and leads back to it.
func (q *Request) SetSwitches(back string) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	if err := q.Desk.SetSwitches(q.Context(), q.Actor, func(m okno.Matter, w okno.Way) bool { return form.Has(switchField(m, w)) }); err != nil {
		return err
	}
	q.Toast(Toast{Text: q.Locale.T("switch.saved"), Kind: "success"})
	return q.Redirect(back)
}
