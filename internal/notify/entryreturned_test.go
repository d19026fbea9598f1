package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
)

// invitesInVain adds an agent whose invitation comes back, and returns what is
// written then.
func (r *rig) invitesInVain(name, address string) []sent {
	r.t.Helper()
	roles, err := r.Roles(r.ctx(), r.ada)
	must(r.t, err)
	must(r.t, r.AddAgent(r.ctx(), r.ada, r.key(), desk.AgentForm{Name: name, Address: address, Role: roles[0].Ref}))
	return r.comesBack(to(r.t, r.letters(), address))
}

// comesBack has a letter come back for good.
func (r *rig) comesBack(l sent) []sent {
	r.t.Helper()
	_, err := r.bounced(l.MessageID, true, "550 5.1.1 no such mailbox")
	must(r.t, err)
	return r.letters()
}

func TestAdministratorsHearThatAnAgentsInvitationCameBack(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		told := r.invitesInVain("Bob", "bob@nowhere.example")
		if l := to(t, told, "ada@desk.example"); len(told) != 1 || l.Kind != okno.LetterEntryReturned || !strings.Contains(l.read.Text, "bob@nowhere.example") || !strings.Contains(l.read.Text, "no such mailbox") {
			t.Errorf("%s:\n%s", list(told), l.read.Text)
		}
		page, err := r.Notices(r.ctx(), r.ada, "", 0)
		must(t, err)
		if len(page.Lines) != 1 || page.Lines[0].Kind != okno.NoticeEntryReturned || page.Lines[0].Ticket != 0 {
			t.Errorf("the administrator's bell: %+v", page.Lines)
		}
		if n, err := r.UnreadNotices(r.ctx(), r.ada); err != nil || n != 1 {
			t.Errorf("%d unread, %v", n, err)
		}
		if page, err := r.Notices(r.ctx(), r.ann, "", 0); err != nil || len(page.Lines) != 0 {
			t.Errorf("an agent's bell: %+v %v", page, err)
		}
	})
}

// Anybody can ask for registrations in made-up addresses.
func TestAdministratorsHearOnceADayThatRegistrationsComeBack(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		var told []string
		for _, address := range []string{"one@nowhere.example", "two@nowhere.example", "", "three@nowhere.example"} {
			if address == "" {
				r.pass(24 * time.Hour)
				continue
			}
			r.register("en", address)
			told = append(told, list(r.comesBack(to(t, r.letters(), address))))
		}
		const one = "entryreturned to ada@desk.example"
		if len(told) != 3 || told[0] != one || told[1] != "" || told[2] != one {
			t.Errorf("told: %q", told)
		}
	})
}

func TestLettersAboutWhatCameBackReadAsTheyShould(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		t.Run(lang, func(t *testing.T) {
			r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)), lang)
			invitation := to(t, r.invitesInVain("Bob", "bob@nowhere.example"), "ada@desk.example")
			r.register(lang, "carl@nowhere.example")
			registration := to(t, r.comesBack(to(t, r.letters(), "carl@nowhere.example")), "ada@desk.example")
			all, _, err := r.Letters(r.ctx(), okno.System(), "", "")
			must(t, err)
			tidy := func(s string) string {
				for _, l := range all {
					s = strings.ReplaceAll(s, "admin/letters/"+string(l.Ref), "admin/letters/REF")
				}
				return s
			}
			for name, l := range map[string]sent{"entryreturned": invitation, "entryreturned-registration": registration} {
				compare(t, "testdata/"+lang+"-"+name+"-agent.txt", "Subject: "+l.read.Subject+"\n\n"+tidy(l.read.Text))
				compare(t, "testdata/"+lang+"-"+name+"-agent.html", tidy(l.read.HTML))
			}
		})
	}
}
