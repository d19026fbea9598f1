package desk_test

import (
	"fmt"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

func TestR62LastAdministratorCannotBeRemoved(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f := r.firm("1")
		boss := f.contacts()[0].Ref
		gil := f.add("gil@firm1.example", true)
		for what, err := range map[string]error{
			"demoted": r.MakeCompanyAdmin(r.ctx(), f.admin(), boss, false), "disabled": r.DisableContact(r.ctx(), f.admin(), boss, true),
		} {
			refusedAs(t, what+" while the other has not come in", err, okno.Conflict, "")
		}
		r.chooses("gil1")
		must(t, r.MakeCompanyAdmin(r.ctx(), f.admin(), boss, false))
		if f.admin().ManagesAnyContacts() {
			t.Error("he has his rights still")
		}
		g := r.portal("gil1", password)
		refusedAs(t, "the last one", r.MakeCompanyAdmin(r.ctx(), g, gil, false), okno.Conflict, "")
		must(t, r.MakeCompanyAdmin(r.ctx(), g, boss, true))
		must(t, r.DisableContact(r.ctx(), g, boss, true))
		refusedAs(t, "the last one again", r.DisableContact(r.ctx(), g, gil, true), okno.Conflict, "")
	})
}

func TestDisabledContactIsOutAndIn(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f, other := r.firm("1"), r.firm("2")
		ref := f.add("gil@firm1.example", false)
		r.chooses("gil1")
		token, err := r.SignIn(r.ctx(), "gil1", password, "", "test")
		must(t, err)
		must(t, r.DisableContact(r.ctx(), f.admin(), ref, true))
		if a := r.actor(token); a.Person != 0 {
			t.Error("his session goes on")
		}
		_, err = r.SignIn(r.ctx(), "gil1", password, "", "test")
		refusedAs(t, "signing in", err, okno.Invalid, "")
		if s := f.contact(ref).State; s != okno.ContactIsDisabled {
			t.Errorf("he is %s", s)
		}
		must(t, r.DisableContact(r.ctx(), f.admin(), ref, false))
		r.portal("gil1", password)
		// Who is one of another company's too, or has an account of his own, loses this company only.
		other.add("gil@firm1.example", false)
		_, err = r.Join(r.ctx(), other.joinLink("gil@firm1.example"))
		must(t, err)
		must(t, r.DisableContact(r.ctx(), f.admin(), ref, true))
		if a := r.portal("gil1", password); len(a.Companies) != 1 || a.Companies[0].Company != other.ID {
			t.Errorf("%+v", a.Companies)
		}
	})
}

func TestR64NobodyElseManagesACompanysContacts(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f, other := r.firm("1"), r.firm("2")
		ref := f.add("gil@firm1.example", false)
		r.chooses("gil1")
		ivo := f.add("ivo@firm1.example", false)
		boss := f.admin()
		atDesk, atMail := boss, boss
		atDesk.Door, atMail.Door, atMail.Claim = okno.DoorWorkspace, okno.DoorMail, okno.Proven
		held := boss
		held.MustChange = true
		for who, by := range map[string]okno.Actor{
			"nobody": okno.Nobody("en"), "employee": r.portal("gil1", password), "other company's administrator": other.admin(), "agent": r.ann,
			"administrator at another door": atDesk, "his letter": atMail, "one with an issued password": held,
		} {
			before := r.traces()
			_, e1 := r.Contacts(r.ctx(), by, f.Ref, "")
			_, _, e2 := r.ProposeContact(r.ctx(), by, f.Ref)
			for what, err := range map[string]error{
				"list": e1, "form": e2,
				"add":    r.AddContact(r.ctx(), by, "isolation", f.Ref, desk.ContactForm{Name: "X", Address: "x@firm1.example", Login: "xxx", Password: issued}),
				"invite": r.InviteContact(r.ctx(), by, ivo), "disable": r.DisableContact(r.ctx(), by, ref, true), "promote": r.MakeCompanyAdmin(r.ctx(), by, ref, true),
			} {
				refusedAs(t, what+" as "+who, err, okno.NotFound, "")
			}
			if after := r.traces(); after != before {
				t.Errorf("%s left a trace", who)
			}
		}
		// An administrator of two companies stays within each: a page of one does not begin at a contact of the other.
		_, err := r.Contacts(r.ctx(), boss, f.Ref, other.contacts()[0].Ref)
		refusedAs(t, "another company's contact as the place", err, okno.NotFound, "")
		must(t, done(r.Contacts(r.ctx(), boss, f.Ref, "")))
	})
}

func TestAnInvitationThatComesBackIsShownToWhoInvited(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f := r.firm("21")
		ref := f.add("ivo@nowhere.example", false)
		state := func() okno.ContactState {
			for _, c := range f.contacts() {
				if c.Ref == ref {
					return c.State
				}
			}
			return ""
		}
		for n := range 2 { // once by a report, once by the relay's refusal
			var event int64
			must(t, r.db.Read(r.ctx(), func(tx *db.Tx) error {
				return tx.QueryRow(`SELECT MAX(id) FROM event WHERE kind IN ('contact.added', 'contact.invited')`).Scan(&event)
			}))
			l := okno.Letter{Kind: okno.LetterInvitation, Origin: fmt.Sprint("invitation ", n), Event: okno.EventID(event), Person: r.person("ivo@nowhere.example").ID,
				From: "support@desk.example", To: "ivo@nowhere.example", Subject: "Come in", MessageID: fmt.Sprint(n, "@desk.example"), Bytes: []byte("Subject: Come in\r\n\r\n")}
			must(t, r.QueueLetters(r.ctx(), []desk.Outgoing{{Letter: l}}))
			all, _, err := r.Letters(r.ctx(), r.admin, "", "")
			must(t, err)
			if state() != okno.ContactIsInvited {
				t.Fatalf("before it came back: %s", state())
			}
			if n == 0 {
				_, proven, err := r.Reported(r.ctx(), desk.Report{Letter: all[0].ID, Permanent: true, Why: "5.1.1 no such mailbox"})
				must(t, err)
				if !proven {
					t.Error("the report proves nothing")
				}
			} else {
				must(t, r.GiveUpLetter(r.ctx(), all[0]))
			}
			if state() != okno.ContactIsUnreached {
				t.Errorf("it came back, and he is %s", state())
			}
			must(t, r.InviteContact(r.ctx(), f.admin(), ref))
		}
	})
}
