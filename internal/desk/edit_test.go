package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

// told is a ticket of Carl's with an answer of Ann's, and Carl at the portal.
func (r *rig) told() (n okno.Number, carl okno.Actor, asked, answer okno.Ref) {
	r.t.Helper()
	n = r.open("carl@customer.example", "Lamp")
	w, err := r.AddMessage(r.ctx(), r.ann, n, desk.Words{Key: "answer " + string(n), Text: "Try another bulb.", Channel: okno.ChannelWeb})
	must(r.t, err)
	p := r.page(r.ann, n)
	carl = okno.Actor{Person: p.Ticket.Requester, Door: okno.DoorPortal}
	return n, carl, p.Messages[0].Ref, w.Ref
}

func (r *rig) page(by okno.Actor, n okno.Number) *desk.TicketPage {
	r.t.Helper()
	p, err := r.Ticket(r.ctx(), by, n, 0)
	must(r.t, err)
	return p
}

func refused(t *testing.T, err error, reason okno.Reason, key string) {
	t.Helper()
	if okno.ReasonOf(err) != reason || !strings.Contains(err.Error(), key) {
		t.Errorf("%v, want %s: %s", err, reason, key)
	}
}

// meets waits until another change has ended or waits for one that is made.
func (r *rig) meets(ended chan error) {
	r.t.Helper()
	for waits := int64(0); waits == 0 && len(ended) == 0; {
		must(r.t, r.db.Read(r.ctx(), func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`).Scan(&waits)
		}))
	}
}

func TestALetterThatIsQueuedWhileItsMessageIsDeletedDoesNotLeave(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n, _, _, answer := r.told()
		m := r.page(r.ann, n).Messages[1]
		deleted := make(chan error, 1)
		remove := func() { deleted <- r.DeleteMessage(r.ctx(), r.ann, n, answer) }
		if r.db.Dialect() == db.Postgres {
			looks := 0
			r.asked = func() { // the first time the letter is made; the second time it is queued and not kept yet
				if looks++; looks < 2 {
					return
				}
				r.asked = nil
				go remove()
				r.meets(deleted)
			}
		}
		o := desk.Outgoing{Told: m.Version, Letter: okno.Letter{Kind: okno.LetterAnswer, Origin: "1:told", Ticket: m.Ticket, Message: m.ID, From: "support@desk.example",
			To: "carl@customer.example", Subject: "Re: Lamp", MessageID: "told@desk.example", Bytes: []byte("x"), Shown: "x"}}
		must(t, r.QueueLetters(r.ctx(), []desk.Outgoing{o}))
		if r.db.Dialect() == db.SQLite { // has one change at a time
			go remove()
		}
		must(t, <-deleted)
		letters, _, err := r.Letters(r.ctx(), r.admin, "", "")
		must(t, err)
		for _, l := range letters {
			if l.Message == m.ID {
				t.Errorf("a letter with what was deleted is %s", l.State)
			}
		}
	})
}

func TestAuthorChangesHisMessageForAQuarterOfAnHour(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n, carl, asked, answer := r.told()
		r.clock = r.clock.Add(okno.EditWithin)
		must(t, r.EditMessage(t.Context(), carl, n, asked, " It smells. ", "", 1))
		p := r.page(r.ann, n)
		if m := p.Messages[0]; m.Text != "It smells." || !m.Edited.Equal(r.clock) || m.Version != 2 {
			t.Errorf("message: %+v", m)
		}
		if p.Ticket.LastWord != "Try another bulb." || p.Ticket.LastBy != okno.SideAgent {
			t.Errorf("the list says %q by the %s", p.Ticket.LastWord, p.Ticket.LastBy)
		}
		must(t, r.EditMessage(t.Context(), r.ann, n, answer, "Try two bulbs.", "<p>Try <b>two</b> bulbs.</p><script>x</script>", 1))
		p = r.page(carl, n)
		if m := p.Messages[1]; m.HTML != "<p>Try <b>two</b> bulbs.</p>" || p.Ticket.LastWord != "Try two bulbs." {
			t.Errorf("answer: %+v; the list says %q", m, p.Ticket.LastWord)
		}
		_, before, err := r.Versions(t.Context(), r.ann, n, asked)
		must(t, err)
		if len(before) != 1 || before[0].Text != "It does not work." || !before[0].At.Equal(p.Messages[0].At) {
			t.Errorf("earlier versions: %+v", before)
		}
		last := p.Events[len(p.Events)-1]
		if last.Kind != okno.MessageEdited || last.Actor != r.ann.Person {
			t.Errorf("history ends with %+v", last)
		}
		r.clock = r.clock.Add(time.Microsecond)
		refused(t, r.EditMessage(t.Context(), carl, n, asked, "Too late.", "", 2), okno.Conflict, "error.message.late")
		refused(t, r.DeleteMessage(t.Context(), carl, n, asked), okno.Conflict, "error.message.late")
	})
}

func TestAChangeOverAnotherIsRefused(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n, carl, asked, _ := r.told()
		must(t, r.EditMessage(t.Context(), carl, n, asked, "In one tab.", "", 1))
		refused(t, r.EditMessage(t.Context(), carl, n, asked, "In another.", "", 1), okno.Conflict, "error.message.stale")
		must(t, r.EditMessage(t.Context(), carl, n, asked, "In one tab.", "", 2)) // nothing changes
		refused(t, r.EditMessage(t.Context(), carl, n, asked, " ", "", 2), okno.Invalid, "error.missing")
		refused(t, r.EditMessage(t.Context(), carl, n, asked, strings.Repeat("a", okno.MaxText+1), "", 2), okno.Invalid, "error.toolong")
		if m := r.page(carl, n).Messages[0]; m.Text != "In one tab." || m.Version != 2 {
			t.Errorf("message: %+v", m)
		}
	})
}

func TestNobodyChangesAnothersMessageNorAClosedTickets(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n, carl, asked, answer := r.told()
		refused(t, r.EditMessage(t.Context(), carl, n, answer, "Mine.", "", 1), okno.Forbidden, "")
		refused(t, r.DeleteMessage(t.Context(), r.ann, n, asked), okno.Forbidden, "")
		refused(t, r.DeleteMessage(t.Context(), r.admin, n, answer), okno.Forbidden, "")
		// At the portal Ann is a customer: her answers are an agent's.
		refused(t, r.DeleteMessage(t.Context(), okno.Actor{Person: r.ann.Person, Door: okno.DoorPortal}, n, answer), okno.NotFound, "")
		other := r.open("carl@customer.example", "Chair")
		refused(t, r.DeleteMessage(t.Context(), carl, other, asked), okno.NotFound, "")

		called, err := r.OpenTicket(t.Context(), r.ann, desk.Opening{Key: "by phone", Name: "Carl", Address: "carl@customer.example", Channel: okno.ChannelPhone, Subject: "Phone", Text: "He says so."})
		must(t, err)
		refused(t, r.EditMessage(t.Context(), carl, called.Number, r.page(carl, called.Number).Messages[0].Ref, "I never did.", "", 1), okno.Forbidden, "")

		must(t, r.CloseTicket(t.Context(), carl, n, "page"))
		refused(t, r.EditMessage(t.Context(), carl, n, asked, "After all.", "", 1), okno.Conflict, "error.message.closed")
		refused(t, r.DeleteMessage(t.Context(), carl, n, asked), okno.Conflict, "error.message.closed")
	})
}

func TestDeletedMessageLeavesATombstoneAndNoFiles(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n, carl, _, _ := r.told()
		f, _, err := r.KeepUpload(t.Context(), r.ann, "bulb.txt", strings.NewReader("a bulb"), 100)
		must(t, err)
		w, err := r.AddMessage(t.Context(), r.ann, n, desk.Words{Key: "with a file", Text: "The wrong bulb.", Channel: okno.ChannelWeb, Uploads: []okno.Ref{f.Ref}})
		must(t, err)
		_, open, err := r.OpenFile(t.Context(), carl, f.Ref)
		must(t, closeIt(open, err))
		must(t, r.DeleteMessage(t.Context(), r.ann, n, w.Ref))

		for name, by := range map[string]okno.Actor{"customer": carl, "author": r.ann, "administrator": r.admin} {
			if _, _, err := r.OpenFile(t.Context(), by, f.Ref); okno.ReasonOf(err) != okno.NotFound {
				t.Errorf("the %s opens the file: %v", name, err)
			}
			p := r.page(by, n)
			m := p.Messages[2]
			if m.Deleted.IsZero() || m.Text != "" || m.HTML != "" || len(m.Files) != 0 || p.Ticket.LastWord != "Try another bulb." {
				t.Errorf("the %s reads %+v; the list says %q", name, m, p.Ticket.LastWord)
			}
		}
		_, before, err := r.Versions(t.Context(), r.ann, n, w.Ref)
		must(t, err)
		if len(before) != 1 || before[0].Text != "The wrong bulb." {
			t.Errorf("earlier versions: %+v", before)
		}
		if _, _, err := r.Versions(t.Context(), carl, n, w.Ref); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("the customer reads them: %v", err)
		}
		refused(t, r.DeleteMessage(t.Context(), r.ann, n, w.Ref), okno.Conflict, "error.message.deleted")
		refused(t, r.EditMessage(t.Context(), r.ann, n, w.Ref, "Again.", "", 2), okno.Conflict, "error.message.deleted")
	})
}
