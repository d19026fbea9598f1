package okno

import "time"

// Team is a number of a department's agents who share work. It stays in its
// department.
type Team struct {
	ID         TeamID
	Ref        Ref
	Name       string
	Department DepartmentID
	Members    []PersonID
	Closed     time.Time
	Version    int64
}

// MaxChosenAgents is how many agents a team or a help topic may have.
const MaxChosenAgents = 200

// The facts about teams; all are for agents.
const (
	TeamAdded  EventKind = "team.added"
	TeamEdited EventKind = "team.edited"
)
