package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

// firm is a company with its administrator, who has chosen the password.
type firm struct {
	*rig
	okno.Company
	boss string // login name
}

func (r *rig) firm(number string, change ...func(*desk.CompanyForm)) *firm {
	r.t.Helper()
	f := desk.CompanyForm{Number: number, Name: "Firm " + number, SeesAll: true, AdminName: "Boss " + number, AdminAddress: "boss@firm" + number + ".example", Lang: "en"}
	for _, c := range change {
		c(&f)
	}
	c, err := r.AddCompany(r.ctx(), r.admin, "firm "+number, f)
	must(r.t, err)
	r.chooses("Admin-" + number)
	return &firm{r, c, "Admin-" + number}
}

// chooses is the first entry of whoever has a login or an address.
func (r *rig) chooses(login string) {
	r.t.Helper()
	link, err := r.ResetByConsole(r.ctx(), login)
	must(r.t, err)
	_, err = r.UseEntry(r.ctx(), link, password, "", "test")
	must(r.t, err)
}

// portal is someone who signs in at the portal.
func (r *rig) portal(login, password string) okno.Actor {
	r.t.Helper()
	token, err := r.SignIn(r.ctx(), login, password, "", "test")
	must(r.t, err)
	return r.actor(token)
}

func (r *rig) actor(token string) okno.Actor {
	r.t.Helper()
	a, _, err := r.ActorOf(r.ctx(), token, okno.DoorPortal)
	must(r.t, err)
	return a
}

func (f *firm) admin() okno.Actor { return f.portal(f.boss, password) }

// issued is the password that stands in every contact's form here.
const issued = "issued by the firm"

// add offers a place; the login is the part of the address before the @.
func (f *firm) add(address string, administrator bool) okno.Ref {
	f.t.Helper()
	login, _, _ := strings.Cut(address, "@")
	must(f.t, f.AddContact(f.ctx(), f.admin(), f.Number+address, f.Ref, desk.ContactForm{
		Name: "The " + login, Address: address, Login: login + f.Number, Password: issued, Administrator: administrator, Lang: "en"}))
	all := f.contacts()
	for _, c := range all {
		if c.Name == "The "+login {
			return c.Ref
		}
	}
	return all[len(all)-1].Ref
}

func (f *firm) contacts() []okno.Contact {
	f.t.Helper()
	list, err := f.Contacts(f.ctx(), f.rig.admin, f.Ref, "")
	must(f.t, err)
	return list.Contacts
}

// contact is how one stands in the list.
func (f *firm) contact(ref okno.Ref) okno.Contact {
	f.t.Helper()
	for _, c := range f.contacts() {
		if c.Ref == ref {
			return c
		}
	}
	f.t.Fatalf("no contact %s", ref)
	return okno.Contact{}
}

// joinLink is a link as the letter to a known person carries it.
func (f *firm) joinLink(address string) string {
	f.t.Helper()
	p, err := f.KnownSender(f.ctx(), address)
	must(f.t, err)
	l := f.JoinLink(p.ID, f.ID)
	must(f.t, f.QueueLetters(f.ctx(), []desk.Outgoing{{
		Letter: okno.Letter{Kind: okno.LetterJoin, Origin: l.Token, To: address, MessageID: l.Token + "@desk.example", Bytes: []byte("x")}, Links: []desk.LinkToken{l}}}))
	return l.Token
}

func refusedAs(t *testing.T, what string, err error, reason okno.Reason, field string) {
	t.Helper()
	if okno.ReasonOf(err) != reason || field != "" && !strings.Contains(err.Error(), "("+field+")") {
		t.Errorf("%s: %v, want %s %s", what, err, reason, field)
	}
}

func TestR37FirstAdministratorOfACompany(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		proposed, err := r.ProposeCompany(r.ctx(), r.admin)
		if err != nil || proposed.Number != "1" || !proposed.SeesAll {
			t.Fatalf("%+v %v", proposed, err)
		}
		f := r.firm("17")
		if a := f.admin(); len(a.Companies) != 1 || !a.Companies[0].Administrator || !a.Companies[0].SeesAll {
			t.Errorf("%+v", a.Companies)
		}
		if proposed, err = r.ProposeCompany(r.ctx(), r.admin); err != nil || proposed.Number != "18" {
			t.Errorf("after 17: %+v %v", proposed, err)
		}
		_, err = r.AddCompany(r.ctx(), r.admin, "again", desk.CompanyForm{Number: "17", Name: "Other", AdminName: "X", AdminAddress: "x@other.example"})
		refusedAs(t, "a number twice", err, okno.Invalid, "number")
		_, err = r.AddCompany(r.ctx(), r.admin, "wrong", desk.CompanyForm{Number: "a b", Country: "XX", Domains: []string{"Gmail.com", "no domain"}, Assignee: "nobody"})
		for _, field := range []string{"number", "name", "country", "domains", "admin_name", "admin_email"} {
			refusedAs(t, field, err, okno.Invalid, field)
		}
	})
}

func TestCompanyIsEditedOverTheVersionThatWasSeen(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f, other := r.firm("1"), r.firm("2")
		bob := r.bobsRef()
		form := desk.CompanyForm{Number: "1", Name: "New name", Country: "by", Domains: []string{"@Firm1.example", "firm1.example"}, Agents: []okno.Ref{bob}, Assignee: bob, Version: f.Version}
		must(t, r.SaveCompany(r.ctx(), r.admin, f.Ref, form))
		card, err := r.Company(r.ctx(), r.admin, f.Ref)
		if err != nil || card.Name != "New name" || card.Country != "BY" || card.SeesAll || len(card.Domains) != 1 || len(card.Agents) != 1 || card.Assignee != r.bob.Person {
			t.Errorf("%+v %v", card, err)
		}
		refusedAs(t, "a stale version", r.SaveCompany(r.ctx(), r.admin, f.Ref, form), okno.Conflict, "")
		form.Number, form.Version, form.Assignee, form.Agents = "2", other.Version, "", nil
		refusedAs(t, "another's domain", r.SaveCompany(r.ctx(), r.admin, other.Ref, form), okno.Invalid, "domains")
		form.Domains, form.Assignee = nil, bob
		refusedAs(t, "an assignee who is not its own", r.SaveCompany(r.ctx(), r.admin, other.Ref, form), okno.Invalid, "assignee")
	})
}

func (r *rig) bobsRef() okno.Ref {
	p, err := r.KnownSender(r.ctx(), "bob@desk.example")
	must(r.t, err)
	return p.Ref
}

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

func TestR57EmployeesSeeTheirOwnAdministratorsAll(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		f, other := r.firm("1"), r.firm("2")
		f.add("gil@firm1.example", false)
		f.add("ivo@firm1.example", false)
		r.chooses("gil1")
		r.chooses("ivo1")
		other.add("gil@firm1.example", false)
		_, err := r.Join(r.ctx(), other.joinLink("gil@firm1.example"))
		must(t, err)
		gil, ivo := r.portal("gil1", password), r.portal("ivo1", password)
		opening := desk.Opening{Key: "two", Channel: okno.ChannelWeb, Subject: "Lamp", Text: "Dark."}
		_, err = r.OpenTicket(r.ctx(), gil, opening)
		refusedAs(t, "of two companies without a choice", err, okno.Invalid, "company")
		opening.Company = "nonsense"
		_, err = r.OpenTicket(r.ctx(), gil, opening)
		refusedAs(t, "of another company", err, okno.Invalid, "company")
		opening.Company = f.Ref
		o, err := r.OpenTicket(r.ctx(), gil, opening)
		must(t, err)
		for who, c := range map[string]struct {
			by  okno.Actor
			may bool
		}{"himself": {gil, true}, "employee": {ivo, false}, "administrator": {f.admin(), true}, "other administrator": {other.admin(), false}} {
			if _, err := r.Ticket(r.ctx(), c.by, o.Number, 0); (err == nil) != c.may {
				t.Errorf("%s: %v", who, err)
			}
		}
		must(t, r.SaveCompany(r.ctx(), r.admin, f.Ref, desk.CompanyForm{Number: "1", Name: "Firm 1", Version: f.Version}))
		if _, err := r.Ticket(r.ctx(), f.admin(), o.Number, 0); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("set off for the company: %v", err)
		}
		if !f.admin().ManagesContacts(f.ID) {
			t.Error("he manages the contacts no more")
		}
		byPhone := desk.Opening{Key: "phone", Channel: okno.ChannelPhone, Name: "Gil", Address: "gil@firm1.example", Subject: "Chair", Text: "Hard."}
		_, err = r.OpenTicket(r.ctx(), r.ann, byPhone)
		refusedAs(t, "by phone without a choice", err, okno.Invalid, "company")
		choices, err := r.CallerCompanies(r.ctx(), r.ann, "gil@firm1.example")
		if err != nil || len(choices) != 2 || choices[0].Name != "Firm 1" {
			t.Fatalf("%+v %v", choices, err)
		}
		byPhone.Company = choices[1].Ref
		o, err = r.OpenTicket(r.ctx(), r.ann, byPhone)
		must(t, err)
		if _, err := r.Ticket(r.ctx(), other.admin(), o.Number, 0); err != nil {
			t.Errorf("the company that was chosen: %v", err)
		}
		// A stranger who types Gil's address learns nothing of his companies.
		_, err = r.OpenTicket(r.ctx(), okno.Nobody("en"), desk.Opening{Key: "stranger", Channel: okno.ChannelWeb, Name: "Eve", Address: "gil@firm1.example", Subject: "Hm", Text: "Hm."})
		must(t, err)
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
