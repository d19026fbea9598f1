package desk_test

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// manageSteps are what is done with the installation.
var manageSteps = []step{
	{"Roles", managing, func(s *scene, by okno.Actor) error { return done(s.Roles(s.ctx(), by)) }},
	{"Agents", managing, func(s *scene, by okno.Actor) error { return done(s.Agents(s.ctx(), by)) }},
	{"Agent", managing, func(s *scene, by okno.Actor) error { return done(s.Agent(s.ctx(), by, s.bobs().Ref)) }},
	{"AddAgent", managing, func(s *scene, by okno.Actor) error {
		roles, err := s.Roles(s.ctx(), s.admin)
		must(s.t, err)
		return s.AddAgent(s.ctx(), by, s.key(by), desk.AgentForm{Name: "Gus", Address: "gus@desk.example", Role: roles[0].Ref})
	}},
	{"InviteAgain", managing, func(s *scene, by okno.Actor) error { return s.InviteAgain(s.ctx(), by, s.bobs().Ref) }},
	{"SaveAgent", managing, func(s *scene, by okno.Actor) error {
		b := s.bobs()
		return s.SaveAgent(s.ctx(), by, b.Ref, desk.AgentForm{Name: "Bob", Role: b.Grants[0].Role.Ref, Departments: []okno.Ref{s.second.Ref}, Version: b.Version})
	}},
	{"People", managing, func(s *scene, by okno.Actor) error {
		_, _, err := s.People(s.ctx(), by, "carl@", "")
		return err
	}},
	{"PersonCard", managing, func(s *scene, by okno.Actor) error { return done(s.PersonCard(s.ctx(), by, s.carls().Ref)) }},
	{"ErasePerson", managing, func(s *scene, by okno.Actor) error {
		c := s.carls()
		return s.ErasePerson(s.ctx(), by, c.Ref, "carl@customer.example", c.Version)
	}},
	{"Companies", managing, func(s *scene, by okno.Actor) error {
		_, _, err := s.Companies(s.ctx(), by, "")
		return err
	}},
	{"Company", managing, func(s *scene, by okno.Actor) error { return done(s.Company(s.ctx(), by, s.company().Ref)) }},
	{"ProposeCompany", managing, func(s *scene, by okno.Actor) error { return done(s.ProposeCompany(s.ctx(), by)) }},
	{"AddCompany", managing, func(s *scene, by okno.Actor) error {
		return done(s.AddCompany(s.ctx(), by, s.key(by), desk.CompanyForm{Number: "17", Name: "Customer", AdminName: "Fay", AdminAddress: "fay@other.example"}))
	}},
	{"SaveCompany", managing, func(s *scene, by okno.Actor) error {
		c := s.company()
		return s.SaveCompany(s.ctx(), by, c.Ref, desk.CompanyForm{Number: c.Number, Name: "Renamed", SeesAll: true, Version: c.Version})
	}},
	{"CallerCompanies", agents.but("", "other's agent"), func(s *scene, by okno.Actor) error {
		return done(s.CallerCompanies(s.ctx(), by, "carl@customer.example"))
	}},
	// Nobody here is a company's administrator: contact_test.go has those.
	{"ManagedCompanies", only(okno.NotFound), func(s *scene, by okno.Actor) error { return done(s.ManagedCompanies(s.ctx(), by)) }},
	{"Contacts", arranging, func(s *scene, by okno.Actor) error { return done(s.Contacts(s.ctx(), by, s.company().Ref, "")) }},
	{"ProposeContact", arranging, func(s *scene, by okno.Actor) error {
		_, _, err := s.ProposeContact(s.ctx(), by, s.company().Ref)
		return err
	}},
	{"AddContact", arranging, func(s *scene, by okno.Actor) error {
		return s.AddContact(s.ctx(), by, s.key(by), s.company().Ref, desk.ContactForm{Name: "Gil", Address: "gil@other.example", Login: "gil", Password: password})
	}},
	{"AgentChoices", managing, func(s *scene, by okno.Actor) error { return done(s.AgentChoices(s.ctx(), by)) }},
	{"AllTeams", managing, func(s *scene, by okno.Actor) error { return done(s.AllTeams(s.ctx(), by)) }},
	{"SaveTeam", managing, func(s *scene, by okno.Actor) error {
		return s.SaveTeam(s.ctx(), by, "", okno.Team{Name: "Lamps", Department: s.first.ID})
	}},
	{"ContactPerson", managing, func(s *scene, by okno.Actor) error { return done(s.ContactPerson(s.ctx(), by, s.contact())) }},
	{"CorrectContact", managing, func(s *scene, by okno.Actor) error {
		p, err := s.ContactPerson(s.ctx(), s.admin, s.contact())
		must(s.t, err)
		return s.CorrectContact(s.ctx(), by, s.contact(), "Hal Corrected", "", p.Version)
	}},
	{"InviteContact", arranging, func(s *scene, by okno.Actor) error { return s.InviteContact(s.ctx(), by, s.contact()) }},
	{"MakeCompanyAdmin", arranging, func(s *scene, by okno.Actor) error { return s.MakeCompanyAdmin(s.ctx(), by, s.contact(), true) }},
	{"DisableContact", arranging, func(s *scene, by okno.Actor) error { return s.DisableContact(s.ctx(), by, s.contact(), true) }},
	{"AllDepartments", managing, func(s *scene, by okno.Actor) error { return done(s.AllDepartments(s.ctx(), by)) }},
	{"SaveDepartment", managing, func(s *scene, by okno.Actor) error {
		return s.SaveDepartment(s.ctx(), by, "", okno.Department{Name: "Third"})
	}},
	{"AllTopics", managing, func(s *scene, by okno.Actor) error { return done(s.AllTopics(s.ctx(), by)) }},
	{"SaveTopic", managing, func(s *scene, by okno.Actor) error {
		return s.SaveTopic(s.ctx(), by, "", okno.Topic{Names: map[string]string{"en": "Lamps"}}, s.first.Ref)
	}},
	{"Mailboxes", managing, func(s *scene, by okno.Actor) error { return done(s.Mailboxes(s.ctx(), by)) }},
	{"SaveMailbox", managing, func(s *scene, by okno.Actor) error {
		return s.SaveMailbox(s.ctx(), by, "", okno.Mailbox{Address: "help@desk.example"}, s.first.Ref)
	}},
	{"Alarms", managing, func(s *scene, by okno.Actor) error { return done(s.Alarms(s.ctx(), by)) }},
	{"AskRound", managing, func(s *scene, by okno.Actor) error {
		boxes, err := s.FetchedMailboxes(s.ctx())
		must(s.t, err)
		return s.AskRound(s.ctx(), by, boxes[0].Ref)
	}},
	{"MakeDeliveryKey", managing, func(s *scene, by okno.Actor) error {
		boxes, err := s.FetchedMailboxes(s.ctx())
		must(s.t, err)
		return done(s.MakeDeliveryKey(s.ctx(), by, boxes[0].Ref))
	}},
	{"DropDeliveryKey", managing, func(s *scene, by okno.Actor) error {
		boxes, err := s.FetchedMailboxes(s.ctx())
		must(s.t, err)
		return s.DropDeliveryKey(s.ctx(), by, boxes[0].Ref)
	}},
	{"FetchSettings", managing, func(s *scene, by okno.Actor) error {
		return done(s.FetchSettings(s.ctx(), by, "", okno.Fetch{Host: "imap.example"}))
	}},
	{"Sending", managing, func(s *scene, by okno.Actor) error { return done(s.Sending(s.ctx(), by, s.box())) }},
	{"SaveSending", managing, func(s *scene, by okno.Actor) error {
		now, err := s.Sending(s.ctx(), s.admin, s.box())
		must(s.t, err)
		return s.SaveSending(s.ctx(), by, s.box(), now.Sending)
	}},
	{"RelaySettings", managing, func(s *scene, by okno.Actor) error {
		return done(s.RelaySettings(s.ctx(), by, s.box(), okno.Relay{Host: "relay.example", Port: 587, Security: okno.StartTLS, Connections: 1}))
	}},
	{"MakeSigningKey", managing, func(s *scene, by okno.Actor) error {
		return s.MakeSigningKey(s.ctx(), by, s.box(), "walk", okno.Ed25519)
	}},
	{"SwitchSigning", managing, func(s *scene, by okno.Actor) error { return s.SwitchSigning(s.ctx(), by, s.box(), false) }},
	{"DropSigningKey", managing, func(s *scene, by okno.Actor) error { return s.DropSigningKey(s.ctx(), by, s.box()) }},
	{"SaveSettings", managing, func(s *scene, by okno.Actor) error {
		now, err := s.Settings(s.ctx())
		must(s.t, err)
		return s.SaveSettings(s.ctx(), by, now)
	}},
	{"Calendar", managing, func(s *scene, by okno.Actor) error { return done(s.Calendar(s.ctx(), by, s.second.Ref)) }},
	{"SaveCalendar", managing, func(s *scene, by okno.Actor) error {
		now, err := s.Calendar(s.ctx(), s.admin, s.second.Ref)
		must(s.t, err)
		return s.SaveCalendar(s.ctx(), by, s.second.Ref, now)
	}},
	{"DropCalendar", managing, func(s *scene, by okno.Actor) error { return s.DropCalendar(s.ctx(), by, s.second.Ref) }},
	{"SetLogo", managing, func(s *scene, by okno.Actor) error { return s.SetLogo(s.ctx(), by, nil) }},
	{"Letters", managing, func(s *scene, by okno.Actor) error {
		_, _, err := s.Letters(s.ctx(), by, "", "")
		return err
	}},
	{"Letter", managing, func(s *scene, by okno.Actor) error { return done(s.Letter(s.ctx(), by, s.letter())) }},
	{"RetryLetter", managing, func(s *scene, by okno.Actor) error { return s.RetryLetter(s.ctx(), by, s.letter()) }},
	{"Outbox", managing, func(s *scene, by okno.Actor) error {
		return done(s.Outbox(s.ctx(), by, desk.LetterFilter{}, ""))
	}},
	{"LetterAttempts", managing, func(s *scene, by okno.Actor) error {
		_, _, err := s.LetterAttempts(s.ctx(), by, s.letter())
		return err
	}},
	{"RetryLetters", managing, func(s *scene, by okno.Actor) error {
		return done(s.RetryLetters(s.ctx(), by, desk.LetterFilter{}))
	}},
	{"CancelLetter", managing, func(s *scene, by okno.Actor) error { return s.CancelLetter(s.ctx(), by, s.letter()) }},
	{"Templates", managing, func(s *scene, by okno.Actor) error {
		_, _, err := s.Templates(s.ctx(), by)
		return err
	}},
	{"TemplateVersions", managing, func(s *scene, by okno.Actor) error {
		_, _, err := s.TemplateVersions(s.ctx(), by, "confirmation", "en")
		return err
	}},
	{"SaveTemplate", managing, func(s *scene, by okno.Actor) error {
		before, _, err := s.TemplateVersions(s.ctx(), s.admin, "confirmation", "en")
		must(s.t, err)
		return s.SaveTemplate(s.ctx(), by, okno.LetterTemplate{Name: "confirmation", Lang: "en", Version: int64(len(before))})
	}},
	{"KeptLetters", managing, func(s *scene, by okno.Actor) error {
		_, _, err := s.KeptLetters(s.ctx(), by, "", "")
		return err
	}},
	{"KeptPage", managing, func(s *scene, by okno.Actor) error {
		_, _, err := s.KeptPage(s.ctx(), by, s.kept())
		return err
	}},
	{"ReplayLetter", managing, func(s *scene, by okno.Actor) error { return s.ReplayLetter(s.ctx(), by, s.kept()) }},
	{"Names", only(okno.NotFound, "other's agent", "agent", "admin"), func(s *scene, by okno.Actor) error {
		return done(s.Names(s.ctx(), by, "carl", desk.NameOfRequester))
	}},
	{"SavedViews", only(okno.NotFound, "other's agent", "agent", "admin"), func(s *scene, by okno.Actor) error { return done(s.SavedViews(s.ctx(), by)) }},
	// Who does not see the ticket has it named to him as left alone, without a word of it.
	{"ChangeMany", only(okno.NotFound, "other's agent", "agent", "admin"), func(s *scene, by okno.Actor) error {
		_, refused, err := s.ChangeMany(s.ctx(), by, []desk.Chosen{{Number: s.n}}, desk.Act{Tags: []string{s.tagName("Lasting")}})
		if by.Person == s.bob.Person && err == nil && (len(refused) != 1 || okno.ReasonOf(refused[0].Why) != okno.NotFound) {
			s.t.Errorf("another department's agent hears %v", refused)
		}
		return err
	}},
	{"ViewChoices", only(okno.NotFound, "other's agent", "agent", "admin"), func(s *scene, by okno.Actor) error { return done(s.ViewChoices(s.ctx(), by)) }},
	{"SavedView", only(okno.NotFound, "agent"), func(s *scene, by okno.Actor) error {
		return done(s.SavedView(s.ctx(), by, s.annsView()))
	}},
	{"ViewPage", only(okno.NotFound, "other's agent", "agent", "admin"), func(s *scene, by okno.Actor) error {
		return done(s.ViewPage(s.ctx(), by, lamps, ""))
	}},
	{"ViewCounts", only(okno.NotFound, "other's agent", "agent", "admin"), func(s *scene, by okno.Actor) error {
		return done(s.ViewCounts(s.ctx(), by, []okno.View{lamps}))
	}},
	{"Conditions", only(okno.NotFound, "other's agent", "agent", "admin"), func(s *scene, by okno.Actor) error {
		return done(s.Conditions(s.ctx(), by, "lamp"))
	}},
	{"SaveView", only(okno.NotFound, "other's agent", "agent", "admin"), func(s *scene, by okno.Actor) error {
		return done(s.SaveView(s.ctx(), by, lamps))
	}},
	{"DropView", only(okno.NotFound, "agent"), func(s *scene, by okno.Actor) error { return s.DropView(s.ctx(), by, s.annsView()) }},
	{"Tags", only(okno.NotFound, "other's agent", "agent's letter", "admin's letter", "agent", "admin"), func(s *scene, by okno.Actor) error { return done(s.Tags(s.ctx(), by)) }},
	{"RenameTag", managing, func(s *scene, by okno.Actor) error {
		t := s.tag("Renamed")
		return s.RenameTag(s.ctx(), by, t.Ref, t.Name+" far", t.Version)
	}},
	{"MergeTag", managing, func(s *scene, by okno.Actor) error {
		t, into := s.tag("Merged"), s.tag("Lasting")
		return s.MergeTag(s.ctx(), by, t.Ref, into.Ref, t.Version)
	}},
	{"Reindex", managing, func(s *scene, by okno.Actor) error { return s.Reindex(s.ctx(), by) }},
	{"DeadJobs", managing, func(s *scene, by okno.Actor) error { return done(s.DeadJobs(s.ctx(), by)) }},
	// There is none to retry: he who may is told so.
	{"RetryJob", managing.but(okno.NotFound, "admin"), func(s *scene, by okno.Actor) error { return s.RetryJob(s.ctx(), by, 1<<40) }},
}
