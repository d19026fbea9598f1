package okno_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
)

var update = flag.Bool("update", false, "write the golden files anew")

// standings names what a customer may be to a ticket, in the order of the bits.
var standings = []string{"requester", "company administrator", "participant", "stranger's letter"}

// permissions says of every action who may do it before an installation
// changes its roles.
func permissions() string {
	var text strings.Builder
	text.WriteString("action | roles | customers | letters that prove nothing\n")
	for _, a := range okno.Actions {
		var customers []string
		for i, name := range standings {
			if a.Customers&(1<<i) != 0 {
				customers = append(customers, name)
			}
		}
		unproven := ""
		if a.Unproven {
			unproven = "yes"
		}
		fmt.Fprintf(&text, "%s | %s | %s | %s\n", a.Name, strings.Join(a.Roles, ", "), strings.Join(customers, ", "), unproven)
	}
	return text.String()
}

func TestPermissionsAreTheOnesAgreedOn(t *testing.T) {
	const golden = "testdata/permissions.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(permissions()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := permissions(); got != string(want) {
		t.Errorf("who may do what has changed; if that is meant, run go test -update . and read the difference.\n%s", got)
	}
}

func TestActionsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range okno.Actions {
		if seen[a.Name] || a.Name == "" {
			t.Errorf("the action %q is declared twice", a.Name)
		}
		seen[a.Name] = true
		for _, role := range a.Roles {
			if role != "agent" && role != "admin" {
				t.Errorf("%s is given to the role %q, which does not exist", a.Name, role)
			}
		}
	}
}

// lamp is a ticket of person 1 in department 10, for company 5, in which
// person 2 takes part.
func lamp() *okno.Ticket {
	return &okno.Ticket{ID: 100, Department: 10, Requester: 1, Company: 5, Participants: []okno.PersonID{2}, Kind: okno.StatusOpen}
}

// all are a role's permissions in one department; 0: in all.
func all(role string, in okno.DepartmentID) []okno.Grant {
	return []okno.Grant{{Department: in, Permissions: okno.RolePermissions(role)}}
}

// actors are all that may come to the lamp.
var actors = map[string]okno.Actor{
	"nobody":                   okno.Nobody("en"),
	"requester":                {Person: 1, Door: okno.DoorPortal},
	"requester, held":          {Person: 1, Door: okno.DoorPortal, MustChange: true},
	"participant":              {Person: 2, Door: okno.DoorPortal},
	"stranger":                 {Person: 3, Door: okno.DoorPortal},
	"guest":                    {Door: okno.DoorPortal, Guest: map[okno.TicketID]okno.PersonID{100: 1}},
	"participant's guest":      {Door: okno.DoorPortal, Guest: map[okno.TicketID]okno.PersonID{100: 2}},
	"other's guest":            {Door: okno.DoorPortal, Guest: map[okno.TicketID]okno.PersonID{101: 3}},
	"stranger and guest":       {Person: 3, Door: okno.DoorPortal, Guest: map[okno.TicketID]okno.PersonID{100: 1}},
	"company administrator":    {Person: 4, Door: okno.DoorPortal, Companies: []okno.Membership{{Company: 5, Administrator: true, SeesAll: true}}},
	"administrator of his own": {Person: 4, Door: okno.DoorPortal, Companies: []okno.Membership{{Company: 5, Administrator: true}}},
	"employee":                 {Person: 4, Door: okno.DoorPortal, Companies: []okno.Membership{{Company: 5, SeesAll: true}}},
	"other company's":          {Person: 4, Door: okno.DoorPortal, Companies: []okno.Membership{{Company: 6, Administrator: true, SeesAll: true}}},
	"proven letter":            {Person: 1, Door: okno.DoorMail, Claim: okno.Proven, Guest: map[okno.TicketID]okno.PersonID{100: 1}},
	"claimed letter":           {Person: 1, Door: okno.DoorMail, Claim: okno.Claimed, Guest: map[okno.TicketID]okno.PersonID{100: 1}},
	"stranger's letter":        {Person: 3, Door: okno.DoorMail, Claim: okno.Proven, Guest: map[okno.TicketID]okno.PersonID{100: 3}},
	"agent":                    {Person: 7, Door: okno.DoorWorkspace, Grants: all("agent", 10)},
	"agent, held":              {Person: 7, Door: okno.DoorWorkspace, Grants: all("agent", 10), MustChange: true},
	"agent at the portal":      {Person: 7, Door: okno.DoorPortal, Grants: all("agent", 10)},
	"agent's letter":           {Person: 7, Door: okno.DoorMail, Claim: okno.Proven, Grants: all("agent", 10), Guest: map[okno.TicketID]okno.PersonID{100: 7}},
	"agent's forged letter":    {Person: 7, Door: okno.DoorMail, Claim: okno.ThreadOnly, Grants: all("agent", 10), Guest: map[okno.TicketID]okno.PersonID{100: 7}},
	"other's agent":            {Person: 8, Door: okno.DoorWorkspace, Grants: all("agent", 11)},
	"requester at the desk":    {Person: 1, Door: okno.DoorWorkspace},
	"admin":                    {Person: 9, Door: okno.DoorAdmin, Grants: all("admin", 0)},
	"admin of one department":  {Person: 9, Door: okno.DoorAdmin, Grants: all("admin", 10)},
	"admin's letter":           {Person: 9, Door: okno.DoorMail, Claim: okno.Proven, Grants: all("admin", 0), Guest: map[okno.TicketID]okno.PersonID{100: 9}},
	"system":                   okno.System(),
	"console":                  okno.Console(),
}

// check asks every actor and names those whose answer is not as told.
func check(t *testing.T, what string, may []string, ask func(okno.Actor) bool) {
	t.Helper()
	want := map[string]bool{"system": true, "console": true}
	for _, who := range may {
		if _, known := actors[who]; !known {
			t.Fatalf("nobody is called %q", who)
		}
		want[who] = true
	}
	for who, a := range actors {
		if got := ask(a); got != want[who] {
			t.Errorf("%s, as %s: %t, want %t", what, who, got, want[who])
		}
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	agents := []string{"agent", "agent's letter", "admin", "admin of one department", "admin's letter"}
	deciding := []string{"requester", "guest", "stranger and guest", "company administrator", "proven letter"}
	reading := append([]string{"participant", "participant's guest"}, deciding...)
	with := func(lists ...[]string) (all []string) {
		for _, l := range lists {
			all = append(all, l...)
		}
		return all
	}
	for _, c := range []struct {
		act okno.Action
		may []string
	}{
		{okno.SeeTicket, with(reading, agents)},
		{okno.WriteMessage, with(reading, agents, []string{"claimed letter", "stranger's letter", "agent's forged letter"})},
		{okno.WriteNote, agents},
		{okno.SetStatus, agents},
		{okno.AssignTicket, agents},
		{okno.TransferTicket, agents},
		{okno.EditSubject, agents},
		{okno.AddParticipants, with(deciding, agents)},
		{okno.CloseTicket, with(deciding, agents)},
		{okno.ConfirmDone, deciding},
	} {
		check(t, c.act.Name, c.may, func(a okno.Actor) bool { return a.May(c.act, lamp()) })
	}
	for _, act := range []okno.Action{okno.ManagePeople, okno.ManageCompanies, okno.ManageDepartments, okno.ManageMailboxes, okno.ManageSettings, okno.SeeLetters} {
		check(t, act.Name, []string{"admin"}, func(a okno.Actor) bool { return a.MayManage(act) })
	}
}

func TestScopeAdmitsOnlyOnesOwn(t *testing.T) {
	// A letter's scope holds the ticket it belongs to, so that words can join
	// it; whether it may read is the action's matter.
	check(t, "the scope", []string{
		"requester", "participant", "guest", "participant's guest", "stranger and guest", "company administrator",
		"proven letter", "claimed letter", "stranger's letter", "agent's forged letter", "agent", "agent's letter", "admin", "admin of one department", "admin's letter",
	}, func(a okno.Actor) bool { return a.Sees().Admits(lamp()) })
	if (okno.Scope{}).Admits(lamp()) || (okno.Scope{}).Side() != "" {
		t.Error("the zero scope sees something")
	}
	if (okno.Scope{}).Admits(&okno.Ticket{}) || okno.Nobody("en").Sees().Admits(&okno.Ticket{}) {
		t.Error("a ticket of nobody, in no department, for no company is nobody's to see")
	}
}

func TestRoleWithoutSightSeesNothing(t *testing.T) {
	blind := okno.Actor{Person: 7, Door: okno.DoorWorkspace, Grants: []okno.Grant{{Department: 10, Permissions: []string{okno.WriteNote.Name}}}}
	if blind.Sees().Admits(lamp()) {
		t.Error("a role that may not see tickets sees one")
	}
}

func TestGuestActsForWhomTheLinkWasMailedTo(t *testing.T) {
	for who, want := range map[string]okno.PersonID{
		"guest": 1, "participant's guest": 2, "stranger and guest": 1, "other's guest": 0, "stranger": 3, "agent": 7, "company administrator": 4, "requester": 1,
	} {
		if got := actors[who].For(lamp()); got != want {
			t.Errorf("%s acts for %d, want %d", who, got, want)
		}
	}
}

func TestWhoManagesACompanysContacts(t *testing.T) {
	for who, a := range actors {
		want := who == "company administrator" || who == "administrator of his own"
		if got := a.ManagesContacts(5); got != want {
			t.Errorf("%s: %t, want %t", who, got, want)
		}
		if a.ManagesContacts(0) {
			t.Errorf("%s manages those of no company", who)
		}
		a.MustChange = true
		if a.ManagesContacts(5) || a.ManagesAnyContacts() {
			t.Errorf("%s with an issued password", who)
		}
	}
}

func TestMailDomainOfACompany(t *testing.T) {
	for given, want := range map[string]string{
		"firm.example": "firm.example", " @Firm.Example ": "firm.example", "mail.firm.example": "mail.firm.example", "xn--e1afmkfd.example": "xn--e1afmkfd.example",
		"": "", "firm": "", "a@firm.example": "", "firm..example": "", "-firm.example": "", "gmail.com": "", "Mail.RU": "", "yandex.ru": "",
	} {
		if got, err := okno.CheckDomain("domains", given); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v, want %q", given, got, err, want)
		}
	}
}

func TestLoginThatIsChosenForAnother(t *testing.T) {
	for login, want := range map[string]bool{
		"ivanov": true, "17-x7kq": true, "иванов_п": true, "a.b": true,
		"": false, "ab": false, "ivan ivanov": false, "ivan@firm.example": false, "Admin-1": false, "aDMIN-x": false, ".abc": false,
	} {
		if err := okno.CheckLogin("login", login); (err == nil) != want {
			t.Errorf("%q: %v", login, err)
		}
	}
}
