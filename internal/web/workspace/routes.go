package workspace

import "github.com/oknodesk/okno/internal/web"

// Routes are the workspace's pages and commands; all are for agents, and what
// each agent may do is the desk's to say.
func (w *Workspace) Routes(r *web.Router) {
	r.Agents("GET /desk", w.list)
	r.Agents("GET /desk/search/offers", w.offers)
	r.Agents("GET /desk/palette", w.palette)
	r.Agents("POST /desk/views", w.saveView)
	r.Agents("POST /desk/views/{ref}/deletion", w.dropView)
	r.Agents("GET /desk/new", w.callForm)
	r.Agents("POST /desk/new", w.openForCaller, web.Files())
	r.Agents("GET /desk/settings", w.preferences)
	r.Agents("POST /desk/settings", w.setPreferences)
	r.Agents("POST /desk/settings/notices", w.setSwitches)
	r.Agents("GET /desk/notices", w.notices)
	r.Agents("POST /desk/notices/reading", w.readNotices)

	r.Agents("GET /desk/quarantine", w.quarantine)
	r.Agents("GET /desk/quarantine/{ref}", w.quarantined)
	r.Agents("POST /desk/quarantine/{ref}/admission", w.releaseLetter)
	r.Agents("POST /desk/quarantine/{ref}/deletion", w.discardLetter)
	r.Agents("POST /desk/tickets/{number}/spam", w.markSpam)
	r.Agents("POST /desk/tickets/{number}/ban", w.banSender)
	r.Agents("POST /desk/tickets/{number}/confirmation", w.sendWithheld)
	r.Agents("POST /desk/tickets/{number}/addresses", w.clearAddresses)
	r.Agents("GET /desk/tickets/{number}/letters/{ref}", w.returned)
	r.Agents("POST /desk/tickets/{number}/letters/{ref}", w.readdress)
	r.Agents("GET /desk/tickets/{number}/messages/{ref}/letter", w.messageLetter)
	r.Agents("POST /desk/tickets/{number}/messages/{ref}/publication", w.publish)

	r.Agents("GET /desk/tickets/{number}", w.ticket)
	r.Agents("GET /desk/tickets/{number}/details", w.details)
	r.Agents("POST /desk/tickets/{number}/messages", w.answer, web.Files())
	r.Agents("POST /desk/tickets/{number}/notes", w.note, web.Files())
	r.Agents("GET /desk/tickets/{number}/messages/{ref}", w.askEdit)
	r.Agents("POST /desk/tickets/{number}/messages/{ref}", w.editMessage)
	r.Agents("POST /desk/tickets/{number}/messages/{ref}/deletion", w.deleteMessage)
	r.Agents("GET /desk/tickets/{number}/messages/{ref}/versions", w.versions)
	r.Agents("POST /desk/tickets/{number}/held/{ref}/withdrawal", w.undoAnswer)
	r.Agents("POST /desk/tickets/{number}/held/{ref}/sending", w.giveNow)
	r.Agents("POST /desk/tickets/{number}/held/{ref}/time", w.planAnswer)
	r.Agents("PUT /desk/tickets/{number}/draft", w.saveDraft)
	r.Agents("POST /desk/tickets/{number}/assignee", w.assign)
	r.Agents("POST /desk/tickets/{number}/department", w.transfer)
	r.Agents("POST /desk/tickets/{number}/status", w.setStatus)
	r.Agents("POST /desk/tickets/{number}/subject", w.editSubject)
	r.Agents("POST /desk/tickets/{number}/calls/{ref}", w.handleCall)
	r.Agents("POST /desk/tickets/{number}/seen", w.markSeen)
	r.Agents("POST /desk/tickets/{number}/presence", w.beat)
	r.Agents("DELETE /desk/tickets/{number}/presence", w.leave)
}
