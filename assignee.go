package okno

import "time"

// Why a new ticket is whose work it is (spec R48, R49), as its facts say it
// (EventData.Reason).
const (
	AppointedByRequester   = "chosen"       // he chose the agent
	AppointedByCompany     = "company"      // the agent is the company's default assignee
	AppointedByCompanyLoad = "company_load" // of the company's agents who are present he has the least to do
	AppointedByTeamLoad    = "team_load"    // of the topic's team that is present he has the least to do
	AppointedToTeam        = "team"         // nobody of the topic's team is present
	AppointedToDepartment  = "department"   // there is no team, nor anybody else
)

// AppointedAgent reports whether a new ticket became one agent's work.
func AppointedAgent(reason string) bool {
	switch reason {
	case AppointedByRequester, AppointedByCompany, AppointedByCompanyLoad, AppointedByTeamLoad:
		return true
	}
	return false
}

// AwayAt reports whether the person is away at a moment by his own word.
func (p Person) AwayAt(now time.Time) bool {
	return p.Away && (p.AwayUntil.IsZero() || now.Before(p.AwayUntil))
}
