package admin

import (
	"time"

	"github.com/oknodesk/okno/internal/web"
)

// Routes adds the administration's pages. Each stands behind the
// administrators' gate, and the desk refuses everyone else once more.
func (a *Admin) Routes(r *web.Router) {
	r.Admins("GET /admin", a.home)

	r.Admins("GET /admin/agents", a.agents)
	r.Admins("GET /admin/agents/new", a.agent)
	r.Admins("POST /admin/agents", a.saveAgent)
	r.Admins("GET /admin/agents/{ref}", a.agent)
	r.Admins("POST /admin/agents/{ref}", a.saveAgent)
	r.Admins("POST /admin/agents/{ref}/invitation", a.inviteAgain)
	r.Admins("GET /admin/roles", a.roles)

	r.Admins("GET /admin/people", a.people)
	r.Admins("GET /admin/people/{ref}", a.person)
	r.Admins("GET /admin/people/{ref}/erasure", a.erasure)
	r.Admins("POST /admin/people/{ref}/erasure", a.erase)

	r.Admins("GET /admin/companies", a.companies)
	r.Admins("GET /admin/companies/new", a.company)
	r.Admins("POST /admin/companies", a.saveCompany)
	r.Admins("GET /admin/companies/{ref}", a.company)
	r.Admins("POST /admin/companies/{ref}", a.saveCompany)
	r.Admins("GET /admin/companies/{ref}/contacts/{contact}", a.contact)
	r.Admins("POST /admin/companies/{ref}/contacts/{contact}", a.saveContact)
	r.Admins("POST /admin/companies/{ref}/contacts/{contact}/invitation", a.inviteContact)
	r.Admins("POST /admin/companies/{ref}/contacts/{contact}/access", a.setContactAccess)
	r.Admins("POST /admin/companies/{ref}/contacts/{contact}/administrator", a.setContactAdministrator)

	a.workRoutes(r)
	a.tagRoutes(r)

	a.mailboxRoutes(r)
	a.providerRoutes(r)
	a.sendingRoutes(r)
	a.templateRoutes(r)

	r.Admins("GET /admin/settings", a.settings)
	r.Admins("POST /admin/settings", a.saveSettings)
	r.Admins("POST /admin/settings/preview", a.previewSettings)
	r.Admins("POST /admin/settings/logo", a.saveLogo, web.Files())

	r.Admins("GET /admin/calendar", a.calendar)
	r.Admins("POST /admin/calendar", a.saveCalendar)
	r.Admins("POST /admin/calendar/preview", a.previewCalendar)
	r.Admins("POST /admin/calendar/removal", a.dropCalendar)

	r.Admins("GET /admin/letters", a.letters)
	r.Admins("GET /admin/letters/test", a.askTestLetter)
	r.Admins("POST /admin/letters/test", a.sendTestLetter, web.Limit("admin test", 20, time.Minute))
	r.Admins("GET /admin/letters/{ref}", a.letter)
	r.Admins("POST /admin/letters/{ref}/attempt", a.retryLetter)
	r.Admins("POST /admin/letters/{ref}/cancellation", a.cancelLetter)
	r.Admins("POST /admin/letters/attempts", a.retryLetters)

	r.Admins("GET /admin/bans", a.bans)
	r.Admins("POST /admin/bans", a.addBan)
	r.Admins("POST /admin/bans/{ref}/removal", a.liftBan)

	r.Admins("GET /admin/kept", a.keptLetters)
	r.Admins("GET /admin/kept/{ref}", a.keptLetter)
	r.Admins("GET /admin/kept/{ref}/raw", a.rawLetter, web.Streamed())
	r.Admins("POST /admin/kept/{ref}/reading", a.replayLetter)

	r.Admins("GET /admin/jobs", a.jobs)
	r.Admins("POST /admin/jobs", a.retryJob)
	r.Admins("POST /admin/search", a.reindex)
}

// workRoutes adds the pages on who works on what.
func (a *Admin) workRoutes(r *web.Router) {
	r.Admins("GET /admin/departments", a.departments)
	r.Admins("GET /admin/departments/new", a.department)
	r.Admins("POST /admin/departments", a.saveDepartment)
	r.Admins("GET /admin/departments/{ref}", a.department)
	r.Admins("POST /admin/departments/{ref}", a.saveDepartment)

	r.Admins("GET /admin/teams", a.teams)
	r.Admins("GET /admin/teams/new", a.team)
	r.Admins("POST /admin/teams", a.saveTeam)
	r.Admins("GET /admin/teams/{ref}", a.team)
	r.Admins("POST /admin/teams/{ref}", a.saveTeam)

	r.Admins("GET /admin/topics", a.topics)
	r.Admins("GET /admin/topics/new", a.topic)
	r.Admins("POST /admin/topics", a.saveTopic)
	r.Admins("GET /admin/topics/{ref}", a.topic)
	r.Admins("POST /admin/topics/{ref}", a.saveTopic)
}

// tagRoutes adds the pages on tags.
func (a *Admin) tagRoutes(r *web.Router) {
	r.Admins("GET /admin/tags", a.tags)
	r.Admins("GET /admin/tags/{ref}", a.tag)
	r.Admins("POST /admin/tags/{ref}", a.saveTag)
}

// sendingRoutes adds the pages on how a mailbox's letters leave.
func (a *Admin) sendingRoutes(r *web.Router) {
	r.Admins("GET /admin/mailboxes/{ref}/sending", a.sending)
	r.Admins("POST /admin/mailboxes/{ref}/sending", a.saveSending)
	r.Admins("POST /admin/mailboxes/{ref}/sending/test", a.testRelay, web.Limit("admin test", 20, time.Minute))
	r.Admins("POST /admin/mailboxes/{ref}/sending/letter", a.sendBoxLetter, web.Limit("admin test", 20, time.Minute))
	r.Admins("POST /admin/mailboxes/{ref}/sending/key", a.makeKey)
	r.Admins("POST /admin/mailboxes/{ref}/sending/key/state", a.changeKey)
	r.Admins("POST /admin/mailboxes/{ref}/sending/key/check", a.checkKey, web.Limit("admin test", 20, time.Minute))
}

// templateRoutes adds the pages on what letters say.
func (a *Admin) templateRoutes(r *web.Router) {
	r.Admins("GET /admin/templates", a.templates)
	r.Admins("GET /admin/templates/{name}/{lang}", a.template)
	r.Admins("POST /admin/templates/{name}/{lang}", a.saveTemplate)
	r.Admins("POST /admin/templates/{name}/{lang}/preview", a.previewTemplate)
	r.Admins("POST /admin/templates/{name}/{lang}/version", a.restoreTemplate)
	r.Admins("GET /admin/templates/{name}/{lang}/letter", a.templateLetter)
}
