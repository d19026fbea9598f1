package portal

import (
	"time"

	"github.com/oknodesk/okno/internal/web"
)

// Routes adds the portal's pages. GETs change nothing, but that an access
// link's gives the visitor the right to its one ticket.
func (p *Portal) Routes(r *web.Router) {
	r.Anyone("GET /{$}", p.home)
	r.Anyone("GET /help", p.help)
	r.Anyone("GET /help/{picture}", p.guidePicture, web.Plain(), web.Streamed())

	r.Anyone("GET /open", p.onceSetUp(p.askOpening))
	r.Anyone("POST /open", p.onceSetUp(p.open), web.Files(), web.Limit("open", 20, time.Minute))
	r.Anyone("GET /open/done", p.opened)
	r.Anyone("GET /open/assignees", p.askAssignees)

	r.Anyone("GET /status", p.askStatus)
	r.Anyone("POST /status", p.sendAccess, web.Limit("status", 10, time.Minute))
	r.Anyone("GET /status/sent", p.accessSent)
	r.Anyone("GET /t/{token}", p.trade, web.Limit("access", 120, time.Minute))
	r.Anyone("POST /t/{token}", p.freshLink, web.Limit("status", 10, time.Minute))

	r.Anyone("GET /register", p.onceSetUp(p.askRegistration))
	r.Anyone("POST /register", p.onceSetUp(p.register), web.Limit("register", 10, time.Minute))
	r.Anyone("GET /register/sent", p.registrationSent)
	r.Anyone("GET /register/letter", p.askAgain)
	r.Anyone("POST /register/letter", p.registerAgain, web.Limit("register", 10, time.Minute))
	r.Anyone("GET /register/{token}", p.askConfirmation, web.Limit("entry", 30, time.Minute))
	r.Anyone("POST /register/{token}", p.confirmRegistration, web.Limit("entry", 30, time.Minute))
	r.Anyone("GET /off/{token}", p.askNoLetters)
	r.Anyone("POST /off/{token}", p.noLetters, web.Limit("off", 30, time.Minute))
	r.Anyone("GET /reset", p.askReset)
	r.Anyone("POST /reset", p.reset, web.Limit("reset", 10, time.Minute))
	r.Anyone("GET /reset/sent", p.resetSent)

	p.ownRoutes(r)

	r.Customers("GET /tickets", p.tickets)
	r.Customers("GET /tickets/{number}", p.ticket)
	r.Customers("POST /tickets/{number}/messages", p.write, web.Files(), web.Limit("write", 60, time.Minute))
	r.Customers("POST /tickets/{number}/seen", p.seen)
	r.Customers("GET /tickets/{number}/messages/{ref}", p.askEdit)
	r.Customers("POST /tickets/{number}/messages/{ref}", p.editMessage, web.Limit("write", 60, time.Minute))
	r.Customers("POST /tickets/{number}/messages/{ref}/deletion", p.deleteMessage)
	r.Customers("POST /tickets/{number}/closing", p.closeTicket)
	r.Customers("POST /tickets/{number}/reopening", p.reopen)
	r.Customers("POST /tickets/{number}/confirmation", p.confirm)
	r.Customers("GET /tickets/{number}/call", p.callForm)
	r.Customers("POST /tickets/{number}/calls", p.askCall, web.Limit("call", 20, time.Minute))
	r.Customers("POST /tickets/{number}/calls/{ref}/cancellation", p.cancelCall)

	r.Anyone("GET /login", p.askLogin)
	r.Anyone("GET /tickets/login", p.askLogin)
	r.Anyone("POST /login", p.signIn, web.Limit("login", 30, time.Minute))
	r.Anyone("POST /logout", p.signOut, web.EvenUnchanged())

	r.Customers("GET /company", p.company)
	r.Customers("GET /company/contacts/new", p.askContact)
	r.Customers("POST /company/contacts", p.addContact, web.Limit("contact", 30, time.Minute))
	r.Customers("POST /company/contacts/{ref}/invitation", p.inviteContact, web.Limit("contact", 30, time.Minute))
	r.Customers("POST /company/contacts/{ref}/access", p.setContactAccess)
	r.Customers("POST /company/contacts/{ref}/administrator", p.setContactAdministrator)
	r.Anyone("GET /join/{token}", p.askJoining, web.EvenUnchanged(), web.Limit("entry", 30, time.Minute))
	r.Anyone("POST /join/{token}", p.join, web.EvenUnchanged(), web.Limit("entry", 30, time.Minute))

	r.Customers("GET /password", p.askPassword, web.EvenUnchanged())
	r.Customers("POST /password", p.changePassword, web.EvenUnchanged(), web.Limit("password", 10, time.Minute))
	r.Anyone("GET /entry/{token}", p.askEntry, web.EvenUnchanged(), web.Limit("entry", 30, time.Minute))
	r.Anyone("POST /entry/{token}", p.enter, web.EvenUnchanged(), web.Limit("entry", 30, time.Minute))

	r.Anyone("GET /setup/{token}", p.askSetup, web.Limit("setup", 30, time.Minute))
	r.Anyone("POST /setup/{token}", p.setUp, web.Limit("setup", 30, time.Minute))
}

// ownRoutes are about the reader himself: his profile, and what he is told.
func (p *Portal) ownRoutes(r *web.Router) {
	r.Customers("GET /profile", p.profile)
	r.Customers("POST /profile", p.saveProfile)
	r.Customers("POST /profile/address", p.askAddress, web.Limit("password", 10, time.Minute))
	r.Customers("POST /profile/picture", p.savePicture, web.Files())
	r.Customers("POST /profile/sessions", p.endSession)
	r.Customers("POST /profile/notices", p.setSwitches)
	r.Customers("GET /notices", p.notices)
	r.Customers("POST /notices/reading", p.readNotices)
	r.Anyone("GET /address/{token}", p.newAddress, web.Limit("entry", 30, time.Minute))
	r.Anyone("POST /address/{token}", p.confirmAddress, web.Limit("entry", 30, time.Minute))
}
