package desk_test

import (
	"strings"
	"testing"

	"github.com/oknodesk/okno"
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
