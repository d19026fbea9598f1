package desk_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

// done keeps an error alone.
func done[T any](_ T, err error) error { return err }

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

var lamps = okno.View{Name: "Lamps", Conditions: []okno.Condition{asks(okno.FieldWords, okno.OpIs, "lamp")}}

// tag is one of the tags of the scene's ticket.
func (s *scene) tag(name string) okno.Tag {
	all, err := s.Tags(s.ctx(), s.admin)
	must(s.t, err)
	return all[slices.IndexFunc(all, func(t okno.Tag) bool { return t.Name == s.tagName(name) })]
}

func (s *scene) tagName(name string) string { return name + " " + string(s.n) }

// annsView is a view of Ann's own.
func (s *scene) annsView() okno.Ref {
	ref, err := s.SaveView(s.ctx(), s.ann, lamps)
	must(s.t, err)
	return ref
}

func (s *scene) bobs() desk.Agent {
	all, err := s.Agents(s.ctx(), s.admin)
	must(s.t, err)
	return all[slices.IndexFunc(all, func(a desk.Agent) bool { return a.ID == s.bob.Person })]
}

// box is the first mailbox.
func (s *scene) box() okno.Ref {
	all, err := s.Mailboxes(s.ctx(), s.admin)
	must(s.t, err)
	return all[0].Ref
}

func (s *scene) carls() okno.Person {
	p, err := s.KnownSender(s.ctx(), "carl@customer.example")
	must(s.t, err)
	return p
}

// company is the latest of all.
func (r *rig) company() okno.Company {
	all, _, err := r.Companies(r.ctx(), r.admin, "")
	must(r.t, err)
	return all[0]
}

// contact is the latest of that company's.
func (s *scene) contact() okno.Ref {
	list, err := s.Contacts(s.ctx(), s.admin, s.company().Ref, "")
	must(s.t, err)
	return list.Contacts[len(list.Contacts)-1].Ref
}

func (s *scene) letter() okno.Ref {
	all, _, err := s.Letters(s.ctx(), s.admin, "", "")
	must(s.t, err)
	return all[0].Ref
}

func (s *scene) kept() okno.Ref {
	all, _, err := s.KeptLetters(s.ctx(), s.admin, "", "")
	must(s.t, err)
	return all[0].Ref
}

// everyone may, for it is his own.
var everyone = answers{}

// held keeps those who must change their password from everything else.
var held = everyone.but(okno.Forbidden, "held", "held agent", "held admin")

// ownSteps are what one does for oneself.
var ownSteps = []step{
	{"OpenTicket", held.but(okno.Forbidden, "other's agent"), func(s *scene, by okno.Actor) error {
		return done(s.OpenTicket(s.ctx(), by, desk.Opening{Key: s.key(by), Name: "Nora", Address: "nora@customer.example", Channel: okno.ChannelWeb, Subject: "New", Text: "New."}))
	}},
	{"KeepUpload", held, func(s *scene, by okno.Actor) error {
		_, _, err := s.KeepUpload(s.ctx(), by, "x.txt", strings.NewReader("x"), 10)
		return err
	}},
	{"SetOwn", everyone, func(s *scene, by okno.Actor) error {
		return s.SetOwn(s.ctx(), by, func(p *okno.Person) { p.Name, p.Agent = "King", true })
	}},
	{"SetLang", everyone, func(s *scene, by okno.Actor) error { return s.SetLang(s.ctx(), by, "ru") }},
	{"SetTheme", everyone, func(s *scene, by okno.Actor) error { return s.SetTheme(s.ctx(), by, "dark") }},
	// Customers here have no account.
	{"ChangePassword", only(okno.NotFound, "other's agent", "held agent", "held admin", "agent", "admin"), func(s *scene, by okno.Actor) error {
		if err := s.ChangePassword(s.ctx(), by, password, "another "+password); err != nil {
			return err
		}
		return s.ChangePassword(s.ctx(), by, "another "+password, password)
	}},
	{"OfferedAssignees", everyone, func(s *scene, by okno.Actor) error {
		_, _, err := s.OfferedAssignees(s.ctx(), by, "", "")
		return err
	}},
	{"OwnCompanies", everyone, func(s *scene, by okno.Actor) error { return done(s.OwnCompanies(s.ctx(), by)) }},
	{"SignOut", everyone, func(s *scene, by okno.Actor) error { return s.SignOut(s.ctx(), by) }},
	{"SetUp", only(okno.Conflict), func(s *scene, by okno.Actor) error {
		return s.SetUp(s.ctx(), by, "", desk.Setup{Name: "Eve", Address: "eve@customer.example", Password: password, Company: "Eve", Support: "eve@desk.example", Lang: "en"})
	}},
}

// withoutActor are the methods that ask for no actor, each with the reason why
// it needs none.
var withoutActor = map[string]string{
	"SignIn": "the password is the proof", "ActorOf": "the cookie's token is the proof", "Entry": "the link's token is the proof",
	"UseEntry": "the link's token is the proof", "Joining": "the link's token is the proof", "Join": "the link's token is the proof", "TradeLink": "the link's token is the proof", "CheckSetupLink": "the link's token is the proof",
	"RequestAccess": "anyone may ask; the answer goes to the ticket's people only", "FreshLink": "anyone may ask; the answer goes to the link's own address only",
	"Register": "anyone may ask; the letter goes to the address's owner only", "RegisterAgain": "anyone may ask; the letter goes to the address's owner only",
	"RequestReset":        "anyone may ask; the letter goes to the account's owner only",
	"ConfirmRegistration": "the link's token and the password are the proof", "RegisteredAddress": "the link's token is the proof",
	"NewAddress": "the link's token is the proof", "ConfirmAddress": "the link's token is the proof",
	"RegistrationLink":        "makes a token that opens nothing until a letter with it is queued",
	"AddressConfirmationLink": "makes a token that opens nothing until a letter with it is queued",
	"RegistrationWanted":      "notify's: a duty that anyone may have asked for", "ResetWanted": "notify's: a duty that anyone may have asked for",
	"Settings": "every page shows them", "Topics": "the form shows them to everyone", "Departments": "names of departments are no secret", "Statuses": "every page shows them",
	"SupportAddress": "the guide tells it to everyone",
	"Logo":           "every page shows it", "NeedsSetup": "the home page says so", "Ready": "the health page says so", "Now": "a clock", "Close": "the owner's",
	"BrowserMark": "lets nobody in", "KnowsBrowser": "the mark is the proof",
	"SetupLink": "the console's", "ResetByConsole": "the console's",
	"AccessLink": "makes a token that opens nothing until a letter with it is queued", "JoinLink": "makes a token that opens nothing until a letter with it is queued", "EntryLink": "makes a token that opens nothing until a letter with it is queued",
	"MailActor": "intake's: it makes the actor of a graded letter", "Sender": "intake's: whose letter it is", "KnownSender": "intake's: whose letter it is",
	"KeepLetter": "intake's: letters are kept before anyone is known", "KeptLetter": "intake's", "SameElsewhere": "intake's", "MessageIDUsed": "intake's",
	"SaveVerdicts": "intake's", "LetterMessage": "intake's", "LetterWaiting": "intake's", "ThreadTickets": "intake's", "ThreadClaims": "intake's", "TicketOf": "intake's, which grades what may be done with it",
	"TicketOfNumber": "intake's, which grades what may be done with it", "MailboxFor": "intake's: which mailbox takes the letter", "OwnAddress": "intake's",
	"KeepFile": "intake's: a letter's attachment", "FetchedMailboxes": "intake's", "SaveFetchState": "intake's", "Token": "access's: the token stays within", "TokensDue": "access's", "ClaimRefresh": "access's: the secrets stay within", "KeepRefreshed": "access's", "RefreshFailed": "access's", "TokenRefused": "access's", "DeliveryKey": "intake's", "WatchMailboxes": "the clock's", "Fetched": "intake's", "NoteFetched": "intake's", "ForgetFetched": "intake's", "FetchTrouble": "intake's",
	"Reported": "intake's: a report on a letter of ours", "AddressWorks": "intake's: a proven letter came from it", "Banned": "intake's", "LettersInto": "intake's", "LetterOfOurs": "intake's",
	"Readdressed": "notify's", "Withhold": "notify's", "Echo": "notify's", "AnswersTo": "notify's",
	"ReplyAddresses": "the key stays within",
	"Notice":         "notify's, which decides what the reader may know", "AccessNotice": "notify's: the pair is judged here", "LettersTo": "notify's", "LettersSubjects": "notify's",
	"FileBytes": "notify's: for the letter that carries the file", "QueueLetters": "notify's",
	"Tell": "notify's", "PushKey": "push's: the key stays within", "PushPublicKey": "pages show it", "PushToSend": "push's", "PushRefused": "push's",
	"RelayOf": "post's: the password stays within", "Sign": "notify's: the key stays within",
	"NoLettersToken": "makes a token that only switches letters off", "NoLetters": "the token is the proof", "SwitchLettersOff": "the token is the proof",
	"GiveAnswer":   "the clock's: the answer is given as its author",
	"LetterToSend": "post's", "SaveDelivery": "post's", "GiveUpLetter": "post's",
	"Index": "the clock's", "IndexAll": "the clock's", "KeepIndexed": "the clock's", "IndexLag": "says how many wait, and of whom nothing", "IndexRenewal": "says how far it has come, and of whom nothing", "Traffic": "says how many there are, and of whom nothing",
	"Try": "limits everyone", "ForgetTries": "limits everyone", "DropTries": "the clock's",
	"Examine": "the console's", "Recount": "the console's",
	"CloseAnnounced": "the clock's", "WakeHeld": "the clock's", "FoldCounters": "the clock's", "CheckCounters": "the clock's", "Tidy": "the clock's", "Erase": "the clock's: an administrator asked for it", "JoinedFacts": "notify's", "TellJoined": "notify's",
}

func allSteps() []step {
	return slices.Concat(ticketSteps, manageSteps, accountSteps, ownSteps, bellSteps, quarantineSteps, accessSteps)
}

func TestEveryCommandOfTheDeskIsWalked(t *testing.T) {
	walked := map[string]bool{}
	for _, s := range allSteps() {
		name, _, _ := strings.Cut(s.method, " ")
		walked[name] = true
	}
	of := reflect.TypeFor[*desk.Desk]()
	for m := range of.Methods() {
		takesActor := false
		for in := range m.Type.Ins() {
			takesActor = takesActor || in == reflect.TypeFor[okno.Actor]()
		}
		switch reason := withoutActor[m.Name]; {
		case takesActor && !walked[m.Name]:
			t.Errorf("%s has no step: say who may use it", m.Name)
		case !takesActor && reason == "":
			t.Errorf("%s asks for no actor: say why", m.Name)
		case takesActor && reason != "":
			t.Errorf("%s asks for an actor: it needs no reason", m.Name)
		}
		delete(walked, m.Name)
	}
	for name := range walked {
		t.Errorf("%s has a step and does not exist", name)
	}
	for name := range withoutActor {
		if _, ok := of.MethodByName(name); !ok {
			t.Errorf("%s has a reason and does not exist", name)
		}
	}
}

func TestLocksOfEveryCommand(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.letters()
		r.quarantine()
		for _, step := range allSteps() {
			name, _, _ := strings.Cut(step.method, " ")
			t.Run(step.method, func(t *testing.T) {
				var s *scene
				for _, who := range walkers {
					if s == nil {
						s = r.scene()
						if k := standing[name]; k != "" {
							must(t, r.SetStatus(t.Context(), r.admin, s.n, k, okno.Hold{}, 0))
						}
						if name == "CancelCall" || name == "HandleCall" {
							s.call()
						}
						if name == "SplitOff" {
							must(t, s.Merge(t.Context(), s.ann, s.twin, desk.Merging{Into: s.n, Shown: true}))
						}
					}
					before := r.traces()
					err := step.do(s, s.askers[who])
					want := step.who[who]
					if okno.ReasonOf(err) != want || want == "" && err != nil {
						t.Errorf("as %s: %v, want %q", who, err, want)
					}
					if err == nil {
						s = nil // the next finds the ticket as it was
					} else if after := r.traces(); after != before {
						t.Errorf("as %s: refused, and left a trace:\n%s\n%s", who, before, after)
					}
				}
			})
		}
		r.stillThemselves()
	})
}

// letters gives the administrator's pages a letter each way, a mailbox that is
// fetched, a company and a team.
func (r *rig) letters() {
	r.t.Helper()
	departments, err := r.Departments(r.ctx())
	must(r.t, err)
	must(r.t, r.SaveMailbox(r.ctx(), r.admin, "", okno.Mailbox{Address: "fetched@desk.example", Fetch: &okno.Fetch{
		Host: "imap.example", Port: 993, Security: okno.TLS, User: "walk"}}, departments[0].Ref))
	must(r.t, r.QueueLetters(r.ctx(), []desk.Outgoing{{Letter: okno.Letter{
		Kind: okno.LetterTest, Origin: "walk", From: "support@desk.example", To: "carl@customer.example", Subject: "Test", MessageID: "walk@desk.example", Bytes: []byte("Subject: Test\r\n\r\n")}}}))
	box, err := r.MailboxFor(r.ctx(), "support@desk.example")
	must(r.t, err)
	must(r.t, done(r.KeepLetter(r.ctx(), okno.KeptLetter{Mailbox: box.ID, MessageID: "walk@customer.example", Source: "pipe", Raw: []byte("Subject: Test\r\n\r\nTest\r\n")})))
	must(r.t, done(r.AddCompany(r.ctx(), r.admin, "walk", desk.CompanyForm{Number: "1", Name: "Customer", AdminName: "Hal", AdminAddress: "hal@other.example"})))
	must(r.t, r.SaveProvider(r.ctx(), r.admin, okno.Provider{Kind: okno.Google, App: "walk"}))
	must(r.t, r.SaveTeam(r.ctx(), r.admin, "", okno.Team{Name: "Lamps", Department: r.first.ID}))
}

// stillThemselves: what people set for themselves did not make them another.
func (r *rig) stillThemselves() {
	r.t.Helper()
	p, err := r.KnownSender(r.ctx(), "dora@customer.example")
	must(r.t, err)
	if p.Name != "Dora" || p.Agent || p.Lang != "ru" {
		r.t.Errorf("after setting her own: %+v", p)
	}
}

// tables are all in which a refused command could leave something.
var tables = []string{
	"event", "job", "message", "ticket", "participant", "file", "seen", "draft", "submission", "counter", "kept_letter", "letter", "thread", "thread_claim", "ticket_merge", "merge_participant", "ban", "link",
	"session", "session_ticket", "person", "address", "account", "role", "department", "person_role", "company", "company_domain", "company_agent", "membership", "issued", "registration", "address_change", "held_answer", "letter_attempt", "letter_template", "erasure", "erased_bytes", "joined_notice", "sending", "provider", "consent", "mailbox_access", "topic", "topic_agent", "team", "team_member", "given", "status", "mailbox", "setting", "calendar", "call", "notice", "push_browser",
}

// traces says how much every table holds, and how often what counts its
// changes was changed.
func (r *rig) traces() string {
	r.t.Helper()
	var text strings.Builder
	count := func(tx *db.Tx, name, expression, table string) error {
		var n int64
		err := tx.QueryRow("SELECT " + expression + " FROM " + table).Scan(&n)
		fmt.Fprint(&text, name, " ", n, " ")
		return err
	}
	must(r.t, r.db.Read(context.Background(), func(tx *db.Tx) error {
		text.Reset()
		for _, table := range tables {
			if err := count(tx, table, "COUNT(*)", table); err != nil {
				return err
			}
		}
		for _, table := range []string{"ticket", "person", "company", "department", "team", "topic", "mailbox", "provider", "mailbox_access", "setting"} {
			if err := count(tx, table+"'s changes", "COALESCE(SUM(version), 0)", table); err != nil {
				return err
			}
		}
		return nil
	}))
	return text.String()
}
