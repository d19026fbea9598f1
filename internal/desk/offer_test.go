package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

func TestR40IssuedPasswordIsGoodForTheFirstEntryOnly(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f := r.firm("1")
		ref := f.add("gil@firm1.example", true)
		token, err := r.SignIn(r.ctx(), "GIL1", issued, "", "test")
		must(t, err)
		gil := r.actor(token)
		if !gil.MustChange || gil.ManagesAnyContacts() || len(gil.Companies) != 0 || gil.Sees().Admits(&okno.Ticket{Requester: gil.Person}) {
			t.Errorf("before the change: %+v", gil)
		}
		if _, err := r.Contacts(r.ctx(), gil, f.Ref, ""); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("the list: %v", err)
		}
		if s := f.contact(ref).State; s != okno.ContactIsInvited {
			t.Errorf("he is %s", s)
		}
		refusedAs(t, "the same again", r.ChangePassword(r.ctx(), gil, "", issued), okno.Invalid, "password") // spec R41
		must(t, r.ChangePassword(r.ctx(), gil, "", password))
		if again := r.actor(token); again.MustChange || !again.ManagesContacts(f.ID) {
			t.Errorf("after the change: %+v", again)
		}
		if s := f.contact(ref).State; s != okno.ContactIsActive {
			t.Errorf("he is %s", s)
		}
		_, err = r.SignIn(r.ctx(), "gil1", issued, "", "test")
		refusedAs(t, "the issued password later", err, okno.Invalid, "")
		refusedAs(t, "an invitation for who is in", r.InviteContact(r.ctx(), f.admin(), ref), okno.Conflict, "")
	})
}

func TestIssuedPasswordExpires(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f := r.firm("1")
		ref := f.add("gil@firm1.example", false)
		r.clock = r.clock.Add(72 * time.Hour)
		_, err := r.SignIn(r.ctx(), "gil1", issued, "", "test")
		refusedAs(t, "after 72 hours", err, okno.Invalid, "")
		must(t, r.Tidy(r.ctx()))
		must(t, r.InviteContact(r.ctx(), f.admin(), ref))
		if s := f.contact(ref).State; s != okno.ContactIsInvited {
			t.Errorf("he is %s", s)
		}
	})
}

func TestNewInvitationEndsWhatTheFirstBegan(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f := r.firm("1")
		ref := f.add("gil@firm1.example", false)
		old, err := r.SignIn(r.ctx(), "gil1", issued, "", "test")
		must(t, err)
		must(t, r.InviteContact(r.ctx(), f.admin(), ref))
		if a := r.actor(old); a.Person != 0 {
			t.Error("the session of the first password goes on")
		}
		_, err = r.SignIn(r.ctx(), "gil1", issued, "", "test")
		refusedAs(t, "the first password", err, okno.Invalid, "")
	})
}

func TestR63WrongFieldsAreNamedAndNothingIsSaved(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f := r.firm("1")
		f.add("gil@firm1.example", false)
		good := desk.ContactForm{Name: "Ivo", Address: "ivo@firm1.example", Code: "+375", Phone: "29 625 48 95", Login: "ivo", Password: issued}
		boss, before := f.admin(), r.traces()
		for _, c := range []struct {
			field string
			spoil func(*desk.ContactForm)
		}{
			{"name", func(f *desk.ContactForm) { f.Name = " " }},
			{"email", func(f *desk.ContactForm) { f.Address = "ivo at firm" }},
			{"email", func(f *desk.ContactForm) { f.Address = "GIL@firm1.example" }},
			{"phone", func(f *desk.ContactForm) { f.Phone = "29 625 48" }},
			{"phone", func(f *desk.ContactForm) { f.Phone = "call me" }},
			{"code", func(f *desk.ContactForm) { f.Code = "+999" }},
			{"code", func(f *desk.ContactForm) { f.Code = "" }},
			{"login", func(f *desk.ContactForm) { f.Login = "" }},
			{"login", func(f *desk.ContactForm) { f.Login = "Gil1" }},
			{"login", func(f *desk.ContactForm) { f.Login = "admin-9" }},
			{"login", func(f *desk.ContactForm) { f.Login = "ann@desk.example" }},
			{"password", func(f *desk.ContactForm) { f.Password = "" }},
			{"password", func(f *desk.ContactForm) { f.Password = "password" }},
		} {
			form := good
			c.spoil(&form)
			refusedAs(t, c.field, r.AddContact(r.ctx(), boss, "wrong", f.Ref, form), okno.Invalid, c.field)
		}
		if after := r.traces(); after != before {
			t.Errorf("something was saved:\n%s\n%s", before, after)
		}
		must(t, r.AddContact(r.ctx(), boss, "right", f.Ref, good))
		must(t, r.AddContact(r.ctx(), boss, "right", f.Ref, good)) // sent twice
		p, err := r.KnownSender(r.ctx(), "ivo@firm1.example")
		if err != nil || p.Phone != "+375 29 625 48 95" || len(f.contacts()) != 3 {
			t.Errorf("%+v %v, %d contacts", p, err, len(f.contacts()))
		}
	})
}

func TestDisabledInvitationIsWorthNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f := r.firm("1")
		gil := f.add("gil@firm1.example", false)
		r.open("carl@customer.example", "Noise")
		carl := f.add("carl@customer.example", false)
		link := f.joinLink("carl@customer.example")
		must(t, r.DisableContact(r.ctx(), f.admin(), gil, true))
		must(t, r.DisableContact(r.ctx(), f.admin(), carl, true))
		must(t, r.DisableContact(r.ctx(), f.admin(), gil, false))
		must(t, r.DisableContact(r.ctx(), f.admin(), carl, false))
		_, err := r.SignIn(r.ctx(), "gil1", issued, "", "test")
		refusedAs(t, "the issued password", err, okno.Invalid, "")
		_, err = r.Join(r.ctx(), link)
		refusedAs(t, "the link", err, okno.NotFound, "")
		must(t, r.InviteContact(r.ctx(), f.admin(), gil))
		must(t, r.InviteContact(r.ctx(), f.admin(), carl))
	})
}

func TestIssuedPasswordStandsNowhereInTheClear(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f := r.firm("1")
		f.add("gil@firm1.example", false)
		must(t, r.db.Read(r.ctx(), func(tx *db.Tx) error {
			for table, columns := range map[string]string{
				"event": "data", "job": "payload", "account": "password", "issued": "sealed", "membership": "name || login || folded", "submission": "result",
			} {
				rows, err := db.Collect(tx, func(row db.Scanner) (string, error) {
					var v []byte
					err := row.Scan(&v)
					return string(v), err
				}, "SELECT "+columns+" FROM "+table)
				if err != nil {
					return err
				}
				if strings.Contains(strings.Join(rows, "\n"), issued) {
					t.Errorf("it stands in %s", table)
				}
			}
			return nil
		}))
	})
}
