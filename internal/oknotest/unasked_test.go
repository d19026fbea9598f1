package oknotest_test

import (
	"fmt"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/intake"
)

// unasked gives the world a ban, letters in quarantine, a letter of a ticket's
// that came back, a program's answer in it, and a confirmation that a limit
// held back.
func (w *world) unasked() {
	w.t.Helper()
	ctx := w.t.Context()
	boxes, err := w.Desk.Mailboxes(ctx, okno.Console())
	w.must(err)
	to := boxes[0].Address
	arrive := func(to string, n int, fields, text string) {
		raw := fmt.Sprintf("Message-ID: <unasked%d@shop.example>\r\nDate: Fri, 20 Nov 2026 08:00:00 +0000\r\n%s\r\n\r\n%s\r\n", n, fields, text)
		w.must(w.Receiver.Keep(ctx, intake.Arrival{EnvelopeFrom: "deals@shop.example", EnvelopeTo: to, Source: "demo", Raw: []byte(raw)}))
		w.Settle()
	}
	arrive(to, 1, "From: Olga <olga@cafe.example>\r\nSubject: "+stories[w.l.Lang()].done, stories[w.l.Lang()].text)
	arrive(to, 2, "From: Olga <olga@cafe.example>\r\nSubject: Re: "+stories[w.l.Lang()].done, stories[w.l.Lang()].reply)
	w.must(w.Desk.AddBan(ctx, okno.Console(), "shop.example"))
	arrive(to, 3, "From: Deals <deals@shop.example>\r\nSubject: 50 % off", "Today only.")
	waiting, _, err := w.Desk.Quarantine(ctx, w.as(agent, okno.DoorWorkspace), "")
	w.must(err)
	w.names["WAITING"] = string(waiting[0].Ref)

	letters, _, err := w.Desk.Letters(ctx, okno.Console(), "", "")
	w.must(err)
	for _, l := range letters {
		if l.To != "olga@cafe.example" {
			continue
		}
		_, _, err := w.Desk.Reported(ctx, desk.Report{Letter: l.ID, Permanent: true, Why: "5.1.1 550 no such mailbox here"})
		w.must(err)
		t, err := w.Desk.TicketOf(ctx, l.Ticket)
		w.must(err)
		page, err := w.Desk.Ticket(ctx, w.as(agent, okno.DoorWorkspace), t.Number, 0)
		w.must(err)
		w.names["WRITTEN"] = string(page.Messages[0].Ref)
		w.names["RETURNED"], w.names["CAMEBACK"] = string(l.Ref), string(t.Number)
		arrive(w.Desk.ReplyAddresses().For(to, int64(l.Ticket), int64(l.Person)), 4, "From: Olga <olga@cafe.example>\r\nAuto-Submitted: auto-replied\r\nSubject: Away", stories[w.l.Lang()].when)
		break
	}
}
