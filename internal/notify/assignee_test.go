package notify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func TestR49TheAppointedAgentIsToldOnceElseTheTeam(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		ctx := r.ctx()
		link, err := r.ResetByConsole(ctx, "bob@desk.example") // who is only invited is given no work
		must(t, err)
		_, err = r.UseEntry(ctx, link, password, "", "test")
		must(t, err)
		deps, err := r.Departments(ctx)
		must(t, err)
		must(t, r.SaveTeam(ctx, r.ada, "", okno.Team{Name: "Lights", Department: deps[0].ID, Members: []okno.PersonID{r.bob.Person}}))
		teams, err := r.AllTeams(ctx, r.ada)
		must(t, err)
		must(t, r.SaveTopic(ctx, r.ada, "", okno.Topic{Names: map[string]string{"en": "Lamps"}, Team: teams[0].ID}, deps[0].Ref))
		topics, err := r.Topics(ctx)
		must(t, err)
		open := func() okno.Number {
			t.Helper()
			o, err := r.OpenTicket(ctx, okno.Nobody("en"), desk.Opening{
				Key: r.key(), Name: "Carl", Address: "carl@customer.example", Channel: okno.ChannelWeb, Topic: topics[0].Ref, Subject: "Lamp", Text: "Dark and cold.", Lang: "en",
			})
			must(t, err)
			return o.Number
		}
		told := func(want, text string) {
			t.Helper()
			letters := r.letters()
			slices.SortFunc(letters, func(a, b sent) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
			if got := list(letters); got != want {
				t.Errorf("letters: %s, want %s", got, want)
			}
			if l := to(t, letters, "bob@desk.example"); !strings.Contains(l.read.Text, text) {
				t.Errorf("Bob does not read %q: %s", text, l.read.Text)
			}
		}
		r.letters()
		n := open()
		told("assigned to bob@desk.example, confirmation to carl@customer.example", "is assigned to you")
		must(t, r.AssignTeam(ctx, r.ann, n, teams[0].Ref, 0))
		told("assigned to bob@desk.example", "is assigned to the team “Lights”")
		must(t, r.SetOwn(ctx, r.bob, func(p *okno.Person) { p.Away = true }))
		open()
		told("confirmation to carl@customer.example, opened to bob@desk.example", "Dark and cold.")
	})
}
