package desk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func TestR53TeamsWorkStandsInTheViewsOfThoseWhoMayTakeIt(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		cleo := r.hire("Cleo")
		member := okno.Actor{Person: cleo.ID, Door: okno.DoorWorkspace, Grants: r.ann.Grants}
		team := r.newTeam("Lights", cleo.ID)
		n := r.file(okno.Nobody("en"), nil).Ticket.Number
		other := r.file(okno.Nobody("en"), nil).Ticket.Number
		holds := func(by okno.Actor, view okno.ViewKind, want ...okno.Number) {
			t.Helper()
			list, err := r.View(r.ctx(), by, view, "")
			must(t, err)
			var got []okno.Number
			for _, row := range list.Rows {
				got = append(got, row.Number)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s holds %v, want %v", view, got, want)
			}
			counts, err := r.Counts(r.ctx(), by)
			must(t, err)
			if _, has := counts[view]; has != (len(want) > 0 || view == okno.ViewTeam && by.Person == cleo.ID) || counts[view] != int64(len(want)) {
				t.Errorf("%s counts %d (%v), want %d", view, counts[view], has, len(want))
			}
		}
		r.clock = r.clock.Add(time.Minute)
		must(t, r.AssignTeam(r.ctx(), r.ann, n, team.Ref, 0))
		must(t, r.AssignTeam(r.ctx(), r.ann, n, team.Ref, 0)) // once more changes nothing
		holds(member, okno.ViewTeam, n)
		holds(r.ann, okno.ViewTeam)
		holds(r.bob, okno.ViewTeam)
		holds(r.ann, okno.ViewUnassigned, n, other)
		list, err := r.View(r.ctx(), r.ann, okno.ViewUnassigned, "")
		must(t, err)
		if list.Rows[0].Number != n || list.Rows[0].Team.Name != "Lights" || list.Rows[1].Team.ID != 0 {
			t.Errorf("the list shows %q and %q", list.Rows[0].Team.Name, list.Rows[1].Team.Name)
		}
		p, err := r.Ticket(r.ctx(), r.ann, n, 0)
		must(t, err)
		e := p.Events[len(p.Events)-1]
		if p.Team.Name != "Lights" || len(p.TeamChoices) != 1 || e.Kind != okno.AssigneeChanged || e.Data.Team != team.ID || e.Data.Person != 0 || e.Actor != r.ann.Person {
			t.Errorf("team %+v, the last fact %+v", p.Team, e)
		}
		// Who takes it is its assignee, and the team's it is no longer.
		must(t, r.Take(r.ctx(), member, n, 0))
		holds(member, okno.ViewTeam)
		holds(member, okno.ViewMine, n)
		holds(r.ann, okno.ViewUnassigned, other)
	})
}

func TestTeamsStayInTheirDepartment(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		cleo, bob := r.hire("Cleo"), r.person("bob@desk.example")
		team := r.newTeam("Lights", cleo.ID)
		must(t, r.SaveTeam(r.ctx(), r.admin, "", okno.Team{Name: "Others", Department: r.second.ID, Members: []okno.PersonID{bob.ID}}))
		teams, err := r.AllTeams(r.ctx(), r.admin)
		must(t, err)
		others := teams[1]
		lamps := r.newTopic("Lamps", team.ID, cleo.ID)
		refused := func(what string, err error, field, key string) {
			t.Helper()
			if wrong, ok := err.(okno.Errors); !ok || len(wrong) != 1 || wrong[0].Field != field || wrong[0].Key != key {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("a member from elsewhere", r.SaveTeam(r.ctx(), r.admin, team.Ref, okno.Team{Name: "Lights", Members: []okno.PersonID{bob.ID}, Version: team.Version}), "member", "error.agent.elsewhere")
		save := func(change func(*okno.Topic)) error {
			form := lamps
			change(&form)
			return r.SaveTopic(r.ctx(), r.admin, lamps.Ref, form, r.first.Ref)
		}
		refused("a topic's team from elsewhere", save(func(f *okno.Topic) { f.Team = others.ID }), "team", "error.team.elsewhere")
		refused("a topic's agent from elsewhere", save(func(f *okno.Topic) { f.Agents = []okno.PersonID{bob.ID} }), "agent", "error.agent.elsewhere")
		must(t, save(func(f *okno.Topic) { f.Position = 5 }))
		if err := save(func(*okno.Topic) {}); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("a topic over a stale version: %v", err)
		}
		if err := r.SaveTeam(r.ctx(), r.admin, team.Ref, okno.Team{Name: "Lights", Version: team.Version + 7}); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("a team over a stale version: %v", err)
		}
		n := r.file(okno.Nobody("en"), nil).Ticket.Number
		refused("a ticket to a team from elsewhere", r.AssignTeam(r.ctx(), r.admin, n, others.Ref, 0), "assignee", "error.team.elsewhere")
		must(t, r.AssignTeam(r.ctx(), r.admin, n, team.Ref, 0))
		must(t, r.Transfer(r.ctx(), r.admin, n, r.second.Ref, 0))
		p, err := r.Ticket(r.ctx(), r.admin, n, 0)
		must(t, err)
		if p.Ticket.Team != 0 || p.Events[len(p.Events)-1].Data.Reason != "transferred" {
			t.Errorf("after the transfer it is team %d's: %+v", p.Ticket.Team, p.Events[len(p.Events)-1])
		}
	})
}

func TestContinuationStandsWhereTheOldTicketStood(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		must(t, r.SaveTopic(r.ctx(), r.admin, "", okno.Topic{Names: map[string]string{"en": "Chairs"}}, r.second.Ref))
		topics, err := r.AllTopics(r.ctx(), r.admin)
		must(t, err)
		one, two := r.firm("1"), r.firm("2")
		boss := one.admin()
		old := r.file(boss, about(topics[0])).Ticket
		must(t, r.CloseTicket(r.ctx(), boss, old.Number, "page"))
		r.clock = r.clock.Add(okno.ReopenWithin + time.Hour)
		next := func(by okno.Actor, key string) okno.Ticket {
			t.Helper()
			w, err := r.AddMessage(r.ctx(), by, old.Number, desk.Words{Key: key, Text: "Again.", Channel: okno.ChannelWeb})
			must(t, err)
			p, err := r.Ticket(r.ctx(), r.admin, w.Number, 0)
			must(t, err)
			return p.Ticket
		}
		must(t, r.SaveTopic(r.ctx(), r.admin, topics[0].Ref, okno.Topic{Names: topics[0].Names, Closed: r.clock, Version: topics[0].Version}, r.second.Ref))
		if n := next(boss, "the boss"); n.Parent != old.ID || n.Department != r.second.ID || n.Topic != topics[0].ID || n.Company != one.ID {
			t.Errorf("department %d, topic %d, company %d, parent %d", n.Department, n.Topic, n.Company, n.Parent)
		}
		// A stranger's letter makes nobody a man of the company's.
		stranger := r.person("boss@firm2.example")
		by, err := r.MailActor(r.ctx(), stranger.ID, okno.Proven, old.ID)
		must(t, err)
		if n := next(by, "a stranger"); n.Parent != old.ID || n.Company != two.ID || n.Requester != stranger.ID {
			t.Errorf("a stranger's: company %d, parent %d", n.Company, n.Parent)
		}
	})
}
