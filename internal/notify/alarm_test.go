package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// alarmed has the support mailbox fail for an hour, then work again.
func (r *rig) alarmed() (raised, over []sent) {
	r.t.Helper()
	ctx, t := r.ctx(), r.t
	boxes, err := r.Mailboxes(ctx, r.ada)
	must(t, err)
	box := boxes[0].Mailbox
	box.Fetch = &okno.Fetch{Host: "imap.desk.example", Port: 993, Security: okno.TLS, User: "support"}
	must(t, r.SaveMailbox(ctx, r.ada, box.Ref, box, boxes[0].Department.Ref))
	r.letters()
	must(t, r.SaveFetchState(ctx, box.ID, okno.FetchState{At: r.Now().Add(-2 * time.Hour), Trouble: "sign in: [AUTHENTICATIONFAILED] Authentication failed.", Since: r.Now().Add(-time.Hour)}))
	must(t, r.WatchMailboxes(ctx))
	raised = r.letters()
	must(t, r.SaveFetchState(ctx, box.ID, okno.FetchState{At: r.Now()}))
	must(t, r.WatchMailboxes(ctx))
	return raised, r.letters()
}

// Administrators alone are told, by a letter from another mailbox where there
// is one, and by the bell.
func TestAnAlarmIsToldToAdministratorsByAnotherWay(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		departments, err := r.Departments(r.ctx())
		must(t, err)
		must(t, r.SaveMailbox(r.ctx(), r.ada, "", okno.Mailbox{Address: "sales@desk.example", Lang: "en"}, departments[0].Ref))
		raised, over := r.alarmed()
		if l := to(t, raised, "ada@desk.example"); len(raised) != 1 || l.Kind != okno.LetterAlarm || !strings.HasPrefix(l.From, "sales") || !strings.Contains(l.read.Text, "AUTHENTICATIONFAILED") {
			t.Errorf("%s from %s:\n%s", list(raised), l.From, l.read.Text)
		}
		if l := to(t, over, "ada@desk.example"); len(over) != 1 || l.Kind != okno.LetterAlarmOver {
			t.Errorf("%s", list(over))
		}
		page, err := r.Notices(r.ctx(), r.ada, "", 0)
		must(t, err)
		if len(page.Lines) != 2 || page.Lines[1].Kind != okno.NoticeAlarm || page.Lines[1].Subject != "support@desk.example" {
			t.Errorf("the administrator's bell: %+v", page.Lines)
		}
		if n, err := r.UnreadNotices(r.ctx(), r.ada); err != nil || n != 2 {
			t.Errorf("%d unread, %v", n, err)
		}
		if page, err := r.Notices(r.ctx(), r.ann, "", 0); err != nil || len(page.Lines) != 0 {
			t.Errorf("an agent's bell: %+v %v", page, err)
		}
	})
}

func TestAlarmLettersReadAsTheyShould(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		t.Run(lang, func(t *testing.T) {
			r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)), lang)
			raised, over := r.alarmed()
			for name, letters := range map[string][]sent{"alarm": raised, "alarmover": over} {
				l := to(t, letters, "ada@desk.example")
				boxes, err := r.Mailboxes(r.ctx(), r.ada)
				must(t, err)
				tidy := func(s string) string { return strings.ReplaceAll(s, string(boxes[0].Ref), "REF") }
				compare(t, "testdata/"+lang+"-"+name+"-agent.txt", "Subject: "+l.read.Subject+"\n\n"+tidy(l.read.Text))
				compare(t, "testdata/"+lang+"-"+name+"-agent.html", tidy(l.read.HTML))
			}
		})
	}
}
