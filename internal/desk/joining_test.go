package desk_test

import (
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func TestContactKnownElsewhereLooksTheSameAndIsAsked(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f, other := r.firm("1"), r.firm("2")
		n := r.open("carl@customer.example", "Noise")
		// Carl has tickets and no account, Boss 2 an account elsewhere.
		for _, address := range []string{"carl@customer.example", "boss@firm2.example"} {
			ref := f.add(address, true)
			login, _, _ := strings.Cut(address, "@")
			if got := f.contact(ref); got.State != okno.ContactIsInvited || got.Name != "The "+login || !got.Administrator {
				t.Errorf("%+v", got)
			}
			_, err := r.SignIn(r.ctx(), login+"1", issued, "", "test")
			refusedAs(t, "the issued password of "+address, err, okno.Invalid, "")
			refusedAs(t, "the same login again", r.AddContact(r.ctx(), f.admin(), "other "+address, f.Ref, desk.ContactForm{
				Name: "X", Address: "new@firm1.example", Login: login + "1", Password: issued}), okno.Invalid, "login")
		}
		if a := other.admin(); len(a.Companies) != 1 || a.Companies[0].Company != other.ID {
			t.Errorf("before he joined: %+v", a.Companies)
		}
		link := f.joinLink("boss@firm2.example")
		for range 2 { // looking spends nothing
			if c, err := r.Joining(r.ctx(), link); err != nil || c.Name != "Firm 1" {
				t.Fatalf("%+v %v", c, err)
			}
		}
		if entry, err := r.Join(r.ctx(), link); err != nil || entry != "" {
			t.Fatalf("%q %v", entry, err)
		}
		if _, err := r.Join(r.ctx(), link); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("twice: %v", err)
		}
		if a := other.admin(); !a.ManagesContacts(f.ID) || !a.ManagesContacts(other.ID) {
			t.Errorf("after he joined: %+v", a.Companies)
		}
		entry, err := r.Join(r.ctx(), f.joinLink("carl@customer.example"))
		must(t, err)
		token, err := r.UseEntry(r.ctx(), entry, password, "", "test")
		must(t, err)
		carl := r.actor(token)
		if _, err := r.Ticket(r.ctx(), carl, n, 0); err != nil || !carl.ManagesContacts(f.ID) {
			t.Errorf("Carl: %v %+v", err, carl.Companies)
		}
		r.portal("carl1", password)
	})
}

func TestMailDomainAddsConfirmedAddressesOnly(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f := r.firm("1", func(c *desk.CompanyForm) { c.Domains = []string{"firm1.example"} })
		other := r.firm("2")
		// Gil's password was issued to an address of the other's domain: typing it confirms nothing.
		other.add("gil@firm1.example", false)
		token, err := r.SignIn(r.ctx(), "gil2", issued, "", "test")
		must(t, err)
		must(t, r.ChangePassword(r.ctx(), r.actor(token), "", password))
		if a := r.portal("gil2", password); len(a.Companies) != 1 {
			t.Errorf("unconfirmed: %+v", a.Companies)
		}
		link, err := r.ResetByConsole(r.ctx(), "gil2")
		must(t, err)
		const second = "another " + password
		_, err = r.UseEntry(r.ctx(), link, second, "", "test")
		must(t, err)
		a := r.portal("gil2", second)
		if len(a.Companies) != 2 || a.ManagesAnyContacts() {
			t.Errorf("confirmed: %+v", a.Companies)
		}
		for _, c := range f.contacts() {
			if c.Name == "The gil" {
				must(t, r.DisableContact(r.ctx(), f.admin(), c.Ref, true))
			}
		}
		if a := r.portal("gil2", second); len(a.Companies) != 1 {
			t.Errorf("disabled and back by himself: %+v", a.Companies)
		}
	})
}
