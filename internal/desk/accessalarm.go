package desk

import (
	"context"
	"errors"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// alarmEvery is how often an alarm about access is raised while it lasts.
const alarmEvery = 24 * time.Hour

// watchAccesses raises an alarm, each day once, for each mailbox whose access
// was refused or ends soon, and one for an app whose secret does; and ends those
// that are over.
func (d *Desk) watchAccesses(ctx context.Context, boxes []store.Mailbox, accesses []store.Access) error {
	var providers []store.Provider
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		providers, err = tx.Providers()
		return err
	}); err != nil {
		return err
	}
	var troubles []error
	warned := map[okno.ProviderKind]bool{} // of its secret's end, at its first mailbox
	for _, a := range accesses {
		p := pick(providers, func(p store.Provider) bool { return p.Kind == a.Provider })
		kind := okno.AlarmKind("")
		if box := pick(boxes, func(m store.Mailbox) bool { return m.ID == a.Mailbox }); box.Closed.IsZero() {
			kind = judgeAccess(&a.MailboxAccess, &p.Provider, d.Now())
		}
		if kind == okno.AlarmSecretEnds {
			if warned[p.Kind] {
				kind = ""
			}
			warned[p.Kind] = true
		}
		troubles = append(troubles, d.alarmAccess(ctx, a, kind))
	}
	return errors.Join(troubles...)
}

// judgeAccess is what is wrong with a mailbox's access.
func judgeAccess(a *okno.MailboxAccess, p *okno.Provider, now time.Time) okno.AlarmKind {
	switch a.Refused {
	case okno.GrantRefused:
		return okno.AlarmGrant
	case okno.AppRefused:
		return okno.AlarmApp
	}
	if at := a.WarnsAt(p.Endpoints().Unused); !at.IsZero() && !now.Before(at) {
		return okno.AlarmEnds
	}
	if ends := p.SecretEnds; !ends.IsZero() && !now.Before(ends.Add(-okno.WarnAhead)) {
		return okno.AlarmSecretEnds
	}
	return ""
}

// alarmAccess raises an alarm, again when it has lasted a day more, or says that
// it is over.
func (d *Desk) alarmAccess(ctx context.Context, a store.Access, kind okno.AlarmKind) error {
	now := d.Now()
	same := kind == a.Alarm.Kind
	if same && (kind == "" || now.Sub(a.Alarm.Since) < alarmEvery) {
		return nil
	}
	alarm := okno.Alarm{Kind: kind}
	e := okno.NewEvent(okno.MailboxRecovered, okno.EventData{Reason: string(a.Alarm.Kind)})
	if kind != "" {
		alarm.Since = now
		e = okno.NewEvent(okno.MailboxAlarmed, okno.EventData{Reason: string(kind)})
	}
	e.Subject = int64(a.Mailbox)
	return d.write(ctx, func(tx store.Tx) error {
		if err := tx.SaveAccessAlarm(a.Mailbox, alarm); err != nil {
			return err
		}
		return d.record(tx, okno.System(), nil, e)
	})
}
