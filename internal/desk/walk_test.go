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
	"Together": "each of its parts asks for one",
	"Settings": "every page shows them", "Topics": "the form shows them to everyone", "Departments": "names of departments are no secret", "Statuses": "every page shows them",
	"SupportAddress": "the guide tells it to everyone",
	"Logo":           "every page shows it", "NeedsSetup": "the home page says so", "Ready": "the health page says so", "Now": "a clock", "Close": "the owner's",
	"BrowserMark": "lets nobody in", "KnowsBrowser": "the mark is the proof",
	"SetupLink": "the console's", "ResetByConsole": "the console's",
	"AccessLink": "makes a token that opens nothing until a letter with it is queued", "JoinLink": "makes a token that opens nothing until a letter with it is queued", "EntryLink": "makes a token that opens nothing until a letter with it is queued",
	"MailActor": "intake's: it makes the actor of a graded letter", "Sender": "intake's: whose letter it is", "KnownSender": "intake's: whose letter it is",
	"KeepLetter": "intake's: letters are kept before anyone is known", "KeptLetter": "intake's", "KeptHead": "intake's", "SameElsewhere": "intake's", "MessageIDUsed": "intake's",
	"SaveVerdicts": "intake's", "LetterAlsoTo": "intake's", "LetterMessage": "intake's", "LetterWaiting": "intake's", "ThreadTickets": "intake's", "ThreadClaims": "intake's", "TicketOf": "intake's, which grades what may be done with it",
	"TicketOfNumber": "intake's, which grades what may be done with it", "MailboxFor": "intake's: which mailbox takes the letter", "MailboxOf": "intake's: which mailbox took it", "OwnAddress": "intake's",
	"KeepFile": "intake's: a letter's attachment", "FetchedMailboxes": "intake's", "SaveFetchState": "intake's", "Token": "access's: the token stays within", "TokensDue": "access's", "ClaimRefresh": "access's: the secrets stay within", "KeepRefreshed": "access's", "RefreshFailed": "access's", "TokenRefused": "access's", "DeliveryKey": "intake's", "WatchMailboxes": "the clock's", "Fetched": "intake's", "NoteFetched": "intake's", "ForgetFetched": "intake's", "FetchTrouble": "intake's",
	"Reported": "intake's: a report on a letter of ours", "AddressWorks": "intake's: a proven letter came from it", "Banned": "intake's", "LettersInto": "intake's", "LetterOfOurs": "intake's",
	"Readdressed": "notify's", "Withhold": "notify's", "Flooded": "notify's", "Echo": "notify's", "AnswersTo": "notify's",
	"ReplyAddresses": "the key stays within",
	"Notice":         "notify's, which decides what the reader may know", "AccessNotice": "notify's: the pair is judged here", "LettersTo": "notify's", "LettersSubjects": "notify's",
	"FileBytes": "notify's: for the letter that carries the file", "QueueLetters": "notify's",
	"Tell": "notify's", "Telling": "notify's", "TellAll": "notify's", "PushKey": "push's: the key stays within", "PushPublicKey": "pages show it", "PushToSend": "push's", "PushRefused": "push's",
	"RelayOf": "post's: the password stays within", "Sign": "notify's: the key stays within",
	"NoLettersToken": "makes a token that only switches letters off", "NoLetters": "the token is the proof", "SwitchLettersOff": "the token is the proof",
	"GiveAnswer":   "the clock's: the answer is given as its author",
	"LetterToSend": "post's", "SealedLetters": "post's", "Unseal": "post's", "SaveDelivery": "post's", "SaveDeliveries": "post's", "GiveUpLetter": "post's",
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
	defer db.Rehearse()()
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
	"event", "job", "message", "ticket", "participant", "file", "seen", "draft", "submission", "counter", "kept_letter", "kept_recipient", "letter", "thread", "thread_claim", "ticket_merge", "merge_participant", "merge_tag", "ban", "link",
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
