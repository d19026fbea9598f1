package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/secret"
)

// AllTeams are all teams, closed ones too, for the administrator.
func (d *Desk) AllTeams(ctx context.Context, by okno.Actor) ([]okno.Team, error) {
	if !by.MayManage(okno.ManageDepartments) {
		return nil, okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(c.teams), nil
}

// SaveTeam makes a team (ref "") of a department or changes one over the
// version that was seen; form.Department counts for a new one only. Members
// must work in the department.
func (d *Desk) SaveTeam(ctx context.Context, by okno.Actor, ref okno.Ref, form okno.Team) error {
	form.Name = strings.TrimSpace(form.Name)
	var wrong okno.Errors
	if err := wrong.Add(okno.CheckName("name", form.Name)); err != nil {
		return err
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return d.manage(ctx, by, okno.ManageDepartments, func(tx store.Tx) (int64, okno.Event, error) {
		if ref == "" {
			t := okno.Team{Ref: okno.Ref(secret.NewRef()), Name: form.Name, Department: form.Department, Members: form.Members}
			dep, err := tx.Department(t.Department)
			if err == nil && !dep.Closed.IsZero() {
				err = okno.ErrNotFound
			}
			if err != nil {
				return 0, okno.Event{}, choice(err, "department")
			}
			if err := allWorkIn(tx, t.Members, t.Department, "member"); err != nil {
				return 0, okno.Event{}, err
			}
			err = tx.AddTeam(&t, d.Now())
			return int64(t.ID), okno.NewEvent(okno.TeamAdded, okno.EventData{}), err
		}
		all, err := tx.Teams()
		if err != nil {
			return 0, okno.Event{}, err
		}
		t := pick(all, func(t okno.Team) bool { return t.Ref == ref })
		if t.ID == 0 {
			return 0, okno.Event{}, okno.ErrNotFound
		}
		if err := allWorkIn(tx, form.Members, t.Department, "member"); err != nil {
			return 0, okno.Event{}, err
		}
		t.Name, t.Members, t.Version = form.Name, form.Members, form.Version
		t.Closed = closedSince(t.Closed, form.Closed, d.Now())
		return int64(t.ID), okno.NewEvent(okno.TeamEdited, okno.EventData{}), tx.SaveTeam(&t)
	})
}

// allWorkIn refuses agents at a field who hold no role in the department, and
// too many.
func allWorkIn(tx store.Tx, agents []okno.PersonID, dep okno.DepartmentID, field string) error {
	if len(agents) > okno.MaxChosenAgents {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.agents.many", Field: field, Args: []any{"Max", okno.MaxChosenAgents}}}
	}
	working, err := tx.AgentsIn(dep)
	if err != nil {
		return err
	}
	for _, id := range agents {
		if holds(working, id) {
			continue
		}
		p, err := tx.Person(id)
		if err != nil {
			return choice(err, field)
		}
		return okno.Errors{{Reason: okno.Invalid, Key: "error.agent.elsewhere", Field: field, Args: []any{"Name", p.Short()}}}
	}
	return nil
}

func holds(people []okno.Person, id okno.PersonID) bool {
	return slices.ContainsFunc(people, func(p okno.Person) bool { return p.ID == id })
}

// teamOf refuses a help topic's team that is not the department's own.
func teamOf(tx store.Tx, id okno.TeamID, dep okno.DepartmentID) error {
	if id == 0 {
		return nil
	}
	all, err := tx.Teams()
	if err != nil {
		return err
	}
	if t := pick(all, func(t okno.Team) bool { return t.ID == id }); t.Department != dep {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.team.elsewhere", Field: "team"}}
	}
	return nil
}

func (c *catalogue) team(id okno.TeamID) okno.Team {
	return pick(c.teams, func(t okno.Team) bool { return t.ID == id })
}

// teamsIn are a department's teams that work can be given to.
func (c *catalogue) teamsIn(dep okno.DepartmentID) []okno.Team {
	var own []okno.Team
	for _, t := range c.teams {
		if t.Department == dep && t.Closed.IsZero() {
			own = append(own, t)
		}
	}
	return own
}

// teamsFor are the teams whose member the actor is, as far as he sees their
// department; a closed one may still have work.
func (c *catalogue) teamsFor(by okno.Actor) []okno.TeamID {
	scope := by.Sees()
	var ids []okno.TeamID
	for _, t := range c.teams {
		if slices.Contains(t.Members, by.Person) && (scope.Everything() || slices.Contains(scope.Departments(), t.Department)) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// AssignTeam makes the ticket the work of a team of its department.
func (d *Desk) AssignTeam(ctx context.Context, by okno.Actor, number okno.Number, team okno.Ref, version int64) error {
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	to := pick(c.teams, func(t okno.Team) bool { return t.Ref == team && t.Closed.IsZero() })
	if to.ID == 0 {
		return choice(okno.ErrNotFound, "assignee")
	}
	return d.change(ctx, by, okno.AssignTicket, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		if t.Team == to.ID {
			return nil, nil
		}
		if err := fresh(tx, by, t, version); err != nil {
			return nil, err
		}
		if to.Department != t.Department {
			return nil, okno.Errors{{Reason: okno.Invalid, Key: "error.team.elsewhere", Field: "assignee"}}
		}
		fact := okno.NewEvent(okno.AssigneeChanged, okno.EventData{From: id(t.Assignee), To: "0", Team: to.ID, Reason: "by_hand"})
		t.Assignee, t.Team = 0, to.ID
		return []okno.Event{fact}, nil
	})
}

// nameTeams puts the teams that a page names on it, without their members, and
// for agents those whom the ticket can be given to.
func nameTeams(c *catalogue, p *TicketPage, side okno.Side) {
	p.Teams = map[okno.TeamID]okno.Team{}
	name := func(id okno.TeamID) {
		if t := c.team(id); t.ID != 0 {
			p.Teams[id] = okno.Team{ID: t.ID, Name: t.Name}
		}
	}
	name(p.Ticket.Team)
	p.Team = p.Teams[p.Ticket.Team]
	for _, e := range p.Events {
		name(e.Data.Team)
	}
	if side == okno.SideAgent {
		p.TeamChoices = c.teamsIn(p.Ticket.Department)
	}
}
