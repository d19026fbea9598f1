package admin

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
)

// renewDeliveryKey makes the key that signs letters handed over by HTTP, and
// shows it this once; or takes it away.
func (a *Admin) renewDeliveryKey(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	path := "/admin/mailboxes/" + q.Path("ref")
	if typed.Get("do") == "drop" {
		if err := a.desk.DropDeliveryKey(q.Context(), q.Actor, okno.Ref(q.Path("ref"))); err != nil {
			return err
		}
		return done(q, q.Locale.T("admin.delivery.dropped"), path)
	}
	m, err := a.mailboxOf(q)
	if err != nil {
		return err
	}
	key, err := a.desk.MakeDeliveryKey(q.Context(), q.Actor, m.Ref)
	if err != nil {
		return err
	}
	return q.Render(deliveryKeyPage(subView(q, "mailboxes", m.Address), a.c.BaseURL+"/mail/in/"+string(m.Ref), key, path))
}
