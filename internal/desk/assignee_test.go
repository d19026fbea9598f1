package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// hire makes an agent of the first department and returns him with his ref.
func (r *rig) hire(name string) okno.Person {
	r.t.Helper()
	address := strings.ToLower(name) + "@desk.example"
	r.agent(name, address, r.first)
	return r.person(address)
}

func (r *rig) person(address string) okno.Person {
	r.t.Helper()
	p, err := r.KnownSender(r.ctx(), address)
	must(r.t, err)
	return p
}

// newTeam makes a team of the first department.
func (r *rig) newTeam(name string, members ...okno.PersonID) okno.Team {
	r.t.Helper()
	must(r.t, r.SaveTeam(r.ctx(), r.admin, "", okno.Team{Name: name, Department: r.first.ID, Members: members}))
	teams, err := r.AllTeams(r.ctx(), r.admin)
	must(r.t, err)
	return teams[slices.IndexFunc(teams, func(t okno.Team) bool { return t.Name == name })]
}

// newTopic makes a topic of the first department.
func (r *rig) newTopic(name string, team okno.TeamID, agents ...okno.PersonID) okno.Topic {
	r.t.Helper()
	must(r.t, r.SaveTopic(r.ctx(), r.admin, "", okno.Topic{Names: map[string]string{"en": name}, Team: team, Agents: agents}, r.first.Ref))
	topics, err := r.AllTopics(r.ctx(), r.admin)
	must(r.t, err)
	return topics[slices.IndexFunc(topics, func(t okno.Topic) bool { return t.Name("en") == name })]
}

// file opens a ticket as somebody and returns it with its history.
func (r *rig) file(by okno.Actor, change func(*desk.Opening)) *desk.TicketPage {
	r.t.Helper()
	p, err := r.tryFile(by, change)
	must(r.t, err)
	return p
}

func (r *rig) tryFile(by okno.Actor, change func(*desk.Opening)) (*desk.TicketPage, error) {
	r.t.Helper()
	submissions++
	r.clock = r.clock.Add(time.Minute)
	o := desk.Opening{
		Key: fmt.Sprint("file ", submissions), Name: "Carl", Address: "carl@customer.example", Channel: okno.ChannelWeb, Subject: "Lamp", Text: "Dark.", Lang: "en",
	}
	if change != nil {
		change(&o)
	}
	opened, err := r.OpenTicket(r.ctx(), by, o)
	if err != nil {
		return nil, err
	}
	p, err := r.Ticket(r.ctx(), r.admin, opened.Number, 0)
	must(r.t, err)
	return p, nil
}

// about asks about a topic.
func about(t okno.Topic) func(*desk.Opening) { return func(o *desk.Opening) { o.Topic = t.Ref } }

// appointed demands whose work a new ticket is, and the reason in its history.
func appointed(t *testing.T, p *desk.TicketPage, agent okno.PersonID, team okno.TeamID, reason string) {
	t.Helper()
	if p.Ticket.Assignee != agent || p.Ticket.Team != team {
		t.Errorf("the ticket is agent %d's and team %d's, want %d and %d", p.Ticket.Assignee, p.Ticket.Team, agent, team)
	}
	opened := p.Events[0]
	if opened.Kind != okno.TicketOpened || opened.Data.Reason != reason {
		t.Errorf("opened as %+v, want reason %q", opened, reason)
	}
	i := slices.IndexFunc(p.Events, func(e okno.Event) bool { return e.Kind == okno.AssigneeChanged })
	if agent == 0 && team == 0 {
		if i >= 0 {
			t.Errorf("nobody was appointed, and the history says %+v", p.Events[i])
		}
		return
	}
	if i < 0 {
		t.Fatal("the history does not say whose work it became")
	}
	e := p.Events[i]
	if e.Data.Person != agent || e.Data.To != fmt.Sprint(agent) || e.Data.Reason != reason {
		t.Errorf("the history says %+v, want reason %q", e.Data, reason)
	}
	byDesk := reason != okno.AppointedByRequester
	if byDesk != (e.Actor == 0) || byDesk != (e.Cause == opened.ID) || byDesk != (e.Via == okno.DoorSystem) {
		t.Errorf("appointed by %d via %q because of %d", e.Actor, e.Via, e.Cause)
	}
}

func names(people []okno.Person) string {
	var all []string
	for _, p := range people {
		all = append(all, p.Name)
	}
	return strings.Join(all, " ")
}

func TestR48CustomersChooseAmongTheAgentsOfCompanyAndTopic(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ann, bob, cleo := r.person("ann@desk.example"), r.person("bob@desk.example"), r.hire("Cleo")
		lamps := r.newTopic("Lamps", 0, cleo.ID)
		f := r.firm("1", func(f *desk.CompanyForm) { f.Agents = []okno.Ref{ann.Ref, bob.Ref} })
		boss := f.admin()
		dora, err := r.Sender(r.ctx(), "Dora", "dora@customer.example", "en")
		must(t, err)
		alone := okno.Actor{Person: dora.ID, Door: okno.DoorPortal}
		offered := func(by okno.Actor, topic okno.Ref, now, otherwise string) {
			t.Helper()
			a, b, err := r.OfferedAssignees(r.ctx(), by, "", topic)
			must(t, err)
			if names(a) != now || names(b) != otherwise {
				t.Errorf("offered %q and otherwise %q, want %q and %q", names(a), names(b), now, otherwise)
			}
			for _, p := range append(a, b...) {
				if p.Address != "" || p.Phone != "" || p.Ref == "" {
					t.Errorf("a customer is told %+v", p)
				}
			}
		}
		// Bob works in the other department, where no request of theirs comes.
		offered(boss, "", "Ann", "Cleo")
		offered(boss, lamps.Ref, "Ann Cleo", "")
		offered(alone, "", "", "Cleo")
		offered(alone, lamps.Ref, "Cleo", "")
		offered(okno.Nobody("en"), lamps.Ref, "", "")
		offered(okno.Actor{Door: okno.DoorPortal, Guest: map[okno.TicketID]okno.PersonID{1: dora.ID}}, lamps.Ref, "", "")

		choose := func(by okno.Actor, who, topic okno.Ref) (*desk.TicketPage, error) {
			return r.tryFile(by, func(o *desk.Opening) { o.Assignee, o.Topic = who, topic })
		}
		p, err := choose(boss, ann.Ref, "")
		must(t, err)
		appointed(t, p, ann.ID, 0, okno.AppointedByRequester)
		p, err = choose(alone, cleo.Ref, lamps.Ref)
		must(t, err)
		appointed(t, p, cleo.ID, 0, okno.AppointedByRequester)
		refused := func(what string, by okno.Actor, who, topic okno.Ref) {
			t.Helper()
			_, err := choose(by, who, topic)
			wrong, ok := err.(okno.Errors)
			if !ok || len(wrong) != 1 || wrong[0].Field != "assignee" || wrong[0].Key != "error.assignee.choice" {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("another topic's", boss, cleo.Ref, "")
		refused("another company's", alone, ann.Ref, lamps.Ref)
		refused("who works elsewhere", boss, bob.Ref, "")
		refused("nobody's ref", boss, "nobody", "")
		refused("a guest", okno.Nobody("en"), cleo.Ref, lamps.Ref)
		refused("an agent for a caller", r.ann, cleo.Ref, lamps.Ref)
		must(t, r.SetOwn(r.ctx(), okno.Actor{Person: cleo.ID, Door: okno.DoorWorkspace}, func(p *okno.Person) { p.Away = true }))
		offered(boss, lamps.Ref, "Ann", "")
		refused("who is away", boss, cleo.Ref, lamps.Ref)
	})
}

func TestR48TheCompanyThatIsChosenCounts(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ann, cleo := r.person("ann@desk.example"), r.hire("Cleo")
		one := r.firm("1", func(f *desk.CompanyForm) { f.Agents = []okno.Ref{ann.Ref} })
		two := r.firm("2", func(f *desk.CompanyForm) { f.Agents = []okno.Ref{cleo.Ref} })
		boss := one.admin()
		boss.Companies = append(boss.Companies, okno.Membership{Person: boss.Person, Company: two.ID})
		for _, c := range []struct {
			company        okno.Ref
			now, otherwise string
		}{{"", "", "Ann Cleo"}, {one.Ref, "Ann", "Cleo"}, {two.Ref, "Cleo", "Ann"}} {
			now, otherwise, err := r.OfferedAssignees(r.ctx(), boss, c.company, "")
			must(t, err)
			if names(now) != c.now || names(otherwise) != c.otherwise {
				t.Errorf("for %q: %q and %q, want %q and %q", c.company, names(now), names(otherwise), c.now, c.otherwise)
			}
		}
	})
}

func TestR49CompanysOwnAgentIsAppointed(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ann, cleo := r.person("ann@desk.example"), r.hire("Cleo")
		f := r.firm("1", func(f *desk.CompanyForm) { f.Agents, f.Assignee = []okno.Ref{ann.Ref, cleo.Ref}, cleo.Ref })
		boss := f.admin()
		away := func(on bool, until time.Time) {
			t.Helper()
			must(t, r.SetOwn(r.ctx(), okno.Actor{Person: cleo.ID, Door: okno.DoorWorkspace}, func(p *okno.Person) { p.Away, p.AwayUntil = on, until }))
		}
		appointed(t, r.file(boss, nil), cleo.ID, 0, okno.AppointedByCompany)
		letter := r.person("boss@firm1.example")
		byMail, err := r.MailActor(r.ctx(), letter.ID, okno.Proven, 0)
		must(t, err)
		appointed(t, r.file(byMail, func(o *desk.Opening) {
			o.Channel, o.Requester, o.Letter = okno.ChannelMail, letter.ID, &desk.LetterWords{}
		}), cleo.ID, 0, okno.AppointedByCompany)
		byPhone := func(o *desk.Opening) { o.Channel, o.Address = okno.ChannelPhone, letter.Address }
		appointed(t, r.file(r.ann, byPhone), cleo.ID, 0, okno.AppointedByCompany)
		appointed(t, r.file(r.ann, func(o *desk.Opening) { byPhone(o); o.Mine = true }), 0, 0, "")
		appointed(t, r.file(okno.Nobody("en"), nil), 0, 0, okno.AppointedToDepartment)

		away(true, r.clock.Add(time.Hour))
		appointed(t, r.file(boss, nil), ann.ID, 0, okno.AppointedByCompanyLoad)
		r.clock = r.clock.Add(time.Hour)
		appointed(t, r.file(boss, nil), cleo.ID, 0, okno.AppointedByCompany) // she is back
		r.clock = r.clock.Add(12 * time.Hour)
		appointed(t, r.file(boss, nil), cleo.ID, 0, okno.AppointedByCompany) // by night too: the company is hers
		away(true, time.Time{})
		appointed(t, r.file(boss, nil), 0, 0, okno.AppointedToDepartment) // Ann is not at work
	})
}

func TestR49LeastLoadedOfTheTeamIsAppointed(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ann, cleo, dan := r.person("ann@desk.example"), r.hire("Cleo"), r.hire("Dan")
		team := r.newTeam("Lights", ann.ID, cleo.ID, dan.ID)
		lamps := r.newTopic("Lamps", team.ID)
		nobody := okno.Nobody("en")
		for _, next := range []okno.Person{ann, cleo, dan} { // it is the turn of whoever has gone longest without
			p := r.file(nobody, about(lamps))
			appointed(t, p, next.ID, 0, okno.AppointedByTeamLoad)
			must(t, r.SetStatus(r.ctx(), r.admin, p.Ticket.Number, okno.StatusDone, okno.Hold{}, 0))
		}
		var given []okno.PersonID
		var last *desk.TicketPage
		for range 6 {
			last = r.file(nobody, about(lamps))
			appointed(t, last, last.Ticket.Assignee, 0, okno.AppointedByTeamLoad)
			given = append(given, last.Ticket.Assignee)
		}
		if want := []okno.PersonID{ann.ID, cleo.ID, dan.ID, ann.ID, cleo.ID, dan.ID}; !slices.Equal(given, want) {
			t.Errorf("equal loads: given to %v, want %v", given, want)
		}
		if e := last.Events[slices.IndexFunc(last.Events, func(e okno.Event) bool { return e.Kind == okno.AssigneeChanged })]; e.Data.Team != team.ID || last.Teams[team.ID].Name != "Lights" {
			t.Errorf("of which team: %+v", e.Data)
		}
		// Done work is no load: Dan has one ticket less than the others.
		must(t, r.SetStatus(r.ctx(), r.admin, last.Ticket.Number, okno.StatusDone, okno.Hold{}, 0))
		appointed(t, r.file(nobody, about(lamps)), dan.ID, 0, okno.AppointedByTeamLoad)
		// A ticket given by hand is load too.
		must(t, r.Assign(r.ctx(), r.admin, r.file(nobody, nil).Ticket.Number, ann.Ref, 0))
		appointed(t, r.file(nobody, about(lamps)), cleo.ID, 0, okno.AppointedByTeamLoad)
		// A topic's team has no part in a ticket of another department.
		p := r.file(r.admin, func(o *desk.Opening) { o.Topic, o.Department, o.Channel = lamps.Ref, r.second.Ref, okno.ChannelPhone })
		appointed(t, p, 0, 0, okno.AppointedToDepartment)
	})
}

func TestR49WhoIsNotPresentIsNotAppointed(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ann, cleo, dan, eve := r.person("ann@desk.example"), r.hire("Cleo"), r.hire("Dan"), r.hire("Eve")
		roles, err := r.Roles(r.ctx(), r.admin)
		must(t, err)
		must(t, r.AddAgent(r.ctx(), r.admin, "fay", desk.AgentForm{Name: "Fay", Address: "fay@desk.example", Role: roles[0].Ref, Departments: []okno.Ref{r.first.Ref}}))
		fay := r.person("fay@desk.example") // is invited, and has not come in
		team := r.newTeam("Lights", ann.ID, cleo.ID, dan.ID, eve.ID, fay.ID)
		lamps := r.newTopic("Lamps", team.ID)
		save := func(p okno.Person, change func(*desk.AgentForm)) {
			t.Helper()
			a, err := r.Agent(r.ctx(), r.admin, p.Ref)
			must(t, err)
			f := desk.AgentForm{Name: a.Name, Role: a.Grants[0].Role.Ref, Departments: []okno.Ref{r.first.Ref}, Version: a.Version}
			change(&f)
			must(t, r.SaveAgent(r.ctx(), r.admin, p.Ref, f))
		}
		save(ann, func(f *desk.AgentForm) { f.Disabled = true })
		save(dan, func(f *desk.AgentForm) { f.Departments = []okno.Ref{r.second.Ref} })
		must(t, r.SetOwn(r.ctx(), okno.Actor{Person: eve.ID, Door: okno.DoorWorkspace}, func(p *okno.Person) { p.Away = true }))
		for range 4 {
			appointed(t, r.file(okno.Nobody("en"), about(lamps)), cleo.ID, 0, okno.AppointedByTeamLoad)
		}
		morning := r.clock
		r.clock = morning.Add(13 * time.Hour)
		p := r.file(okno.Nobody("en"), about(lamps))
		appointed(t, p, 0, team.ID, okno.AppointedToTeam)
		if p.Team.Name != "Lights" || p.Team.Members != nil {
			t.Errorf("the page shows the team as %+v", p.Team)
		}
		// The department works by a calendar of its own: at night.
		own, err := r.Calendar(r.ctx(), r.admin, r.first.Ref)
		must(t, err)
		for day := range own.Hours {
			own.Hours[day] = []okno.Span{{From: 20 * 60, To: 24 * 60}}
		}
		own.Zone = "UTC"
		must(t, r.SaveCalendar(r.ctx(), r.admin, r.first.Ref, own))
		appointed(t, r.file(okno.Nobody("en"), about(lamps)), cleo.ID, 0, okno.AppointedByTeamLoad)
		r.clock = morning
		appointed(t, r.file(okno.Nobody("en"), about(lamps)), 0, team.ID, okno.AppointedToTeam)

		// A closed team is given no more.
		team.Closed = r.clock
		must(t, r.SaveTeam(r.ctx(), r.admin, team.Ref, okno.Team{Name: team.Name, Members: []okno.PersonID{cleo.ID}, Closed: r.clock, Version: team.Version}))
		appointed(t, r.file(okno.Nobody("en"), about(lamps)), 0, 0, okno.AppointedToDepartment)
	})
}

// On PostgreSQL those who open at the same moment may see the same loads; what
// they gave is seen by the next.
func TestR49ManyOpeningsAtOnceLevelOut(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ann, cleo := r.person("ann@desk.example"), r.hire("Cleo")
		lamps := r.newTopic("Lamps", r.newTeam("Lights", ann.ID, cleo.ID).ID)
		var wait sync.WaitGroup
		errs := make([]error, 16)
		for i := range errs {
			wait.Go(func() {
				_, errs[i] = r.OpenTicket(r.ctx(), okno.Nobody("en"), desk.Opening{
					Key: fmt.Sprint("at once ", i), Name: "Carl", Address: fmt.Sprintf("carl%d@customer.example", i), Channel: okno.ChannelWeb, Topic: lamps.Ref, Subject: "Lamp", Text: "Dark.", Lang: "en",
				})
			})
		}
		wait.Wait()
		for _, err := range errs {
			must(t, err)
		}
		for range 16 {
			r.file(okno.Nobody("en"), about(lamps))
		}
		load := map[okno.PersonID]int{}
		for from, more := "", true; more; more = from != "" {
			list, err := r.View(r.ctx(), r.admin, okno.ViewOpen, from)
			must(t, err)
			for _, row := range list.Rows {
				load[row.Ticket.Assignee]++
			}
			from = list.Next
		}
		if load[ann.ID] != 16 || load[cleo.ID] != 16 {
			t.Errorf("loads: %v", load)
		}
	})
}
