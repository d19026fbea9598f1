package admin_test

import (
	"strings"
	"testing"
)

func TestAddedAgentIsInvitedOnce(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		key := between(ada.page("/admin/agents/new"), `name="_key" value="`, `"`)
		form := []string{"_key", key, "name", "Bob Agent", "email", "bob@desk.example", "role", string(r.role("agent"))}
		ada.saved("/admin/agents", form...)
		ada.saved("/admin/agents", form...)
		if n := r.jobs("notify"); n != 1 {
			r.Errorf("%d invitations are due", n)
		}
		r.shows(ada.page("/admin/agents"), "Bob Agent", "bob@desk.example", "Invited", "All departments")
		ref := agentRef(ada, "Bob Agent")
		r.shows(ada.page("/admin/agents/"+ref), "Invite again")
		ada.saved("/admin/agents/" + ref + "/invitation")
		if n := r.jobs("notify"); n != 2 {
			r.Errorf("%d invitations are due after asking again", n)
		}
	})
}

// agentRef is the public name in the link to an agent.
func agentRef(b *browser, name string) string {
	b.Helper()
	before, _, ok := strings.Cut(between(b.page("/admin/agents"), "<tbody>", "</tbody>"), `">`+name)
	if !ok {
		b.Fatalf("%s is not listed", name)
	}
	return before[strings.LastIndex(before, "/")+1:]
}

func TestWrongFieldsOfAnAgentAreNamedAndKept(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		code, page := ada.post("/admin/agents", "_key", "0123456789abcdefgh", "name", "", "email", "bob at desk", "phone", "+375 29", "role", "none")
		if code != 422 {
			r.Errorf("%d", code)
		}
		r.shows(page, `id="f-name-error"`, `id="f-email-error"`, `id="f-role-error"`, `value="bob at desk"`, `value="+375 29"`)
		code, page = ada.post("/admin/agents", "_key", "1123456789abcdefgh", "name", "Ada", "email", "ADA@desk.example", "role", string(r.role("agent")))
		if code != 422 {
			r.Errorf("an address that is taken: %d", code)
		}
		r.shows(page, `id="f-email-error"`)
	})
}

func TestLastAdministratorKeepsHisRole(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		path := "/admin/agents/" + agentRef(ada, "Ada Admin")
		for name, form := range map[string][]string{
			"another role": {"role", string(r.role("agent"))},
			"disabled":     {"role", string(r.role("admin")), "disabled", "yes"},
		} {
			code, page := ada.post(path, append(form, "name", "Ada Admin", "version", version(ada.page(path)))...)
			if code != 409 {
				r.Errorf("%s: %d", name, code)
			}
			r.shows(page, "last administrator")
		}
		r.agent("Eve Admin", "eve@desk.example", "admin")
		ada.saved(path, "name", "Ada Admin", "role", string(r.role("agent")), "version", version(ada.page(path)))
		if code, _ := ada.get("/admin"); code != 404 {
			r.Errorf("after he gave it up: %d", code)
		}
	})
}

func TestAdministratorWorksEverywhere(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		department := firstRef(ada, "departments")
		path := "/admin/agents/" + agentRef(ada, "Ada Admin")
		ada.saved(path, "name", "Ada Admin", "role", string(r.role("admin")), "department", department, "version", version(ada.page(path)))
		ada.page("/admin")
		ada.saved("/admin/agents", "_key", "0123456789abcdefgh", "name", "Bob Agent", "email", "bob@desk.example", "role", string(r.role("agent")), "department", department)
		r.shows(ada.page("/admin/agents/"+agentRef(ada, "Bob Agent")), `value="`+department+`" checked`)
	})
}

func TestRolesShowEveryPermission(t *testing.T) {
	each(t, func(r *rig) {
		page := r.as("ada@desk.example").page("/admin/roles")
		r.shows(page, "Write internal notes", "Manage mailboxes", "Administrator")
	})
}
