package admin_test

import (
	"testing"

	"github.com/oknodesk/okno"
)

func TestTeamHasMembersOfItsDepartmentAndTakesATopic(t *testing.T) {
	each(t, func(r *rig) {
		r.agent("Ann Agent", "ann@desk.example", "agent")
		ada := r.as("ada@desk.example")
		ada.saved("/admin/departments", "name", "Second")
		department := firstRef(ada, "departments")
		deps, err := r.desk.AllDepartments(r.Context(), okno.Console())
		r.must(err)
		ann, err := r.desk.KnownSender(r.Context(), "ann@desk.example")
		r.must(err)
		code, page := ada.post("/admin/teams", "name", "", "department", department)
		if code != 422 {
			t.Errorf("without a name: %d", code)
		}
		r.shows(page, `id="f-name-error"`)
		ada.saved("/admin/teams", "name", "Lights", "department", department, "member", string(ann.Ref))
		r.shows(ada.page("/admin/teams"), "Lights", ">1<")
		path := "/admin/teams/" + firstRef(ada, "teams")
		form := ada.page(path)
		r.shows(form, `value="Lights"`, `value="`+string(ann.Ref)+`" checked`, "Ann Agent")

		teams, err := r.desk.AllTeams(r.Context(), okno.Console())
		r.must(err)
		topic := []string{"name", "Lamps", "position", "1", "team", string(teams[0].Ref), "agent", string(ann.Ref), "department"}
		code, page = ada.post("/admin/topics", append(topic, string(deps[1].Ref))...)
		if code != 422 {
			t.Errorf("a team of another department: %d", code)
		}
		r.shows(page, "This team is another department")
		ada.saved("/admin/topics", append(topic, department)...)
		topics, err := r.desk.Topics(r.Context())
		r.must(err)
		if len(topics) != 1 || topics[0].Team != teams[0].ID || len(topics[0].Agents) != 1 || topics[0].Agents[0] != ann.ID {
			t.Errorf("kept: %+v", topics)
		}
		r.shows(ada.page("/admin/topics/"+string(topics[0].Ref)), `value="`+string(teams[0].Ref)+`" selected`, `value="`+string(ann.Ref)+`" checked`)

		ada.saved(path, "name", "Lights", "closed", "yes", "version", version(form))
		if code, _ := ada.post(path, "name", "Brights", "version", version(form)); code != 409 {
			t.Errorf("over a stale version: %d", code)
		}
	})
}
