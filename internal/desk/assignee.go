package desk

import (
	"cmp"
	"context"
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// appoint decides whose work a new ticket is: whom the requester chose (spec
// R48), else the company's own agent, else the least loaded of the topic's
// team, else that team or the department (spec R49). Whoever is appointed works
// in the ticket's department and is not away; who is found by his load is at
// work. It returns what the fact of it says.
func (d *Desk) appoint(tx store.Tx, c *catalogue, by okno.Actor, o Opening, t *okno.Ticket) (okno.EventData, error) {
	reason, err := d.appointFor(tx, c, by, o, t)
	data := okno.EventData{From: "0", To: id(t.Assignee), Person: t.Assignee, Team: t.Team, Reason: reason}
	if reason == okno.AppointedByTeamLoad {
		data.Team = c.teamFor(t).ID
	}
	return data, err
}

func (d *Desk) appointFor(tx store.Tx, c *catalogue, by okno.Actor, o Opening, t *okno.Ticket) (reason string, err error) {
	if o.Assignee != "" {
		t.Assignee, err = d.chosen(tx, c, by, o.Assignee, t)
		return okno.AppointedByRequester, err
	}
	if o.Mine {
		return "", nil
	}
	own, first, err := companyAgents(tx, t.Company)
	if err != nil {
		return "", err
	}
	team := c.teamFor(t)
	if len(own) == 0 && team.ID == 0 {
		return okno.AppointedToDepartment, nil
	}
	ready, err := d.ready(tx, t.Department)
	if err != nil {
		return "", err
	}
	if first != 0 && holds(ready, first) {
		t.Assignee = first
		return okno.AppointedByCompany, nil
	}
	if _, calendar := c.calendars.of(t.Department); !calendar.Open(d.Now()) {
		ready = nil
	}
	if t.Assignee, err = leastLoaded(tx, ready, own); err != nil || t.Assignee != 0 {
		return okno.AppointedByCompanyLoad, err
	}
	if team.ID == 0 {
		return okno.AppointedToDepartment, nil
	}
	if t.Assignee, err = leastLoaded(tx, ready, team.Members); err != nil || t.Assignee != 0 {
		return okno.AppointedByTeamLoad, err
	}
	t.Team = team.ID
	return okno.AppointedToTeam, nil
}

// companyAgents are a company's own agents, and who is given its tickets first
// (0: nobody in particular).
func companyAgents(tx store.Tx, id okno.CompanyID) (own []okno.PersonID, first okno.PersonID, err error) {
	if id == 0 {
		return nil, 0, nil
	}
	if own, err = tx.CompanyAgents(id); err != nil || len(own) == 0 {
		return nil, 0, err
	}
	company, err := tx.Company(id)
	return own, company.Assignee, err
}

// teamFor is the team of the ticket's topic; zero: there is none in the
// ticket's department, which need not be the topic's.
func (c *catalogue) teamFor(t *okno.Ticket) okno.Team {
	team := c.team(c.topic(t.Topic).Team)
	if t.Topic == 0 || team.Department != t.Department || !team.Closed.IsZero() {
		return okno.Team{}
	}
	return team
}

// ready are those who work in the department, have come in already and are not
// away.
func (d *Desk) ready(tx store.Tx, dep okno.DepartmentID) ([]okno.Person, error) {
	people, err := tx.ReadyIn(dep)
	return slices.DeleteFunc(people, func(p okno.Person) bool { return p.AwayAt(d.Now()) }), err
}

// leastLoaded is who of the agents that are ready has the fewest tickets in
// work; of several, who has gone longest without a new one. 0: none is ready.
//
// On PostgreSQL two openings at the same moment may both see the same load and
// appoint the same agent: the next ones see both.
func leastLoaded(tx store.Tx, ready []okno.Person, agents []okno.PersonID) (okno.PersonID, error) {
	agents = slices.DeleteFunc(slices.Clone(agents), func(id okno.PersonID) bool { return !holds(ready, id) })
	if len(agents) == 0 {
		return 0, nil
	}
	loads, err := tx.Loads(agents, alive)
	if err != nil {
		return 0, err
	}
	return slices.MinFunc(agents, func(a, b okno.PersonID) int {
		x, y := loads[a], loads[b]
		return cmp.Or(cmp.Compare(x.Tickets, y.Tickets), x.Given.Compare(y.Given), cmp.Compare(a, b))
	}), nil
}

// chosen is the agent whom the requester chose, if he may.
func (d *Desk) chosen(tx store.Tx, c *catalogue, by okno.Actor, ref okno.Ref, t *okno.Ticket) (okno.PersonID, error) {
	if choosesAssignee(by) {
		own, _, err := companyAgents(tx, t.Company)
		if err != nil {
			return 0, err
		}
		ready, err := d.ready(tx, t.Department)
		if err != nil {
			return 0, err
		}
		offered := among(ready, own, c.topic(t.Topic).Agents)
		if p := pick(offered, func(p okno.Person) bool { return p.Ref == ref }); p.ID != 0 {
			return p.ID, nil
		}
	}
	return 0, okno.Errors{{Reason: okno.Invalid, Key: "error.assignee.choice", Field: "assignee"}}
}

// choosesAssignee reports whether the actor is a customer who is signed in:
// nobody else is offered anyone.
func choosesAssignee(by okno.Actor) bool {
	return by.Person != 0 && by.Door == okno.DoorPortal && !by.MustChange
}

// among are those of the people who are in one of the lists, as a customer
// knows them: by name and picture.
func among(people []okno.Person, lists ...[]okno.PersonID) []okno.Person {
	var found []okno.Person
	for _, p := range people {
		if slices.Contains(slices.Concat(lists...), p.ID) {
			found = append(found, okno.Person{ID: p.ID, Ref: p.Ref, Name: nameForCustomer(p), Agent: true, Picture: p.Picture, PictureType: p.PictureType})
		}
	}
	return found
}

// OfferedAssignees are the agents among whom a customer may choose for his new
// ticket (spec R48): now, of the company and the topic that are chosen; and
// otherwise, should he choose others. Only name and picture of them are told,
// and nothing to anyone who is not signed in.
func (d *Desk) OfferedAssignees(ctx context.Context, by okno.Actor, company, topic okno.Ref) (now, otherwise []okno.Person, err error) {
	if !choosesAssignee(by) {
		return nil, nil, nil
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, nil, err
	}
	err = d.read(ctx, func(tx store.Tx) error {
		now, otherwise = nil, nil
		companies, chosen, err := ownCompanies(tx, by, company)
		if err != nil {
			return err
		}
		var theirs []okno.PersonID // of any of his companies
		for _, agents := range companies {
			theirs = append(theirs, agents...)
		}
		ready := map[okno.DepartmentID][]okno.Person{}
		for _, t := range c.openTopics() {
			if len(theirs) == 0 && len(t.Agents) == 0 {
				continue
			}
			if _, read := ready[t.Department]; !read {
				if ready[t.Department], err = d.ready(tx, t.Department); err != nil {
					return err
				}
			}
			if t.Ref == topic {
				now = among(ready[t.Department], companies[chosen], t.Agents)
			}
			otherwise = append(otherwise, among(ready[t.Department], theirs, t.Agents)...)
		}
		return nil
	})
	return now, without(otherwise, now), err
}

// ownCompanies are the agents of each company that the actor may open a ticket
// for, and which of them is chosen; 0: none yet.
func ownCompanies(tx store.Tx, by okno.Actor, ref okno.Ref) (agents map[okno.CompanyID][]okno.PersonID, chosen okno.CompanyID, err error) {
	agents = map[okno.CompanyID][]okno.PersonID{}
	var ids []okno.CompanyID
	for _, m := range by.Companies {
		ids = append(ids, m.Company)
		if agents[m.Company], err = tx.CompanyAgents(m.Company); err != nil {
			return nil, 0, err
		}
	}
	if len(ids) == 1 {
		return agents, ids[0], nil
	}
	companies, err := tx.Companies(ids)
	return agents, pick(companies, func(c okno.Company) bool { return c.Ref == ref }).ID, err
}

// openTopics are the topics that can be chosen, after one that stands for none.
func (c *catalogue) openTopics() []okno.Topic {
	topics := []okno.Topic{{Department: c.firstDepartment().ID}}
	for _, t := range c.topics {
		if t.Closed.IsZero() {
			topics = append(topics, t)
		}
	}
	return topics
}

// without are the people who are not among some, each once, by name.
func without(people, some []okno.Person) []okno.Person {
	var rest []okno.Person
	for _, p := range people {
		if !holds(some, p.ID) && !holds(rest, p.ID) {
			rest = append(rest, p)
		}
	}
	slices.SortFunc(rest, func(a, b okno.Person) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return rest
}
